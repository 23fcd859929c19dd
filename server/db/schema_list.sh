#!/bin/bash
# Prints the C source that holds every file of schema/ (see schema_list.h). Run from the root.
# The texts enter with .incbin; each one's SHA-256 stands in the table, so a changed text changes
# this source and everything that is built from it.
set -euo pipefail
export LC_ALL=C
shopt -s nullglob

at=0
assembly=""
table=""
declarations=""

# one FILE NAME: adds a row.
one() {
	local sum marked=false
	sum=$(sha256sum <"$1")
	[[ $(head -n 1 "$1") == "-- migrate: no-transaction"* ]] && marked=true
	assembly+="\".global schema_text_$at\\n.hidden schema_text_$at\\nschema_text_$at:\\n\""$'\n'
	assembly+="\".incbin \\\"$1\\\"\\n.byte 0\\n\""$'\n'
	declarations+="extern const char schema_text_${at}[] __attribute__((visibility(\"hidden\")));"$'\n'
	table+="	{\"$2\", schema_text_$at, \"${sum%% *}\", $marked},"$'\n'
	at=$((at + 1))
}

# several FILE...: rows named by the path below schema/; an empty row where there is no file,
# because C has no empty array.
several() {
	table=""
	local file
	for file in "$@"; do
		one "$file" "${file#schema/}"
	done
	[[ $# -gt 0 ]] || table=$'\t{NULL, NULL, NULL, false},\n'
}

migrations=(schema/[0-9][0-9][0-9][0-9]_*.sql)
functions=(schema/functions/*.sql)
demo=(schema/demo.sql)
[[ -e schema/demo.sql ]] || demo=()

several "${migrations[@]}"
migration_rows=$table
several "${functions[@]}"
function_rows=$table
several "${demo[@]}"
demo_rows=$table

cat <<END
/* Made by server/db/schema_list.sh from schema/; do not edit. */
#include "server/db/schema_list.h"

__asm__(".pushsection .rodata\n"
$assembly".popsection\n");
$declarations
static const struct schema_file migrations[] = {
$migration_rows};
static const struct schema_file functions[] = {
$function_rows};
static const struct schema_file demo[] = {
$demo_rows};

static const struct schema_list list = {
	migrations, ${#migrations[@]}, functions, ${#functions[@]}, ${#demo[@]} > 0 ? demo : NULL};

const struct schema_list *schema_list(void)
{
	return &list;
}
END
