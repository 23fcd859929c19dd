/*
 * tree.c - reading; see tree.h. What is allowed: grammar.c.
 */
#include "tests/sim/voice/tree.h"

#include <expat.h>

#define DEPTH_MAX 16

struct reading {
	struct arena *arena;
	XML_Parser parser;
	struct sim_node *root;
	struct sim_node *open[DEPTH_MAX];
	struct sim_node **end[DEPTH_MAX]; /* where the next child goes */
	struct buf text[DEPTH_MAX];
	unsigned depth;
	char *why;
	bool refused;
};

static void refuse(struct reading *r, const char *text)
{
	if (!r->refused)
		snprintf(r->why, 160, "%s", text);
	r->refused = true;
	XML_StopParser(r->parser, XML_FALSE);
}

static void attrs_take(struct reading *r, struct sim_node *n, const char **attrs)
{
	struct sim_attr *out;
	size_t count = 0;

	while (attrs[2 * count] != NULL)
		count++;
	out = ARENA_ARRAY(r->arena, struct sim_attr, count == 0 ? 1 : count);
	for (size_t i = 0; i < count; i++)
		out[i] = (struct sim_attr){arena_strdup(r->arena, attrs[2 * i]),
					   arena_strdup(r->arena, attrs[2 * i + 1])};
	n->attrs = out;
	n->attrs_n = count;
}

static void XMLCALL on_start(void *with, const char *name, const char **attrs)
{
	struct reading *r = with;
	struct sim_node *n;

	if (r->depth == DEPTH_MAX) {
		refuse(r, "elements lie too deep in each other");
		return;
	}
	if (r->depth == 0 && strcmp(name, "Response") != 0) {
		refuse(r, "the root element is not <Response>");
		return;
	}
	n = ARENA_NEW(r->arena, struct sim_node);
	n->name = arena_strdup(r->arena, name);
	attrs_take(r, n, attrs);
	if (r->depth == 0) {
		r->root = n;
	} else {
		*r->end[r->depth - 1] = n;
		r->end[r->depth - 1] = &n->next;
	}
	r->open[r->depth] = n;
	r->end[r->depth] = &n->first;
	buf_reset(&r->text[r->depth]);
	r->depth++;
}

static void XMLCALL on_end(void *with, const char *name)
{
	struct reading *r = with;
	struct buf *text;

	(void)name;
	if (r->refused) /* the end of an element that was refused is told all the same */
		return;
	text = &r->text[--r->depth];
	r->open[r->depth]->text = arena_str(r->arena, buf_str(text));
	if (r->depth > 0)
		buf_add_str(&r->text[r->depth - 1], buf_str(text));
}

static void XMLCALL on_text(void *with, const char *p, int n)
{
	struct reading *r = with;

	if (r->depth > 0)
		buf_add(&r->text[r->depth - 1], p, (size_t)n);
}

static void XMLCALL on_doctype(void *with, const char *name, const char *system_id,
			       const char *public_id, int internal)
{
	(void)name;
	(void)system_id;
	(void)public_id;
	(void)internal;
	refuse(with, "a document type is not allowed");
}

bool sim_tree_read(struct arena *a, struct str xml, struct sim_node **out, char why[160])
{
	struct reading r = {.arena = a, .why = why};
	bool good;

	r.parser = XML_ParserCreate(NULL);
	if (r.parser == NULL)
		BUG("expat has no memory");
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_start, on_end);
	XML_SetCharacterDataHandler(r.parser, on_text);
	XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
	good = XML_Parse(r.parser, xml.p == NULL ? "" : xml.p, (int)xml.n, XML_TRUE) ==
	       XML_STATUS_OK;
	if (!good && !r.refused)
		snprintf(why, 160, "line %lu: %s",
			 (unsigned long)XML_GetCurrentLineNumber(r.parser),
			 XML_ErrorString(XML_GetErrorCode(r.parser)));
	XML_ParserFree(r.parser);
	for (size_t i = 0; i < DEPTH_MAX; i++)
		buf_clear(&r.text[i]);
	if (good)
		*out = r.root;
	return good;
}

bool sim_tree_check(struct str xml, char why[160])
{
	struct arena a = {0};
	struct sim_node *root;
	bool good = sim_tree_read(&a, xml, &root, why);

	arena_free(&a);
	return good;
}

/* ---- looking at it ---- */

const char *sim_attr_find(const struct sim_node *n, const char *name)
{
	for (size_t i = 0; i < n->attrs_n; i++) {
		if (strcmp(n->attrs[i].name, name) == 0)
			return n->attrs[i].value;
	}
	return NULL;
}

const char *sim_attr_or(const struct sim_node *n, const char *name, const char *otherwise)
{
	const char *value = sim_attr_find(n, name);

	return value == NULL ? otherwise : value;
}

int64_t sim_attr_int(const struct sim_node *n, const char *name, int64_t min, int64_t max,
		     int64_t otherwise)
{
	int64_t v;

	return str_int(str_of(sim_attr_find(n, name)), min, max, &v) ? v : otherwise;
}

bool sim_attr_true(const struct sim_node *n, const char *name, bool otherwise)
{
	const char *value = sim_attr_find(n, name);

	return value == NULL ? otherwise : strcmp(value, "true") == 0;
}

bool sim_node_is(const struct sim_node *n, const char *name)
{
	return strcmp(n->name, name) == 0;
}
