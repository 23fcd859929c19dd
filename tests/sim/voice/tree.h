/*
 * tree.h - a call's document (TwiML) as a tree, and what of it Twilio would object to.
 *
 * Names are case-sensitive. What cannot be executed at all (no XML, no <Response>, a document type)
 * is error 12100; a verb, attribute or value that Twilio does not know is a warning 12200: the verb
 * is passed over, the rest runs.
 */
#ifndef SWITCHBACK_TESTS_SIM_VOICE_TREE_H
#define SWITCHBACK_TESTS_SIM_VOICE_TREE_H

#include "shared/arena.h"
#include "shared/buf.h"

struct sim_attr {
	const char *name, *value;
};

struct sim_node {
	const char *name;
	const struct sim_attr *attrs;
	size_t attrs_n;
	struct str text; /* all text in it, that of its elements too; not trimmed */
	struct sim_node *first, *next;
	bool refused; /* not to be executed: see sim_tree_judge */
};

/* The document in the arena: *out is <Response>. False: why says why not. */
MUST_USE
bool sim_tree_read(struct arena *a, struct str xml, struct sim_node **out, char why[160]);
/* The same without keeping it; fits sim_hook_ask.check. */
MUST_USE
bool sim_tree_check(struct str xml, char why[160]);

/* NULL when it is not there. */
const char *sim_attr_find(const struct sim_node *n, const char *name);
const char *sim_attr_or(const struct sim_node *n, const char *name, const char *otherwise);
/* A number in [min, max], else `otherwise`. */
int64_t sim_attr_int(const struct sim_node *n, const char *name, int64_t min, int64_t max,
		     int64_t otherwise);
bool sim_attr_true(const struct sim_node *n, const char *name, bool otherwise);
bool sim_node_is(const struct sim_node *n, const char *name);

/* Tells of everything that the grammar does not allow; verbs that must not run get `refused`. */
void sim_tree_judge(struct sim_node *root, void (*told)(void *with, int code, const char *text),
		    void *with);

#endif
