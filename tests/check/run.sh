#!/bin/bash
# run.sh [PATTERN...] - `make check`: everything that must hold before a change lands.
#
#   1  the packages that are missing     3  lint (tests/check/lint.sh)
#   2  both builds, and the tests        4  every test program, over one private PostgreSQL
#
# With patterns only the test programs whose path holds one of them run, and no lint: tests/check/run.sh store/ e2e/kill
# The last line is "N passed, N failed". Nothing stays running and nothing outside build/ and a folder of its own under
# TMPDIR is written. A sanitizer's report fails the program that caused it, also when it comes after Criterion has
# counted (LeakSanitizer reports at exit).
set -euo pipefail
cd "$(dirname "$0")/../.."
export LC_ALL=C.UTF-8 BUILD=${BUILD:-build}
unset MAKEFLAGS MAKELEVEL MFLAGS
# What a developer has set for a service of their own is nothing to the tests.
unset DATABASE_URL APP_DATABASE_URL PORT RUN_DIR PUBLIC_URL TWILIO_API_URL TWILIO_SIM_URL ELEVENLABS_API_URL \
	ELEVENLABS_SIM_URL SWITCHBACK_CONFIG LOG_LEVEL TWILIO_ACCOUNT_SID TWILIO_AUTH_TOKEN
case ${TERM:-dumb} in dumb | unknown) export TERM=xterm-256color ;; esac
export SHELL=/bin/bash # what tmux runs commands with; an account without a login has none

# ---- one test program; called by xargs below -------------------------------------------------------------------
if [ "${1:-}" = --one ]; then
	program=$2 name=${2#"$BUILD/asan/"} out=$CHECK_DIR/out/${2//\//%}
	mkdir -p "$out"
	export CHECK_RUN_DIR=$CHECK_DIR/run/${name//\//-}
	export ASAN_OPTIONS="detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1:log_path=$out/report"
	export LSAN_OPTIONS="suppressions=$PWD/tests/check/lsan.txt:print_suppressions=0"
	export UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1:log_path=$out/report"
	from=$(date +%s%N) code=0
	case $program in
	*.sh) timeout -k 10 "${CHECK_TIMEOUT:-300}" "$program" >"$out/tap" 2>"$out/log" </dev/null || code=$? ;;
	*) timeout -k 10 "${CHECK_TIMEOUT:-300}" "$program" -j1 --timeout 120 --tap="$out/tap" >"$out/log" 2>&1 </dev/null || code=$? ;;
	esac
	passed=$(grep -c '^ok' "$out/tap" || true)
	skipped=$(grep -ciE '^ok.*# *skip' "$out/tap" || true)
	failed=$(grep -c '^not ok' "$out/tap" || true)
	passed=$((passed - skipped))
	why=
	if compgen -G "$out/report*" >/dev/null; then
		why="a sanitizer's report"
	elif [ "$code" -eq 124 ] || [ "$code" -eq 137 ]; then
		why="did not end within ${CHECK_TIMEOUT:-300} s"
	elif [ "$code" -ne 0 ] && [ "$failed" -eq 0 ]; then
		why="ended with exit code $code"
	elif [ $((passed + skipped + failed)) -eq 0 ]; then
		why="ran no test"
	fi
	[ -z "$why" ] || failed=$((failed + 1))
	echo "$passed $failed $skipped" >"$out/count"
	seconds=$(awk -v ns=$(($(date +%s%N) - from)) 'BEGIN { printf "%.1f", ns / 1e9 }')
	{
		printf '%-4s %-44s %3d passed' "$([ "$failed" -eq 0 ] && echo ok || echo FAIL)" "$name" "$passed"
		[ "$failed" -eq 0 ] || printf ', %d failed' "$failed"
		[ "$skipped" -eq 0 ] || printf ', %d skipped' "$skipped"
		printf '  %6s s%s\n' "$seconds" "${why:+  ($why)}"
		grep -iE '^ok.*# *skip' "$out/tap" | sed -E 's/^ok *-? */       skipped: /' || true
		if [ "$failed" -ne 0 ]; then
			grep -A1 '^not ok' "$out/tap" | grep '^not ok\|^#' | sed 's/^/       /' || true
			tail -n 60 "$out/log" | sed 's/^/       | /'
			for report in "$out"/report*; do
				[ -e "$report" ] && head -n 40 "$report" | sed 's/^/       ! /'
			done
		fi
	} >"$out/line" 2>&1
	cat "$out/line"
	exit 0
fi

# ---- the whole -------------------------------------------------------------------------------------------------
tests/support/deps.sh build run check

mkdir -p "$BUILD"
exec 9>"$BUILD/check.lock"
if ! flock -n 9; then
	echo "Another check runs in this folder; waiting for it." >&2
	flock 9
fi

# In memory where there is room: the clusters of the tests commit as durably as ever, and a disk's fsync, half of the time
# of the tests that make databases, costs nothing. No test pulls the machine's plug.
place=${TMPDIR:-/tmp}
[ "$(df --output=avail -m /dev/shm 2>/dev/null | tail -n 1)" -ge 3000 ] 2>/dev/null && [ -w /dev/shm ] && place=/dev/shm
CHECK_DIR=$(mktemp -d "$place/switchback-check.XXXXXX")
chmod 755 "$CHECK_DIR"
mkdir -p "$CHECK_DIR"/out "$CHECK_DIR"/run
export CHECK_DIR SWITCHBACK_CHECK=$CHECK_DIR

# Processes that carry this run's mark in their environment: what the tests started, one "pid command" a line.
marked() {
	local pids
	pids=$(grep -lzsxF "SWITCHBACK_CHECK=$CHECK_DIR" /proc/[0-9]*/environ | grep -oE '[0-9]+' || true)
	[ -z "$pids" ] || ps -o pid=,args= -p "$(paste -sd, <<<"$pids")" || true
}
clean_up() {
	local code=$? pids
	trap - EXIT
	[ -z "${lint:-}" ] || kill -- "-$lint" 2>/dev/null || true # it has a group of its own
	[ ! -e "$CHECK_DIR/pg" ] || tests/support/pg.sh remove "$CHECK_DIR/pg" >/dev/null 2>&1 9>&- || true
	pids=$(marked)
	[ -z "$pids" ] || awk '{ print $1 }' <<<"$pids" | xargs kill -KILL 2>/dev/null || true
	rm -rf "$CHECK_DIR"
	exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

programs() {
	make -s show-TEST_BIN | tr ' ' '\n' | grep . || true
	printf '%s\n' tests/e2e/*.sh | grep -v '/lib.sh$' || true
}
wanted() {
	local pattern
	while read -r program; do
		[ $# -gt 0 ] || echo "$program"
		for pattern in "$@"; do
			[[ $program != *"$pattern"* ]] || { echo "$program" && break; }
		done
	done
}
began=$SECONDS phase_began=$SECONDS
phase() {
	printf -- '-- %s: %d s\n' "$1" $((SECONDS - phase_began))
	phase_began=$SECONDS
}

jobs=$(nproc)
make -s -j"$jobs" all asan 9>&-
phase "programs built"
# The longest first, so that the cores end together.
mapfile -t list < <(programs | wanted "$@" | awk '{ print ($0 ~ /e2e/ ? 0 : $0 ~ /flow|store/ ? 1 : 2), $0 }' | sort -s -k1,1n | cut -d' ' -f2)
mapfile -t binaries < <(printf '%s\n' "${list[@]}" | grep "^$BUILD/")
make -s -j"$jobs" "${binaries[@]}" "$BUILD/bench/load" storm 9>&-
phase "tests built"

# The lint wants the cores, the tests mostly wait: it runs beside them, and gives way.
lint_failed=0 lint=
if [ $# -eq 0 ]; then
	LINT_CHECKS='tidy cppcheck' LINT_QUICK=1 setsid nice -n 19 tests/check/lint.sh >"$CHECK_DIR/lint" 2>&1 9>&- </dev/null &
	lint=$!
fi

# One cluster for all, and in it one migrated database that tests copy (tests/support/db.h). Who starts a service of its
# own (tests/e2e) has a cluster of its own.
if [ -x "$BUILD/asan/switchbackctl" ]; then
	tests/support/pg.sh start "$CHECK_DIR/pg" >"$CHECK_DIR/pg.env" 9>&-
	env_of() { sed -n "s/^$1=//p" "$CHECK_DIR/pg.env"; }
	export TEST_DATABASE_URL TEST_APP_DATABASE_URL
	TEST_DATABASE_URL=$(env_of DATABASE_URL) TEST_APP_DATABASE_URL=$(env_of APP_DATABASE_URL)
	DATABASE_URL=$TEST_DATABASE_URL APP_DATABASE_URL=$TEST_APP_DATABASE_URL \
		"$BUILD/asan/switchbackctl" migrate >"$CHECK_DIR/migrate.log" 2>&1 9>&- || {
		cat "$CHECK_DIR/migrate.log"
		exit 1
	}
	phase "private PostgreSQL, migrated"
fi

# twice as many as there are cores: most of a test is waiting
[ ${#list[@]} -eq 0 ] || printf '%s\n' "${list[@]}" | xargs -n 1 -P $((jobs * 2)) tests/check/run.sh --one 9>&-
phase "${#list[@]} test programs"
if [ -n "$lint" ]; then
	wait "$lint" || lint_failed=1
	cat "$CHECK_DIR/lint"
	phase "the rest of the lint"
fi

passed=0 failed=$lint_failed skipped=0
[ "$lint_failed" -eq 0 ] || echo "FAIL lint (see above)"
for count in "$CHECK_DIR"/out/*/count; do
	[ -e "$count" ] || continue
	read -r p f s <"$count"
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done

[ ! -e "$CHECK_DIR/pg" ] || tests/support/pg.sh stop "$CHECK_DIR/pg" >/dev/null 9>&-
left=$(marked)
if [ -n "$left" ]; then
	echo "FAIL the tests left these running:"
	echo "$left"
	failed=$((failed + 1))
fi

echo "-- $((SECONDS - began)) s in all"
[ "$skipped" -eq 0 ] || echo "$skipped skipped (what they need is not here; see above)"
if [ $((passed + failed)) -eq 0 ]; then
	echo "no test ran" >&2
	failed=1
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
