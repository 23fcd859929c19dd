/*
 * yaml.c - see yaml.h; libyaml tells what comes, this builds the tree.
 */
#include "tests/support/yaml.h"

#include <errno.h>
#include <yaml.h>

#define DEPTH_MAX 64

struct reader {
	yaml_parser_t parser;
	struct err *err;
	const char *path;
	unsigned depth;
};

static json_t *value_read(struct reader *r, const yaml_event_t *e);

static json_t *wrong(struct reader *r, const yaml_event_t *e, const char *what)
{
	if (r->err->kind == ERR_NONE)
		(void)err_set(r->err, ERR_INPUT, "%s, line %zu: %s", r->path,
			      e->start_mark.line + 1, what);
	return NULL;
}

static bool next(struct reader *r, yaml_event_t *e)
{
	if (yaml_parser_parse(&r->parser, e) == 1)
		return true;
	return err_set(r->err, ERR_INPUT, "%s, line %zu: %s", r->path,
		       r->parser.problem_mark.line + 1,
		       r->parser.problem == NULL ? "unreadable" : r->parser.problem);
}

/* Unquoted words that are no strings. */
static json_t *plain_read(const char *text)
{
	char *end;
	long long whole;
	double real;

	if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
		return json_boolean(text[0] == 't');
	if (strcmp(text, "null") == 0 || strcmp(text, "~") == 0 || text[0] == '\0')
		return json_null();
	errno = 0;
	whole = strtoll(text, &end, 10);
	if (end != text && *end == '\0' && errno == 0)
		return json_integer(whole);
	real = strtod(text, &end);
	if (end != text && *end == '\0' && strchr("-.0123456789", text[0]) != NULL)
		return json_real(real);
	return json_string(text);
}

static json_t *scalar_read(struct reader *r, const yaml_event_t *e)
{
	const char *text = (const char *)e->data.scalar.value;

	if (e->data.scalar.tag != NULL || e->data.scalar.anchor != NULL)
		return wrong(r, e, "tags and anchors are not used here");
	return e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? plain_read(text)
							       : json_string(text);
}

static json_t *list_read(struct reader *r)
{
	json_t *list = json_array();
	yaml_event_t e;

	while (next(r, &e)) {
		json_t *item;

		if (e.type == YAML_SEQUENCE_END_EVENT) {
			yaml_event_delete(&e);
			return list;
		}
		item = value_read(r, &e);
		yaml_event_delete(&e);
		if (item == NULL || json_array_append_new(list, item) != 0)
			break;
	}
	json_decref(list);
	return NULL;
}

/* One "key: value"; false at the end of the mapping (*more is false) or on an error. */
static bool member_read(struct reader *r, json_t *object, bool *more)
{
	yaml_event_t key, e;
	json_t *value = NULL;
	const char *name;

	if (!next(r, &key))
		return false;
	if (key.type == YAML_MAPPING_END_EVENT) {
		*more = false;
	} else if (key.type != YAML_SCALAR_EVENT) {
		(void)wrong(r, &key, "a key must be a word");
	} else if (name = (const char *)key.data.scalar.value,
		   json_object_get(object, name) != NULL) {
		(void)wrong(r, &key, "this key is here twice");
	} else if (next(r, &e)) {
		value = value_read(r, &e);
		yaml_event_delete(&e);
		if (value != NULL && json_object_set_new(object, name, value) != 0)
			value = NULL;
	}
	yaml_event_delete(&key);
	return value != NULL;
}

static json_t *object_read(struct reader *r)
{
	json_t *object = json_object();
	bool more = true;

	while (member_read(r, object, &more))
		;
	if (!more)
		return object;
	json_decref(object);
	return NULL;
}

static json_t *value_read(struct reader *r, const yaml_event_t *e)
{
	json_t *value = NULL;

	if (++r->depth > DEPTH_MAX)
		return wrong(r, e, "nested too deeply");
	switch (e->type) {
	case YAML_SCALAR_EVENT: value = scalar_read(r, e); break;
	case YAML_SEQUENCE_START_EVENT: value = list_read(r); break;
	case YAML_MAPPING_START_EVENT: value = object_read(r); break;
	default: (void)wrong(r, e, "a value is expected"); break;
	}
	r->depth--;
	return value;
}

json_t *yaml_load(const char *path, struct err *err)
{
	struct reader r = {.path = path, .err = err};
	FILE *file = fopen(path, "re");
	json_t *root = NULL;
	yaml_event_t e;

	*err = (struct err){0};
	if (file == NULL) {
		(void)err_set(err, ERR_INPUT, "%s cannot be read", path);
		return NULL;
	}
	if (yaml_parser_initialize(&r.parser) != 1)
		BUG("libyaml does not start");
	yaml_parser_set_input_file(&r.parser, file);
	while (root == NULL && next(&r, &e)) {
		bool last = e.type == YAML_STREAM_END_EVENT;

		if (e.type != YAML_STREAM_START_EVENT && e.type != YAML_DOCUMENT_START_EVENT &&
		    !last)
			root = value_read(&r, &e);
		yaml_event_delete(&e);
		if (last || err->kind != ERR_NONE)
			break;
	}
	yaml_parser_delete(&r.parser);
	fclose(file);
	if (root == NULL && err->kind == ERR_NONE)
		(void)err_set(err, ERR_INPUT, "%s is empty", path);
	return root;
}
