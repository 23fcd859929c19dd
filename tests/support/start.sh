#!/bin/bash
# start.sh - `make start`: the whole set-up in the background. Prints KEY=value lines on standard output and everything
# else on standard error. A second start prints the same lines again.
#
#   RUN_DIR (.run)     where it lies; two set-ups with two RUN_DIRs and two PORTs run side by side
#   PORT (3001)        the service's port; the other ports are free ones
#   DATABASE_URL       an existing database, as its owner; without it a private cluster is made in RUN_DIR
#   APP_DATABASE_URL   the same database as the service's role; without it such a role is made
#   TWILIO_API_URL, ELEVENLABS_API_URL (or ..._SIM_URL)   a provider; without it the practice line plays it
#   SIM_OPTIONS            further options of the practice line (switchback-sim --help)
#   and every other setting of switchbackd
#   SWITCHBACK_BIN     programs that are built already (the tests' sanitized ones); without it they are built
#
# shellcheck disable=SC2034 # what is set here is printed by name (keys_write, conf_write)
set -euo pipefail
# shellcheck source=tests/support/setup.sh
. "$(dirname "$0")/setup.sh"
support=$root/tests/support

STORES=(A B)
ORG_A_SLUG=bici-downtown ORG_A_NUMBER=+14165550001 ORG_A_EMAIL=admin@bici-downtown.example
ORG_B_SLUG=velo-plateau ORG_B_NUMBER=+14165550002 ORG_B_EMAIL=admin@velo-plateau.example
KEYS=(URL DATABASE_URL APP_DATABASE_URL PUBLIC_URL TWILIO_ACCOUNT_SID TWILIO_AUTH_TOKEN TWILIO_SIM_URL ELEVENLABS_SIM_URL
	ELEVENLABS_CONVERSATION_EVENTS_WEBHOOK_SECRET ELEVENLABS_POST_CALL_WEBHOOK_SECRET TOOL_SECRET JWT_SECRET
	ORG_{A,B}_{ID,SLUG,NUMBER,EMAIL,PASSWORD}
	PORT RUN_DIR PGDATA SWITCHBACKD SWITCHBACKCTL SWITCHBACK_CONFIG SERVICE_PID_FILE LOG_DIR)
SERVICE_SETTINGS=(APP_DATABASE_URL PORT PUBLIC_URL TWILIO_ACCOUNT_SID TWILIO_AUTH_TOKEN TWILIO_API_URL ELEVENLABS_API_KEY
	ELEVENLABS_AGENT_ID ELEVENLABS_API_URL ELEVENLABS_CONVERSATION_EVENTS_WEBHOOK_SECRET
	ELEVENLABS_POST_CALL_WEBHOOK_SECRET TOOL_SECRET JWT_SECRET SECRETS_KEY)

# quietly WHAT COMMAND...: its output goes to the log, and is shown when it fails.
quietly() {
	local what=$1
	shift
	if ! "$@" >>"$LOG_DIR/setup.log" 2>&1 8>&-; then
		tail -n 15 "$LOG_DIR/setup.log"
		fail "$what failed (all of it: $LOG_DIR/setup.log)."
	fi
}

# until_true COMMAND...: asks 20 times a second, for 30 s, while the launched process NAME is alive.
answers_while_alive() {
	local name=$1 tries
	shift
	for ((tries = 0; tries < 600; tries++)); do
		"$@" && return
		alive "$name" >/dev/null || return 1
		sleep 0.05
	done
	return 1
}
url_answers() { curl -fsS -m 2 -o /dev/null "$1" 2>/dev/null; }

# ---- secrets: from outside, else from the last start, else made up ---------------------------------------------
hex() { openssl rand -hex "$1"; }
# secret NAME COMMAND...: sets the variable NAME; COMMAND makes one up.
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

settings_choose() {
	touch "$RUN_DIR/secrets"
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
	URL=http://127.0.0.1:$PORT
	PUBLIC_URL=${PUBLIC_URL:-$URL}
	TWILIO_API_URL=${TWILIO_API_URL:-${TWILIO_SIM_URL:-}}
	ELEVENLABS_API_URL=${ELEVENLABS_API_URL:-${ELEVENLABS_SIM_URL:-}}
	SWITCHBACKD=$bin/switchbackd
	SWITCHBACKCTL=$bin/switchbackctl
	SWITCHBACK_CONFIG=$RUN_DIR/owner.conf
	SERVICE_PID_FILE=$RUN_DIR/service.pid
}

conf_write() { # conf_write FILE NAME...
	local file=$1 name
	shift
	for name in "$@"; do
		[ -z "${!name:-}" ] || echo "$name=${!name}"
	done >"$file.new"
	mv "$file.new" "$file"
}
ctl() { "$SWITCHBACKCTL" --config "$SWITCHBACK_CONFIG" "$@" 8>&-; }

# ---- the database ----------------------------------------------------------------------------------------------
psql_owner() { ask_database "$DATABASE_URL" "$@"; }

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

# A cluster of our own, with its two roles.
database_private() {
	local cluster
	say "The private PostgreSQL ..."
	mkdir -p "$RUN_DIR/pg"
	chmod 711 "$RUN_DIR/pg" # the user postgres goes through it
	cluster=$("$support/pg.sh" start "$RUN_DIR/pg" 8>&-) || fail "The private PostgreSQL in $RUN_DIR/pg does not start."
	own() { sed -n "s/^$1=//p" <<<"$cluster"; }
	DATABASE_URL=$(own DATABASE_URL)
	APP_DATABASE_URL=${APP_DATABASE_URL:-$(own APP_DATABASE_URL)}
	PGDATA=$(own PGDATA)
	app_role=
	# The service is on the same machine: a Unix socket costs it less than TCP. The folder's name goes into a URL as it is.
	if [ "$APP_DATABASE_URL" = "$(own APP_DATABASE_URL)" ] && [[ $(own PGHOST) =~ ^[A-Za-z0-9/._-]+$ ]]; then
		service_database_url="${APP_DATABASE_URL%%@*}@/${APP_DATABASE_URL##*/}?host=$(own PGHOST)&port=$(own PGPORT)"
	fi
}

# Somebody's database. A login role that we make has a name of this set-up's own: roles belong to the whole cluster, and
# another set-up may share it.
database_given() {
	PGDATA=
	psql_owner -c 'SELECT 1' >/dev/null || fail "DATABASE_URL names a database that does not let us in (above)."
	if [ -z "${APP_DATABASE_URL:-}" ]; then
		secret APP_ROLE app_role_name
		secret APP_PASSWORD hex 16
		app_role=${APP_ROLE:?}
		APP_DATABASE_URL=$(url_as "$APP_ROLE" "$APP_PASSWORD")
	else
		app_role=$(ask_database "$APP_DATABASE_URL" -c 'SELECT current_user') ||
			fail "APP_DATABASE_URL names a database that does not let us in (above)."
	fi
}
app_role_name() { echo "switchback_app_$(hex 4)"; }

# The login is there and may do what the service does. The password reaches psql by its environment: arguments are public.
app_role_settle() {
	SB_ROLE=$app_role SB_PASSWORD=${APP_PASSWORD:-} psql_owner <<'END'
\getenv role SB_ROLE
\getenv password SB_PASSWORD
SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS INHERIT', :'role')
	WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
SELECT format('ALTER ROLE %I PASSWORD %L', :'role', :'password') WHERE :'password' <> '' \gexec
SELECT format('GRANT switchback_service TO %I', :'role')
	WHERE NOT pg_has_role(:'role', 'switchback_service', 'MEMBER') \gexec
END
}

# A store's id, by what its number leads to; nothing where it is not loaded.
store_id() { psql_owner -c "SELECT organization_by_number('$1')"; }
password_set() { ctl user password "$2" --organization "$1" <<<"$3"; }

# Schema, the service's role, two stores and their first accounts.
database_fill() {
	local store
	say "The database ..."
	quietly "Bringing the database to its schema" ctl migrate
	[ -z "$app_role" ] || quietly "Giving the service its role" app_role_settle
	[ -n "$(store_id "$ORG_A_NUMBER")" ] || quietly "Loading the two stores" ctl demo load
	for store in "${STORES[@]}"; do
		local slug=ORG_${store}_SLUG number=ORG_${store}_NUMBER email=ORG_${store}_EMAIL word=ORG_${store}_PASSWORD
		printf -v "ORG_${store}_ID" %s "$(store_id "${!number}")"
		quietly "Setting a password" password_set "${!slug}" "${!email}" "${!word}"
	done
}

# ---- the practice line: plays whatever provider was not given ---------------------------------------------------
# A port below those that the kernel hands out by itself, that nobody listens on.
free_port() {
	local p
	while p=$((20000 + RANDOM % 12000)); do
		port_taken "$p" || break
	done
	echo "$p"
}

sim_start() {
	local port elevenlabs_port try
	TWILIO_SIM_URL=$TWILIO_API_URL ELEVENLABS_SIM_URL=$ELEVENLABS_API_URL
	[ -z "$TWILIO_API_URL" ] || [ -z "$ELEVENLABS_API_URL" ] || return 0
	say "The practice line ..."
	# Whoever asks for a free port at the same moment may get it first: then another one.
	for try in 1 2 3 4 5; do
		port=$(free_port) elevenlabs_port=$(free_port)
		[ "$port" != "$elevenlabs_port" ] || continue
		TWILIO_ACCOUNT_SID=$TWILIO_ACCOUNT_SID TWILIO_AUTH_TOKEN=$TWILIO_AUTH_TOKEN \
			launch sim "$bin/switchback-sim" serve --port "$port" --elevenlabs-port "$elevenlabs_port" \
			--service-url "$PUBLIC_URL" --log "$LOG_DIR/line.jsonl" \
			--number "$ORG_A_NUMBER" --number "$ORG_B_NUMBER" \
			--name "$ORG_A_NUMBER=Bici Downtown" --name "$ORG_B_NUMBER=Vélo Plateau" ${SIM_OPTIONS:-}
		if answers_while_alive sim url_answers "http://127.0.0.1:$port/sim/health"; then
			break
		elif [ "$try" = 5 ]; then
			tail -n 15 "$LOG_DIR/sim.log"
			fail "The practice line does not answer (its log: $LOG_DIR/sim.log)."
		fi
		land sim 2
	done
	TWILIO_SIM_URL=${TWILIO_API_URL:-http://127.0.0.1:$port}
	ELEVENLABS_SIM_URL=${ELEVENLABS_API_URL:-http://127.0.0.1:$elevenlabs_port}
	TWILIO_API_URL=$TWILIO_SIM_URL ELEVENLABS_API_URL=$ELEVENLABS_SIM_URL
}

# ---- the service ------------------------------------------------------------------------------------------------
service_start() {
	say "The service ..."
	launch keep env -u DATABASE_URL "$bin/switchback-keep" --config "$RUN_DIR/service.conf" \
		--pid-file "$SERVICE_PID_FILE"
	if ! answers_while_alive keep url_answers "$URL/readyz"; then
		tail -n 15 "$LOG_DIR/keep.log"
		fail "The service does not become ready (its log: $LOG_DIR/keep.log)."
	fi
}

keys_write() {
	local name
	for name in "${KEYS[@]}"; do
		echo "$name=${!name}"
	done >"$RUN_DIR/keys.new"
	mv "$RUN_DIR/keys.new" "$RUN_DIR/keys"
}

# ---- in order ---------------------------------------------------------------------------------------------------
undo() {
	local code=$?
	trap - EXIT
	[ "$code" -eq 0 ] || set_up_stop
	exit "$code"
}

start() {
	local given=${PORT:-} log
	PORT=${PORT:-3001}
	if ! [[ $PORT =~ ^[0-9]{1,5}$ ]] || [ "$PORT" -lt 1 ] || [ "$PORT" -gt 65535 ]; then
		fail "PORT is \"$PORT\"; expected is a number from 1 to 65535."
	fi
	if [ -z "${SWITCHBACK_BIN:-}" ]; then
		"$support/deps.sh" build run
		env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C "$root" -j"$(nproc)" all
	fi
	exec </dev/null
	run_dir_lock
	if set_up_runs; then
		[ -z "$given" ] || [ "$(key PORT)" = "$given" ] ||
			say "The set-up in $RUN_DIR runs already, on port $(key PORT); make stop comes before another port."
		return
	fi
	set_up_stop # what a crash or a reboot has left
	if port_taken "$PORT"; then
		fail "Port $PORT is taken by another program; PORT=$((PORT + 1)) make start would take the next."
	fi
	trap undo EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	umask 077
	LOG_DIR=$RUN_DIR/log
	for log in "$LOG_DIR"/*.log "$LOG_DIR"/*.jsonl; do
		[ ! -s "$log" ] || mv "$log" "$log.before"
	done
	settings_choose
	if [ -z "${DATABASE_URL:-}" ]; then database_private; else database_given; fi
	sim_start
	APP_DATABASE_URL=${service_database_url:-$APP_DATABASE_URL} conf_write "$RUN_DIR/service.conf" "${SERVICE_SETTINGS[@]}"
	conf_write "$SWITCHBACK_CONFIG" DATABASE_URL "${SERVICE_SETTINGS[@]}"
	database_fill
	service_start
	keys_write
	trap - EXIT
	say "Ready at $URL; make stop ends it."
}

# The keys alone go to standard output.
start >&2
cat "$RUN_DIR/keys"
