#!/bin/bash
# carrier.sh - the carrier refuses, breaks and lies in every way that the practice line knows, one phone a fault. Every customer
# gets every answer once, whatever happened on the way, and the store knows what became of it.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

set_up
throw() { curl -fsS -o /dev/null -H 'Content-Type: application/json' -d "{\"fault\": \"$1\"}" "$TWILIO_SIM_URL/sim/faults"; }
text() { # text PHONE BODY
	curl -fsS -o /dev/null -H 'Content-Type: application/json' \
		-d "{\"from\": \"$1\", \"to\": \"$ORG_A_NUMBER\", \"body\": \"$2\", \"wait\": false}" "$TWILIO_SIM_URL/sim/texts"
}
shown() { # how many texts from the store the phone has
	curl -fsS "$TWILIO_SIM_URL/sim/phones/$1" | grep -o '"mine":false' | wc -l
}

# What goes wrong with the answer to this phone | with the requests to the service about it
faults=(
	"429 next 2 retry-after 1" "503 next 1" "500 next 1" "500 after next 1" "hang next 1" "hang after next 1" "reset next 1"
	"reset after next 1" "garbage next 1" "garbage after next 1" "slow next 1 for 12 s"
	"lost on callback always" "duplicate on callback always" "reorder on callback always" "wrong-signature on callback always"
	"duplicate on webhook next 1" "replay on webhook next 1 for 4 s"
)
phones=()
for i in "${!faults[@]}"; do
	phone=$(printf '+1437555%04d' $((i + 1000)))
	phones+=("$phone")
	# The number stands behind the target and before how often.
	read -r kind rest <<<"${faults[$i]}"
	target=
	case $rest in
	after*) kind="$kind after" rest=${rest#after} ;;
	on\ *) read -r _ target rest <<<"$rest" && target=" on $target" ;;
	esac
	throw "$kind$target to $phone $rest"
	text "$phone" "What is your address?"
done

at_rest() {
	[ "$(sql "SELECT (SELECT count(*) FROM due_work WHERE kind = 'agent_turn')
		+ (SELECT count(*) FROM outbox WHERE organization_id = '$ORG_A_ID' AND state IN ('queued', 'sending', 'unknown'))")" -eq 0 ]
}
answered() { [ "$(sql "SELECT count(*) FROM outbox WHERE organization_id = '$ORG_A_ID'")" -ge "${#phones[@]}" ]; }
check "every text is answered" wait_for 40 "an answer for everybody" answered
check "every answer comes to rest" wait_for 150 "answers whose fate is open" at_rest
sleep 5 # what would come twice comes now
for i in "${!phones[@]}"; do
	is "one answer in spite of \"${faults[$i]}\"" "$(shown "${phones[$i]}")" 1
done
is "the store has each answer as sent or delivered" "$(sql "SELECT coalesce(string_agg(DISTINCT status, ' '), '') FROM messages
	WHERE organization_id = '$ORG_A_ID' AND direction = 'out' AND status NOT IN ('sent', 'delivered')")" ""
is "a text that came twice is there once" "$(sql "SELECT count(*) FROM messages m
	JOIN conversations c ON c.organization_id = m.organization_id AND c.id = m.conversation_id
	WHERE m.organization_id = '$ORG_A_ID' AND m.direction = 'in' AND c.peer LIKE '+14375551%'")" "${#phones[@]}"

# Phones that the carrier cannot or must not reach.
declare -A behaves=([+14375552001]=30003 [+14375552002]=21610)
for phone in "${!behaves[@]}"; do
	curl -fsS -o /dev/null -H 'Content-Type: application/json' -d "{\"behaves\": \"${behaves[$phone]}\"}" \
		"$TWILIO_SIM_URL/sim/phones/$phone"
	text "$phone" "What is your address?"
done
status_of() {
	sql "SELECT coalesce(string_agg(m.status || ' ' || m.error_code, ' '), '') FROM messages m
		JOIN conversations c ON c.organization_id = m.organization_id AND c.id = m.conversation_id
		WHERE m.organization_id = '$ORG_A_ID' AND c.peer = '$1' AND m.direction = 'out'"
}
unreachable() { [[ $(status_of +14375552001) == "undelivered 30003" ]]; }
refused() { [[ $(status_of +14375552002) == "failed 21610" ]]; }
check "an unreachable phone shows as undelivered, with the reason" wait_for 30 "undelivered 30003" unreachable
check "a phone that opted out at the carrier shows as failed, with the reason" wait_for 30 "failed 21610" refused

check "the carrier's faults, as a customer sees them" "$SWITCHBACK_BIN/switchback-sim" play tests/sim/scripts/faults.en.txt --sim "$TWILIO_SIM_URL"
