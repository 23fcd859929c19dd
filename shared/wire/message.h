/*
 * message.h - one message of a conversation as the staff API gives it, and a page of them.
 *
 * Texts lie in the arena that was given, end in NUL, are valid UTF-8 without U+0000, and are NULL
 * where the wire said null. Times are microseconds since 1970; 0 is null. Text of customers is
 * hostile: only draw/cells brings it onto a screen.
 */
#ifndef SWITCHBACK_SHARED_WIRE_MESSAGE_H
#define SWITCHBACK_SHARED_WIRE_MESSAGE_H

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/language.h"
#include "shared/wire/words.h"

#define WIRE_ID       37          /* a uuid as text, with its NUL; "" is null */
#define WIRE_BODY_MAX (4 * 65536) /* bytes of a message's words */

struct wire_media {
	const char *url;
	const char *content_type; /* or NULL */
};

struct wire_message {
	char id[WIRE_ID], conversation_id[WIRE_ID];
	int64_t position; /* from 1 */
	enum direction direction;
	enum author author;
	char author_user_id[WIRE_ID];
	const char *author_name;
	enum channel channel;
	enum message_kind kind;
	const char *body; /* never NULL */
	enum language language;
	enum delivery status;
	int64_t error_code;                        /* 0: none */
	const char *error_text_en, *error_text_fr; /* what the code means, for staff */
	int64_t segments;                          /* 0: not known */
	const struct wire_media *media;
	size_t media_n;
	int64_t epoch; /* 0: null */
	bool is_redacted;
	int64_t created_at;
};

/* What a list gives beside its items: how to go on, and the event number that it is true at. */
struct wire_page {
	const char *next_cursor; /* NULL: that was all */
	int64_t last_event;
};

struct wire_message_list {
	const struct wire_message *items;
	size_t n;
	struct wire_page page;
};

/* {"items":[...],"next_cursor":...,"last_event":...} of older messages. */
MUST_USE
bool wire_message_list_read(struct str json, struct arena *a, struct wire_message_list *out,
			    struct err *err);

#endif
