#!/bin/bash
# kill.sh - the service is killed again and again while signed texts come in, one in ten of them twice. Nothing that was
# acknowledged may be lost, nothing stored or answered twice, and nobody refused: the keeper holds the socket.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

kills=${KILLS:-12}
set_up

# 1200 texts of 40 customers, 100 a second; what was cut or refused is sent again, as Twilio's fallback would.
load --rate 100 --count 1200 --conns 12 --dup 10 --retry --customers 20 \
	--to "$ORG_A_NUMBER,$ORG_B_NUMBER" --ledger "$RUN_DIR/ledger" >"$RUN_DIR/figures" &
generator=$!
killed=0
while kill -0 "$generator" 2>/dev/null && [ "$killed" -lt "$kills" ]; do
	sleep 0.$((3 + RANDOM % 6))
	pid=$(cat "$SERVICE_PID_FILE") && kill -KILL "$pid" 2>/dev/null && killed=$((killed + 1))
done
check "the generator's texts were all acknowledged in the end" wait "$generator"
figures_read "$RUN_DIR/figures"

at_least "the service was killed many times" "$killed" "$((kills / 2))"
at_least "and each time texts were on their way" "${figure[cut]}" 1
at_least "one in ten came twice" "${figure[duplicates]}" 60
is "no connection was refused" "${figure[connect_refused]}" 0

# What the store has, against what was acknowledged.
sql "CREATE TABLE ledger (sid text, sender text, store text, state text)"
psql -X -q -d "$DATABASE_URL" -c "\\copy ledger from '$RUN_DIR/ledger' with (delimiter ' ')"
stored=$(for org in "$ORG_A_ID" "$ORG_B_ID"; do
	sql "SET app.current_organization_id = '$org'; SELECT twilio_message_sid FROM messages
		WHERE organization_id = '$org' AND direction = 'in' AND twilio_message_sid IS NOT NULL"
done | sort)
is "acknowledged and lost: 0" "$(comm -13 <(echo "$stored" | uniq) <(sql "SELECT sid FROM ledger WHERE state = 'acked'" | sort) | wc -l)" 0
is "stored twice: 0" "$(echo "$stored" | uniq -d | wc -l)" 0

# Every thread comes to rest: its customer is answered, or a person has been asked.
at_rest() {
	local org open=0
	for org in "$ORG_A_ID" "$ORG_B_ID"; do
		open=$((open + $(sql "SET app.current_organization_id = '$org';
			SELECT (SELECT count(*) FROM due_work WHERE organization_id = '$org' AND kind = 'agent_turn') +
			       (SELECT count(*) FROM outbox WHERE organization_id = '$org' AND state IN ('queued', 'sending', 'unknown'))")))
	done
	[ "$open" -eq 0 ]
}
check "every thread comes to rest" wait_for 120 "turns and sends that are still open" at_rest

# What left for the carrier, against the rows that asked for it.
grep -E '"side":"api","method":"POST","url":"[^"]*/Messages.json".*"status":201' "$LOG_DIR/line.jsonl" |
	grep -oE '[?&]outbox=[0-9a-f-]{36}' | sort >"$RUN_DIR/sent" || true
at_least "answers went out" "$(wc -l <"$RUN_DIR/sent")" 20
is "answered twice: 0" "$(uniq -d "$RUN_DIR/sent" | wc -l)" 0
