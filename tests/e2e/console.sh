#!/bin/bash
# console.sh - the staff console on a real terminal against the real service: signing in, a text that arrives, taking over,
# answering, handing back; the service killed, frozen and gone; drafts over a crash; signals; what must never be written down.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

program=$PWD/$SWITCHBACK_BIN/switchback
[ -x "$program" ] || program=$SWITCHBACK_BIN/switchback
customer=+15145550199
terminals=0
tm() { tmux -L "switchback-console-$$-$terminals" -f /dev/null "$@"; }
leave() {
	local code=$?
	tm kill-server 2>/dev/null || true
	finish "$code"
}
trap leave EXIT

# A check that fails shows what was on the screen.
eval "$(declare -f not_ok | sed '1s/not_ok/not_ok_plainly/')"
not_ok() {
	not_ok_plainly "$@"
	tm capture-pane -p -t c || true
}

set_up
state=$RUN_DIR/home/state/switchback
mkdir -p "$RUN_DIR/home"
sign_in=$RUN_DIR/sign-in
(
	umask 077
	printf 'organization=%s\nemail=%s\npassword=%s\n' "$ORG_A_SLUG" "$ORG_A_EMAIL" "$ORG_A_PASSWORD" >"$sign_in"
)

# console_start COLUMNS ROWS OPTION...: what it left of the terminal is printed when it has ended.
console_start() {
	local columns=$1 rows=$2
	shift 2
	tm kill-server 2>/dev/null || true
	terminals=$((terminals + 1))
	tm new-session -d -s c -x "$columns" -y "$rows" \
		"export HOME='$RUN_DIR/home' XDG_STATE_HOME='$RUN_DIR/home/state' XDG_CONFIG_HOME='$RUN_DIR/home/config'
		 echo before the console; before=\$(stty -g)
		 '$program' --url '$URL' $*
		 echo ended=\$?; [ \"\$(stty -g)\" = \"\$before\" ] && echo as it was; exec sleep 600"
	tm set-option -g remain-on-exit on
}
screen() { tm capture-pane -p -t c; }
shows() { screen | grep -qF -- "$1"; }
hides() { ! shows "$1"; }
types() { tm send-keys -t c -l "$1"; }
presses() { tm send-keys -t c "$@"; }
seen() { check "$1" wait_for "${3:-10}" "\"$2\" on the screen" shows "$2" || true; }
console_pid() { tm list-panes -t c -F '#{pane_pid}' | xargs -I{} pgrep -P {} -x switchback; }
texted() {
	curl -fsS -o /dev/null -H 'Content-Type: application/json' "$TWILIO_SIM_URL/sim/texts" \
		-d "{\"from\":\"$customer\",\"to\":\"$ORG_A_NUMBER\",\"body\":\"$1\"}"
}
phone_shows() { curl -fsS "$TWILIO_SIM_URL/sim/phones/$customer" | grep -qF -- "$1"; }
phone_lacks() { ! phone_shows "$1"; }
service_pid() { cut -d' ' -f1 "$SERVICE_PID_FILE"; }

# ---- signing in by hand ----
console_start 120 34 --organization "$ORG_A_SLUG" --email "$ORG_A_EMAIL"
seen "it asks for a password" "Password"
types "not the password"
presses Enter
check "a wrong one is refused" wait_for 10 "a word about it" shows "is not right"
hides "not the password" && ok "and was never shown" || not_ok "and was never shown"
types "$ORG_A_PASSWORD"
presses Enter
seen "the right one lets in" "live"
seen "with the store's name" "Bici Downtown"

# ---- a conversation ----
texted "I want to talk to a person please"
seen "a text that comes is there" "2 waiting"
# The thread of our customer is open: their number is its title.
ours() {
	screen | grep -qE '│[ ▸]\+1 514 555-0199' && return
	presses a
	sleep 0.3
	return 1
}
check "a goes to those who wait" wait_for 10 "the words" ours
presses t
seen "t takes over" "You have it."
check "and the customer is told, by the phone" wait_for 10 "a text" phone_shows "now texting with"
presses r
seen "r writes" "Enter sends"
types "Good afternoon, how may I help?"
presses Enter
check "the phone shows the answer" wait_for 15 "a text" phone_shows "how may I help?"
seen "and the console that it was delivered" "delivered"
texted "is my bike ready"
seen "what the customer says next is there" "is my bike ready"
check "and the agent is silent" phone_lacks "order number"
presses Escape
presses b
check "b hands back" wait_for 10 "the marker" shows "handed back to the agent"

# ---- the service dies, freezes, and is gone ----
for n in 1 2 3; do
	kill -KILL "$(service_pid)"
	wait_for 20 "the service" curl -fsS -m 1 -o /dev/null "$URL/readyz"
	texted "after crash $n"
	check "it goes on after the service was killed ($n)" wait_for 15 "the text" shows "after crash $n"
done
check "and says that nothing is missing" wait_for 10 "caught up" bash -c "! grep -q number_skipped '$state/console.log'"
kill -STOP "$(service_pid)"
presses a
sleep 1
presses g
types "/"
check "a frozen service does not freeze the screen" wait_for 3 "a prompt" shows "Find"
presses Escape
kill -CONT "$(service_pid)"
texted "after the frost"
seen "and it goes on when that thaws" "after the frost" 20

# ---- drafts ----
wait_for 10 "the conversation" ours || true
presses r
seen "the composer opens" "Enter sends"
types "half a sentence that must not be lo"
check "what is being written is kept" wait_for 10 "a file" grep -rqs "half a sentence" "$state/drafts"
is "by files that only their owner can read" "$(find "$state" -type f -perm /077 | wc -l)" 0
kill -KILL "$(console_pid)"
console_start 120 34 --sign-in "$sign_in"
seen "after a crash it signs in from a file" "live"
wait_for 10 "the conversation" ours || true
presses r
seen "and the words are there again" "half a sentence that must not be lo"
types "st"
presses Enter
check "sent, they reach the phone" wait_for 15 "a text" phone_shows "half a sentence that must not be lost"
check "and their file is gone" wait_for 10 "no file" bash -c "! grep -rqs 'half a sentence' '$state/drafts'"

# ---- its end ----
for signal in TERM HUP INT; do
	console_start 100 30 --sign-in "$sign_in"
	seen "it is there" "live"
	kill -"$signal" "$(console_pid)"
	seen "SIG$signal ends it with its number" "ended=$((128 + $(kill -l "$signal")))"
	seen "and the terminal is as it was" "as it was"
	check "with the screen that was before" shows "before the console"
done
console_start 100 30 --sign-in "$sign_in"
seen "it is there again" "live"
pid=$(console_pid)
tm kill-server
check "it ends when its terminal goes" wait_for 10 "its end" bash -c "! kill -0 $pid 2>/dev/null"

# Stopped and woken, as under a shell with jobs; and resized meanwhile.
tm kill-server 2>/dev/null || true
terminals=$((terminals + 1))
tm new-session -d -s c -x 100 -y 30 "export HOME='$RUN_DIR/home' XDG_STATE_HOME='$RUN_DIR/home/state' XDG_CONFIG_HOME='$RUN_DIR'
	set -m; before=\$(stty -g); '$program' --url '$URL' --sign-in '$sign_in'
	[ \"\$(stty -g)\" = \"\$before\" ] && echo stopped as it was; read -r; fg; echo ended=\$?; exec sleep 600"
seen "it is there" "live"
presses C-z
seen "Ctrl-Z gives the terminal back as it was" "stopped as it was"
tm resize-window -t c -x 70 -y 20
presses Enter
seen "woken, it draws itself in the new size" "live"
kill -TSTP "$(pgrep -x switchback -s "$(tm list-panes -t c -F '#{pane_pid}')")"
seen "SIGTSTP stops it too" "ended=148"
console_start 100 30 --sign-in "$sign_in"
seen "it is there" "live"
for size in "250 80" "80 24" "40 10" "60 5" "100 30"; do
	tm resize-window -t c -x "${size% *}" -y "${size#* }"
done
seen "resized again and again it stands" "live"

# ---- signing out, and another user ----
console_start 100 30 --sign-in "$sign_in"
seen "it is there" "live"
"$SWITCHBACKCTL" --config "$SWITCHBACK_CONFIG" user password "$ORG_A_EMAIL" --organization "$ORG_A_SLUG" <<<"$ORG_A_PASSWORD" >/dev/null
check "a new password ends the session within a second or so" wait_for 5 "the form" shows "Password"

# ---- without signing in each time ----
console_start 100 30 --stay-signed-in --sign-in "$sign_in"
seen "it is there" "live"
check "the session is kept" wait_for 5 "a file" test -s "$state/session"
presses q
sleep 0.3
presses y
seen "q leaves" "ended=0"
console_start 100 30 --stay-signed-in
seen "the next start needs no password" "live"
presses q
sleep 0.3
presses y
seen "q leaves" "ended=0"

# ---- what must not be written down ----
token=$(sed -n 's/^refresh_token=//p' "$state/session")
check "there is a token to look for" test -n "$token"
check "its log holds neither password nor token nor text" bash -c \
	"! grep -qF -e '$ORG_A_PASSWORD' -e '$token' -e eyJ -e 'half a sentence' -e 'I want to talk' '$state/console.log'"
check "nor does the service's" bash -c "! grep -rqF -e '$ORG_A_PASSWORD' -e '$token' '$LOG_DIR'"
is "in a pipe it says what it is for" "$("$program" --url "$URL" 2>&1 </dev/null | tail -1)" \
	"switchback: This is a console for people: run it in a terminal, not in a pipe."
chmod 644 "$sign_in"
console_start 100 30 --sign-in "$sign_in"
seen "a password that others can read is not used" "chmod 600"
seen "and it says so with 2" "ended=2"
