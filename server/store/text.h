/*
 * text.h - inbound texts and the carrier's status callbacks in the database;
 * schema/functions/text_in.sql and outbox.sql hold the transactions.
 */
#ifndef SWITCHBACK_SERVER_STORE_TEXT_H
#define SWITCHBACK_SERVER_STORE_TEXT_H

#include "server/db/db.h"

enum text_outcome { TEXT_NOBODY, TEXT_KEPT, TEXT_DUPLICATE };

/* All texts valid UTF-8 without NUL. An empty view of an optional field is NULL in the database. */
struct text_in {
	struct str to, from, sid, body;
	const char *sender;           /* e164 | short | withheld | odd */
	const char *expected;         /* the organization whose own account signed, or NULL */
	const struct str *media;      /* url, content type, ... */
	size_t media_n;               /* pairs */
	const char *keyword;          /* stop | start | help, or NULL */
	const char *keyword_language; /* en | fr, or NULL */
	const char *notice; /* the answer to the keyword, with {store} and {phone}; or NULL */
	const char *params; /* JSON of the parameters worth keeping, or NULL */
	const char *redact; /* JSON: id of an earlier text -> its new body; or NULL */
};

struct text_kept {
	enum text_outcome outcome;
	char organization[ID_TEXT], conversation[ID_TEXT], message[ID_TEXT];
};

/* Keeps the text, once. Asked again when the database goes away meanwhile. */
void text_in(struct flow *f, struct db *db, const struct text_in *t, struct text_kept *out);

#define TEXT_RECENT_MAX 3

struct text_recent {
	size_t n;
	struct {
		char message[ID_TEXT];
		struct str body;
	} texts[TEXT_RECENT_MAX]; /* newest first */
};

/* The sender's texts of the last half hour in the open thread. */
void text_recent(struct flow *f, struct db *db, const struct text_in *t, struct text_recent *out);

struct text_status {
	const char *expected; /* as in text_in */
	struct str outbox;    /* id from the callback's URL, checked to be a uuid; or empty */
	struct str account, sid, status;
	int rank;
	int error_code; /* 0: none */
	const char *error_en, *error_fr;
};

enum text_status_outcome { STATUS_UNKNOWN, STATUS_MOVED, STATUS_OLD };

struct text_status_kept {
	enum text_status_outcome outcome;
	char organization[ID_TEXT]; /* empty when unknown */
};

void text_status(struct flow *f, struct db *db, const struct text_status *s,
		 struct text_status_kept *out);

#endif
