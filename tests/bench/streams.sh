#!/bin/bash
# streams.sh - the event streams' part of `make bench`, which can be run alone: make bench-streams
#
#   events   texts into one store, 1,000 consoles follow it, one text after the other: CPU for each event written to a stream.
#            The peer, nginx with nchan, passes the same words on to as many from a plain POST, in turns with the service; it
#            needs no database and no signature for it.
#   behind   100 texts a second, 50 consoles: when a text's event is there, against when its webhook was answered.
#   missed   50 consoles cut together come back, 1,000 events late.
#   idle     10,000 streams on which nothing happens but heartbeats, for IDLE (30) seconds: memory and CPU of each.
#
# The figures are medians of ROUNDS (5) runs of SECS (4) seconds, with the smallest and the largest. Result: a table, and
# build/bench-streams.json. The floors are those of the product's acceptance. Descriptors: 10,000 on each side.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/bench/lib.sh
. tests/bench/lib.sh
rounds=${ROUNDS:-5} secs=${SECS:-4} idle=${IDLE:-30}
streams=1000 idle_streams=10000 missed=1000

tests/support/deps.sh build run bench
make -s -j"$(nproc)" all "$build/bench/streams" >&2

set_up 3 200
sign_in() { # a fresh access token of the first store's admin: it ends after 15 minutes
	curl -fsS -H 'Content-Type: application/json' "$(key URL)/api/auth/login" \
		-d "{\"organization\":\"$(key ORG_A_SLUG)\",\"email\":\"$(key ORG_A_EMAIL)\",\"password\":\"$(key ORG_A_PASSWORD)\"}" |
		sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p'
}
run() { # run NAME PORT PID [options]: figures into $dir/NAME.ROUND
	local name=$1 at=$2 pid=$3
	shift 3
	taskset -c "$other_core" "$build/bench/streams" --port "$at" --pid "$pid" --secs "$secs" "$@" >"$dir/$name.$round" ||
		say "$name: not every event reached every stream"
}
ours() { # ours NAME [options]
	run "$1" "$port" "$(service_pid)" --header "Authorization: Bearer $bearer" --token "$(key TWILIO_AUTH_TOKEN)" \
		--account "$(key TWILIO_ACCOUNT_SID)" "${@:2}"
}

# ---- the peer --------------------------------------------------------------------------------------------------
nchan_port=$(free_port) nchan_pid=
nchan=$(find /usr/lib/nginx /usr/lib64/nginx -name ngx_nchan_module.so -print -quit 2>/dev/null || true)
if [ -n "$nchan" ]; then
	cat >"$dir/nchan.conf" <<END
daemon off; worker_processes 1; worker_rlimit_nofile 4096; pid $dir/nchan.pid; error_log $dir/nchan.log; load_module $nchan;
events { worker_connections 4000; }
http { access_log off; keepalive_requests 1000000000; client_body_temp_path $dir; proxy_temp_path $dir; fastcgi_temp_path $dir;
  uwsgi_temp_path $dir; scgi_temp_path $dir;
  server { listen 127.0.0.1:$nchan_port backlog=4096;
    location = /say { nchan_publisher; nchan_channel_id all; nchan_message_buffer_length 1000; }
    location = /hear { nchan_subscriber eventsource; nchan_channel_id all; nchan_subscriber_first_message newest; } } }
END
	# exec: the process whose id we have is nginx itself, not a shell before it.
	(exec taskset -c 0 nginx -p "$dir" -c "$dir/nchan.conf" -e "$dir/nchan.log" 2>/dev/null) &
	peers+=($!)
	sleep 1
	nchan_pid=$(pgrep -P "${peers[0]}" | head -1)
else
	say "nginx with nchan is left out: its module is not here."
fi

# ---- the rounds ------------------------------------------------------------------------------------------------
pin_pid 0 "$(service_pid)"
say "$idle_streams idle streams for $idle seconds ..." # first: the process is fresh, all that they take is theirs
round=1
bearer=$(sign_in)
ours idle --streams "$idle_streams" --warm 5 --idle "$idle"
bearer=$(sign_in)
sql -c "SELECT set_config('app.current_organization_id', '$(key ORG_A_ID)', false)" \
	-c "SELECT count(event_add('$(key ORG_A_ID)', 'customer.created', NULL, NULL, '{\"customer_id\": null, \"phone_number\": null}'))
		FROM generate_series(1, $missed)" >/dev/null
for ((round = 1; round <= rounds; round++)); do
	say "Streams, round $round of $rounds ..."
	ours events --streams "$streams"
	[ -z "$nchan_pid" ] || run nchan "$nchan_port" "$nchan_pid" --streams "$streams" --path /hear --plain /say
	ours behind --streams 50 --rate 100
	newest=$(sql -c "SELECT last_event FROM organization_counters WHERE organization_id = '$(key ORG_A_ID)'")
	ours missed --streams 50 --missed "$missed" --path "/api/events?after=$((newest - missed))"
done

# ---- the table -------------------------------------------------------------------------------------------------
{
	echo "event_cpu_us $(figure events event_cpu_us)"
	echo "nchan_cpu_us $(figure nchan event_cpu_us)"
	echo "events_per_s $(figure events per_s)"
	echo "nchan_per_s $(figure nchan per_s)"
	echo "answer_p99_ms $(figure behind answer_p99_ms)"
	echo "arrival_p99_ms $(figure behind arrival_p99_ms)"
	echo "behind_p99_ms $(figure behind behind_p99_ms)"
	echo "catch_up_ms $(figure missed catch_up_ms)"
	echo "stream_kb $(figure idle stream_kb)"
	echo "idle_cpu_percent $(figure idle cpu_percent)"
} >"$dir/figures"

json "$build/bench-streams.json" <"$dir/figures"

awk -v steal="$(steal)" "$table"'
	END {
		print "\nevent streams: median (smallest .. largest)"
		row("CPU for an event to one of 1,000 streams", "event_cpu_us", "us")
		row("the same on nginx with nchan", "nchan_cpu_us", "us")
		row("events written, one text after the other", "events_per_s", "/s")
		row("the same on nginx with nchan", "nchan_per_s", "/s")
		row("100 texts/s, webhook: 99 of 100", "answer_p99_ms", "ms")
		row("100 texts/s, at 50 consoles: 99 of 100", "arrival_p99_ms", "ms")
		row("50 consoles back, 1,000 events late", "catch_up_ms", "ms")
		row("memory of an idle stream, 10,000 of them", "stream_kb", "KiB")
		row("CPU of 10,000 idle streams", "idle_cpu_percent", "%")
		print "\nagainst the floors"
		floor("CPU for an event, of what nchan takes", ratio("event_cpu_us", "nchan_cpu_us"), 0.65, 0)
		floor("console behind its webhook, 99 of 100 (ms)", mid["behind_p99_ms"], 3, 0)
		floor("1,000 missed events, 50 consoles (ms)", mid["catch_up_ms"], 300, 0)
		floor("memory of an idle stream (KiB)", mid["stream_kb"], 3, 0)
		floor("CPU of 10,000 idle streams (%)", mid["idle_cpu_percent"], 1, 0)
		steal_told()
	}' "$dir/figures"
echo "(figures: $build/bench-streams.json)"
