/*
 * twiml.c - whatever people write, the document is well-formed and keeps its shape. Read back with
 * expat, not with anything of ours.
 */
#include "server/twilio/twiml.h"

#include <criterion/criterion.h>
#include <expat.h>

#include "shared/utf8.h"
#include "tests/unit/twilio/outside.h"

/* What a parser sees: "<Response><Message>" and so on in `shape`, character data in `text`. */
struct seen {
	struct buf shape, text;
};

static void XMLCALL on_start(void *data, const XML_Char *name, const XML_Char **attrs)
{
	struct seen *s = data;

	buf_printf(&s->shape, "<%s", name);
	for (; attrs[0] != NULL; attrs += 2)
		buf_printf(&s->shape, " %s=[%s]", attrs[0], attrs[1]);
	buf_add_char(&s->shape, '>');
}

static void XMLCALL on_end(void *data, const XML_Char *name)
{
	buf_printf(&((struct seen *)data)->shape, "</%s>", name);
}

static void XMLCALL on_text(void *data, const XML_Char *p, int n)
{
	buf_add(&((struct seen *)data)->text, p, (size_t)n);
}

static bool parse(struct str document, struct seen *out)
{
	XML_Parser p = XML_ParserCreate("UTF-8");
	bool good;

	buf_reset(&out->shape);
	buf_reset(&out->text);
	XML_SetUserData(p, out);
	XML_SetElementHandler(p, on_start, on_end);
	XML_SetCharacterDataHandler(p, on_text);
	good = XML_Parse(p, document.p, (int)document.n, 1) == XML_STATUS_OK;
	XML_ParserFree(p);
	return good;
}

static void seen_clear(struct seen *s)
{
	buf_clear(&s->shape);
	buf_clear(&s->text);
}

/* `wanted`: what must come back; NULL means text itself. */
static void check_message(struct str text, const char *wanted)
{
	struct seen s = {0};
	struct buf b = {0};

	cr_assert(twiml_message(&b, text));
	cr_assert(parse(buf_str(&b), &s), "not well-formed: %s", buf_cstr(&b));
	cr_expect_str_eq(buf_cstr(&s.shape), "<Response><Message></Message></Response>");
	cr_expect(str_eq(buf_str(&s.text), wanted == NULL ? text : str_of(wanted)), "%s",
		  buf_cstr(&s.text));
	buf_clear(&b);
	seen_clear(&s);
}

Test(twiml, the_empty_answer_is_a_document)
{
	struct seen s = {0};
	struct twiml t;
	struct buf b = {0};

	cr_assert(parse(STR_LIT(TWIML_EMPTY), &s));
	cr_expect_str_eq(buf_cstr(&s.shape), "<Response></Response>");
	twiml_begin(&t, &b);
	cr_assert(twiml_end(&t));
	cr_expect_str_eq(buf_cstr(&b), TWIML_EMPTY);
	buf_clear(&b);
	seen_clear(&s);
}

Test(twiml, text_comes_back_as_it_was_written)
{
	static const char *const same[] = {
		"Your bike is ready",
		"Fish & Chips <b>\"5'</b>",
		"</Message><Redirect>http://evil</Redirect>",
		"]]>",
		"<![CDATA[x]]>",
		"<!-- --",
		"&amp; &#x41; &nope;",
		"a\r\nb\tc\rd\n",
		" both ends ",
		"",
		"Pr\xC3\xAAt \xF0\x9F\x9A\xB2",
		"<?xml version=\"1.0\"?>",
		"%s%n",
		"<!DOCTYPE a [<!ENTITY b 'c'>]>",
	};

	for (size_t i = 0; i < ARRAY_LEN(same); i++)
		check_message(str_of(same[i]), NULL);
}

Test(twiml, what_xml_forbids_is_dropped_and_bad_bytes_are_shown)
{
	check_message(STR_LIT("a\0b\x01\x1B[2J\x7F\xEF\xBF\xBE\xEF\xBF\xBF!"), "ab[2J\x7F!");
	check_message(STR_LIT("\xFF\xC3("), "\xEF\xBF\xBD\xEF\xBF\xBD(");
	check_message(STR_LIT("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
	check_message(STR_LIT("\xF0\x9F"), "\xEF\xBF\xBD\xEF\xBF\xBD");
}

/* Every naughty string, and every byte sequence of the UTF-8 corpus, changes nothing of the shape.
 */
Test(twiml, keeps_its_shape_under_hostile_text)
{
	json_t *all = outside_json("corpora/text/blns/blns.json"), *v;
	struct arena a = {0};
	struct str bytes = outside_file(&a, "corpora/text/utf8tests/utf8tests.bin");
	struct seen s = {0};
	struct buf b = {0};
	size_t i;

	if (all == NULL || bytes.p == NULL)
		cr_skip_test("skipped: the hostile texts are not here");
	json_array_foreach(all, i, v)
	{
		struct str text = str_make(json_string_value(v), json_string_length(v));

		cr_assert(twiml_message(&b, text));
		cr_assert(parse(buf_str(&b), &s), "not well-formed: " STR_FMT, STR_ARG(text));
		cr_expect_str_eq(buf_cstr(&s.shape), "<Response><Message></Message></Response>");
	}
	while (bytes.n > 0) {
		cr_assert(twiml_message(&b, str_cut(&bytes, '\n')));
		cr_assert(parse(buf_str(&b), &s));
		cr_expect_str_eq(buf_cstr(&s.shape), "<Response><Message></Message></Response>");
	}
	json_decref(all);
	buf_clear(&b);
	seen_clear(&s);
	arena_free(&a);
}

Test(twiml, elements_nest_and_attributes_are_escaped)
{
	struct seen s = {0};
	struct buf b = {0};
	struct twiml t;

	twiml_begin(&t, &b);
	twiml_open(&t, "Gather");
	twiml_attr(&t, "action", "https://a.test/x?y=1&z=\"<'\t\n>");
	twiml_attr_int(&t, "timeout", 5);
	twiml_attr(&t, "hints", NULL);
	twiml_open(&t, "Say");
	twiml_attr(&t, "language", "fr-CA");
	twiml_text(&t, STR_LIT("Bonjour "));
	twiml_text(&t, STR_LIT("<vous>"));
	twiml_close(&t);
	twiml_open(&t, "Pause");
	twiml_close(&t);
	cr_assert(twiml_end(&t));
	cr_assert(parse(buf_str(&b), &s));
	cr_expect_str_eq(buf_cstr(&s.shape),
			 "<Response><Gather action=[https://a.test/x?y=1&z=\"<'\t\n>] timeout=[5]>"
			 "<Say language=[fr-CA]></Say><Pause></Pause></Gather></Response>");
	cr_expect_str_eq(buf_cstr(&s.text), "Bonjour <vous>");
	buf_clear(&b);
	seen_clear(&s);
}

Test(twiml, says_when_the_document_grew_too_large)
{
	struct buf b = {0}, text = {0};

	while (text.n < TWIML_MAX)
		buf_add_cstr(&text, "more and more ");
	cr_expect_not(twiml_message(&b, buf_str(&text)));
	buf_clear(&b);
	buf_init(&b, 64);
	cr_expect_not(twiml_message(&b, STR_LIT("does not fit")));
	buf_clear(&b);
	buf_clear(&text);
}
