#!/bin/bash
# calls.sh - the live calls' part of `make bench`, which can be run alone: make bench-calls
#
#   service   CALLS (400) calls through the service on one core: each begins with its signed webhook, then a frame of 20 ms
#             every 20 ms in both directions. Both outer parties, the phone company and the agent, are one program on the
#             other core; it stamps each frame, so one clock times both ways and tells lost and crossed ones.
#   bridge    the service's bridge with nothing around it: no webhook, no database (tests/bench/bridge_daemon.c)
#   relay     a bare epoll loop that only reframes: as little as can be done (tests/bench/relay.c)
#   node      the same bridge written straightforwardly on Node's ws (tests/bench/peer/bridge.js). All of the calls fill its core,
#             and what does not fit in waits; so it is compared at half as many, which it carries in time (node_half, service_half).
#
# They take turns, ROUNDS (5) rounds of SECS (5) seconds; each round has fresh processes, so what a call takes of memory is what
# the process grew by. Result: a table, and build/bench-calls.json. The floors are those of the product's acceptance.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/bench/lib.sh
. tests/bench/lib.sh
rounds=${ROUNDS:-5} secs=${SECS:-5} calls=${CALLS:-400}

tests/support/deps.sh build run bench
make -s -j"$(nproc)" all "$build"/bench/{calls,relay,bridge_daemon} >&2

agent_port=$(free_port)
export ELEVENLABS_API_URL=http://127.0.0.1:$agent_port
set_up 2 0

node=
if tests/support/deps.sh peer && mkdir -p "$build/bench/peer" && cp tests/bench/peer/* "$build/bench/peer" &&
	(cd "$build/bench/peer" && [ -d node_modules/ws ] ||
		npm install --no-audit --no-fund --no-package-lock --loglevel=error >&2); then
	node=yes
else
	say "Without Node: the comparison with its ws bridge is left out."
fi

# carried NAME PORT PID [options]: one round; of half the calls where the name says so.
carried() {
	local name=$1 at=$2 pid=$3 n=$calls
	shift 3
	[[ $name != *_half ]] || n=$((calls / 2))
	pin_pid 0 "$pid"
	taskset -c "$other_core" "$build/bench/calls" --port "$at" --agent-port "$agent_port" --calls "$n" --secs "$secs" --pid "$pid" \
		"$@" >"$dir/$name.$round" || say "$name: not every frame arrived, or not every call came about"
}
# beside NAME COMMAND...: a round of a peer that is started for it, and what it says at its end.
beside() {
	local name=$1 at pid
	shift
	at=$(free_port)
	PORT=$at ELEVENLABS_PORT=$agent_port "$@" "$at" "$agent_port" 2>"$dir/said" &
	pid=$!
	peers=("$pid")
	until (exec 3<>"/dev/tcp/127.0.0.1/$at") 2>/dev/null; do sleep 0.05; done
	carried "$name" "$at" "$pid" --plain /media
	kill "$pid"
	wait "$pid" 2>/dev/null || true
	peers=()
	grep -E '^[a-z_]+=[0-9]+$' "$dir/said" >>"$dir/$name.$round" || true
}
allocations() { curl -fsS "$(key URL)/metrics" | sed -n 's/^switchback_bridge_allocations_total //p'; }

for ((round = 1; round <= rounds; round++)); do
	say "Calls, round $round of $rounds ..."
	beside relay "$build/bench/relay"
	beside bridge "$build/bench/bridge_daemon"
	[ -z "$node" ] || beside node node "$build/bench/peer/bridge.js"
	[ -z "$node" ] || beside node_half node "$build/bench/peer/bridge.js"
	for name in service_half service; do
		# keep starts the service anew: its memory is that of a young process
		old=$(service_pid)
		kill -TERM "$old"
		until [ "$(service_pid)" != "$old" ] && curl -fsS -o /dev/null "$(key URL)/healthz" 2>/dev/null; do sleep 0.1; done
		carried $name "$port" "$(service_pid)" --to "$(key ORG_A_NUMBER)" --account "$(key TWILIO_ACCOUNT_SID)" \
			--token "$(key TWILIO_AUTH_TOKEN)" --public-url "$(key PUBLIC_URL)"
	done
	echo "allocations=$(allocations)" >>"$dir/service.$round"
done

# ---- the table -------------------------------------------------------------------------------------------------
{
	for name in service bridge relay node service_half node_half; do
		for field in calls broken lost crossed frames_per_s call_cpu_percent call_kb to_agent_p50_ms to_agent_p99_ms to_caller_p50_ms \
			to_caller_p99_ms late_p99_ms allocations; do
			echo "${name}_$field $(figure $name $field)"
		done
	done
} >"$dir/figures"

json "$build/bench-calls.json" <"$dir/figures"

awk -v steal="$(steal)" -v calls="$calls" "$table"'
	function each(what, field, unit) {
		row(what ", service", "service_" field, unit)
		row(what ", bridge alone", "bridge_" field, unit)
		row(what ", bare relay", "relay_" field, unit)
		row(what ", Node with ws", "node_" field, unit)
	}
	END {
		print "\n" calls " calls on one core: median (smallest .. largest)"
		each("CPU of a call", "call_cpu_percent", "%")
		each("added delay to the agent, 99 of 100", "to_agent_p99_ms", "ms")
		each("added delay to the caller, 99 of 100", "to_caller_p99_ms", "ms")
		each("memory of a call", "call_kb", "KiB")
		row("CPU of a call, half as many, service", "service_half_call_cpu_percent", "%")
		row("CPU of a call, half as many, Node with ws", "node_half_call_cpu_percent", "%")
		row("frames carried by the service", "service_frames_per_s", "/s")
		row("how late the other side itself sent, 99 of 100", "service_late_p99_ms", "ms")
		print "\nagainst the floors"
		floor("calls at once", low["service_calls"], calls, 1)
		floor("frames lost or crossed", high["service_lost"] + high["service_crossed"] + high["bridge_lost"] + high["bridge_crossed"], 0, 0)
		floor("added delay, the worse way, 99 of 100 (ms)", mid["service_to_agent_p99_ms"] > mid["service_to_caller_p99_ms"] ? mid["service_to_agent_p99_ms"] : mid["service_to_caller_p99_ms"], 5, 0)
		floor("CPU of a call, service / bare relay", ratio("service_call_cpu_percent", "relay_call_cpu_percent"), 1.2, 0)
		floor("CPU of a call, half as many, service / Node", ratio("service_half_call_cpu_percent", "node_half_call_cpu_percent"), 0.65, 0)
		floor("memory of a call (KiB)", mid["service_call_kb"], 16, 0)
		floor("allocations by frames, all rounds", high["bridge_allocations"], 0, 0)
		steal_told()
	}' "$dir/figures"
echo "(figures: $build/bench-calls.json)"
