#!/bin/bash
# storm.sh - consoles of two stores follow the event stream while texts come in, are answered and move on, while their
# lines are closed, reset, half-open or frozen, and while the service is killed. No number may be missed, come twice or out
# of order. CONSOLES, CUTS, KILLS, TEXTS and FREEZE_MS make it as long as one likes.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

consoles=${CONSOLES:-50} cuts=${CUTS:-6} kills=${KILLS:-5} texts=${TEXTS:-800} freeze=${FREEZE_MS:-2500}
set_up

mkfifo "$RUN_DIR/targets"
"$BUILD/storm/followers" --port "$PORT" --store "$ORG_A_SLUG,$ORG_A_EMAIL,$ORG_A_PASSWORD" \
	--store "$ORG_B_SLUG,$ORG_B_EMAIL,$ORG_B_PASSWORD" --consoles "$consoles" --cuts "$cuts" --freeze-ms "$freeze" \
	--secs "${SECS:-240}" <"$RUN_DIR/targets" >"$RUN_DIR/storm" &
followers=$!
exec 6>"$RUN_DIR/targets"

load --rate 100 --count "$texts" --conns 12 --retry --customers 20 --to "$ORG_A_NUMBER,$ORG_B_NUMBER" \
	--ledger "$RUN_DIR/ledger" >"$RUN_DIR/figures" &
generator=$!
killed=0
while [ "$killed" -lt "$kills" ] && kill -0 "$generator" 2>/dev/null; do
	sleep 0.$((5 + RANDOM % 5))
	pid=$(cat "$SERVICE_PID_FILE") && kill -KILL "$pid" 2>/dev/null && killed=$((killed + 1))
done
check "the texts were all acknowledged in the end" wait "$generator"
is "the service was killed as often as asked" "$killed" "$kills"

# No more events once every turn and every send has come to its end and a second has passed without a new number.
numbers() { sql "SELECT last_event FROM organization_counters WHERE organization_id = '$ORG_A_ID'
	UNION ALL SELECT last_event FROM organization_counters WHERE organization_id = '$ORG_B_ID'"; }
busy() { sql "SELECT count(*) FROM due_work WHERE kind IN ('agent_turn', 'outbox')"; }
settled() {
	local before
	[ "$(busy)" -eq 0 ] || return 1
	before=$(numbers)
	sleep 1 # what is awaited is that nothing happens
	[ "$(numbers)" = "$before" ]
}
check "the stores come to rest" wait_for 120 "turns and sends that are still open" settled
for org in "$ORG_A_ID" "$ORG_B_ID"; do
	sql "SELECT last_event FROM organization_counters WHERE organization_id = '$org'" >&6
done
check "every console has seen the last number, none missed, none twice" wait "$followers"
figures_read "$RUN_DIR/storm"

at_least "they saw the events" "${figure[events]}" $((texts * consoles / 2))
is "numbers missed: 0" "${figure[missed]}" 0
is "numbers twice or out of order: 0" "${figure[twice]}" 0
is "nobody was sent back to the list" "${figure[gone]}" 0
is "every cut happened" $((figure[closed] + figure[reset] + figure[half_open] + figure[frozen])) $((consoles * cuts))
