#!/bin/bash
# database.sh - the database restarts, is killed, and freezes for some seconds while signed texts come in. What was acknowledged
# is there once; what could not be kept was answered 503 and came again; the service itself never stops answering.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

set_up
postmaster() { head -1 "$PGDATA/postmaster.pid"; }
database() { tests/support/pg.sh "$1" "$RUN_DIR/pg" >/dev/null; }
service=$(cat "$SERVICE_PID_FILE")

load --rate 60 --count 1500 --conns 16 --dup 10 --retry --customers 20 \
	--to "$ORG_A_NUMBER,$ORG_B_NUMBER" --ledger "$RUN_DIR/ledger" >"$RUN_DIR/figures" &
generator=$!

sleep 3
database stop
database start
sleep 3
kill -KILL "$(postmaster)" # and with it, soon, its backends
wait_for 20 "the end of the killed cluster" bash -c "! tests/support/pg.sh status '$RUN_DIR/pg' >/dev/null"
sleep 1
database start

sleep 3
frozen=$(postmaster)
mapfile -t backends < <(pgrep -P "$frozen")
kill -STOP "$frozen" "${backends[@]}"
slowest=0
for ((i = 0; i < 16; i++)); do
	from=$(date +%s%N)
	curl -fsS -m 5 -o /dev/null "$URL/healthz" || slowest=99999
	took=$((($(date +%s%N) - from) / 1000000))
	[ "$took" -le "$slowest" ] || slowest=$took
	sleep 0.25
done
kill -CONT "$frozen" "${backends[@]}"
at_most "while the database is frozen the service still answers (slowest, in ms)" "$slowest" 1500

check "the generator's texts were all acknowledged in the end" wait "$generator"
figures_read "$RUN_DIR/figures"
check "what could not be kept, if anything, was answered 503" grep -qE '^last_other_status=(0|503)$' "$RUN_DIR/figures"
is "no connection was refused" "${figure[connect_refused]}" 0
is "no request stayed unanswered" "${figure[expired]}" 0
is "the service is the one that began" "$(cat "$SERVICE_PID_FILE")" "$service"
check "and it is ready" wait_for 10 "readyz" curl -fsS -o /dev/null "$URL/readyz"

sql "CREATE TABLE ledger (sid text, sender text, store text, state text)"
psql -X -q -d "$DATABASE_URL" -c "\\copy ledger from '$RUN_DIR/ledger' with (delimiter ' ')"
is "acknowledged and lost: 0" "$(sql "SELECT count(*) FROM ledger l WHERE state = 'acked'
	AND NOT EXISTS (SELECT FROM messages m WHERE m.twilio_message_sid = l.sid)")" 0
is "stored twice: 0" "$(sql "SELECT count(*) FROM (SELECT twilio_message_sid FROM messages WHERE twilio_message_sid IS NOT NULL
	GROUP BY 1 HAVING count(*) > 1) AS twice")" 0
is "event numbers have no gap" "$(sql "SELECT count(*) FROM (SELECT organization_id, max(seq) - min(seq) + 1 - count(*) AS gap
	FROM events GROUP BY 1) AS g WHERE gap <> 0")" 0
