#!/bin/bash
# lib.sh - sourced by the end-to-end tests here that are scripts. Each runs the real programs as a set-up of its own
# (tests/support/start.sh), and prints one TAP line a check on standard output; all else goes to standard error, which
# `make check` shows when a check fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
BUILD=${BUILD:-build}
export LC_ALL=C.UTF-8
# The sanitized programs, unless a test says otherwise: what they report fails the test.
export SWITCHBACK_BIN=${SWITCHBACK_BIN:-$BUILD/asan}
export RUN_DIR=${CHECK_RUN_DIR:-$(mktemp -d "${TMPDIR:-/tmp}/switchback-e2e.XXXXXX")}
# Hashing passwords at full cost would be most of a short test.
export BCRYPT_ROUNDS=4

exec 5>&1 1>&2
failures=0

# ok NAME / not_ok NAME [WHY]
ok() { echo "ok - $1" >&5; }
not_ok() {
	echo "not ok - $1" >&5
	[ -z "${2:-}" ] || echo "# $2" >&5
	failures=$((failures + 1))
}
# check NAME COMMAND...: the command succeeds.
check() {
	local name=$1
	shift
	if "$@"; then ok "$name"; else not_ok "$name" "failed: $*"; fi
}
# is NAME GOT WANTED
is() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "got \"$2\", wanted \"$3\""; fi; }
# at_least / at_most NAME GOT LIMIT (whole numbers)
at_least() { if [ "$2" -ge "$3" ]; then ok "$1"; else not_ok "$1" "got $2, wanted at least $3"; fi; }
at_most() { if [ "$2" -le "$3" ]; then ok "$1"; else not_ok "$1" "got $2, wanted at most $3"; fi; }

# A port that nobody listens on, outside the range that the kernel gives out by itself.
free_port() {
	local port
	while port=$((10000 + RANDOM % 20000)); do
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}

# set_up [NAME=VALUE...]: a running set-up; its keys become variables (URL, DATABASE_URL, ORG_A_NUMBER, ...).
set_up() {
	local line
	up=1
	PORT=${PORT:-$(free_port)}
	export PORT
	env "$@" tests/support/start.sh >"$RUN_DIR.keys" || {
		tail -n 40 "$RUN_DIR"/log/*.log || true
		not_ok "the set-up starts"
		exit 1
	}
	while IFS= read -r line; do
		printf -v "${line%%=*}" %s "${line#*=}"
	done <"$RUN_DIR.keys"
}

sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$DATABASE_URL" -c "$1"; }

# Waits until the command succeeds, asking ten times a second: wait_for SECONDS WHAT COMMAND...
wait_for() {
	local until=$((SECONDS + $1)) what=$2
	shift 2
	until "$@"; do
		if [ "$SECONDS" -ge "$until" ]; then
			echo "waited in vain: $what"
			return 1
		fi
		sleep 0.1
	done
}

# The generator of signed texts against this set-up (tests/bench/load.c).
load() {
	"$BUILD/bench/load" --port "$PORT" --token "$TWILIO_AUTH_TOKEN" --account "$TWILIO_ACCOUNT_SID" \
		--public-url "$PUBLIC_URL/api/webhooks/twilio/sms" "$@"
}
# What it printed, as ${figure[acked]} and so on.
declare -A figure=()
figures_read() {
	local line
	while IFS= read -r line; do
		# shellcheck disable=SC2034 # read by the tests
		figure[${line%%=*}]=${line#*=}
	done <"$1"
	cat "$1"
}

# finish [CODE]: the end of a test, which was under way to exit with CODE. A trap of its own hands it on: a test that
# broke off must not pass with the checks that it had got to.
finish() {
	local code=${1:-$?}
	trap - EXIT
	if [ "$code" -ne 0 ] || [ "$failures" -ne 0 ]; then
		tail -n 30 "$RUN_DIR"/log/*.log 2>/dev/null || true
		grep -hE 'event=child_|switchbackd: |Sanitizer' "$RUN_DIR"/log/*.log 2>/dev/null | tail -n 20 || true
	fi
	[ -z "${up:-}" ] || tests/support/stop.sh --remove || code=1
	rm -rf "$RUN_DIR" "$RUN_DIR.keys"
	[ "$code" -ne 0 ] || [ "$failures" -eq 0 ] || code=1
	exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
