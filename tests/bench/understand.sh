#!/bin/bash
# understand.sh - the agent's understanding in `make bench`, which can be run alone: make bench-understand [SETS="FILE..."]
#
# What one look of each part costs (tests/bench/understand.c), over the lines of the tree that the models are trained with, or
# over SETS. Medians of ROUNDS (5) runs, with the smallest and the largest. Result: a table, and build/bench-understand.json.
# The floor is the product's acceptance: each call at most 50 us.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/bench/lib.sh
. tests/bench/lib.sh
rounds=${ROUNDS:-5} secs=0
# shellcheck disable=SC2206 # a list of files
sets=(${SETS:-tests/train/*.tsv})

tests/support/deps.sh build bench
make -s -j"$(nproc)" "$build/bench/understand" >&2
for ((round = 1; round <= rounds; round++)); do
	taskset -c "$other_core" "$build/bench/understand" "${sets[@]}" >"$dir/understand.$round"
done
mapfile -t parts < <(sed -n 's/_p50_us=.*//p' "$dir/understand.1")
for part in "${parts[@]}"; do
	for field in p50 p99 max; do
		echo "${part}_${field}_us $(figure understand "${part}_${field}_us")"
	done
done >"$dir/figures"
json "$build/bench-understand.json" <"$dir/figures"
awk -v parts="${parts[*]}" "$table"'
	END {
		print "\none look: median (smallest .. largest)"
		n = split(parts, name, " ")
		for (i = 1; i <= n; i++) {
			row(name[i] ", half of them", name[i] "_p50_us", "us")
			row(name[i] ", 99 of 100", name[i] "_p99_us", "us")
		}
		print "\nagainst the floor"
		for (i = 1; i <= n; i++) floor(name[i] ", 99 of 100 (us)", mid[name[i] "_p99_us"], 50, 0)
	}' "$dir/figures"
echo "(figures: $build/bench-understand.json)"
