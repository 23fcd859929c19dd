/*
 * text.c - see text.h.
 */
#include "tests/bench/text.h"

#include "tests/bench/form.h"

void text_write(const struct text_sender *s, struct buf *out, const char *sid, const char *from,
		const char *to)
{
	/* In the order of their names, as the signature wants them. */
	const struct form_pair parameters[] = {
		{"AccountSid", s->account}, {"ApiVersion", "2010-04-01"},
		{"Body", s->body},          {"From", from},
		{"FromCountry", "CA"},      {"MessageSid", sid},
		{"NumMedia", "0"},          {"NumSegments", "1"},
		{"SmsMessageSid", sid},     {"SmsSid", sid},
		{"SmsStatus", "received"},  {"To", to},
		{"ToCountry", "CA"},
	};

	form_write(out, s->host, s->path, s->public_url,
		   s->forged ? "a token that nobody has" : s->token, sid, parameters,
		   ARRAY_LEN(parameters));
}
