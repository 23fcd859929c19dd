#!/bin/bash
# memory.sh - the release build of the service under valgrind: texts, repeats, forged ones, statuses and a drain, without one
# wrong access and without a leak.
export SWITCHBACK_BIN=$PWD/build/e2e-valgrind
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

if ! command -v valgrind >/dev/null; then
	ok "valgrind finds nothing # SKIP valgrind is not here"
	exit 0
fi
bin=$RUN_DIR-bin
mkdir -p "$bin"
for program in switchback-keep switchbackctl switchback-sim; do
	ln -sf "$PWD/$BUILD/$program" "$bin/$program"
done
cat >"$bin/switchbackd" <<END
#!/bin/bash
exec valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite --track-fds=no \\
	--log-file=$RUN_DIR-valgrind.%p $PWD/$BUILD/switchbackd "\$@"
END
chmod +x "$bin/switchbackd"
export SWITCHBACK_BIN=$bin
set_up

load --rate 20 --count 60 --conns 4 --dup 20 --customers 5 --to "$ORG_A_NUMBER,$ORG_B_NUMBER" >"$RUN_DIR/figures" || true
figures_read "$RUN_DIR/figures"
is "every text was acknowledged" "${figure[other]}" 0
load --forged --count 20 --conns 2 >/dev/null || not_ok "forged texts are refused"
printf 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n' | timeout 5 bash -c "cat >/dev/tcp/127.0.0.1/$PORT" || true
curl -fsS -o /dev/null "$URL/metrics"
at_rest() { [ "$(sql "SELECT (SELECT count(*) FROM due_work WHERE kind = 'agent_turn') +
	(SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending', 'unknown'))")" -eq 0 ]; }
check "every thread comes to rest" wait_for 60 "turns and sends that are still open" at_rest
tests/support/stop.sh
is "valgrind finds nothing" "$(cat "$RUN_DIR"-valgrind.* | tee /dev/stderr | grep -c '==')" 0
rm -rf "$bin" "$RUN_DIR"-valgrind.*
