#!/bin/bash
# run.sh FOLDER [NAME...] - runs the fuzz targets in FOLDER (all of them, or those named), one after the other.
#
#   FUZZ_SECONDS   how long each runs (60)
#   FUZZ_CORPUS    where what was found is kept between runs (FOLDER/corpus)
#
# Seeds lie in tests/fuzz/seeds/NAME/, a dictionary in tests/fuzz/NAME.dict; both are optional. An input that breaks
# something is kept as FOLDER/found-NAME-*, and the run fails.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=${1:?usage: run.sh FOLDER [NAME...]}
shift
seconds=${FUZZ_SECONDS:-60}
corpus=${FUZZ_CORPUS:-$folder/corpus}

if [ $# -eq 0 ]; then
	for source in "$root"/tests/fuzz/*.c; do
		set -- "$@" "$(basename "$source" .c)"
	done
fi
failed=()
for name in "$@"; do
	kept=$corpus/$name
	mkdir -p "$kept"
	options=(-max_total_time="$seconds" -max_len=20000 -rss_limit_mb=1024 -timeout=10 -print_funcs=0
		-artifact_prefix="$folder/found-$name-")
	if [ -f "$root/tests/fuzz/$name.dict" ]; then
		options+=(-dict="$root/tests/fuzz/$name.dict")
	fi
	places=("$kept")
	if [ -d "$root/tests/fuzz/seeds/$name" ]; then
		places+=("$root/tests/fuzz/seeds/$name")
	fi
	echo "fuzzing $name for $seconds s"
	if ! "$folder/$name" "${options[@]}" "${places[@]}" >"$folder/$name.log" 2>&1; then
		failed+=("$name")
		grep -E "BUG|ERROR|SUMMARY|Test unit written|^    #[0-9] " "$folder/$name.log" | head -20
	fi
	echo "  $(grep -oE '(Done|#)[0-9 ]+runs' "$folder/$name.log" | tail -1 | grep -oE '[0-9]+' || echo no) runs," \
		"$(find "$kept" -type f | wc -l) inputs kept"
done
if [ ${#failed[@]} -gt 0 ]; then
	echo "broken: ${failed[*]} (inputs in $folder/found-*)" >&2
	exit 1
fi
echo "nothing found in $# targets"
