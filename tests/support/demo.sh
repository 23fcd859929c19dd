#!/bin/bash
# demo.sh - `make demo`: everything set up on this machine, to be played with.
#
# On a terminal: the staff console, signed in, beside the practice phone, which texts and calls (/call), in tmux; leaving either
# (q in the console, Ctrl-C in the phone, or Ctrl-b d) stops everything. Without one: plays a conversation by text and a call in
# each language, prints what was said, and ends with 0 when both went as they should. A set-up that runs already in RUN_DIR is used and left running.
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
	# Nobody listens without a terminal: voices need not take their time.
	if ! { [ -t 0 ] && [ -t 1 ]; }; then
		export SIM_OPTIONS="--letters-per-s 150 ${SIM_OPTIONS:-}"
	fi
	"$support/start.sh" >/dev/null
fi

# sign_in_file STORE: what the console signs in with; nobody else may read it, and no argument holds it.
sign_in_file() {
	local file=$RUN_DIR/sign-in-$1
	(
		umask 077
		printf 'organization=%s\nemail=%s\npassword=%s\n' "$(key "ORG_$1_SLUG")" "$(key "ORG_$1_EMAIL")" \
			"$(key "ORG_$1_PASSWORD")" >"$file.new"
	)
	mv "$file.new" "$file"
	echo "$file"
}
sign_in_a=$(sign_in_file A)
sign_in_b=$(sign_in_file B)

addresses() {
	cat <<END

  service          $(key URL)   (/healthz /readyz /metrics)
  practice line    $(key TWILIO_SIM_URL)   (stands in for Twilio)
  database         $(key DATABASE_URL | sed 's#://\([^:]*\):[^@]*@#://\1@#')
  logs             $(key LOG_DIR)
  stores           Bici Downtown $(key ORG_A_NUMBER), Vélo Plateau $(key ORG_B_NUMBER)
  console of A     $bin/switchback --url $(key URL) --sign-in $sign_in_a
  console of B     the same with $sign_in_b
  a phone          $bin/switchback-sim phone --sim $(key TWILIO_SIM_URL)   (texts; /call rings the store)
  operator         SWITCHBACK_CONFIG=$(key SWITCHBACK_CONFIG) $(key SWITCHBACKCTL)

END
}

if [ -t 0 ] && [ -t 1 ]; then
	addresses
	line=switchback-$$
	export SHELL=/bin/bash # what tmux runs commands with; an account without a login has none
	columns=$(tput cols) rows=$(tput lines)
	# Side by side where the console keeps its 80 columns, else one above the other.
	if [ "$columns" -ge 130 ]; then split=(-h -l $((columns * 35 / 100))); else split=(-v -l $((rows * 40 / 100))); fi
	# What the console keeps (drafts, its log) lies with the set-up.
	console="XDG_STATE_HOME='$RUN_DIR/console' XDG_CONFIG_HOME='$RUN_DIR/console' '$bin/switchback' --url $(key URL)"
	tmux -L "$line" -f /dev/null new-session -d -s demo -x "$columns" -y "$rows" \
		"$console --sign-in '$sign_in_a'; tmux -L $line kill-server"
	tmux -L "$line" set-option -g mouse on
	tmux -L "$line" set-option -g status-left " phone: write a text, or /call "
	tmux -L "$line" set-option -g status-left-length 40
	tmux -L "$line" set-option -g window-status-current-format ""
	tmux -L "$line" set-option -g status-right "q (console) or Ctrl-C (phone) ends the demo"
	tmux -L "$line" set-option -g status-right-length 60
	tmux -L "$line" split-window "${split[@]}" -t demo \
		"'$bin/switchback-sim' phone --sim $(key TWILIO_SIM_URL) --to $(key ORG_A_NUMBER); tmux -L $line kill-server"
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
