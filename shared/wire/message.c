/*
 * message.c - see message.h.
 */
#include "shared/wire/message.h"

#include "shared/wire/read.h"

#define MEDIA_MAX 101

static void media_from(struct wire_reader *r, const json_t *o, struct wire_message *out)
{
	size_t n;
	const json_t *list = wire_array(r, o, "media", MEDIA_MAX, MAY, &n);
	struct wire_media *media = ARENA_ARRAY(r->arena, struct wire_media, n);

	for (size_t i = 0; i < n; i++) {
		const json_t *one = wire_at(r, list, "media", i);

		media[i].url = wire_text(r, one, "url", 8192, MUST);
		media[i].content_type = wire_text(r, one, "content_type", 1020, MAY);
	}
	out->media = media;
	out->media_n = n;
}

void wire_message_from(struct wire_reader *r, const json_t *o, struct wire_message *out)
{
	*out = (struct wire_message){0};
	wire_id(r, o, "id", MUST, out->id);
	wire_id(r, o, "conversation_id", MUST, out->conversation_id);
	out->position = wire_int(r, o, "position", 1, INT64_MAX, MUST);
	out->direction = wire_word_read(r, o, "direction", WORDS_DIRECTION, MUST, 0);
	out->author = wire_word_read(r, o, "author", WORDS_AUTHOR, MUST, 0);
	wire_id(r, o, "author_user_id", MAY, out->author_user_id);
	out->author_name = wire_text(r, o, "author_name", 1024, MAY);
	out->channel = wire_word_read(r, o, "channel", WORDS_CHANNEL, MUST, 0);
	out->kind = wire_word_read(r, o, "kind", WORDS_MESSAGE_KIND, MUST, 0);
	out->body = wire_text(r, o, "body", WIRE_BODY_MAX, MUST);
	out->language = wire_language(r, o, "language");
	out->status = wire_word_read(r, o, "status", WORDS_DELIVERY, MAY, DELIVERY_NONE);
	out->error_code = wire_int(r, o, "error_code", 0, INT32_MAX, MAY);
	out->error_text_en = wire_text(r, o, "error_text_en", 2000, MAY);
	out->error_text_fr = wire_text(r, o, "error_text_fr", 2000, MAY);
	out->segments = wire_int(r, o, "segments", 0, 100, MAY);
	media_from(r, o, out);
	out->epoch = wire_int(r, o, "epoch", 0, INT64_MAX, MAY);
	out->is_redacted = wire_bool(r, o, "is_redacted", MAY);
	out->created_at = wire_time(r, o, "created_at", MUST);
}

const struct wire_message *wire_messages_from(struct wire_reader *r, const json_t *o,
					      const char *name, size_t *n)
{
	const json_t *list = wire_array(r, o, name, WIRE_ITEMS_MAX, MUST, n);
	struct wire_message *items = ARENA_ARRAY(r->arena, struct wire_message, *n);

	for (size_t i = 0; i < *n; i++)
		wire_message_from(r, wire_at(r, list, name, i), &items[i]);
	return items;
}

bool wire_message_list_read(struct str json, struct arena *a, struct wire_message_list *out,
			    struct err *err)
{
	struct wire_reader r;
	const json_t *o = wire_start(&r, json, a, err);
	struct wire_message_list list = {0};

	list.items = wire_messages_from(&r, o, "items", &list.n);
	wire_page_read(&r, o, &list.page);
	if (!wire_finish(&r))
		return false;
	*out = list;
	return true;
}
