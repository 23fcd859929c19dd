#!/bin/bash
# race.sh - twenty of the staff take the same thread in the same moment, again and again (RACES): one has it, the others
# are told who and since when, and nobody writes in it but the one who holds it.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

races=${RACES:-60}
set_up

for ((i = 1; i <= 20; i++)); do
	echo "racer$i@bici.example Race-password-$i"
	echo "Race-password-$i" | SWITCHBACK_CONFIG=$RUN_DIR/owner.conf "$SWITCHBACK_BIN/switchbackctl" user add \
		"racer$i@bici.example" --organization "$ORG_A_SLUG" --name "Racer $i" --role staff
done >"$RUN_DIR/users.all"
grep '^racer[0-9]*@' "$RUN_DIR/users.all" >"$RUN_DIR/users"
load --rate 50 --count 20 --conns 4 --customers 10 --to "$ORG_A_NUMBER" >"$RUN_DIR/figures"
check "the races are run" "$BUILD/storm/racers" --port "$PORT" --organization "$ORG_A_SLUG" --users "$RUN_DIR/users" \
	--rounds "$races" >"$RUN_DIR/race"
figures_read "$RUN_DIR/race"
is "each race has one winner" "${figure[won]}" "$races"
is "everybody else learns who and since when" "${figure[told]}" $((races * 19))
is "replies of somebody who does not hold the thread: 0" "${figure[intruded]}" 0
is "the winner can give it back" "${figure[broken]}" 0

# What the customers got to read: one notice that a person is there for each stretch, and no reply of a loser.
is "no loser's words are in any thread" "$(sql "SET app.current_organization_id = '$ORG_A_ID';
	SELECT count(*) FROM messages WHERE organization_id = '$ORG_A_ID' AND body LIKE 'I hold this%'" | tail -1)" 0
