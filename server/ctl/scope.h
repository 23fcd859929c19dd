/*
 * scope.h - one store at a time: a transaction under its context, and what it leaves in the audit
 * log. Whoever uses switchbackctl is the platform, and each look into a store is recorded there.
 */
#ifndef SWITCHBACK_SERVER_CTL_SCOPE_H
#define SWITCHBACK_SERVER_CTL_SCOPE_H

#include "server/ctl/ctl.h"

/* Begins a transaction for the store of that slug; of --organization. The id is then in
 * c->organization_id. */
MUST_USE
bool scope_begin(struct ctl *c, const char *slug, struct err *err);
MUST_USE
bool scope_begin_option(struct ctl *c, struct err *err);

/* Inside: times without an offset mean the store's own. */
MUST_USE
bool scope_store_time(struct ctl *c, struct err *err);

/* Inside: a line of the audit log, actor "platform" and the operator's name on this machine. object
 * and detail (a JSON object) may be NULL. */
MUST_USE
bool scope_audit(struct ctl *c, const char *action, const char *kind, const char *object,
		 const char *detail, struct err *err);

/* Audits as above and commits. */
MUST_USE
bool scope_end(struct ctl *c, const char *action, const char *kind, const char *object,
	       const char *detail, struct err *err);

/* The slugs of all stores in order, one column; the caller's (PQclear). NULL with err. */
MUST_USE
PGresult *scope_slugs(struct ctl *c, struct err *err);

/* Every store (active or not) in the order of slugs, each in a transaction of its own that is
 * rolled back unless `each` has committed it; with only one slug when that is not NULL. Ends at the
 * first false. */
MUST_USE
bool scope_each(struct ctl *c, const char *slug,
		bool (*each)(struct ctl *c, const char *slug, void *self, struct err *err),
		void *self, struct err *err);

#endif
