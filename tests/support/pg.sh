#!/bin/bash
# pg.sh - a private PostgreSQL cluster for the demo, the tests and the bench; never a system cluster.
#
#   pg.sh start DIR     makes the cluster in DIR if there is none, starts it if it is not running, and prints KEY=value lines:
#                       PGDATA PGHOST (socket folder) PGPORT DATABASE_URL (owner) APP_DATABASE_URL (the service's login)
#   pg.sh env DIR       prints the same of a running cluster; fails when it does not run
#   pg.sh status DIR    says whether it runs (exit 0) or not (exit 1)
#   pg.sh stop DIR      stops it (fast; immediate when that takes too long); not running is fine
#   pg.sh remove DIR    stops it and deletes what it made
#
# Safe to repeat, and safe after a crash: a stale postmaster.pid is PostgreSQL's own to judge, we only trust what answers.
# PostgreSQL refuses to run as root: then it runs as `postgres`, in a folder that this user can enter (DIR where it can,
# else one under /tmp, remembered in DIR/pg.place). Durability stays on, as in production: the tests are about it.
set -euo pipefail

fail() { echo "pg.sh: $*" >&2; exit 1; }

[ $# -eq 2 ] || fail "usage: pg.sh start|env|status|stop|remove DIR"
command=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd)
umask 077

# ---- who runs it, and where --------------------------------------------------------------------------------------
run_as=""
if [ "$(id -u)" = 0 ]; then
	id postgres >/dev/null 2>&1 || fail "as root the cluster runs as user postgres, and there is none: apt-get install postgresql-15"
	run_as=postgres
fi
as_pg() { # runs a command as the cluster's user
	if [ -n "$run_as" ]; then (cd / && setpriv --reuid="$run_as" --regid="$run_as" --init-groups -- "$@"); else "$@"; fi
}

bin=""
for candidate in "${PG_BIN:-}" /usr/lib/postgresql/15/bin "$(pg_config --bindir 2>/dev/null || true)"; do
	[ -n "$candidate" ] && [ -x "$candidate/initdb" ] && { bin=$candidate; break; }
done
[ -n "$bin" ] || fail "PostgreSQL 15's initdb is not here: apt-get install postgresql-15"

# A Unix socket's path has 107 bytes, ".s.PGSQL.12345" and a slash included.
place_fits() { [ ${#1} -le 80 ] && as_pg test -w "$1" && as_pg test -x "$1"; }

place_find() {
	if [ -f "$dir/pg.place" ]; then
		place=$(cat "$dir/pg.place")
		if [ -d "$place" ]; then return; fi
	fi
	[ "$command" = start ] || { place=""; return; }
	place=$dir/pg
	mkdir -p "$place"
	if [ -n "$run_as" ]; then chown "$run_as:" "$place"; fi
	chmod 700 "$place"
	if ! place_fits "$place"; then
		rmdir "$place" 2>/dev/null || true
		place=$(mktemp -d /tmp/switchback-pg.XXXXXX)
		if [ -n "$run_as" ]; then chown "$run_as:" "$place"; fi
	fi
	echo "$place" >"$dir/pg.place"
}
place_find
data=$place/data
secrets=$place/secrets

# ---- small questions ---------------------------------------------------------------------------------------------
port() { sed -n 4p "$data/postmaster.pid" 2>/dev/null || true; }
secret() { sed -n "s/^$1=//p" "$secrets"; }
# Runs: a postmaster that answers on our socket. (A pid file alone proves nothing.)
running() {
	[ -n "$place" ] && [ -f "$data/postmaster.pid" ] && [ -n "$(port)" ] &&
		as_pg "$bin/pg_isready" -q -t 3 -h "$place" -p "$(port)"
}
port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
free_port() { # a port that nobody listens on now; taken by another before we bind it: start tries again
	local p
	for _ in $(seq 50); do
		p=$((20000 + RANDOM % 12000))
		port_taken "$p" || { echo "$p"; return; }
	done
	fail "found no free port"
}
ask() { PGOPTIONS="-c client_min_messages=warning" as_pg "$bin/psql" -X -q -A -t -v ON_ERROR_STOP=1 -h "$place" -p "$(port)" -U postgres "$@"; }

print_env() {
	local p; p=$(port)
	cat <<-END
		PGDATA=$data
		PGHOST=$place
		PGPORT=$p
		DATABASE_URL=postgresql://switchback:$(secret OWNER_PASSWORD)@127.0.0.1:$p/switchback
		APP_DATABASE_URL=postgresql://switchback_app:$(secret APP_PASSWORD)@127.0.0.1:$p/switchback
	END
}

# ---- making and starting ------------------------------------------------------------------------------------------
make_secrets() {
	[ -f "$secrets" ] && return
	{ for name in SUPER OWNER APP; do
		echo "${name}_PASSWORD=$(head -c 24 /dev/urandom | base64 | tr '+/' '-_')"
	done; } >"$secrets.new"
	mv "$secrets.new" "$secrets"
	chmod 600 "$secrets"
	if [ -n "$run_as" ]; then chown "$run_as:" "$secrets"; fi
}

make_cluster() {
	[ -f "$data/PG_VERSION" ] && [ -f "$place/made" ] && return
	rm -rf "$data" "$place/made"
	secret SUPER_PASSWORD >"$place/pw"
	if [ -n "$run_as" ]; then chown "$run_as:" "$place/pw"; fi
	# The socket is in a folder that only we may enter, so our own user needs no password on it.
	as_pg "$bin/initdb" -D "$data" -U postgres --locale=C.UTF-8 -E UTF8 --pwfile="$place/pw" \
		--auth-local=trust --auth-host=scram-sha-256 >"$place/initdb.log" 2>&1 ||
		{ cat "$place/initdb.log" >&2; fail "initdb failed"; }
	rm -f "$place/pw"
	as_pg tee -a "$data/postgresql.conf" >/dev/null <<-END

		# --- a private cluster of Switchback
		listen_addresses = '127.0.0.1'
		unix_socket_directories = '$place'
		password_encryption = 'scram-sha-256'
		max_connections = 120
		shared_buffers = 128MB
		work_mem = 8MB
		maintenance_work_mem = 64MB
		max_wal_size = 1GB
		min_wal_size = 256MB
		fsync = on
		synchronous_commit = on
		full_page_writes = on
		timezone = 'UTC'
		log_timezone = 'UTC'
		log_min_messages = warning
		log_line_prefix = '%m [%p] %q%u@%d '
		jit = off
	END
	as_pg touch "$place/made"
}

start() {
	local try p
	# The port of the last time, so that addresses survive a restart; a fresh one when somebody has it. After a crash
	# PostgreSQL's own children need some seconds to see that they are orphans (and a dead postmaster may be a zombie yet); until then it refuses.
	p=$(cat "$place/port" 2>/dev/null || true)
	for try in $(seq 20); do
		if [ -z "$p" ] || port_taken "$p"; then p=$(free_port); fi
		if as_pg "$bin/pg_ctl" -D "$data" -s -w -t 60 -l "$place/postgres.log" -o "-p $p" start >/dev/null 2>&1; then
			echo "$p" >"$place/port"
			if [ -n "$run_as" ]; then chown "$run_as:" "$place/port"; fi
			return
		fi
		[ "$try" -lt 3 ] || tail -n 2 "$place/postgres.log" | grep -qE "shared memory block|lock file|another postmaster" || break
		sleep 0.5
	done
	tail -n 20 "$place/postgres.log" >&2 || true
	fail "PostgreSQL does not start (its log: $place/postgres.log)"
}

# Roles and the database; each only where it is missing. pg_signal_backend lets tests drop a database under the service. Passwords reach psql by its environment, not by arguments.
make_roles() {
	OWNER_PASSWORD=$(secret OWNER_PASSWORD) APP_PASSWORD=$(secret APP_PASSWORD) ask -d postgres <<-'END'
		\getenv owner_password OWNER_PASSWORD
		\getenv app_password APP_PASSWORD
		SELECT 'CREATE ROLE switchback LOGIN NOSUPERUSER CREATEDB CREATEROLE BYPASSRLS'
			WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'switchback') \gexec
		SELECT format('ALTER ROLE switchback PASSWORD %L', :'owner_password') \gexec
		GRANT pg_monitor, pg_signal_backend TO switchback;
		SELECT 'CREATE ROLE switchback_service NOLOGIN'
			WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'switchback_service') \gexec
		SELECT 'CREATE ROLE switchback_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS INHERIT'
			WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'switchback_app') \gexec
		SELECT format('ALTER ROLE switchback_app PASSWORD %L', :'app_password') \gexec
		GRANT switchback_service TO switchback_app;
		SELECT 'CREATE DATABASE switchback OWNER switchback'
			WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'switchback') \gexec
	END
}

stop() {
	[ -n "$place" ] && [ -f "$data/postmaster.pid" ] || return 0
	as_pg "$bin/pg_ctl" -D "$data" -s -w -t 30 -m fast stop >/dev/null 2>&1 ||
		as_pg "$bin/pg_ctl" -D "$data" -s -w -t 15 -m immediate stop >/dev/null 2>&1 || true
	if running; then fail "PostgreSQL in $data does not stop"; fi
}

case $command in
start)
	make_secrets
	make_cluster
	running || start
	make_roles
	print_env
	;;
env)
	running || fail "no cluster runs in $dir: pg.sh start $dir"
	print_env
	;;
status)
	if running; then echo "running on port $(port) in $place"; else echo "not running"; exit 1; fi
	;;
stop) stop ;;
remove)
	stop
	[ -n "$place" ] && [ -f "$place/secrets" ] && rm -rf "$place"
	rm -f "$dir/pg.place"
	;;
*) fail "unknown command '$command'" ;;
esac
