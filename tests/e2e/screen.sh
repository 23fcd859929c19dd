#!/bin/bash
# screen.sh - `make demo` on a terminal: the phone beside the console, a text in the one shows in the other and is answered
# there, a call begins and ends, and leaving either stops everything.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

PORT=$(free_port)
export PORT
up=1
terminals=0
terminal() { tmux -L "switchback-screen-$$-$terminals" -f /dev/null "$@"; }
leave() {
	local code=$?
	terminal kill-server 2>/dev/null || true
	finish "$code"
}
trap leave EXIT
screen() { terminal capture-pane -p -t demo 2>/dev/null; }
shows() { screen | grep -qF -- "$1"; }
running() { pgrep -f "$RUN_DIR/" | grep -vx "$$"; }

demo_start() { # demo_start COLUMNS ROWS
	terminal kill-server 2>/dev/null || true
	terminals=$((terminals + 1)) # a server of its own: the old one may still be going
	env -u TMUX tmux -L "switchback-screen-$$-$terminals" -f /dev/null new-session -d -s demo -x "$1" -y "$2" \
		"make demo; echo \"ended with \$?\"; sleep 120"
}
typed() { terminal send-keys -t demo "$@"; }

demo_start 160 45
check "the phone is there" wait_for 90 "the phone's last line" shows "Enter send"
check "and beside it the console, signed in" wait_for 20 "its top line" shows "live"
typed 'I want to talk to a person' Enter
check "a text shows in the console" wait_for 20 "the customer's text" shows "1 waiting"
typed C-b Left
# the demo's store has others who wait, and longer
ours() {
	shows "I want to talk to a person" && shows "r replies and takes over" && return
	typed a
	sleep 0.5
	return 1
}
check "a goes through those who wait" wait_for 10 "the words" ours
typed r; sleep 1; screen >&2
check "r writes to them" wait_for 5 "the composer" shows "Enter sends"
typed 'Hello, Alex here'
typed Enter
twice() { [ "$(screen | grep -oF -- "$1" | wc -l)" -ge 2 ]; }
check "and the answer shows in both" wait_for 20 "the answer twice" twice "Hello, Alex here"
typed C-b Right
typed C-c
check "leaving the phone ends the demo" wait_for 30 "its end" shows "ended with 0"
is "and nothing runs afterwards" "$(running | wc -l)" 0

demo_start 90 40
check "a narrow window has one above the other" wait_for 90 "the phone's last line" shows "Enter send"
check "with the console, signed in" wait_for 20 "its top line" shows "live"
check "it says that one can call" wait_for 5 "the hint" shows "write a text, or /call"
typed '/call' Enter
check "the phone calls the store" wait_for 20 "the call" shows "connected 0:"
check "and hears it" wait_for 20 "its first sentence" shows "What is said on this call is written"
screen >&2
typed '/hangup' Enter
check "and hangs up" wait_for 10 "the end" shows "you hung up"
typed C-b Up
typed q; sleep 1; screen >&2
check "leaving the console ends the demo" wait_for 30 "its end" shows "ended with 0"
is "and nothing runs afterwards" "$(running | wc -l)" 0
