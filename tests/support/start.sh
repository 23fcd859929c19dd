#!/bin/bash
# start.sh - `make start`: the whole set-up in the background. Prints KEY=value lines on standard output and everything
# else on standard error. A second start prints the same lines again.
#
#   RUN_DIR (.run)     where it lies; two set-ups with two RUN_DIRs and two PORTs run side by side
#   PORT (3001)        the service's port; the other ports are free ones
#   DATABASE_URL       an existing database, as its owner; without it a private cluster is made in RUN_DIR
#   APP_DATABASE_URL   the same database as the service's role; without it such a role is made
#   TWILIO_API_URL, ELEVENLABS_API_URL (or ..._SIM_URL)   a provider; without it the practice line plays it
#   and every other setting of switchbackd
set -euo pipefail
# shellcheck source=tests/support/setup.sh
. "$(dirname "$0")/setup.sh"
support=$root/tests/support

# What another one of ours gave us: only what the caller's environment holds counts as given from outside.
TWILIO_API_URL=${TWILIO_API_URL:-${TWILIO_SIM_URL:-}}
ELEVENLABS_API_URL=${ELEVENLABS_API_URL:-${ELEVENLABS_SIM_URL:-}}
port=${PORT:-3001}
[[ $port =~ ^[0-9]+$ ]] && [ "$port" -ge 1 ] && [ "$port" -le 65535 ] ||
	fail "PORT is \"$port\"; expected is a number from 1 to 65535."

# Standard output is for the keys alone.
exec 4>&1 1>&2

if [ -z "${SWITCHBACK_BIN:-}" ]; then
	"$support/deps.sh" build run
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C "$root" -j"$(nproc)" all
fi

run_dir_lock
if set_up_runs; then
	[ -z "${PORT:-}" ] || [ "$(key PORT)" = "$PORT" ] ||
		say "The set-up in $RUN_DIR runs already, on port $(key PORT): make stop first to move it."
	cat "$RUN_DIR/keys" >&4
	exit 0
fi
set_up_stop # what a crash or a reboot has left half
if port_taken "$port"; then
	fail "Port $port is taken by another program; PORT=$((port + 1)) make start chooses another."
fi

undo() {
	local code=$?
	trap - EXIT
	if [ "$code" -ne 0 ]; then
		set_up_stop
	fi
	exit "$code"
}
trap undo EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

umask 077
for log in "$RUN_DIR"/log/*.log; do
	[ ! -s "$log" ] || mv "$log" "$log.before"
done
setup_log=$RUN_DIR/log/setup.log

# quietly WHAT COMMAND...: its output goes to the log, and is shown when it fails.
quietly() {
	local what=$1
	shift
	"$@" >>"$setup_log" 2>&1 </dev/null 8>&- && return
	tail -n 15 "$setup_log"
	fail "$what failed (all of it: $setup_log)."
}

# ---- secrets: from outside, else from the last start, else made up ---------------------------------------------
touch "$RUN_DIR/secrets"
# secret NAME COMMAND...: sets the variable NAME.
secret() {
	local name=$1 value=${!1:-}
	shift
	if [ -z "$value" ]; then
		value=$(sed -n "s/^$name=//p" "$RUN_DIR/secrets")
		if [ -z "$value" ]; then
			value=$("$@")
			echo "$name=$value" >>"$RUN_DIR/secrets"
		fi
	fi
	printf -v "$name" %s "$value"
}
hex() { openssl rand -hex "$1"; }
secret TWILIO_AUTH_TOKEN hex 16
secret ELEVENLABS_CONVERSATION_EVENTS_WEBHOOK_SECRET hex 24
secret ELEVENLABS_POST_CALL_WEBHOOK_SECRET hex 24
secret ELEVENLABS_API_KEY hex 16
secret TOOL_SECRET hex 24
secret JWT_SECRET hex 32
secret SECRETS_KEY openssl rand -base64 32
secret ORG_A_PASSWORD hex 8
secret ORG_B_PASSWORD hex 8
TWILIO_ACCOUNT_SID=${TWILIO_ACCOUNT_SID:-AC00000000000000000000000000000001}
ELEVENLABS_AGENT_ID=${ELEVENLABS_AGENT_ID:-agent_practice}
PUBLIC_URL=${PUBLIC_URL:-http://127.0.0.1:$port}

# ---- the database ----------------------------------------------------------------------------------------------
psql_owner() { psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$DATABASE_URL" "$@" 8>&-; }

# The same database as another role: role and password in place of what the address says.
url_as() {
	local rest=${DATABASE_URL#*://}
	if [ "$rest" = "$DATABASE_URL" ]; then
		echo "$DATABASE_URL user=$1 password=$2" # key=value form: the last one counts
	elif [[ ${rest%%[/?]*} == *@* ]]; then
		echo "${DATABASE_URL%%://*}://$1:$2@${rest#*@}"
	else
		echo "${DATABASE_URL%%://*}://$1:$2@$rest"
	fi
}
PGDATA=
if [ -z "${DATABASE_URL:-}" ]; then
	say "The private PostgreSQL ..."
	cluster=$("$support/pg.sh" start "$RUN_DIR/pg" 8>&-) || fail "The private PostgreSQL in $RUN_DIR/pg does not start."
	own() { sed -n "s/^$1=//p" <<<"$cluster"; }
	DATABASE_URL=$(own DATABASE_URL) PGDATA=$(own PGDATA)
	APP_DATABASE_URL=${APP_DATABASE_URL:-$(own APP_DATABASE_URL)}
	app_role=
else
	psql_owner -c 'SELECT 1' >/dev/null || fail "DATABASE_URL names a database that does not let us in (above)."
	if [ -z "${APP_DATABASE_URL:-}" ]; then
		# A name of this set-up's own: roles belong to the whole cluster, and another set-up may share it.
		secret APP_ROLE echo "switchback_app_$(hex 4)"
		secret APP_PASSWORD hex 16
		app_role=$APP_ROLE
		APP_DATABASE_URL=$(url_as "$APP_ROLE" "$APP_PASSWORD")
	else
		app_role=$(psql -X -q -A -t -d "$APP_DATABASE_URL" -c 'SELECT current_user' 8>&-) ||
			fail "APP_DATABASE_URL names a database that does not let us in (above)."
	fi
fi

# ---- settings files --------------------------------------------------------------------------------------------
settings=(PORT PUBLIC_URL APP_DATABASE_URL TWILIO_ACCOUNT_SID TWILIO_AUTH_TOKEN TWILIO_API_URL ELEVENLABS_API_KEY
	ELEVENLABS_AGENT_ID ELEVENLABS_API_URL ELEVENLABS_CONVERSATION_EVENTS_WEBHOOK_SECRET
	ELEVENLABS_POST_CALL_WEBHOOK_SECRET TOOL_SECRET JWT_SECRET SECRETS_KEY)
PORT=$port
conf_write() { # conf_write FILE NAME...
	local file=$1 name
	shift
	for name in "$@"; do
		[ -z "${!name:-}" ] || echo "$name=${!name}"
	done >"$file.new"
	mv "$file.new" "$file"
}
export DATABASE_URL
ctl() { "$bin/switchbackctl" --config "$RUN_DIR/owner.conf" "$@" 8>&-; }

# ---- the practice line: plays whatever provider was not given ---------------------------------------------------
if [ -z "$TWILIO_API_URL" ] || [ -z "$ELEVENLABS_API_URL" ]; then
	say "The practice line ..."
	rm -f "$RUN_DIR/sim.ports"
	launch sim "$bin/switchback-sim" serve --ports-file "$RUN_DIR/sim.ports" --account "$TWILIO_ACCOUNT_SID" \
		--service "$PUBLIC_URL" --token-file "$RUN_DIR/sim.token"
fi
exit 1
