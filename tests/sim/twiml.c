/*
 * twiml.c - see twiml.h. A document type is refused: nobody needs one, and entities hide in it.
 */
#include "tests/sim/twiml.h"

#include <expat.h>

#include "shared/buf.h"

enum place { OUTSIDE, RESPONSE, MESSAGE, BODY, MEDIA, REDIRECT, IGNORED };

struct reading {
	struct arena *arena;
	struct sim_twiml *out;
	XML_Parser parser;
	enum place place;
	unsigned ignored_depth; /* inside an element that we do not know */
	enum place ignored_from;
	struct buf text, own; /* of the innermost element; text directly in <Message> */
	bool has_body, ended, refused;
};

static void warn(struct reading *r, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);
static void warn(struct reading *r, int code, const char *fmt, ...)
{
	va_list ap;

	if (r->out->warning != 0)
		return;
	r->out->warning = code;
	va_start(ap, fmt);
	vsnprintf(r->out->complaint, sizeof r->out->complaint, fmt, ap);
	va_end(ap);
}

static void refuse(struct reading *r, const char *why)
{
	r->refused = true;
	snprintf(r->out->complaint, sizeof r->out->complaint, "%s", why);
	XML_StopParser(r->parser, XML_FALSE);
}

static struct sim_reply *reply_now(struct reading *r)
{
	return &r->out->replies[r->out->replies_n];
}

static void message_began(struct reading *r, const char **attrs)
{
	struct sim_reply *reply;

	if (r->out->replies_n == SIM_REPLIES_MAX) {
		warn(r, 14109, "more than ten replies: <Message> is ignored");
		r->place = IGNORED;
		r->ignored_from = RESPONSE;
		r->ignored_depth = 1;
		return;
	}
	reply = reply_now(r);
	*reply = (struct sim_reply){0};
	buf_reset(&r->own);
	r->has_body = false;
	for (; attrs[0] != NULL; attrs += 2) {
		struct str value = str_of(arena_strdup(r->arena, attrs[1]));

		if (strcmp(attrs[0], "to") == 0)
			reply->to = value;
		else if (strcmp(attrs[0], "from") == 0)
			reply->from = value;
		else if (strcmp(attrs[0], "statusCallback") == 0)
			reply->callback = value;
		else if (strcmp(attrs[0], "action") != 0 && strcmp(attrs[0], "method") != 0)
			warn(r, 12200, "attribute %s is not allowed in <Message>", attrs[0]);
	}
	r->place = MESSAGE;
}

static void redirect_began(struct reading *r, const char **attrs)
{
	for (; attrs[0] != NULL; attrs += 2) {
		if (strcmp(attrs[0], "method") == 0)
			r->out->redirect_get = strcmp(attrs[1], "GET") == 0;
		else
			warn(r, 12200, "attribute %s is not allowed in <Redirect>", attrs[0]);
	}
	r->place = REDIRECT;
}

static void unknown_began(struct reading *r, const char *name)
{
	warn(r, r->place == RESPONSE ? 14110 : 12200,
	     "<%s> is no verb here (names are case-sensitive)", name);
	r->ignored_from = r->place;
	r->ignored_depth = 1;
	r->place = IGNORED;
}

static void XMLCALL on_start(void *with, const char *name, const char **attrs)
{
	struct reading *r = with;

	buf_reset(&r->text);
	switch (r->place) {
	case OUTSIDE:
		if (strcmp(name, "Response") != 0)
			refuse(r, "the root element is not <Response>");
		r->place = RESPONSE;
		return;
	case RESPONSE:
		if (r->ended) { /* behind a <Redirect> nothing is reached */
			r->place = IGNORED;
			r->ignored_from = RESPONSE;
			r->ignored_depth = 1;
		} else if (strcmp(name, "Message") == 0) {
			message_began(r, attrs);
		} else if (strcmp(name, "Redirect") == 0) {
			redirect_began(r, attrs);
		} else {
			unknown_began(r, name);
		}
		return;
	case MESSAGE:
		if (strcmp(name, "Body") == 0)
			r->place = BODY;
		else if (strcmp(name, "Media") == 0)
			r->place = MEDIA;
		else
			unknown_began(r, name);
		return;
	case IGNORED: r->ignored_depth++; return;
	case BODY:
	case MEDIA:
	case REDIRECT: unknown_began(r, name); return;
	}
}

static void message_ended(struct reading *r)
{
	struct sim_reply *reply = reply_now(r);

	if (!r->has_body)
		reply->body = arena_str(r->arena, str_trim(buf_str(&r->own)));
	if (reply->body.n == 0 && reply->media_n == 0)
		warn(r, 14103, "a <Message> without text and media");
	else
		r->out->replies_n++;
	r->place = RESPONSE;
}

static void XMLCALL on_end(void *with, const char *name)
{
	struct reading *r = with;
	struct str text = arena_str(r->arena, buf_str(&r->text));

	(void)name;
	switch (r->place) {
	case MESSAGE: message_ended(r); break;
	case BODY:
		reply_now(r)->body = text;
		r->has_body = true;
		r->place = MESSAGE;
		break;
	case MEDIA:
		if (reply_now(r)->media_n < SIM_MEDIA_MAX)
			reply_now(r)->media[reply_now(r)->media_n++] = str_trim(text);
		r->place = MESSAGE;
		break;
	case REDIRECT:
		r->out->redirect = str_trim(text);
		r->out->redirected = true;
		r->ended = true;
		r->place = RESPONSE;
		break;
	case IGNORED:
		if (--r->ignored_depth == 0)
			r->place = r->ignored_from;
		break;
	case RESPONSE: r->place = OUTSIDE; break;
	case OUTSIDE: break;
	}
	buf_reset(&r->text);
}

static void XMLCALL on_text(void *with, const char *p, int n)
{
	struct reading *r = with;

	if (r->place == MESSAGE)
		buf_add(&r->own, p, (size_t)n);
	else if (r->place != IGNORED)
		buf_add(&r->text, p, (size_t)n);
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

bool sim_twiml_read(struct arena *a, struct str xml, struct sim_twiml *out)
{
	struct reading r = {.arena = a, .out = out};
	bool good;

	*out = (struct sim_twiml){0};
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
		snprintf(out->complaint, sizeof out->complaint, "line %lu: %s",
			 (unsigned long)XML_GetCurrentLineNumber(r.parser),
			 XML_ErrorString(XML_GetErrorCode(r.parser)));
	XML_ParserFree(r.parser);
	buf_clear(&r.text);
	buf_clear(&r.own);
	return good;
}
