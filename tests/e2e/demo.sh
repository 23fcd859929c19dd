#!/bin/bash
# demo.sh - `make demo` without a terminal: it plays both conversations and their calls, prints them, leaves nothing behind, and
# fails when one does not go as it should. A set-up that runs already is used and left alone.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

PORT=$(free_port)
export PORT
up=1
if TERM='' make demo >"$RUN_DIR.said" </dev/null; then ok "it ends with 0"; else not_ok "it ends with 0"; fi
for words in "Hi! Are you open today?" "417 Queen St W" "Bonjour! Êtes-vous ouverts aujourd'hui?" "4382, rue Saint-Denis" \
	"What is said on this call is written down" "Saturday from 10:00 a.m." "À quelle heure fermez-vous le samedi?" "samedi de 10 h" "http://127.0.0.1:$PORT"; do
	check "the transcript holds \"$words\"" grep -qF "$words" "$RUN_DIR.said"
done
is "no password is printed" "$(grep -c 'switchback:[^@]*@' "$RUN_DIR.said" || true)" 0
is "nothing runs afterwards" "$(pgrep -f "$RUN_DIR/" | grep -vxc "$$")" 0

# Now with one that runs already, and whose practice line has died.
set_up
kill -KILL "$(cut -d' ' -f1 "$RUN_DIR/sim.pid")"
if make demo >"$RUN_DIR.said" </dev/null; then
	not_ok "a conversation that fails makes it fail"
else
	ok "a conversation that fails makes it fail"
fi
check "and the set-up that ran before still does" curl -fsS -o /dev/null "$URL/readyz"
rm -f "$RUN_DIR.said"
