#!/bin/bash
# docs.sh - what the documents say of a running service is so: the settings table, the figures, the examples.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

set_up

is "docs/operations.md has the settings table that the program prints" \
	"$(sed -n '/<!-- settings -->/,/<!-- \/settings -->/p' docs/operations.md | grep -v '<!--')" \
	"$("$SWITCHBACKCTL" settings --markdown)"

curl -fsS "$URL/metrics" | sed -n 's/^# TYPE switchback_\([a-z_]*\) .*/\1/p' | sort >"$RUN_DIR/shown"
sed -n '/^### Figures/,/^## /p' docs/operations.md | grep -oE '^\| `.*` \|' | grep -oE '`[a-z_]+`' | tr -d '`' | sort >"$RUN_DIR/told"
is "every figure that is shown is explained" "$(comm -23 "$RUN_DIR/shown" "$RUN_DIR/told")" ""
is "every figure that is explained is shown" "$(comm -13 "$RUN_DIR/shown" "$RUN_DIR/told")" ""

for program in switchback switchbackd switchbackctl switchback-keep switchback-sim; do
	is "$program --help goes to standard output and succeeds" "$("$SWITCHBACK_BIN/$program" --help 2>/dev/null | grep -c "$program" | sed 's/[1-9].*/some/')" some
done

make -s install DESTDIR="$RUN_DIR/root" PREFIX=/usr BUILD="$BUILD"
is "make install puts every program there" "$(find "$RUN_DIR/root/usr/bin" -type f -perm -755 -printf '%f\n' | sort | tr '\n' ' ')" \
	"switchback switchback-keep switchback-sim switchbackctl switchbackd "
if command -v systemd-analyze >/dev/null; then
	units=$RUN_DIR/root/usr/lib/systemd/system
	sed -i "s#^ExecStart=.*#ExecStart=/bin/true#" "$units/switchback.service"
	check "systemd takes the units" systemd-analyze verify --man=no "$units/switchback.service" "$units/switchback.socket"
	check "the unit is well locked in" systemd-analyze security --offline=true --threshold=12 "$units/switchback.service"
else
	ok "systemd takes the units # SKIP systemd-analyze is not here"
fi
