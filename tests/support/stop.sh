#!/bin/bash
# stop.sh [--remove] - `make stop`: stops everything that was started in RUN_DIR and leaves the data for the next start.
# With nothing running it says nothing and succeeds. --remove deletes the data and RUN_DIR as well.
set -euo pipefail
# shellcheck source=tests/support/setup.sh
. "$(dirname "$0")/setup.sh"
[ -d "$RUN_DIR" ] || exit 0
run_dir_lock
set_up_stop
if [ "${1:-}" = --remove ]; then
	[ ! -e "$RUN_DIR/pg" ] || "$root/tests/support/pg.sh" remove "$RUN_DIR/pg" 8>&-
	# What start.sh makes, by name: a RUN_DIR that holds other things keeps them.
	rm -rf "$RUN_DIR"/{pg,log,secrets,service.conf,owner.conf,sim.*,*.pid,lock}
	rmdir "$RUN_DIR" 2>/dev/null || true
fi
