#!/bin/bash
# demo.sh - `make demo`: everything set up on this machine, to be played with.
#
# On a terminal: the practice phone beside a live view of what the store's service does, in tmux; leaving it (Ctrl-C in the
# phone, or Ctrl-b d) stops everything. Without one: plays one customer's conversation in each language, prints what was said,
# and ends with 0 when both went as they should. A set-up that runs already in RUN_DIR is used and left running.
set -euo pipefail
# shellcheck source=tests/support/setup.sh
. "$(dirname "$0")/setup.sh"
support=$root/tests/support

if [ -z "${SWITCHBACK_BIN:-}" ]; then
	"$support/deps.sh" build run
fi

ours=
finish() {
	local code=$?
	trap - EXIT
	if [ -n "$ours" ]; then
		say "Stopping what the demo started ..."
		"$support/stop.sh" || code=1
	fi
	exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

if set_up_runs; then
	say "A set-up runs already in $RUN_DIR; it is used, and left running."
else
	# The usual port, unless somebody has it and none was asked for.
	if [ -z "${PORT:-}" ] && port_taken 3001; then
		PORT=$((20000 + RANDOM % 12000))
		export PORT
		say "Port 3001 is taken; the demo takes $PORT."
	fi
	ours=1
	"$support/start.sh" >/dev/null
fi

addresses() {
	cat <<END

  service          $(key URL)   (/healthz /readyz /metrics)
  practice line    $(key TWILIO_SIM_URL)   (stands in for Twilio)
  database         $(key DATABASE_URL | sed 's#://\([^:]*\):[^@]*@#://\1@#')
  logs             $(key LOG_DIR)
  stores           Bici Downtown $(key ORG_A_NUMBER), Vélo Plateau $(key ORG_B_NUMBER)
  operator         SWITCHBACK_CONFIG=$(key SWITCHBACK_CONFIG) $(key SWITCHBACKCTL)

END
}

if [ -t 0 ] && [ -t 1 ]; then
	addresses
	line=switchback-$$
	export SHELL=/bin/bash # what tmux runs commands with; an account without a login has none
	tmux -L "$line" -f /dev/null new-session -d -s demo -x "$(tput cols)" -y "$(tput lines)" \
		"$bin/switchback-sim phone --sim $(key TWILIO_SIM_URL) --to $(key ORG_A_NUMBER); tmux -L $line kill-server"
	tmux -L "$line" set-option -g mouse on
	tmux -L "$line" set-option -g status-right "Ctrl-C in the phone ends the demo"
	tmux -L "$line" split-window -h -b -t demo "RUN_DIR='$RUN_DIR' '$support/watch.sh'"
	tmux -L "$line" select-pane -t demo:0.1
	tmux -L "$line" attach-session -t demo || true
	tmux -L "$line" kill-server 2>/dev/null || true
	exit 0
fi

addresses
failed=
for language in en fr; do
	"$bin/switchback-sim" play "$root/tests/sim/scripts/conversation.$language.txt" \
		--sim "$(key TWILIO_SIM_URL)" --lang "$language" || failed=1
	echo
done
if [ -n "$failed" ]; then
	tail -n 20 "$RUN_DIR"/log/keep.log >&2
	fail "A conversation did not go as it should."
fi
echo "Both conversations went as they should."
