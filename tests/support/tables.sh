#!/bin/bash
# tables.sh - puts the tables that switchbackctl prints into the documents that show them, between their marks.
# tests/unit/ctl/documents.c fails while a document differs; run this then.
set -euo pipefail
cd "$(dirname "$0")/../.."
ctl=${BUILD:-build}/switchbackctl

# put FILE BEGIN END COMMAND...
put() {
	local file=$1 begin=$2 end=$3
	shift 3
	"$@" >"$file.table"
	begin=$begin end=$end table=$file.table awk '
		$0 == ENVIRON["end"] { inside = 0 }
		!inside { print }
		$0 == ENVIRON["begin"] { inside = 1; while ((getline line <ENVIRON["table"]) > 0) print line }
	' "$file" >"$file.new"
	mv "$file.new" "$file"
	rm -f "$file.table"
}

put docs/operations.md '<!-- settings -->' '<!-- /settings -->' "$ctl" settings --markdown
put docs/roles.md '<!-- roles -->' '<!-- /roles -->' "$ctl" roles --markdown
put docs/man/switchback.conf.5 '.\" settings' '.\" /settings' "$ctl" settings --man
