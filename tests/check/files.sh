#!/bin/bash
# files.sh EXT... - the project's own files with these endings, one a line. What git tracks or would track; without
# git (an unpacked archive) what lies in the folders of the layout.
set -euo pipefail
cd "$(dirname "$0")/../.."
patterns=()
for ext in "$@"; do
	patterns+=("*.$ext")
done
if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
	git ls-files -co --exclude-standard -- "${patterns[@]}" | sort -u |
		while IFS= read -r file; do if [ -f "$file" ]; then echo "$file"; fi; done
else
	names=()
	for pattern in "${patterns[@]}"; do
		names+=(-o -name "$pattern")
	done
	find Makefile docs schema server shared tests tui .ci -type f \( "${names[@]:1}" \) 2>/dev/null | sort
fi
