#!/bin/bash
# start.sh - `make start` and `make stop` as an operator meets them: what is printed, two set-ups side by side, somebody
# else's database and provider, a taken port, a crash of everything, and data that survive.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

PORT=$(free_port)
export PORT
up=1
make start >"$RUN_DIR.keys" || {
	not_ok "make start succeeds"
	exit 1
}
names="URL DATABASE_URL APP_DATABASE_URL PUBLIC_URL TWILIO_ACCOUNT_SID TWILIO_AUTH_TOKEN TWILIO_SIM_URL ELEVENLABS_SIM_URL
ELEVENLABS_CONVERSATION_EVENTS_WEBHOOK_SECRET ELEVENLABS_POST_CALL_WEBHOOK_SECRET TOOL_SECRET JWT_SECRET
ORG_A_ID ORG_A_SLUG ORG_A_NUMBER ORG_A_EMAIL ORG_A_PASSWORD ORG_B_ID ORG_B_SLUG ORG_B_NUMBER ORG_B_EMAIL ORG_B_PASSWORD"
is "standard output is KEY=value lines and nothing else" "$(grep -cvE '^[A-Z][A-Z0-9_]*=.*$' "$RUN_DIR.keys" || true)" 0
missing=
for name in $names; do
	grep -qE "^$name=.+" "$RUN_DIR.keys" || missing="$missing $name"
done
is "every key is there, with a value" "$missing" ""
is "no key is there twice" "$(cut -d= -f1 "$RUN_DIR.keys" | sort | uniq -d)" ""
key() { sed -n "s/^$1=//p" "$RUN_DIR.keys"; }
answers() { curl -fsS -m 5 -o /dev/null "$1"; }
check "the service is ready" answers "$(key URL)/readyz"
check "the practice line answers" answers "$(key TWILIO_SIM_URL)/sim/health"
is "the id is the store's" "$(psql -XqAt -d "$(key DATABASE_URL)" -c "SELECT organization_by_number('$(key ORG_A_NUMBER)')")" "$(key ORG_A_ID)"
is "the service's role sees no store without a context" \
	"$(psql -XqAt -d "$(key APP_DATABASE_URL)" -c 'SELECT count(*) FROM organizations')" 0
is "secrets are for their owner alone" "$(find "$RUN_DIR" -maxdepth 1 \( -name secrets -o -name keys -o -name '*.conf' \) -perm /077 | wc -l)" 0
is "and stand in no argument of a process" "$(ps -eo args | grep -F -e "$(key TWILIO_AUTH_TOKEN)" -e "$(key JWT_SECRET)" | grep -vc grep)" 0

make start >"$RUN_DIR.again"
check "a second start prints the same lines" cmp "$RUN_DIR.keys" "$RUN_DIR.again"

# ---- another one beside it ---------------------------------------------------------------------------------------
other=$RUN_DIR-other
said=$(RUN_DIR=$other make start 2>&1 >/dev/null) && not_ok "a taken port stops the start" || ok "a taken port stops the start"
is "with one sentence that names it" "$(grep -c "^Port $PORT is taken" <<<"$said")" 1

psql -XqAt -d "$(key DATABASE_URL)" -c 'CREATE DATABASE beside' >/dev/null
beside=$(sed 's#/switchback$#/beside#' <<<"$(key DATABASE_URL)")
if RUN_DIR=$other PORT=$(free_port) DATABASE_URL=$beside TWILIO_API_URL=http://127.0.0.1:9 \
	PUBLIC_URL=http://store.test:8080 TWILIO_AUTH_TOKEN=0123456789abcdef0123456789abcdef make start >"$RUN_DIR.other"; then
	ok "a second set-up runs beside the first, on somebody's database"
else
	not_ok "a second set-up runs beside the first, on somebody's database"
fi
beside_key() { sed -n "s/^$1=//p" "$RUN_DIR.other"; }
is "the given database is used" "$(beside_key DATABASE_URL)" "$beside"
is "with a role of its own for the service" "$(psql -XqAt -d "$(beside_key APP_DATABASE_URL)" \
	-c "SELECT pg_has_role('switchback_service', 'MEMBER') AND NOT rolsuper AND NOT rolbypassrls FROM pg_roles WHERE rolname = current_user")" t
is "the given provider is used" "$(beside_key TWILIO_SIM_URL)" http://127.0.0.1:9
is "the given public address is used" "$(beside_key PUBLIC_URL)" http://store.test:8080
is "the given token is used" "$(beside_key TWILIO_AUTH_TOKEN)" 0123456789abcdef0123456789abcdef
is "no cluster was made for it" "$([ -e "$other/pg" ] && echo made)" ""
check "both services are ready" answers "$(beside_key URL)/readyz"
check "both services are ready, the first too" answers "$(key URL)/readyz"
RUN_DIR=$other make stop
check "stopping the second leaves the first" answers "$(key URL)/readyz"
if answers "$(beside_key URL)/healthz" 2>/dev/null; then not_ok "the second is gone"; else ok "the second is gone"; fi
RUN_DIR=$other tests/support/stop.sh --remove
rm -f "$RUN_DIR.other" "$RUN_DIR.again"

# ---- end and begin again -------------------------------------------------------------------------------------------
pid=$(cat "$(key SERVICE_PID_FILE)")
from=$(date +%s%N)
kill -TERM "$pid"
wait_for 10 "the service's end" test ! -e "/proc/$pid"
at_most "after SIGTERM the service is gone within 5 s (in ms)" $((($(date +%s%N) - from) / 1000000)) 5000
check "and the keeper has started another" wait_for 10 "a new service" answers "$(key URL)/readyz"

psql -XqAt -d "$(key DATABASE_URL)" -c 'CREATE TABLE survives (); COMMENT ON TABLE survives IS $$yes$$' >/dev/null
for name in keep sim; do
	kill -KILL "$(cut -d' ' -f1 "$RUN_DIR/$name.pid")"
done
kill -KILL "$(head -1 "$(key PGDATA)/postmaster.pid")"
sleep 0.5
make start >"$RUN_DIR.again" && ok "after a crash of everything it starts again" || not_ok "after a crash of everything it starts again"
is "with the same secrets" "$(grep -E 'TOKEN|SECRET|PASSWORD|ORG_' "$RUN_DIR.again")" "$(grep -E 'TOKEN|SECRET|PASSWORD|ORG_' "$RUN_DIR.keys")"
is "and the same data" "$(psql -XqAt -d "$(sed -n 's/^DATABASE_URL=//p' "$RUN_DIR.again")" -c "SELECT obj_description('survives'::regclass)")" yes
check "stop succeeds" make stop
is "nothing of it runs any more" "$(pgrep -f "$RUN_DIR/" | grep -vx "$$" | wc -l)" 0
check "stop succeeds when nothing runs" make stop
rm -f "$RUN_DIR.again"
