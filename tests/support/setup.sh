#!/bin/bash
# setup.sh - sourced by start.sh, stop.sh and demo.sh: where a set-up lies and how its processes are looked after.
#
#   RUN_DIR/pg            the private cluster (pg.sh), when no DATABASE_URL was given from outside
#   RUN_DIR/secrets       what was made up at the first start, kept for the next ones (0600)
#   RUN_DIR/service.conf  what switchbackd reads; owner.conf: what switchbackctl reads (0600)
#   RUN_DIR/keys          the KEY=value lines of the running set-up (0600); there while it runs
#   RUN_DIR/*.pid         "PID STARTED": a process is ours only if both match, so a stale file harms nobody
#   RUN_DIR/log/          keep.log (keeper and service), sim.log, setup.log

export LC_ALL=C.UTF-8
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=${BUILD:-$root/build}
[[ $BUILD == /* ]] || BUILD=$root/$BUILD
RUN_DIR=${RUN_DIR:-$root/.run}
[[ $RUN_DIR == /* ]] || RUN_DIR=$PWD/$RUN_DIR
bin=${SWITCHBACK_BIN:-$BUILD}
[[ $bin == /* ]] || bin=$root/$bin

say() { echo "$*" >&2; }
fail() {
	say "$*"
	exit 1
}

# One start or stop at a time in a RUN_DIR. The lock goes with this process, whatever ends it; who is started here
# closes descriptor 8.
run_dir_lock() {
	mkdir -p "$RUN_DIR/log" 2>/dev/null || fail "RUN_DIR is $RUN_DIR, and that folder cannot be made here."
	chmod 711 "$RUN_DIR"
	exec 8>"$RUN_DIR/lock"
	flock -w 120 8 || fail "Another start or stop works in $RUN_DIR and does not come to an end."
}

# ---- processes -------------------------------------------------------------------------------------------------
# When a process started, in ticks since boot: with the pid this names it for good.
started() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

# alive NAME: the process of RUN_DIR/NAME.pid runs and is the one we started. Prints its pid.
alive() {
	local pid="" since=""
	[ -s "$RUN_DIR/$1.pid" ] && read -r pid since <"$RUN_DIR/$1.pid" || return 1
	[ -n "$pid" ] && [ -n "$since" ] && [ "$(started "$pid")" = "$since" ] || return 1
	grep -q '^State:.*[ZX]' "/proc/$pid/status" 2>/dev/null && return 1
	echo "$pid"
}

# launch NAME COMMAND...: in a session of its own, its output in log/NAME.log, its pid noted.
launch() {
	local name=$1 pid
	shift
	setsid "$@" </dev/null >>"$RUN_DIR/log/$name.log" 2>&1 8>&- &
	pid=$!
	echo "$pid $(started "$pid")" >"$RUN_DIR/$name.pid"
}

# land NAME SECONDS: asks it to end, waits, and ends it when it does not.
land() {
	local pid tries
	if pid=$(alive "$1"); then
		kill -TERM "$pid" 2>/dev/null || true
		for ((tries = 0; tries < $2 * 20; tries++)); do
			alive "$1" >/dev/null || break
			sleep 0.05
		done
		if alive "$1" >/dev/null; then
			say "$1 (process $pid) did not end within $2 s and is ended now."
			kill -KILL -- "-$pid" 2>/dev/null || kill -KILL "$pid" 2>/dev/null || true
		fi
	fi
	rm -f "$RUN_DIR/$1.pid"
}

# Does somebody listen there?
port_taken() { (exec 3<>"/dev/tcp/${2:-127.0.0.1}/$1") 2>/dev/null; }

# Everything of this RUN_DIR, in the order in which nothing is refused on the way: the service drains, then the practice line
# and the database go. The data stay.
set_up_stop() {
	land keep 12
	land sim 5
	if [ -e "$RUN_DIR/pg" ]; then
		"$root/tests/support/pg.sh" stop "$RUN_DIR/pg" >&2 8>&- || say "The private PostgreSQL in $RUN_DIR/pg did not stop."
	fi
	rm -f "$RUN_DIR/keys"
}

# running: all of this RUN_DIR is there (its keys can be trusted).
set_up_runs() { [ -s "$RUN_DIR/keys" ] && alive keep >/dev/null; }

# key NAME: from the keys of the running set-up.
key() { sed -n "s/^$1=//p" "$RUN_DIR/keys"; }

# ask_database URL ARGUMENT...: psql, quiet and strict. The password of the address goes by the environment: arguments are public.
ask_database() {
	local url=$1
	shift
	if [[ $url =~ ^(postgres(ql)?://[^:/@]+):([^@]*)@(.*)$ ]]; then
		PGPASSWORD=$(printf %b "${BASH_REMATCH[3]//%/\\x}") \
			psql -X -q -A -t -v ON_ERROR_STOP=1 -d "${BASH_REMATCH[1]}@${BASH_REMATCH[4]}" "$@" 8>&-
	else
		psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$url" "$@" 8>&-
	fi
}
