/*
 * message_api.c - see message_api.h.
 */
#include "server/twilio/message_api.h"

#include <jansson.h>
#include <time.h>

#include "server/twilio/form.h"
#include "server/twilio/sids.h"

#define BODY_MAX 32768

static const char *messages_url(struct arena *a, const char *base, struct str account_sid)
{
	return arena_printf(a, "%s/2010-04-01/Accounts/" STR_FMT "/Messages.json", base,
			    STR_ARG(account_sid));
}

void message_create_request(struct arena *a, const char *base, struct str account_sid,
			    struct str from, struct str to, struct str text,
			    const char *status_callback, struct message_request *out)
{
	struct buf b;

	buf_init(&b, BODY_MAX);
	form_add(&b, "To", to);
	form_add(&b, "From", from);
	form_add(&b, "Body", text);
	form_add(&b, "StatusCallback", str_of(status_callback));
	if (b.overflowed)
		BUG("a text of %zu bytes does not fit a request", text.n);
	out->url = messages_url(a, base, account_sid);
	out->body = arena_str(a, buf_str(&b));
	buf_clear(&b);
}

void message_list_request(struct arena *a, const char *base, struct str account_sid,
			  struct str from, struct str to, int64_t since_us, unsigned page_size,
			  struct message_request *out)
{
	time_t day = (time_t)(since_us / 1000000) - 24 * 3600;
	char date[16], size[16];
	struct tm tm;
	struct buf b;

	gmtime_r(&day, &tm);
	strftime(date, sizeof date, "%Y-%m-%d", &tm);
	snprintf(size, sizeof size, "%u", page_size);
	buf_init(&b, 1024);
	form_add(&b, "To", to);
	form_add(&b, "From", from);
	form_add(&b, "DateSent>", str_of(date)); /* DateSent>=DATE: the name ends in '>' */
	form_add(&b, "PageSize", str_of(size));
	out->url = arena_printf(a, "%s?%s", messages_url(a, base, account_sid), buf_cstr(&b));
	out->body = (struct str){NULL, 0};
	buf_clear(&b);
}

static struct str text_of(struct arena *a, const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);

	if (!json_is_string(v))
		return (struct str){NULL, 0};
	return arena_str(a, str_make(json_string_value(v), json_string_length(v)));
}

/* "Tue, 03 Nov 2026 14:05:09 +0000" (RFC 2822, always GMT here: twilio.md 1.1). */
static int64_t date_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));
	struct tm tm = {0};
	const char *rest;

	if (text == NULL)
		return 0;
	rest = strptime(text, "%a, %d %b %Y %H:%M:%S", &tm);
	if (rest == NULL || strcmp(rest, " +0000") != 0)
		return 0;
	return (int64_t)timegm(&tm) * 1000000;
}

static bool resource_read(struct arena *a, const json_t *j, struct message_resource *out)
{
	const json_t *code = json_object_get(j, "error_code");

	*out = (struct message_resource){.sid = text_of(a, j, "sid")};
	if (!sid_is_message(out->sid))
		return false;
	out->status = text_of(a, j, "status");
	out->from = text_of(a, j, "from");
	out->to = text_of(a, j, "to");
	out->body = text_of(a, j, "body");
	out->direction = text_of(a, j, "direction");
	out->created_us = date_of(j, "date_created");
	if (json_is_integer(code) && json_integer_value(code) > 0 &&
	    json_integer_value(code) <= 999999)
		out->error_code = (int)json_integer_value(code);
	return true;
}

static json_t *object_of(struct str json)
{
	json_t *j = json_loadb(json.p == NULL ? "" : json.p, json.n, JSON_REJECT_DUPLICATES, NULL);

	if (j != NULL && !json_is_object(j)) {
		json_decref(j);
		return NULL;
	}
	return j;
}

bool message_read(struct arena *a, struct str json, struct message_resource *out)
{
	json_t *j = object_of(json);
	bool ok = j != NULL && resource_read(a, j, out);

	json_decref(j);
	return ok;
}

bool message_page_read(struct arena *a, struct str json, struct message_page *out)
{
	json_t *j = object_of(json);
	const json_t *list = json_object_get(j, "messages");
	bool ok = json_is_array(list);

	if (ok) {
		*out = (struct message_page){
			.more = json_is_string(json_object_get(j, "next_page_uri"))};
		out->messages = ARENA_ARRAY(a, struct message_resource, json_array_size(list));
		for (size_t i = 0; i < json_array_size(list); i++) {
			if (resource_read(a, json_array_get(list, i), &out->messages[out->n]))
				out->n++;
		}
	}
	json_decref(j);
	return ok;
}

int message_error_code(struct str json)
{
	json_t *j = object_of(json);
	const json_t *code = json_object_get(j, "code");
	json_int_t v = json_is_integer(code) ? json_integer_value(code) : 0;

	json_decref(j);
	return v > 0 && v <= 999999 ? (int)v : 0;
}
