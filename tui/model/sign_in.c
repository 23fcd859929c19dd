/*
 * sign_in.c - the form, and what begins and ends with a session. The password is shown nowhere and
 * kept no longer than until it is handed on.
 */
#include "tui/model/inside.h"

void sign_in_start(struct model *m, const char *why)
{
	struct sign_in *s = &m->sign_in;

	m->screen = SCREEN_SIGN_IN;
	m->dirty = true;
	s->busy = false;
	for (enum field f = 0; f < FIELDS; f++)
		s->fields[f].limit = f == FIELD_PASSWORD ? 1024 : 254;
	edit_clear(&s->fields[FIELD_PASSWORD]);
	if (s->fields[FIELD_ORGANIZATION].n == 0)
		edit_set(&s->fields[FIELD_ORGANIZATION], str_of(m->start.organization));
	if (s->fields[FIELD_EMAIL].n == 0)
		edit_set(&s->fields[FIELD_EMAIL], str_of(m->start.email));
	snprintf(s->refusal, sizeof s->refusal, "%s", why == NULL ? "" : why);
	s->at = FIELD_ORGANIZATION;
	while (s->at < FIELD_PASSWORD && s->fields[s->at].n > 0)
		s->at++;
}

static char *field_copy(const struct edit *e)
{
	char *copy = xcalloc(1, e->n + 1);

	memcpy(copy, edit_text(e).p, e->n);
	return copy;
}

static void submitted(struct model *m)
{
	struct sign_in *s = &m->sign_in;
	struct outgoing *w;

	for (enum field f = 0; f < FIELDS; f++) {
		if (s->fields[f].n == 0) {
			s->at = f;
			return;
		}
	}
	if (s->busy || s->retry_at_ms > m->mono_ms)
		return;
	w = wish_add(m, OUT_SIGN_IN, "");
	w->organization = field_copy(&s->fields[FIELD_ORGANIZATION]);
	w->email = field_copy(&s->fields[FIELD_EMAIL]);
	w->text = field_copy(&s->fields[FIELD_PASSWORD]);
	edit_clear(&s->fields[FIELD_PASSWORD]);
	s->busy = true;
	s->refusal[0] = '\0';
}

void sign_in_act(struct model *m, enum action a, const struct key *k)
{
	struct sign_in *s = &m->sign_in;

	if (s->busy)
		return;
	switch (a) {
	case ACT_NEXT_FIELD: s->at = (s->at + 1) % FIELDS; break;
	case ACT_PREVIOUS_FIELD: s->at = (s->at + FIELDS - 1) % FIELDS; break;
	case ACT_SIGN_IN:
		if (s->at < FIELD_PASSWORD)
			s->at++;
		else
			submitted(m);
		break;
	default: (void)edit_act(&s->fields[s->at], a, k); break;
	}
	m->dirty = true;
}

void sign_in_refused(struct model *m, const struct problem *p)
{
	struct sign_in *s = &m->sign_in;

	s->busy = false;
	s->at = FIELD_PASSWORD;
	if (p->status == 401)
		snprintf(s->refusal, sizeof s->refusal, "%s", say(m->language, WORD_SIGN_IN_WRONG));
	else
		problem_say(m, p, s->refusal, sizeof s->refusal);
	s->retry_at_ms = p->retry_after_s > 0 ? m->mono_ms + (int64_t)p->retry_after_s * 1000 : 0;
	m->dirty = true;
}

void signed_in(struct model *m, const struct msg *msg)
{
	const struct wire_me *w = msg->me;

	model_forget(m);
	memcpy(m->me.user_id, w->user.id, sizeof m->me.user_id);
	memcpy(m->me.session_id, w->session_id, sizeof m->me.session_id);
	memcpy(m->all.me, w->user.id, sizeof m->all.me);
	text_set(&m->me.name, w->user.display_name);
	text_set(&m->me.email, w->user.email);
	text_set(&m->me.organization, w->organization.name);
	text_set(&m->me.slug, w->organization.slug);
	m->me.role = w->user.role;
	m->me.permissions_n = w->permissions_n;
	m->me.permissions = xcalloc(w->permissions_n, sizeof *m->me.permissions);
	for (size_t i = 0; i < w->permissions_n; i++)
		m->me.permissions[i] = xstrdup(w->permissions[i]);
	when_zone(str_of(w->organization.time_zone));
	if (!m->start.language_fixed && w->user.language != LANGUAGE_UNKNOWN)
		m->language = w->user.language;
	if (w->server_time != 0)
		m->skew_us = w->server_time - msg->wall_us;
	edit_set(&m->sign_in.fields[FIELD_ORGANIZATION], str_of(w->organization.slug));
	edit_set(&m->sign_in.fields[FIELD_EMAIL], str_of(w->user.email));
	edit_clear(&m->sign_in.fields[FIELD_PASSWORD]);
	m->sign_in.busy = false;
	m->sign_in.refusal[0] = '\0';
	m->screen = SCREEN_MAIN;
	m->link = LINK_CONNECTING;
	m->heard_ms = m->mono_ms;
	m->dirty = true;
	list_reload(m);
}

void signed_out(struct model *m, struct str reason)
{
	static const struct {
		const char *reason;
		enum word word;
	} reasons[] = {
		{"revoked", WORD_ENDED_REVOKED},   {"disabled", WORD_ENDED_DISABLED},
		{"password", WORD_ENDED_PASSWORD}, {"role", WORD_ENDED_ROLE},
		{"reuse", WORD_ENDED_REUSE},       {"expired", WORD_ENDED_EXPIRED},
		{"logout", WORD_SIGNED_OUT},
	};
	enum word w = reason.n == 0 ? WORD_SIGNED_OUT : WORD_ENDED_EXPIRED;

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		if (str_is(reason, reasons[i].reason))
			w = reasons[i].word;
	}
	if (m->screen == SCREEN_SIGN_IN && reason.n == 0) {
		m->sign_in.busy = false; /* a kept session was no longer good */
		m->dirty = true;
		return;
	}
	compose_save(m);
	model_forget(m);
	m->link = LINK_NONE;
	if (w == WORD_SIGNED_OUT)
		edit_clear(&m->sign_in.fields[FIELD_EMAIL]); /* the next one is somebody else */
	sign_in_start(m, say(m->language, w));
	if (w == WORD_SIGNED_OUT)
		m->sign_in.at = FIELD_EMAIL;
}
