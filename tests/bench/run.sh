#!/bin/bash
# run.sh - `make bench`: figures of the inbound text, side by side with peers in one run on this machine; then those of the
# event streams (streams.sh), of the staff console (console.sh) and of live calls (calls.sh), which can be run alone (make
# bench-streams, bench-console, bench-calls; STREAMS=0, CONSOLE=0 and CALLS=0 leave them out).
#
# Each figure is the median of ROUNDS (5) runs of SECS (4) seconds, with the smallest and the largest; the peers take turns
# with the service in every round, so that a machine that slows down slows all. Result: a table, and build/bench.json.
#
#   database   pgbench calling the same SQL function, text_in, from 8 connections: what PostgreSQL gives here
#   express    the same webhook written straightforwardly on Express, pg and twilio (tests/bench/peer)
#   nginx      a static 204 from one nginx worker: what one core can answer at all
#
# Both sides of a comparison store texts into threads that nobody answers (holder "nobody"), so that both do the same work;
# "with turns" is the service with its agent at work as well. The floors are those of the product's acceptance.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/bench/lib.sh
. tests/bench/lib.sh
rounds=${ROUNDS:-5} secs=${SECS:-4}
stores=50 customers=200

tests/support/deps.sh build run bench
make -s -j"$(nproc)" all "$build/bench/load" >&2

# ---- what is measured ------------------------------------------------------------------------------------------
set_up "$stores" "$customers"
app_database=$(key APP_DATABASE_URL) token=$(key TWILIO_AUTH_TOKEN) account=$(key TWILIO_ACCOUNT_SID)

# What is compared with pgbench or Express runs where the kernel puts it, as they do; what is compared with one core of
# nginx runs on one core, and its load on the other.
load() { # load NAME PORT PID CPUS [options]: figures into $dir/NAME.ROUND
	local name=$1 at=$2 pid=$3 cpus=$4
	shift 4
	taskset -c "$cpus" "$build/bench/load" --port "$at" --token "$token" --account "$account" --pid "$pid" --secs "$secs" \
		--stores "$stores" --customers "$customers" "$@" >"$dir/$name.$round" || say "$name: not every answer was as expected"
}

# ---- the peers -------------------------------------------------------------------------------------------------
nginx_port=$(free_port)
cat >"$dir/nginx.conf" <<END
daemon off; worker_processes 1; pid $dir/nginx.pid; error_log $dir/nginx.log;
events { worker_connections 1024; }
http { access_log off; keepalive_requests 1000000000; client_body_temp_path $dir; proxy_temp_path $dir; fastcgi_temp_path $dir;
  uwsgi_temp_path $dir; scgi_temp_path $dir; server { listen 127.0.0.1:$nginx_port backlog=4096; location / { return 204; } } }
END
# exec: the process whose id we have is nginx itself, not a shell before it.
(exec taskset -c 0 nginx -p "$dir" -c "$dir/nginx.conf" -e "$dir/nginx.log" 2>/dev/null) &
peers+=($!)

express_pid="" express_port=$(free_port)
if tests/support/deps.sh peer && mkdir -p "$build/bench/peer" && cp tests/bench/peer/* "$build/bench/peer" &&
	(cd "$build/bench/peer" && [ -d node_modules ] ||
		npm install --no-audit --no-fund --no-package-lock --loglevel=error >&2); then
	(cd "$build/bench/peer" && PORT=$express_port TWILIO_AUTH_TOKEN=$token APP_DATABASE_URL=$app_database \
		NODE_ENV=production exec node server.js) >"$dir/express.log" 2>&1 &
	express_pid=$!
	peers+=("$express_pid")
else
	say "Express is left out: Node.js, or the registry that its packages come from, is not here."
fi

cat >"$dir/text_in.pgbench" <<END
\\set store random(1, $stores)
\\set customer random(0, $((customers - 1)))
\\set a random(0, 9000000000000000)
\\set b random(0, 9000000000000000)
SELECT outcome FROM text_in('+1416555' || lpad(:store::text, 4, '0'), '+1647' || (2000001 + :customer::int), 'e164', 'SM' || lpad(to_hex(:a::bigint), 16, '0') || lpad(to_hex(:b::bigint), 16, '0'), NULL, 'Bonjour, is my bike ready for pickup today? Order 555', NULL, NULL, NULL, NULL, NULL, NULL);
END
pgbench_bin=$(command -v pgbench || echo /usr/lib/postgresql/15/bin/pgbench)

# ---- the rounds ------------------------------------------------------------------------------------------------
sleep 3
idle_kb=$(awk '/^VmRSS/ { print $2 }' "/proc/$(service_pid)/status")
for ((round = 1; round <= rounds; round++)); do
	say "Round $round of $rounds ..."
	pin_pid "$any_core" "$(service_pid)"
	load service "$port" "$(service_pid)" "$any_core"
	"$pgbench_bin" -n -M prepared -c 8 -j 2 -T "$secs" -f "$dir/text_in.pgbench" "$app_database" >"$dir/pgbench.log" 2>&1 || {
		grep -v '^pgbench (' "$dir/pgbench.log" | head -20 >&2
		exit 1
	}
	sed -n 's/^tps = \([0-9.]*\).*/per_s=\1/p' "$dir/pgbench.log" >"$dir/database.$round"
	[ -z "$express_pid" ] || load express "$express_port" "$express_pid" "$any_core"
	load open "$port" "$(service_pid)" "$any_core" --rate 500
	# the same pace in pgbench: what a commit takes here, below which no answer can be
	"$pgbench_bin" -n -M prepared -c 8 -j 2 -T "$secs" -R 500 -l --log-prefix="$dir/paced" -f "$dir/text_in.pgbench" \
		"$app_database" >/dev/null 2>&1
	cat "$dir"/paced.* | awk '{ print $3 }' | sort -n |
		awk '{ v[NR] = $1 } END { printf "p99_ms=%.3f\n", v[int(NR * 0.99)] / 1000 }' >"$dir/commits.$round"
	rm -f "$dir"/paced.*
	pin_pid 0 "$(service_pid)"
	load refused "$port" "$(service_pid)" "$other_core" --forged --conns 32
	load nginx "$nginx_port" "$(pgrep -P "${peers[0]}" | head -1)" "$other_core" --forged --expect 204 --conns 32
done
pin_pid "$any_core" "$(service_pid)"
for ((round = 1; round <= rounds; round++)); do
	say "With turns, round $round of $rounds ..."
	load turns "$port" "$(service_pid)" "$any_core" --rate 300 --stores 2 --customers 100000
done

# ---- the table -------------------------------------------------------------------------------------------------
{
	echo "service_per_s $(figure service per_s)"
	echo "database_per_s $(figure database per_s)"
	echo "express_per_s $(figure express per_s)"
	echo "service_cpu_us $(figure service cpu_us)"
	echo "open_p50_ms $(figure open p50_ms)"
	echo "open_p99_ms $(figure open p99_ms)"
	echo "open_cpu_us $(figure open cpu_us)"
	echo "database_p99_ms $(figure commits p99_ms)"
	echo "refused_per_s $(figure refused per_s)"
	echo "nginx_per_s $(figure nginx per_s)"
	echo "turns_p99_ms $(figure turns p99_ms)"
	echo "turns_cpu_us $(figure turns cpu_us)"
	echo "busy_rss_kb $(figure open rss_kb)"
	echo "idle_rss_kb $idle_kb $idle_kb $idle_kb"
} >"$dir/figures"

json "$build/bench.json" <"$dir/figures"

awk -v steal="$(steal)" "$table"'
	END {
		print "\nmedian (smallest .. largest)"
		row("texts kept, closed loop of 16 connections", "service_per_s", "/s")
		row("the same function under pgbench", "database_per_s", "/s")
		row("the same webhook on Express", "express_per_s", "/s")
		row("service CPU per text, closed loop", "service_cpu_us", "us")
		row("service CPU per text, 500 texts a second", "open_cpu_us", "us")
		row("latency at 500/s, half of them", "open_p50_ms", "ms")
		row("latency at 500/s, 99 of 100", "open_p99_ms", "ms")
		row("the function at 500/s in pgbench: 99 of 100", "database_p99_ms", "ms")
		row("refused signatures, one core", "refused_per_s", "/s")
		row("204 from nginx, one core", "nginx_per_s", "/s")
		row("300/s with agent turns: 99 of 100", "turns_p99_ms", "ms")
		row("300/s with agent turns: CPU per text", "turns_cpu_us", "us")
		row("memory, idle", "idle_rss_kb", "KiB")
		row("memory, at work", "busy_rss_kb", "KiB")
		print "\nagainst the floors"
		floor("kept, of what the database gives", ratio("service_per_s", "database_per_s"), 0.85, 1)
		floor("service CPU per text (us)", mid["service_cpu_us"], 60, 0)
		floor("latency at 500/s, 99 of 100 (ms)", mid["open_p99_ms"], 5, 0)
		floor("kept, times Express", ratio("service_per_s", "express_per_s"), 3, 1)
		floor("refused, of what nginx gives", ratio("refused_per_s", "nginx_per_s"), 0.8, 1)
		floor("memory, idle (MiB)", mid["idle_rss_kb"] / 1024, 20, 0)
		steal_told()
	}' "$dir/figures"
echo "(figures: $build/bench.json)"
[ "${STREAMS:-1}" = 0 ] || tests/bench/streams.sh
[ "${CONSOLE:-1}" = 0 ] || tests/bench/console.sh
[ "${CALLS:-400}" = 0 ] || tests/bench/calls.sh
[ "${UNDERSTAND:-1}" = 0 ] || tests/bench/understand.sh
