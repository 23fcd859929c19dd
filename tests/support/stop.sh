#!/bin/bash
# stop.sh - `make stop`: stops everything that was started in RUN_DIR and leaves the data for the next start. With
# nothing running it says nothing and succeeds.
set -euo pipefail
# shellcheck source=tests/support/setup.sh
. "$(dirname "$0")/setup.sh"
[ -d "$RUN_DIR" ] || exit 0
run_dir_lock
set_up_stop
