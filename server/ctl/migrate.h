/*
 * migrate.h - brings a database to the schema that this program carries.
 *
 * Each numbered file runs once, in order, in a transaction of its own together with its row in
 * schema_migrations (except a file whose first line is "-- migrate: no-transaction"); functions are
 * replaced afterwards wherever their text changed. A second migrate at the same time waits for the
 * first and then finds nothing to do. A file that was altered after it ran, or a database that
 * knows more than this program, stops everything before anything is done.
 */
#ifndef SWITCHBACK_SERVER_CTL_MIGRATE_H
#define SWITCHBACK_SERVER_CTL_MIGRATE_H

#include "server/ctl/database.h"
#include "server/db/schema_list.h"

enum migrate_mode {
	MIGRATE_APPLY,
	MIGRATE_DRY_RUN, /* says what would be done */
	MIGRATE_STATUS,  /* one line a file: applied, pending, altered, unknown */
};

/* Progress goes to `out`, one line a file. */
MUST_USE
bool migrate_run(struct database *db, const struct schema_list *list, enum migrate_mode mode,
		 FILE *out, struct err *err);

/* How the database stands to this program: pending files (numbered and functions), and the name of
 * the newest numbered one that it has ("" for none). Fails when it is altered or newer. */
MUST_USE
bool migrate_pending(struct database *db, const struct schema_list *list, size_t *pending,
		     struct err *err);

/* Runs a whole file statement by statement; a failure names the file and the line. */
MUST_USE
bool migrate_file_run(struct database *db, const struct schema_file *file, struct err *err);

#endif
