#!/bin/bash
# layers.sh [FILE...] - who may include whom, and which folder may know which library.
#
# This is the table of docs/ARCHITECTURE.md. A line: folder | folders it may include | libraries it may name.
# The longest folder that a file lies in decides; every folder may include itself. "none" is no library, "any" all.
# Doors may ring the runner's bell (jobs/runner.h), and know nothing else of the jobs. Only #include lines are read: an
# here, fails as well.
set -euo pipefail
cd "$(dirname "$0")/../.."

rules() {
	cat <<'RULES'
shared|                                                          | utf8proc glib libcrypto libcrypt
shared/wire| shared                                              | jansson
server/core| shared                                              | uv
server/db| shared server/core                                    | libpq uv
server/net| shared server/core                                   | uv llhttp curl libcrypto
server/agent| shared                                             | none
server/twilio| shared                                            | libcrypto jansson
server/elevenlabs| shared                                        | libcrypto jansson
server/store| shared server/core server/db server/agent          | jansson
server/staff| shared server/core server/db/row.h server/api/roles.h | libjwt uv libcrypto
server/events| shared server/core server/net server/db server/store server/staff/sessions.h | none
server/voice| shared server/core server/net server/db server/agent server/twilio server/elevenlabs server/store server/events server/app.h server/keys.h server/jobs/runner.h | none
server/webhook| shared server/core server/net server/db server/agent server/twilio server/elevenlabs server/store server/events server/voice server/app.h server/keys.h server/jobs/runner.h | none
server/api| shared server/core server/net server/db server/agent server/twilio server/elevenlabs server/staff server/store server/events server/voice server/app.h server/keys.h server/jobs/runner.h | none
server/jobs| shared server/core server/net server/db server/agent server/twilio server/elevenlabs server/store server/events server/voice server/app.h server/keys.h | none
server/ctl| shared server/agent server/twilio server/elevenlabs server/store/store_json.h server/db/schema_list.h server/api/roles.h | libpq curl libcsv jansson libcrypto libcrypt
server/keep| shared                                              | none
server| shared server                                            | any
tests/sim| shared server/core server/net                         | uv jansson libcrypto expat ncursesw utf8proc
tests/support| shared server tui tests/sim                         | any
tests/bench| shared                                              | libcrypto
tests/bench/bridge_daemon.c| shared server                       | uv
tests/bench/understand.c| shared server/agent                  | none
tests/storm| shared server/voice/sentences.h                     | jansson libpq curl
tests/fuzz| shared server tests/support                          | any
tests| shared server tui tests/support tests/sim schema          | any
tui/draw| shared                                                 | utf8proc
tui/words| shared                                                | none
tui/keys| shared tui/words tui/model/msg.h                       | none
tui/model| shared tui/draw tui/words tui/keys                    | none
tui/view| shared tui/draw tui/words tui/keys tui/model           | none
tui/paint| shared tui/draw tui/model/msg.h                       | ncursesw
tui/link| shared tui/model/msg.h tui/model/outgoing.h            | curl
tui| shared tui                                                  | none
RULES
}

# library | headers that are its own (a prefix ends in /)
libraries() {
	cat <<'LIBRARIES'
uv|uv.h uv/
libpq|libpq-fe.h pg_config.h libpq/
llhttp|llhttp.h
curl|curl/
jansson|jansson.h
libcrypto|openssl/
libcrypt|crypt.h
libjwt|jwt.h
glib|glib.h glib/ gio/
utf8proc|utf8proc.h
expat|expat.h
ncursesw|ncurses.h ncursesw/ curses.h term.h
libcsv|csv.h
criterion|criterion/
libyaml|yaml.h
libc|assert.h ctype.h dirent.h endian.h errno.h fcntl.h float.h fnmatch.h getopt.h glob.h grp.h inttypes.h langinfo.h
libc|limits.h locale.h malloc.h math.h netdb.h poll.h pthread.h pty.h pwd.h regex.h sched.h signal.h spawn.h stdarg.h
libc|stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h string.h strings.h sysexits.h syslog.h termios.h time.h
libc|dlfcn.h semaphore.h unistd.h utmp.h wchar.h wctype.h stdnoreturn.h stdalign.h setjmp.h
libc|arpa/ net/ netinet/ sys/ linux/ sanitizer/ valgrind/
LIBRARIES
}

if [ $# -eq 0 ]; then
	mapfile -t files < <(tests/check/files.sh c h)
	set -- "${files[@]}"
fi

awk -v rules="$(rules)" -v libraries="$(libraries)" '
function trim(s) { gsub(/^[ \t]+|[ \t]+$/, "", s); return s }
function inside(path, folder) { return path == folder || index(path, folder "/") == 1 }
BEGIN {
	n = split(rules, line, "\n")
	for (i = 1; i <= n; i++) {
		split(line[i], part, "|")
		folder = trim(part[1]); folders[folder] = 1
		may[folder] = trim(part[2]); libs[folder] = " " trim(part[3]) " "
	}
	n = split(libraries, line, "\n")
	for (i = 1; i <= n; i++) {
		split(line[i], part, "|")
		m = split(part[2], h, " ")
		for (j = 1; j <= m; j++) library[h[j]] = part[1]
	}
}
function folder_of(path,    f, best) {
	best = ""
	for (f in folders)
		if (inside(path, f) && length(f) > length(best)) best = f
	return best
}
function library_of(header,    top) {
	if (header in library) return library[header]
	top = header; sub(/\/.*/, "/", top)
	return (top in library) ? library[top] : ""
}
function wrong(why) { printf "%s:%d: %s\n", FILENAME, FNR, why; bad++ }
FNR == 1 { mine = folder_of(FILENAME); if (mine == "") wrong("lies in no folder of tests/check/layers.sh") }
mine == "" { next }
/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, q, "\""); header = q[2]
	theirs = folder_of(header)
	if (theirs == "") { wrong("\"" header "\" is no path from the root"); next }
	if (theirs == mine) next
	n = split(may[mine], ok, " "); found = 0
	for (i = 1; i <= n; i++)
		if (header == ok[i] || theirs == ok[i] || inside(theirs, ok[i])) found = 1
	if (!found) wrong(mine " may not include \"" header "\" (may: " may[mine] ")")
}
/^[ \t]*#[ \t]*include[ \t]*</ {
	split($0, q, /[<>]/); header = q[2]
	lib = library_of(header)
	if (lib == "") { wrong("<" header "> belongs to no library that layers.sh knows"); next }
	if (lib == "libc" || index(libs[mine], " any ") || index(libs[mine], " " lib " ")) next
	wrong(mine " may not know <" header "> of " lib " (may:" libs[mine] ")")
}
END { exit bad > 0 }
' "$@"
