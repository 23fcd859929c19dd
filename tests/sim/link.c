/*
 * link.c - see link.h.
 */
#include "tests/sim/link.h"

#include "shared/buf.h"
#include "tests/sim/crypt.h"

#define ANSWER_MAX  (16u * 1024 * 1024)
#define PICTURE_MAX (5u * 1024 * 1024)

static void ask(struct flow *f, const struct sim_link *l, const char *method, const char *path,
		struct str body, unsigned timeout_ms, struct http_answer *out)
{
	struct http_request r = {.method = method,
				 .url = arena_printf(&f->arena, "%s%s", l->url, path),
				 .body = body,
				 .content_type = body.n > 0 ? "application/json" : NULL,
				 .timeout_ms = timeout_ms,
				 .answer_max = ANSWER_MAX};

	http_send(f, l->http, &r, out);
}

void sim_link_get(struct flow *f, const struct sim_link *l, const char *path, unsigned timeout_ms,
		  struct http_answer *out)
{
	ask(f, l, "GET", path, (struct str){0}, timeout_ms, out);
}

void sim_link_post(struct flow *f, const struct sim_link *l, const char *path, json_t *body,
		   unsigned timeout_ms, struct http_answer *out)
{
	char *text = json_dumps(body, JSON_COMPACT);

	ask(f, l, "POST", path, arena_str(&f->arena, str_of(text)), timeout_ms, out);
	free(text);
}

void sim_link_delete(struct flow *f, const struct sim_link *l, const char *path,
		     struct http_answer *out)
{
	ask(f, l, "DELETE", path, (struct str){0}, 5000, out);
}

json_t *sim_link_read(const struct sim_link *l, const struct http_answer *a, struct err *err)
{
	const char *detail;
	json_t *body;

	if (a->outcome != HTTP_ANSWERED) {
		err_set(err, ERR_UPSTREAM, "the practice line at %s does not answer", l->url);
		return NULL;
	}
	body = json_loadb(a->body.p == NULL ? "" : a->body.p, a->body.n, 0, NULL);
	if (a->status == 200 && json_is_object(body))
		return body;
	detail = json_string_value(json_object_get(body, "detail"));
	err_set(err, ERR_UPSTREAM, "the practice line answers %d: %.120s", a->status,
		detail == NULL ? "no reason" : detail);
	json_decref(body);
	return NULL;
}

const char *sim_link_phone_path(struct arena *a, const char *number, uint64_t since,
				unsigned wait_ms)
{
	return arena_printf(a, "/sim/phones/%s?since=%" PRIu64 "&wait=%u", number, since, wait_ms);
}

/* What the file is, by its first bytes. */
static const char *picture_type(const struct buf *b)
{
	struct str s = buf_str(b);

	if (str_starts(s, STR_LIT("\x89PNG")))
		return "image/png";
	if (str_starts(s, STR_LIT("GIF8")))
		return "image/gif";
	if (str_starts(s, STR_LIT("\xff\xd8")))
		return "image/jpeg";
	return "application/octet-stream";
}

static json_t *picture_read(const char *file)
{
	struct buf b = {.limit = PICTURE_MAX};
	json_t *out = NULL;
	char *at, *coded;
	size_t n;
	FILE *f;

	if (file[0] == '\0')
		return json_pack("{s:b}", "sample", 1);
	f = fopen(file, "rbe");
	if (f == NULL)
		return NULL;
	while ((at = buf_room(&b, 65536)) != NULL && (n = fread(at, 1, 65536, f)) > 0)
		b.n += n;
	if (ferror(f) == 0 && at != NULL && b.n > 0) {
		coded = xmalloc((b.n + 2) / 3 * 4 + 1);
		sim_base64(b.p, b.n, coded);
		out = json_pack("{s:s,s:s}", "content_type", picture_type(&b), "base64", coded);
		free(coded);
	}
	fclose(f);
	buf_clear(&b);
	return out;
}

json_t *sim_link_text(const char *from, const char *to, const char *body, const char *picture)
{
	json_t *media = json_array(), *one = NULL;

	if (picture != NULL) {
		one = picture_read(picture);
		if (one == NULL) {
			json_decref(media);
			return NULL;
		}
		json_array_append_new(media, one);
	}
	return json_pack("{s:s,s:s,s:s,s:o}", "from", from, "to", to, "body", body, "media", media);
}
