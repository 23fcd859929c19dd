/*
 * form.c - fuzzing the form reader and what hangs on it: whatever the bytes, a form that is read
 * has safe text, writes back to the same bytes, and is signed and checked without trouble.
 */
#include "server/twilio/form.h"

#include "server/twilio/sign.h"
#include "shared/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_round_trip(struct arena *a, const struct form *f)
{
	struct buf b = {0};
	struct form again;

	for (size_t i = 0; i < f->count; i++) {
		const struct form_param *p = &f->params[i];

		if (!utf8_valid(p->name) || !utf8_valid(p->value))
			BUG("parameter %zu is not safe text", i);
		if (i > 0)
			buf_add_char(&b, '&');
		form_encode(&b, p->raw_name);
		buf_add_char(&b, '=');
		form_encode(&b, p->raw_value);
	}
	if (b.n <= FORM_BYTES_MAX) {
		if (!form_parse(a, buf_str(&b), &again, NULL) || again.count != f->count)
			BUG("%zu parameters written, %zu read", f->count, again.count);
		for (size_t i = 0; i < f->count; i++) {
			if (!str_eq(again.params[i].raw_name, f->params[i].raw_name) ||
			    !str_eq(again.params[i].raw_value, f->params[i].raw_value))
				BUG("parameter %zu came back changed", i);
		}
	}
	buf_clear(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str body = str_make((const char *)data, size);
	char made[TWILIO_SIGNATURE_TEXT];
	struct twilio_urls urls;
	struct twilio_key key;
	struct arena a = {0};
	struct form f;

	twilio_key_init(&key, STR_LIT("token"));
	if (form_parse(&a, body, &f, NULL)) {
		check_round_trip(&a, &f);
		urls = (struct twilio_urls){{STR_LIT("https://example.test/")}, 1};
		twilio_sign(&key, urls.url[0], &f, made);
		if (!twilio_sign_check(&key, 1, &urls, &f, str_of(made), NULL))
			BUG("our own signature was refused");
	}
	if (twilio_urls_for_socket(&a, body, body, &urls, NULL) ||
	    twilio_urls_for(&a, STR_LIT("https://example.test"), body, &urls, NULL))
		(void)twilio_sign_check_json(&key, 1, &urls, body, body, NULL);
	arena_free(&a);
	return 0;
}
