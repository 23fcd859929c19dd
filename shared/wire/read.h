/*
 * read.h - reading the members of a JSON object strictly: private to shared/wire.
 *
 * One reader reads one answer. The first thing that is wrong is remembered, with the member's name
 * and never its value; everything after it reads as empty, so that the callers are lists of members
 * and ask once, at the end, whether all of it was good.
 */
#ifndef SWITCHBACK_SHARED_WIRE_READ_H
#define SWITCHBACK_SHARED_WIRE_READ_H

#include <jansson.h>

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/language.h"
#include "shared/wire/message.h"

enum need {
	MUST, /* null or not there is an error */
	MAY,  /* null or not there reads as NULL, 0, "" or false */
};

struct wire_reader {
	struct arena *arena; /* of the texts; NULL where none is read */
	struct err *err;
	json_t *root;
	bool failed;
};

/* Parses json, which must be one object without double names; wire_finish() must follow. */
const json_t *wire_start(struct wire_reader *r, struct str json, struct arena *a, struct err *err);
/* Frees; true when nothing was wrong. Texts stay: they were copied into the arena. */
MUST_USE
bool wire_finish(struct wire_reader *r);

/* Something is wrong with the member: "what" says what was expected, "a text", "a time". */
void wire_wrong(struct wire_reader *r, const char *name, const char *what);

/* At most max bytes; MUST also means not NULL, but it may be empty. */
const char *wire_text(struct wire_reader *r, const json_t *o, const char *name, size_t max,
		      enum need need);
/* A uuid in lower-case hexadecimal; "" for null. */
void wire_id(struct wire_reader *r, const json_t *o, const char *name, enum need need,
	     char out[WIRE_ID]);
int64_t wire_int(struct wire_reader *r, const json_t *o, const char *name, int64_t min, int64_t max,
		 enum need need);
bool wire_bool(struct wire_reader *r, const json_t *o, const char *name, enum need need);
/* Microseconds since 1970; 0 for null. */
int64_t wire_time(struct wire_reader *r, const json_t *o, const char *name, enum need need);
/* A word of a closed list; `none` for null. */
int wire_word_read(struct wire_reader *r, const json_t *o, const char *name, enum wire_list list,
		   enum need need, int none);
enum language wire_language(struct wire_reader *r, const json_t *o, const char *name);
/* NULL for null, and when it is wrong. */
const json_t *wire_object(struct wire_reader *r, const json_t *o, const char *name, enum need need);
/* An array of at most max; *n is 0 when it is wrong. */
const json_t *wire_array(struct wire_reader *r, const json_t *o, const char *name, size_t max,
			 enum need need, size_t *n);
/* The object at i of an array; NULL and wrong when it is something else. */
const json_t *wire_at(struct wire_reader *r, const json_t *array, const char *name, size_t i);

/* ---- what several answers hold ----------------------------------------------------------------
 */

struct wire_conversation;

#define WIRE_ITEMS_MAX 500 /* of any list; the service gives 200 at most */

void wire_page_read(struct wire_reader *r, const json_t *o, struct wire_page *out);
void wire_message_from(struct wire_reader *r, const json_t *o, struct wire_message *out);
const struct wire_message *wire_messages_from(struct wire_reader *r, const json_t *o,
					      const char *name, size_t *n);
void wire_conversation_from(struct wire_reader *r, const json_t *o, struct wire_conversation *out);
const struct wire_conversation *wire_conversations_from(struct wire_reader *r, const json_t *o,
							const char *name, size_t *n);

#endif
