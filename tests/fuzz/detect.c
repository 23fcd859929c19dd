/*
 * detect.c - fuzzing the language model: any bytes, the same answer twice, reasons that are in the
 * order that is promised, and nothing beyond the bytes that are read.
 */
#include "server/agent/detect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size);
	struct detected one = language_detect(text), again = language_detect(text);
	struct detect_reason why[8];
	size_t n = language_explain(text, why, ARRAY_LEN(why));

	if (one.language != again.language || one.score != again.score)
		BUG("another answer to the same text");
	if (one.confidence < 50 || one.confidence > 99)
		BUG("%d per cent", one.confidence);
	if ((one.score == 0 && one.language != LANGUAGE_UNKNOWN) ||
	    (one.language == LANGUAGE_FR && one.score < 0) ||
	    (one.language == LANGUAGE_EN && one.score > 0))
		BUG("score %d is language %d", one.score, (int)one.language);
	if (n == 0 && one.score != 0)
		BUG("a score without a reason");
	for (size_t i = 1; i < n; i++) {
		if (abs(why[i].weight) > abs(why[i - 1].weight))
			BUG("\"%s\" weighs more than \"%s\"", why[i].text, why[i - 1].text);
	}
	return 0;
}
