#!/bin/bash
# console.sh - the staff console's part of `make bench`, which can be run alone: make bench-console
#
#   start     from the start of the program to its first screen; and with a kept session to the list
#   keys      10,000 conversations in the list, 1,000 events a second arriving, somebody at the keys: from each key to the
#             screen that shows it. Afterwards every line of the list is read from the screen and held against the database.
#   texts     a new text in the open thread on 80x24: bytes to the terminal, and how long from its webhook to the glass
#   storm     128 who sign in, again 50 ms after they are told to come back: the longest turn of the service's event loop,
#             and what others wait
#   flood     the same without a pause: what one core of the service refuses
#
# The console runs on a pseudo-terminal (xterm-256color) against the real service and a real PostgreSQL. The events are texts
# as text_in() keeps them, but 20 in one statement: so many commits a second are not the console's matter. Figures are medians of ROUNDS (5), with the smallest and the largest; keys and storm last SECS (4) seconds a
# round. Result: a table, and build/bench-console.json. The floors are those of the product's acceptance.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/bench/lib.sh
. tests/bench/lib.sh
rounds=${ROUNDS:-5} secs=${SECS:-4}
customers=10000 rate=1000 burst=20
slug=bench-3 email=bench@bench.example number=+14165550003

tests/support/deps.sh build run bench
make -s -j"$(nproc)" all "$build/bench/console" "$build/bench/logins" >&2

set_up 3 0
say "Loading $customers conversations ..."
password=$(openssl rand -hex 8)
"$(key SWITCHBACKCTL)" --config "$(key SWITCHBACK_CONFIG)" user add "$email" --organization "$slug" --role staff \
	--name "Benoît Roy" <<<"$password" >/dev/null
sql -v slug="$slug" -v email="$email" -v customers="$customers" <tests/bench/console.sql >/dev/null
store=$(sql -c "SELECT id FROM organizations WHERE slug = '$slug'")
(
	umask 077
	printf 'organization=%s\nemail=%s\npassword=%s\n' "$slug" "$email" "$password" >"$dir/sign-in"
)
console() { # console NAME RUN [options]: figures into $dir/NAME.ROUND
	local name=$1 run=$2
	shift 2
	rm -rf "${dir:?}/home"
	mkdir -p "$dir/home"
	"$build/bench/console" "$run" --program "$build/switchback" --url "$(key URL)" --home "$dir/home" --sign-in "$dir/sign-in" \
		"$@" >"$dir/$name.$round"
}

# ---- the events ------------------------------------------------------------------------------------------------
echo "SELECT bench_texts('$store', '$number', $burst, $customers);" >"$dir/burst.pgbench"
pgbench_bin=$(command -v pgbench || echo /usr/lib/postgresql/15/bin/pgbench)
# A little more than is wanted: the pace is kept on average only.
feed="'$pgbench_bin' -n -c 1 -T $((secs + 1)) -R $((rate * 11 / 10 / burst)) -f '$dir/burst.pgbench' '$(key DATABASE_URL)' >'$dir/pgbench.log' 2>&1"

# What the list must show: who, and how many texts nobody has answered (99 at most). Names as the console writes them.
expected() {
	sql -F $'\t' -c "
		SELECT coalesce(nullif(trim(concat_ws(' ', k.first_name, k.last_name)), ''),
		                regexp_replace(c.peer, '^\+1(...)(...)(....)\$', '+1 \1 \2-\3')),
		       least(99, (SELECT count(*) FROM messages m WHERE m.organization_id = c.organization_id
		                     AND m.conversation_id = c.id AND m.direction = 'in' AND m.position > c.answered_position))
		  FROM conversations c JOIN customers k ON k.organization_id = c.organization_id AND k.id = c.customer_id
		 WHERE c.organization_id = '$store' AND c.state = 'open'
		 ORDER BY c.holder <> 'nobody',
		          CASE WHEN c.holder = 'nobody' THEN extract(epoch FROM c.waiting_since) ELSE -extract(epoch FROM c.last_message_at) END,
		          c.id::text COLLATE \"C\""
}
events() { sql -c "SELECT last_event FROM organization_counters WHERE organization_id = '$store'"; }

# "BOUND COUNT": so many turns of the service's loop took at most so many seconds.
turns() { curl -fsS "$(key URL)/metrics" | sed -n 's/^switchback_loop_turn_seconds_bucket{le="\(.*\)"} \(.*\)$/\1 \2/p'; }
# Nanoseconds that the loop's thread has stood in the queue for a core.
queued() { cut -d' ' -f2 "/proc/$(service_pid)/task/$(service_pid)/schedstat"; }

# ---- the rounds ------------------------------------------------------------------------------------------------
for ((round = 1; round <= rounds; round++)); do
	say "Console, round $round of $rounds ..."
	console start start --times 10
	before=$(events)
	console keys keys --lines 53 --columns 132 --secs "$secs" --want "$customers" --feed "$feed" --rows "$dir/shown"
	echo "events_per_s=$((($(events) - before) / (secs + 1)))" >>"$dir/keys.$round"
	expected >"$dir/expected"
	echo "rows_wrong=$(diff "$dir/expected" "$dir/shown" | grep -c '^[<>]' || true)" >>"$dir/keys.$round"
	console texts messages --lines 24 --columns 80 --times 20 --port "$port" --token "$(key TWILIO_AUTH_TOKEN)" \
		--account "$(key TWILIO_ACCOUNT_SID)" --from +16472000001 --to "$number"
done
for ((round = 1; round <= rounds; round++)); do # at the end: who stands in the queue then would be in the consoles' way
	say "Sign-ins, round $round of $rounds ..."
	turns >"$dir/turns.before"
	before=$(queued)
	"$build/bench/logins" --port "$port" --secs "$secs" --again 50 >"$dir/storm.$round" || say "storm: not every answer was as expected"
	echo "queued_percent=$((($(queued) - before) / (secs * 10000000)))" >>"$dir/storm.$round"
	turns >"$dir/turns.after"
	# the bound below which every turn of the storm was
	paste -d' ' "$dir/turns.before" "$dir/turns.after" |
		awk '{ n = $4 - $2; bound[NR] = $1; count[NR] = n } END { for (i = 1; i <= NR && count[i] < n; i++); print "stall_ms=" (bound[i] == "+Inf" ? 1000 : bound[i] * 1000) }' \
			>>"$dir/storm.$round"
	"$build/bench/logins" --port "$port" --secs "$secs" >"$dir/flood.$round" || say "flood: not every answer was as expected"
done

# ---- the table -------------------------------------------------------------------------------------------------
{
	echo "start_ms $(figure start start_ms)"
	echo "list_ms $(figure start list_ms)"
	echo "whole_list_ms $(figure keys whole_list_ms)"
	echo "key_p50_ms $(figure keys key_p50_ms)"
	echo "key_p99_ms $(figure keys key_p99_ms)"
	echo "key_max_ms $(figure keys key_max_ms)"
	echo "keys $(figure keys keys)"
	echo "events_per_s $(figure keys events_per_s)"
	echo "console_cpu_percent $(figure keys cpu_percent)"
	echo "console_rss_kb $(figure keys rss_kb)"
	echo "console_peak_kb $(figure keys peak_kb)"
	echo "rows_wrong $(figure keys rows_wrong)"
	echo "text_bytes $(figure texts text_bytes)"
	echo "text_max_bytes $(figure texts text_max_bytes)"
	echo "text_ms $(figure texts text_ms)"
	echo "sign_ins_per_s $(figure storm checked_per_s)"
	echo "turned_away_per_s $(figure storm busy_per_s)"
	echo "queued_percent $(figure storm queued_percent)"
	echo "stall_ms $(figure storm stall_ms)"
	echo "beside_p99_ms $(figure storm probe_p99_ms)"
	echo "beside_max_ms $(figure storm probe_max_ms)"
	echo "flood_per_s $(figure flood busy_per_s)"
	echo "flood_p99_ms $(figure flood probe_p99_ms)"
} >"$dir/figures"

json "$build/bench-console.json" <"$dir/figures"

awk -v steal="$(steal)" "$table"'
	END {
		print "\nstaff console: median (smallest .. largest)"
		row("start to the first screen", "start_ms", "ms")
		row("start to the list, session kept", "list_ms", "ms")
		row("the whole list, 10,000 conversations", "whole_list_ms", "ms")
		row("events arriving while keys are pressed", "events_per_s", "/s")
		row("key to screen, half of them", "key_p50_ms", "ms")
		row("key to screen, 99 of 100", "key_p99_ms", "ms")
		row("key to screen, the slowest", "key_max_ms", "ms")
		row("CPU of the console meanwhile", "console_cpu_percent", "%")
		row("memory afterwards", "console_rss_kb", "KiB")
		row("memory, the most", "console_peak_kb", "KiB")
		row("a new text in the thread, 80x24", "text_bytes", "bytes")
		row("its webhook to the screen", "text_ms", "ms")
		row("storm: sign-ins whose password was checked", "sign_ins_per_s", "/s")
		row("storm: sign-ins told to come back", "turned_away_per_s", "/s")
		row("storm: what others wait, 99 of 100", "beside_p99_ms", "ms")
		row("storm: what others wait, the longest", "beside_max_ms", "ms")
		row("flood: sign-ins told to come back", "flood_per_s", "/s")
		row("flood: what others wait, 99 of 100", "flood_p99_ms", "ms")
		row("storm: the loop waits for a core", "queued_percent", "%")
		print "\nagainst the floors"
		floor("start to the first screen (ms)", mid["start_ms"], 100, 0)
		floor("key to screen, 99 of 100 (ms)", mid["key_p99_ms"], 16, 0)
		floor("events arriving meanwhile (/s)", mid["events_per_s"], 1000, 1)
		floor("lines of the list lost, doubled or wrong", high["rows_wrong"], 0, 0)
		floor("memory, the most (MiB)", high["console_peak_kb"] / 1024, 16, 0)
		floor("a new text in the thread, the most (KiB)", high["text_max_bytes"] / 1024, 2, 0)
		floor("storm: longest turn of the loop, at most (ms)", mid["stall_ms"], 10, 0)
		if (mid["queued_percent"] > 10)
			print "\nOthers were at work on this machine: the loop waited for a core " mid["queued_percent"] " % of the time."
		steal_told()
	}' "$dir/figures"
echo "(figures: $build/bench-console.json)"
