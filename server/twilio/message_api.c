/*
 * message_api.c - see message_api.h.
 */
#include "server/twilio/message_api.h"

#include "server/twilio/form.h"
#include "server/twilio/sids.h"

#define BODY_MAX 32768

void message_create_request(struct arena *a, const char *base, struct str account_sid,
			    struct str from, struct str to, struct str text,
			    const char *status_callback, struct rest_request *out)
{
	struct buf b;

	buf_init(&b, BODY_MAX);
	form_add(&b, "To", to);
	form_add(&b, "From", from);
	form_add(&b, "Body", text);
	form_add(&b, "StatusCallback", str_of(status_callback));
	if (b.overflowed)
		BUG("a text of %zu bytes does not fit a request", text.n);
	out->url = rest_url(a, base, account_sid, "/Messages.json");
	out->body = arena_str(a, buf_str(&b));
	buf_clear(&b);
}

void message_list_request(struct arena *a, const char *base, struct str account_sid,
			  struct str from, struct str to, unsigned page_size,
			  struct rest_request *out)
{
	char size[16];
	struct buf b;

	snprintf(size, sizeof size, "%u", page_size);
	buf_init(&b, 1024);
	form_add(&b, "To", to);
	form_add(&b, "From", from);
	form_add(&b, "PageSize", str_of(size));
	out->url = arena_printf(a, "%s?%s", rest_url(a, base, account_sid, "/Messages.json"),
				buf_cstr(&b));
	out->body = (struct str){NULL, 0};
	buf_clear(&b);
}

static bool resource_read(struct arena *a, const json_t *j, struct message_resource *out)
{
	*out = (struct message_resource){.sid = rest_text(a, j, "sid")};
	if (!sid_is_message(out->sid))
		return false;
	out->status = rest_text(a, j, "status");
	out->from = rest_text(a, j, "from");
	out->to = rest_text(a, j, "to");
	out->body = rest_text(a, j, "body");
	out->direction = rest_text(a, j, "direction");
	out->created_us = rest_date(j, "date_created");
	out->error_code = rest_int(j, "error_code", 999999);
	return true;
}

bool message_read(struct arena *a, struct str json, struct message_resource *out)
{
	json_t *j = rest_object(json);
	bool ok = j != NULL && resource_read(a, j, out);

	json_decref(j);
	return ok;
}

bool message_page_read(struct arena *a, struct str json, struct message_page *out)
{
	json_t *j = rest_object(json);
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
