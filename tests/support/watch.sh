#!/bin/bash
# watch.sh - a live view of a running set-up (RUN_DIR): what is said in both stores, by whom, what was promised and what became
# of each text, one line each, read from the stored messages and events. Until the staff console takes its place in the demo.
set -euo pipefail
# shellcheck source=tests/support/setup.sh
. "$(dirname "$0")/setup.sh"
set_up_runs || fail "No set-up runs in $RUN_DIR: make start begins one."
DATABASE_URL=$(key DATABASE_URL)

# The events after number $2 of a store, in plain words; the number of the newest first on each line.
news() {
	ORG=$1 AFTER=$2 ask_database "$DATABASE_URL" <<'END'
\getenv org ORG
\getenv after AFTER
SELECT FROM set_config('app.current_organization_id', :'org', false);
SELECT e.seq || ' ' || to_char(e.created_at AT TIME ZONE o.time_zone, 'HH24:MI:SS') || '  ' || o.name || '  '
	|| coalesce(c.peer || '  ', '')
	|| CASE e.type
	   WHEN 'message.received' THEN 'customer: ' || coalesce(e.payload ->> 'body', '')
	   WHEN 'message.queued' THEN coalesce(e.payload ->> 'author', 'agent') || ': ' || coalesce(e.payload ->> 'body', '')
	   WHEN 'message.status' THEN '  (' || coalesce(e.payload ->> 'status', '') || ')'
	   ELSE replace(e.type, '.', ' ') || coalesce(': ' || (e.payload ->> 'reason'), '') END
  FROM events e
  JOIN organizations o ON o.id = e.organization_id
  LEFT JOIN conversations c ON c.organization_id = e.organization_id AND c.id = e.conversation_id
 WHERE e.organization_id = :'org' AND e.seq > :after
 ORDER BY e.seq;
END
}

echo "What happens in both stores appears here. Write to one of them with the phone beside."
echo
declare -A after
# From now on; what the demo stores have behind them is in the database.
for org in "$(key ORG_A_ID)" "$(key ORG_B_ID)"; do
	after[$org]=$(news "$org" 0 | tail -n 1 | cut -d' ' -f1)
	after[$org]=${after[$org]:-0}
done
while set_up_runs; do
	for org in "${!after[@]}"; do
		while read -r seq text; do
			after[$org]=$seq
			# Customers' text is not for the terminal to obey.
			printf '%s\n' "${text//[[:cntrl:]]/ }" | fold -s -w "$(tput cols 2>/dev/null || echo 80)"
		done < <(news "$org" "${after[$org]}")
	done
	sleep 0.5
done
