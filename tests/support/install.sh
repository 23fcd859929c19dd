#!/bin/bash
# install.sh DESTDIR PREFIX BUILD - `make install`: programs, manual pages, systemd units and examples. Settings and data
# are nobody's to overwrite: the example configuration goes to share/doc, not to /etc.
set -euo pipefail
cd "$(dirname "$0")/../.."
destdir=$1 prefix=$2 build=$3
[[ $prefix == /* ]] || {
	echo "PREFIX is \"$prefix\"; expected is a path from the root, such as /usr/local." >&2
	exit 1
}
to=$destdir$prefix
doc=$to/share/doc/switchback

for program in switchbackd switchbackctl switchback-keep switchback-sim switchback; do
	[ ! -x "$build/$program" ] || install -D -m 755 "$build/$program" "$to/bin/$program"
done
for page in docs/man/*.[158]; do
	[ ! -e "$page" ] || install -D -m 644 "$page" "$to/share/man/man${page##*.}/${page##*/}"
done
install -d -m 755 "$to/lib/systemd/system"
for unit in docs/systemd/switchback.service docs/systemd/switchback.socket; do
	sed "s#@PREFIX@#$prefix#g" "$unit" >"$to/lib/systemd/system/${unit##*/}"
	chmod 644 "$to/lib/systemd/system/${unit##*/}"
done
install -D -m 644 -t "$doc" README.md LICENSE docs/operations.md docs/openapi.yaml
install -D -m 644 -t "$doc/examples" docs/systemd/switchback.conf docs/proxy/*

cat >&2 <<END
Installed under $to. What is left to do by hand:
  1  /etc/switchback/switchback.conf, mode 0600, after $prefix/share/doc/switchback/examples/switchback.conf
  2  DATABASE_URL=... switchbackctl migrate       (and organization add, number add, user add)
  3  systemctl enable --now switchback.socket switchback.service
END
