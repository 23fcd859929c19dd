/*
 * members.c - see members.h.
 */
#include "shared/members.h"

#define DEPTH_MAX 32

static void blanks(struct members *m)
{
	while (m->at < m->end &&
	       (*m->at == ' ' || *m->at == '\n' || *m->at == '\r' || *m->at == '\t'))
		m->at++;
}

static bool is(struct members *m, char c)
{
	if (m->at == m->end || *m->at != c)
		return false;
	m->at++;
	return true;
}

/* Behind its first quote. */
static bool string(struct members *m, struct str *out, bool *escaped)
{
	const char *from = m->at;

	for (;;) {
		const char *quote = memchr(m->at, '"', (size_t)(m->end - m->at)), *p = quote;

		if (quote == NULL)
			return false;
		m->at = quote + 1;
		while (p > from && p[-1] == '\\')
			p--;
		if (((quote - p) & 1) != 0)
			continue; /* that quote belongs to the text */
		*out = str_make(from, (size_t)(quote - from));
		*escaped = *escaped || memchr(from, '\\', out->n) != NULL;
		return true;
	}
}

/* An object or a list, behind its first bracket. */
static bool nested(struct members *m)
{
	char closing[DEPTH_MAX];
	struct str text;
	unsigned depth = 1;
	bool escaped = false;

	closing[0] = m->at[-1] == '{' ? '}' : ']';
	while (m->at < m->end && depth > 0) {
		char c = *m->at++;

		if (c == '"') {
			if (!string(m, &text, &escaped))
				return false;
		} else if (c == '{' || c == '[') {
			if (depth == DEPTH_MAX)
				return false;
			closing[depth++] = c == '{' ? '}' : ']';
		} else if (c == '}' || c == ']') {
			if (c != closing[--depth])
				return false;
		}
	}
	return depth == 0;
}

/* A number, true, false, null. */
static bool word(struct members *m)
{
	const char *from = m->at;

	while (m->at < m->end && memchr(",}] \n\r\t\"{[", *m->at, 10) == NULL)
		m->at++;
	return m->at > from;
}

static bool value(struct members *m, struct member *out)
{
	const char *from = m->at;

	out->kind = MEMBER_OTHER;
	if (is(m, '"')) {
		out->kind = MEMBER_STRING;
		return string(m, &out->value, &out->escaped);
	}
	if (m->at < m->end && (*m->at == '{' || *m->at == '[')) {
		out->kind = *m->at++ == '{' ? MEMBER_OBJECT : MEMBER_OTHER;
		if (!nested(m))
			return false;
	} else if (!word(m)) {
		return false;
	}
	out->value = str_make(from, (size_t)(m->at - from));
	return true;
}

void members_of(struct str object, struct members *m)
{
	*m = (struct members){.at = object.p, .end = object.p + object.n, .first = true};
	if (object.n == 0)
		*m = (struct members){.at = "", .end = m->at};
	blanks(m);
	if (!is(m, '{'))
		m->end = m->at; /* no object: nothing, and not whole */
}

/* A name, a colon and a value. */
static bool pair(struct members *m, struct member *out)
{
	blanks(m);
	if (!is(m, '"') || !string(m, &out->name, &out->escaped))
		return false;
	blanks(m);
	if (!is(m, ':'))
		return false;
	blanks(m);
	return value(m, out);
}

bool members_next(struct members *m, struct member *out)
{
	struct member found = {0};

	blanks(m);
	if (m->at < m->end && *m->at == '}') {
		m->at++;
		blanks(m);
		m->whole = m->at == m->end;
		m->end = m->at;
		return false;
	}
	if (m->at == m->end || (!m->first && !is(m, ',')) || !pair(m, &found)) {
		m->end = m->at;
		return false;
	}
	m->first = false;
	*out = found;
	return true;
}
