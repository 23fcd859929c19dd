/*
 * twiml.c - see twiml.h.
 */
#include "server/twilio/twiml.h"

#include "shared/utf8.h"

void twiml_begin(struct twiml *t, struct buf *out)
{
	*t = (struct twiml){.out = out};
	buf_reset(out);
	buf_add_cstr(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
	twiml_open(t, "Response");
}

static void name_check(const char *name)
{
	for (const char *p = name; *p != '\0' || p == name; p++) {
		if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z')))
			BUG("\"%s\" is no name of TwiML", name);
	}
}

static void tag_finish(struct twiml *t)
{
	if (t->in_tag)
		buf_add_char(t->out, '>');
	t->in_tag = false;
}

/* XML 1.0, production 2: Char. */
static bool allowed(uint32_t c)
{
	return c >= 0x20 ? c != 0xFFFE && c != 0xFFFF : c == '\t' || c == '\n' || c == '\r';
}

/* What stands for an ASCII character in text and attributes, or NULL for itself. A bare CR would be
 * read as LF, and blanks of an attribute as spaces. */
static const char *entity(uint32_t c, bool in_attribute)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&apos;";
	case '\r': return "&#13;";
	case '\n': return in_attribute ? "&#10;" : NULL;
	case '\t': return in_attribute ? "&#9;" : NULL;
	default: return NULL;
	}
}

static void escaped_add(struct buf *b, struct str s, bool in_attribute)
{
	size_t plain = 0, at = 0, n;
	const char *instead;
	uint32_t c;

	/* plain: where the run begins that can be copied as it is */
	while (at < s.n) {
		n = utf8_next(str_make(s.p + at, s.n - at), &c);
		instead = n == 0 ? "\xEF\xBF\xBD" : allowed(c) ? entity(c, in_attribute) : "";
		n = n == 0 ? 1 : n;
		if (instead != NULL) {
			buf_add(b, s.p + plain, at - plain);
			buf_add_cstr(b, instead);
			plain = at + n;
		}
		at += n;
	}
	if (at > plain)
		buf_add(b, s.p + plain, at - plain);
}

void twiml_open(struct twiml *t, const char *name)
{
	if (t->depth == TWIML_DEEP)
		BUG("TwiML nested deeper than %d", TWIML_DEEP);
	name_check(name);
	tag_finish(t);
	buf_add_char(t->out, '<');
	buf_add_cstr(t->out, name);
	t->open[t->depth++] = name;
	t->in_tag = true;
}

void twiml_attr(struct twiml *t, const char *name, const char *value)
{
	if (!t->in_tag)
		BUG("attribute %s outside a start tag", name);
	name_check(name);
	if (value == NULL)
		return;
	buf_add_char(t->out, ' ');
	buf_add_cstr(t->out, name);
	buf_add_cstr(t->out, "=\"");
	escaped_add(t->out, str_of(value), true);
	buf_add_char(t->out, '"');
}

void twiml_attr_int(struct twiml *t, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRId64, value);
	twiml_attr(t, name, text);
}

void twiml_text(struct twiml *t, struct str text)
{
	if (t->depth == 0)
		BUG("text outside the document");
	tag_finish(t);
	escaped_add(t->out, text, false);
}

void twiml_close(struct twiml *t)
{
	if (t->depth == 0)
		BUG("nothing is open");
	t->depth--;
	if (t->in_tag) {
		buf_add_cstr(t->out, "/>");
		t->in_tag = false;
		return;
	}
	buf_add_cstr(t->out, "</");
	buf_add_cstr(t->out, t->open[t->depth]);
	buf_add_char(t->out, '>');
}

void twiml_element(struct twiml *t, const char *name, struct str text)
{
	twiml_open(t, name);
	if (text.n > 0)
		twiml_text(t, text);
	twiml_close(t);
}

bool twiml_end(struct twiml *t)
{
	while (t->depth > 0)
		twiml_close(t);
	return !t->out->overflowed && t->out->n <= TWIML_MAX;
}

bool twiml_message(struct buf *out, struct str text)
{
	struct twiml t;

	twiml_begin(&t, out);
	twiml_element(&t, "Message", text);
	return twiml_end(&t);
}
