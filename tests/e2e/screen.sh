#!/bin/bash
# screen.sh - `make demo` on a terminal: the phone beside the live view, a text in the one shows in the other, and leaving the
# phone stops everything.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

PORT=$(free_port)
export PORT
up=1
terminal() { tmux -L "switchback-screen-$$" -f /dev/null "$@"; }
leave() {
	terminal kill-server 2>/dev/null || true
	finish
}
trap leave EXIT
screen() { terminal capture-pane -p -t demo 2>/dev/null; }
shows() { screen | grep -qF -- "$1"; }
running() { pgrep -f "$RUN_DIR/" | grep -vx "$$"; }

env -u TMUX tmux -L "switchback-screen-$$" -f /dev/null new-session -d -s demo -x 160 -y 45 \
	"make demo; echo \"ended with \$?\"; sleep 120"
check "the phone is there" wait_for 90 "the phone's last line" shows "Enter send"
check "and beside it what happens in the stores" shows "What happens in both stores appears here"
terminal send-keys -t demo 'where are you?' Enter
check "a text shows in the live view" wait_for 20 "the customer's text" shows "customer: where are you?"
check "with the agent's answer" wait_for 20 "the answer" shows "417 Queen St W"
terminal send-keys -t demo C-c
check "leaving the phone ends the demo" wait_for 30 "its end" shows "ended with 0"
is "and nothing runs afterwards" "$(running | wc -l)" 0
