#!/bin/bash
# phone.sh - the practice phone on a real terminal: what it shows, what keys do, and that it leaves the terminal as it was.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

program=$PWD/$SWITCHBACK_BIN/switchback-sim
[ -x "$program" ] || program=$SWITCHBACK_BIN/switchback-sim
export TWILIO_ACCOUNT_SID=AC00000000000000000000000000000001 TWILIO_AUTH_TOKEN=0123456789abcdef0123456789abcdef
store=+14165550001 phone=+15145550199
mkdir -p "$RUN_DIR"
terminals=0
tm() { tmux -L "switchback-phone-$$-$terminals" -f /dev/null "$@"; }

port=$(free_port)
url=http://127.0.0.1:$port
line=
line_start() {
	"$program" serve --port "$port" --number "$store=http://127.0.0.1:1/" --name "$store=Bici Downtown" \
		>>"$RUN_DIR/line.log" 2>&1 &
	line=$!
	wait_for 10 "the practice line" curl -fsS -o /dev/null "$url/sim/health"
}
line_stop() {
	kill "$line"
	wait "$line"
}
leave() {
	local code=$?
	tm kill-server 2>/dev/null || true
	[ -z "$line" ] || kill "$line" 2>/dev/null || true
	finish "$code"
}
trap leave EXIT

# phone_start COLUMNS ROWS OPTION...: in a terminal of that size; what it left behind is printed when it has ended.
phone_start() {
	local columns=$1 rows=$2
	shift 2
	tm kill-server 2>/dev/null || true
	terminals=$((terminals + 1)) # a server of its own: the old one may still be going
	tm new-session -d -s p -x "$columns" -y "$rows" \
		"'$program' phone --sim $url $*; echo ended=\$?; stty -a | grep -qw -- icanon && echo cooked; exec sleep 600"
	tm set-option -g remain-on-exit on
}
screen() { tm capture-pane -p -t p; }
shows() { screen | grep -qF -- "$1"; }
hides() { ! shows "$1"; }
types() { tm send-keys -t p -l "$1"; }
presses() { tm send-keys -t p "$@"; }
seen() { check "$1" wait_for 10 "\"$2\" on the screen" shows "$2"; }
program_pid() { tm list-panes -t p -F '#{pane_pid}' | xargs -I{} pgrep -P {} -f "switchback-sim phone"; }

# A text from the store, as the service sends one.
send() {
	curl -fsS -o /dev/null -u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN" \
		"$url/2010-04-01/Accounts/$TWILIO_ACCOUNT_SID/Messages.json" \
		--data-urlencode "From=$store" --data-urlencode "To=$phone" --data-urlencode "Body=$1"
}

line_start
phone_start 72 16
seen "it shows the store by its name" "Bici Downtown  +1 416 555-0001"
seen "it says how to use it" "Ctrl-C quit"
types "hello é 🚲"
presses Enter
seen "a text that was sent is there" "hello é 🚲"
seen "a store that does not answer is told" "the store did not take it"
send "$(printf 'evil \x1b[2J\x1b]0;title\x07 \xe2\x80\xae end')"
seen "hostile text is shown, not obeyed" "evil ␛[2J␛]0;title␇ � end"
types "half a tex"
tm resize-window -t p -x 40 -y 10
seen "a small window keeps the line that is being written" "> half a tex"
tm resize-window -t p -x 30 -y 3
check "a tiny one says so" wait_for 5 "the sentence" shows "too small"
tm resize-window -t p -x 100 -y 30
seen "and a large one is drawn anew" "hello é 🚲"

line_stop
seen "a line that has gone is told" "no line: trying again"
line_start
check "and found again" wait_for 10 "the keys' line" shows "Ctrl-C quit"

presses C-c
seen "Ctrl-C ends it well" "ended=0"
seen "and the terminal is as it was" "cooked"
check "with the screen that was before" hides "Ctrl-C quit"

for signal in TERM HUP; do
	phone_start 60 12 --lang fr
	seen "it speaks French" "Entrée envoyer"
	kill -"$signal" "$(program_pid)"
	seen "SIG$signal ends it well" "ended=0"
	seen "and the terminal is as it was" "cooked"
done

phone_start 60 12
seen "it starts again" "Bici Downtown"
types "/quit"
presses Enter
seen "/quit ends it well" "ended=0"

is "without a terminal it says what to do" "$("$program" phone --sim "$url" 2>&1 </dev/null | tail -1)" \
	"switchback-sim: the phone needs a terminal; without one use switchback-sim play"
line_stop
line=
check "the line left no complaint" bash -c "! grep -q 'ERROR: ' '$RUN_DIR/line.log'"

# ---- calls, with the real service behind the line
set_up SIM_OPTIONS="--letters-per-s 150"
url=$TWILIO_SIM_URL store=$ORG_A_NUMBER
phone_start 90 30 "--to $store"
seen "it says how to call" "/call"
types "/hangup"
presses Enter
seen "a command that does not fit the moment says so" "there is no call"
types "/call"
presses Enter
seen "the call and its time are shown" "connected 0:0"
seen "what the store says is shown" "What is said on this call is written down"
seen "and that it was said, not written" "on the phone"
seen "and then the agent" "How can I help you?"
types "What is your address?"
presses Enter
seen "what is typed is spoken" "What is your address? ┊"
seen "and answered" "417 Queen St W"
types "/text and a text"
presses Enter
seen "a text can be sent during it" "and a text ▐"
types "/press 0"
presses Enter
seen "keys are pressed" "keys pressed"
tm resize-window -t p -x 40 -y 10
seen "a small window shows the call" "connected 0:"
tm resize-window -t p -x 90 -y 30
types "/hangup"
presses Enter
seen "it is hung up" "you hung up"

# ring DOCUMENT: the store calls this phone.
ring() {
	curl -fsS -o /dev/null -u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN" \
		"$url/2010-04-01/Accounts/$TWILIO_ACCOUNT_SID/Calls.json" \
		--data-urlencode "From=$store" --data-urlencode "To=$phone" --data-urlencode "Twiml=$1"
}
ring "<Response><Say>Your bicycle is ready.</Say><Pause length='60'/></Response>"
seen "a call from the store rings" "incoming call"
seen "and says how to take it" "/answer  /decline"
types "/answer"
presses Enter
seen "it is taken" "Your bicycle is ready."
types "/hangup"
presses Enter
check "and ended" wait_for 10 "the bar" hides "connected 0:"
ring "<Response><Say>Never heard.</Say></Response>"
seen "another rings" "incoming call"
types "/decline"
presses Enter
seen "and is declined" "you declined"

phone_start 60 16 "--to $store --lang fr --ascii"
seen "in French it says how to call as well" "/appeler"
types "/appeler"
presses Enter
seen "the call is on" "en ligne 0:"
types "/raccrocher"
presses Enter
seen "and over" "vous avez raccroch?"
