/*
 * cards.c - fuzzing card redaction: whatever stands before it, a card number at the end of a text
 * goes, also when it is spread over two; and good text stays good.
 */
#include "shared/cards.h"

#include "shared/buf.h"
#include "shared/utf8.h"

#define FRONT "\nok. Card 4111 1111"
#define REST  "1111 1111. Thanks"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct str before, struct str after, unsigned found)
{
	if ((found == 0) != (after.p == before.p))
		BUG("%u found, and the text is %s", found,
		    after.p == before.p ? "the same" : "another");
	if (utf8_valid(before) && !utf8_valid(after))
		BUG("good text came back broken");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = str_make((const char *)data, size), texts[3], out;
	struct buf whole = {0}, front = {0};
	struct arena a = {0};
	bool changed[3];
	unsigned found;

	if (size > 4000)
		return 0;
	out = cards_redact(&a, input, &found);
	check(input, out, found);

	buf_add_str(&whole, input);
	buf_add_cstr(&whole, FRONT " " REST);
	out = cards_redact(&a, buf_str(&whole), &found);
	check(buf_str(&whole), out, found);
	if (!str_ends(out, STR_LIT(" Card [card ****1111]. Thanks")))
		BUG("a card number is left");

	buf_add_str(&front, input);
	buf_add_cstr(&front, FRONT);
	texts[0] = input;
	texts[1] = buf_str(&front);
	texts[2] = STR_LIT(REST);
	if (!cards_might_continue(texts[2]))
		BUG("nobody would have looked back");
	(void)cards_join(&a, texts, 3, changed);
	if (!changed[1] || !changed[2] || !str_ends(texts[1], STR_LIT(" Card [card]")) ||
	    !str_is(texts[2], "[card ****1111]. Thanks"))
		BUG("half a card number is left");
	buf_clear(&whole);
	buf_clear(&front);
	arena_free(&a);
	return 0;
}
