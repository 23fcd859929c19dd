/*
 * body.c - fuzzing what staff's requests are read with: JSON bodies by their table, what stands
 * beside a refusal, refresh tokens, and access tokens, both as they come and with a right signature
 * over whatever the bytes say.
 */
#include <openssl/evp.h> /* before our own: its parameters are named like calls that we ban */
#include <openssl/hmac.h>

#include "server/staff/refresh.h"
#include "server/staff/token.h"
#include "shared/base64.h"
#include "shared/clock.h"
#include "shared/utf8.h"
#include "shared/wire/field.h"

#define KEY "0123456789abcdef0123456789abcdef"
#define NOW INT64_C(1790000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct field fields[] = {
	{.name = "a", .kind = FIELD_TEXT, .min = 1, .max = 20},
	{.name = "b", .kind = FIELD_LINES, .max = 20},
	{.name = "c", .kind = FIELD_ID},
	{.name = "d", .kind = FIELD_INT, .min = -5, .max = 500},
	{.name = "e", .kind = FIELD_BOOL},
	{.name = "f", .kind = FIELD_WORD, .words = "one|two"},
	{.name = "g", .kind = FIELD_TIME},
	{.name = "h", .kind = FIELD_DATE},
	{.name = "i", .kind = FIELD_WORDS, .max = 2, .words = "en|fr"},
};

/* Each kind once more, by other means. */
static void value_checked(const struct field *f, const char *value)
{
	struct str s = str_of(value);
	size_t count = utf8_count(s);
	int64_t number;

	if (!utf8_valid(s))
		BUG("%s is no UTF-8", f->name);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 && !(f->kind == FIELD_LINES && (c == '\n' || c == '\t')))
			BUG("%s has a control character", f->name);
	}
	switch (f->kind) {
	case FIELD_TEXT:
	case FIELD_LINES:
		if ((int64_t)count < f->min || (int64_t)count > f->max)
			BUG("%s has %zu characters", f->name, count);
		break;
	case FIELD_ID:
		if (s.n != 36)
			BUG("an id of %zu bytes", s.n);
		break;
	case FIELD_INT:
		if (!str_int(s, f->min, f->max, &number))
			BUG("a number %s", value);
		break;
	case FIELD_BOOL:
		if (!str_is(s, "true") && !str_is(s, "false"))
			BUG("a boolean %s", value);
		break;
	default: break;
	}
}

static void body_read(struct str text, struct arena *a)
{
	const struct field *table[ARRAY_LEN(fields)];
	const char *values[ARRAY_LEN(fields)];
	struct str code, members;

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		table[i] = &fields[i];
	if (fields_read(table, ARRAY_LEN(fields), text, a, values, NULL)) {
		for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
			if (values[i] != NULL)
				value_checked(&fields[i], values[i]);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		const char *value;

		if (field_read(&fields[i], text, a, &value, NULL))
			value_checked(&fields[i], value);
	}
	(void)members_split(text, a, &code, &members);
}

static void believed_checked(struct str text)
{
	struct token t;

	if (!token_read(text, KEY, &t))
		return;
	if (t.role <= ROLE_NONE || t.role >= ROLE_COUNT || !field_is_id(str_of(t.user_id)) ||
	    !field_is_id(str_of(t.organization_id)) || !field_is_id(str_of(t.session_id)) ||
	    t.expires_at <= NOW || t.expires_at > NOW + TOKEN_LEAD_S + TOKEN_LIFE_S)
		BUG("a token was believed that says nothing");
}

/* header NUL payload, signed as they are. */
static void signed_read(struct str data)
{
	struct str payload = data, header = str_cut(&payload, '\0');
	unsigned char mac[32];
	unsigned mac_n = 0;
	char text[2000];
	size_t n;

	if (header.n > 300 || payload.n > 700)
		return;
	n = base64url_write(header.p == NULL ? "" : header.p, header.n, text);
	text[n++] = '.';
	n += base64url_write(payload.p == NULL ? "" : payload.p, payload.n, text + n);
	HMAC(EVP_sha256(), KEY, (int)strlen(KEY), (const unsigned char *)text, n, mac, &mac_n);
	text[n++] = '.';
	n += base64url_write(mac, mac_n, text + n);
	believed_checked(str_make(text, n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size);
	struct arena a = {0};
	struct refresh r;

	clock_stop_at_us(NOW * 1000000);
	body_read(text, &a);
	believed_checked(text);
	signed_read(text);
	if (refresh_read(text, &r) && !str_eq(text, str_of(r.text)))
		BUG("a refresh token has two spellings");
	arena_free(&a);
	return 0;
}
