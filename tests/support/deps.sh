#!/bin/bash
# deps.sh SET... [--quiet] - sees to the Debian packages that a command needs.
#
#   build   compile the programs         run    the demo and the private PostgreSQL
#   check   lint and tests               bench  the peers of `make bench`
#   fuzz    libFuzzer                    peer   the Node.js peer of `make bench`
#
# When nothing is missing it says nothing and ends in milliseconds. Otherwise it says what is missing and why, asks
# (unless YES=1, or no terminal is there to ask on), and installs with apt. It starts and changes nothing else: a
# PostgreSQL or nginx of the system is never used by us. Ends with 1 when something is still missing.
set -euo pipefail

# set | package | why. "package:command" also counts as there when that command is.
table() {
	cat <<'TABLE'
build|gcc:gcc|compiles the programs
build|make:make|builds them
build|pkg-config:pkg-config|finds the libraries
build|libc6-dev|the C library's headers
build|libuv1-dev|the event loop
build|libpq-dev|speaks to PostgreSQL
build|libcurl4-openssl-dev|calls the providers over HTTPS
build|libjansson-dev|reads and writes JSON
build|libjwt-dev|staff's sign-in tokens
build|libssl-dev|signatures and sealing of secrets
build|libcrypt-dev|bcrypt for passwords
build|node-llhttp|the strict HTTP parser, as C source (no Node.js comes with it)
build|libncurses-dev|the screens
build|libutf8proc-dev|Unicode folding
build|libglib2.0-dev|time zones
build|libexpat1-dev|reads TwiML in the practice line
build|libcsv-dev|imports of CSV files
run|postgresql-15|the private database of demo and tests (a system cluster is never touched)
run|tmux:tmux|console and practice phone side by side
run|tzdata|the stores' time zones
run|openssl:openssl|random secrets of the demo
run|curl:curl|asks the service whether it is ready
run|ca-certificates|the authorities behind https addresses
run|util-linux|flock, setsid
run|procps:ps|looks after what was started
check|libcriterion-dev|runs the tests
check|libyaml-dev|reads docs/openapi.yaml in a test
check|clang:clang|a second compiler, and fuzzing
check|clang-format:clang-format|the layout of the code
check|clang-tidy:clang-tidy|finds mistakes
check|cppcheck:cppcheck|finds mistakes
check|shellcheck:shellcheck|the same for scripts
check|valgrind:valgrind|memory of the release build
check|libxml2-utils:xmllint|checks TwiML against its rules
check|git:git|which files belong to the project
bench|nginx-light:nginx|the peer that answers 204
bench|wrk:wrk|load for that peer
bench|libnginx-mod-nchan|the peer that passes events on to many
fuzz|clang:clang|libFuzzer
fuzz|libclang-rt-14-dev|libFuzzer's run-time
peer|nodejs:node|runs the Express peer
peer|npm:npm|installs the Express peer's packages
TABLE
}

sets=() quiet=
for word in "$@"; do
	case $word in
	--quiet) quiet=1 ;;
	build | run | check | bench | peer | fuzz) sets+=("$word") ;;
	*)
		echo "deps.sh: '$word' is no set of packages; known: build run check bench peer fuzz" >&2
		exit 2
		;;
	esac
done

if ! command -v dpkg-query >/dev/null; then
	[ -n "$quiet" ] || echo "deps: this is no Debian; the libraries named in tests/support/deps.sh have to be there" >&2
	exit 0
fi

# What of the sets is not installed, one "package|why" a line.
missing() {
	local wanted=() lines=() set package why line have
	declare -A present=()
	while IFS='|' read -r set package why; do
		[[ " ${sets[*]} " == *" $set "* ]] || continue
		[[ $package == *:* ]] && command -v "${package#*:}" >/dev/null && continue
		wanted+=("${package%%:*}") lines+=("${package%%:*}|$why")
	done < <(table)
	[ ${#wanted[@]} -gt 0 ] || return 0
	while read -r have; do
		present[${have%:*}]=1
	done < <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null |
		sed -n 's/^installed //p')
	for line in "${lines[@]}"; do
		[ -n "${present[${line%%|*}]:-}" ] || echo "$line"
	done
}

mapfile -t lines < <(missing)
[ ${#lines[@]} -gt 0 ] || exit 0
packages=("${lines[@]%%|*}")

{
	echo "These Debian packages are missing:"
	printf '%s\n' "${lines[@]}" | awk -F'|' '{ printf "  %-24s %s\n", $1, $2 }'
} >&2

sudo=()
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "You are not root and sudo is not there. As root: apt-get install ${packages[*]}" >&2
		exit 1
	fi
	sudo=(sudo)
fi

if [ "${YES:-}" != 1 ] && [ -t 0 ] && [ -t 2 ]; then
	read -r -p "Install them with apt now? [Y/n] " answer </dev/tty
	case $answer in
	'' | [yYoO]*) ;;
	*)
		echo "Not installed. By hand: ${sudo[*]} apt-get install ${packages[*]}" >&2
		exit 1
		;;
	esac
fi

apt() {
	"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
		apt-get -q -y -o DPkg::Lock::Timeout=120 "$@" </dev/null >&2
}

# Package lists older than a day name versions that the archive may have dropped.
fresh() {
	[ -n "$(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -mtime -1 -print -quit 2>/dev/null)" ]
}

fresh || apt update || true
if ! apt install --no-install-recommends "${packages[@]}"; then
	apt update
	apt install --no-install-recommends "${packages[@]}"
fi

mapfile -t lines < <(missing)
if [ ${#lines[@]} -gt 0 ]; then
	echo "Still missing after the installation: ${lines[*]%%|*}" >&2
	exit 1
fi
