/*
 * initiation.c - see initiation.h. Overrides are sent only where they say something: one that an
 * agent does not allow may end the conversation.
 */
#include "server/voice/initiation.h"

#include "shared/wire/body.h"

bool initiation_write(const struct initiation *i, struct buf *out)
{
	struct body b;

	buf_add_cstr(out, "{\"type\":\"conversation_initiation_client_data\",");
	if (i->language != NULL || i->first != NULL) {
		body_start(&b);
		if (i->language != NULL)
			body_text(&b, "language", str_of(i->language));
		if (i->first != NULL)
			body_text(&b, "first_message", str_of(i->first));
		buf_add_cstr(out, "\"conversation_config_override\":{\"agent\":");
		if (!body_end(&b, out))
			return false;
		buf_add_cstr(out, "},");
	}
	body_start(&b);
	for (size_t v = 0; v < VARIABLES_N; v++) {
		const struct variable *one = &i->variables[v];

		switch (one->kind) {
		case VARIABLE_TEXT: body_text(&b, one->name, one->text); break;
		case VARIABLE_NUMBER: body_int(&b, one->name, one->number); break;
		case VARIABLE_BOOL: body_bool(&b, one->name, one->number != 0); break;
		}
	}
	buf_add_cstr(out, "\"dynamic_variables\":");
	return body_end(&b, out) && buf_add_cstr(out, "}") && !out->overflowed;
}
