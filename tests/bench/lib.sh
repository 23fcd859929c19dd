# shellcheck shell=bash
# lib.sh - what the parts of `make bench` share; sourced from the root. `dir` is a folder that goes with the run, `peers` the
# processes that it starts beside the service.
export LC_ALL=C.UTF-8
build=${BUILD:-build}

dir=$(mktemp -d "${TMPDIR:-/tmp}/switchback-bench.XXXXXX")
chmod 755 "$dir"
peers=()
finish() {
	local code=$?
	trap - EXIT
	[ ${#peers[@]} -eq 0 ] || kill "${peers[@]}" 2>/dev/null || true
	RUN_DIR=$dir/run tests/support/stop.sh --remove || true
	rm -rf "$dir"
	exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

say() { echo "$*" >&2; }
free_port() {
	local p
	while p=$((10000 + RANDOM % 20000)); do
		(exec 3<>"/dev/tcp/127.0.0.1/$p") 2>/dev/null || break
	done
	echo "$p"
}

# set_up STORES CUSTOMERS: the service on $port, with stores and threads that nobody answers.
set_up() {
	port=$(free_port)
	RUN_DIR=$dir/run PORT=$port SWITCHBACK_BIN=$build tests/support/start.sh >"$dir/keys"
	say "Loading $1 stores with $2 threads each ..."
	sql -v stores="$1" -v customers="$2" <"tests/bench/stores.sql" >/dev/null
}
key() { sed -n "s/^$1=//p" "$dir/keys"; }
sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$(key DATABASE_URL)" "$@"; }
service_pid() { cat "$(key SERVICE_PID_FILE)"; }

# The service has core 0, whoever asks it the other one.
cores=$(nproc)
# shellcheck disable=SC2034 # used by whoever sources this
other_core=$((cores > 1 ? 1 : 0)) any_core=0-$((cores - 1))
pin_pid() { taskset -acp "$1" "$2" >/dev/null; }

# figure NAME FIELD: smallest, median and largest of that field over the rounds ($dir/NAME.1, .2, ...).
figure() {
	sed -n "s/^$2=//p" "$dir/$1".[0-9]* 2>/dev/null | sort -g |
		awk '{ v[NR] = $1 } END { if (NR) printf "%s %s %s", v[1], v[int((NR + 1) / 2)], v[NR]; else printf "- - -" }'
}
# The most of the CPU that the host took away in any round.
steal() { cat "$dir"/*.[0-9]* | sed -n 's/^steal_percent=//p' | sort -g | tail -1; }

# json FILE: "name smallest median largest" lines from standard input, as JSON. Whoever sources this sets rounds and secs.
# shellcheck disable=SC2154
json() {
	awk -v steal="$(steal)" -v rounds="$rounds" -v secs="$secs" -v cores="$cores" '
		BEGIN { printf "{\n  \"rounds\": %d, \"seconds\": %d, \"cores\": %d, \"steal_percent_max\": %s,\n  \"figures\": {", rounds, secs, cores, steal + 0 }
		$2 != "-" { printf "%s\n    \"%s\": { \"min\": %s, \"median\": %s, \"max\": %s }", n++ ? "," : "", $1, $2, $3, $4 }
		END { print "\n  }\n}" }' >"$1"
}

# The beginning of an awk program that prints a table of "name smallest median largest" lines.
# shellcheck disable=SC2034 # used by whoever sources this
# shellcheck disable=SC2016 # for awk
table='
	{ low[$1] = $2; mid[$1] = $3; high[$1] = $4 }
	function row(what, name, unit) {
		if (name in mid && mid[name] != "-") printf "  %-46s %10s %-8s (%s .. %s)\n", what, mid[name], unit, low[name], high[name]
		else printf "  %-46s %10s\n", what, "left out"
	}
	function floor(what, got, wanted, least) {
		if (got == "-") { printf "  %-46s %10s\n", what, "left out"; return }
		printf "  %-46s %10.2f   %s %s   %s\n", what, got, least ? "at least" : "at most", wanted, (least ? got >= wanted : got <= wanted) ? "ok" : "BELOW"
	}
	function ratio(a, b) { return (mid[a] == "-" || mid[b] == "-" || mid[b] + 0 == 0) ? "-" : mid[a] / mid[b] }
	function steal_told() {
		if (steal > 2) printf "\nThe host took up to %s %% of the CPU away: repeat the run before you believe it.\n", steal
	}'
