/*
 * check_voice.c - the part of switchbackctl check that is about calls: numbers at Twilio, agents at
 * ElevenLabs, and where a call goes when neither helps.
 *
 * What is to be asked is read first, store by store; providers are asked when no transaction is
 * open.
 */
#include "server/agent/variables.h"
#include "server/ctl/ask.h"
#include "server/ctl/check.h"
#include "server/ctl/number.h"
#include "server/ctl/scope.h"
#include "server/elevenlabs/agent_setup.h"
#include "shared/seal.h"

#define NUMBERS_MAX 2000

struct number_seen {
	const char *slug, *e164;
	bool native; /* ElevenLabs answers its calls */
	struct twilio_account account;
};

struct agent_seen {
	const char *slug, *id, *key; /* key NULL: there is none */
};

struct seen {
	struct check *k;
	struct number_seen numbers[NUMBERS_MAX];
	size_t numbers_n;
	struct agent_seen agents[NUMBERS_MAX];
	size_t agents_n;
};

/* ---- what there is --------------------------------------------------------------------------- */

static void agent_add(struct seen *s, const char *slug, const char *id, const char *key)
{
	for (size_t i = 0; i < s->agents_n; i++) {
		if (strcmp(s->agents[i].id, id) == 0 && s->agents[i].key == key)
			return;
	}
	if (s->agents_n < NUMBERS_MAX)
		s->agents[s->agents_n++] = (struct agent_seen){slug, id, key};
}

/* The store's own key, else the settings'. False: there is a line about it already. */
static bool key_of(struct seen *s, const char *slug, const PGresult *r, const char **key)
{
	struct ctl *c = s->k->c;
	struct err err;
	struct str plain;

	*key = s->k->service.elevenlabs_api_key;
	if (PQgetisnull(r, 0, 2))
		return true;
	if (seal_open_either(&s->k->service, c->organization_id, SEAL_ELEVENLABS_API_KEY,
			     database_bytes(&c->arena, r, 0, 2), &c->arena, &plain, NULL, &err)) {
		*key = plain.p;
		return true;
	}
	check_said(s->k, false, slug, err.text);
	return false;
}

static bool numbers_read(struct seen *s, const char *slug, const char *default_agent,
			 const char *key, bool bridges, struct err *err)
{
	struct ctl *c = s->k->c;
	struct twilio_account account;
	PGresult *r = DATABASE_ASK(&c->db, err,
				   "SELECT phone_number, elevenlabs_phone_id IS NOT NULL, "
				   "elevenlabs_agent_id, fallback_number FROM "
				   "organization_phone_numbers WHERE organization_id = $1 AND "
				   "is_active ORDER BY 1",
				   c->organization_id);
	struct err why;
	bool known = number_account(c, &account, &why);

	for (int i = 0; r != NULL && i < PQntuples(r) && s->numbers_n < NUMBERS_MAX; i++) {
		const char *e164 = arena_strdup(&c->arena, PQgetvalue(r, i, 0));
		bool native = *PQgetvalue(r, i, 1) == 't';
		const char *agent = PQgetisnull(r, i, 2)
					    ? default_agent
					    : arena_strdup(&c->arena, PQgetvalue(r, i, 2));

		if (known)
			s->numbers[s->numbers_n++] =
				(struct number_seen){slug, e164, native, account};
		if (agent != NULL && (bridges || native))
			agent_add(s, slug, agent, key);
		if (PQgetisnull(r, i, 3) && !native)
			check_noted(s->k, e164,
				    "no fallback number: a call that cannot be answered at all "
				    "is only asked to call again (number set --fallback-number)");
	}
	PQclear(r);
	return r != NULL;
}

static bool store_read(struct ctl *c, const char *slug, void *self, struct err *err)
{
	struct seen *s = self;
	const char *agent, *key;
	bool bridges, ok = true;
	PGresult *r = DATABASE_ASK(
		&c->db, err,
		"SELECT voice_engine = 'elevenlabs', elevenlabs_agent_id, "
		"elevenlabs_api_key_sealed, is_active FROM organizations WHERE id = $1",
		c->organization_id);

	if (r == NULL)
		return false;
	slug = arena_strdup(&c->arena, slug);
	bridges = *PQgetvalue(r, 0, 0) == 't';
	agent = PQgetisnull(r, 0, 1) ? s->k->service.elevenlabs_agent_id
				     : arena_strdup(&c->arena, PQgetvalue(r, 0, 1));
	if (*PQgetvalue(r, 0, 3) == 't' && key_of(s, slug, r, &key))
		ok = numbers_read(s, slug, agent, key, bridges, err);
	PQclear(r);
	return ok;
}

/* ---- Twilio ---------------------------------------------------------------------------------- */

/* "" when the address is ours as it should be; else a piece of a sentence. */
static const char *pointed(struct arena *a, const char *public_url, const char *property,
			   const char *found)
{
	const char *wanted = arena_printf(a, "%s%s", public_url, number_point_path(property));
	struct str rest = str_of(found), bare = str_cut(&rest, '#');

	return str_is(bare, wanted) ? ""
				    : arena_printf(a, "%s is %.80s; ", property,
						   *found == '\0' ? "empty" : found);
}

static void number_check(struct seen *s, const struct number_seen *n)
{
	struct arena *a = &s->k->c->arena;
	const char *url = s->k->service.public_url;
	const char *what = arena_printf(a, "number %s", n->e164), *wrong;
	struct twilio_number at_twilio;
	struct err err;

	if (!twilio_number_find(&n->account, n->e164, a, &at_twilio, &err)) {
		check_said(s->k, false, what, err.text);
		return;
	}
	wrong = pointed(a, url, "SmsUrl", at_twilio.sms_url);
	if (!n->native)
		wrong = arena_printf(
			a, "%s%s%s%s", wrong, pointed(a, url, "VoiceUrl", at_twilio.voice_url),
			pointed(a, url, "VoiceFallbackUrl", at_twilio.voice_fallback_url),
			pointed(a, url, "StatusCallback", at_twilio.status_callback));
	else if (str_starts(str_of(at_twilio.voice_url), str_of(url)))
		wrong = arena_printf(
			a, "%sits calls come here, though ElevenLabs should answer them; ", wrong);
	if (*wrong == '\0')
		check_said(s->k, true, what,
			   n->native ? "texts come here, calls go to ElevenLabs"
				     : "texts and calls come here");
	else
		check_said(s->k, false, what,
			   arena_printf(a, "%sswitchbackctl number add %s --organization %s", wrong,
					n->e164, n->slug));
}

/* ---- ElevenLabs ------------------------------------------------------------------------------ */

static const char *unknown_variable(const struct agent_setup *setup)
{
	for (size_t i = 0; i < setup->variables_n; i++) {
		bool ours = str_starts(setup->variables[i], STR_LIT("system__"));

		for (size_t v = 0; v < VARIABLES_N && !ours; v++)
			ours = str_is(setup->variables[i], variable_name(v));
		if (!ours)
			return setup->variables[i].p;
	}
	return NULL;
}

/* What is wrong with it, in the order of how badly a call goes; NULL: nothing. */
static const char *agent_wrong(struct arena *a, const struct agent_setup *setup)
{
	const char *variable = unknown_variable(setup);

	if (!setup->hears_mulaw || !setup->speaks_mulaw)
		return "its audio is not mu-law 8 kHz both ways: set the input and output format "
		       "to ulaw_8000, else callers hear noise";
	if (variable != NULL)
		return arena_printf(a,
				    "its prompt or tools name the variable %.60s, which we do not "
				    "have: every call would end at once",
				    variable);
	if (setup->missing_event != NULL)
		return arena_printf(a, "it does not send the event %s: add it to client_events",
				    setup->missing_event);
	if (!setup->may_be_silent || !setup->may_be_told_language)
		return "allow the overrides of first message and language: a call that is handed "
		       "back is greeted twice, and in the wrong language";
	if (!setup->speaks_french)
		return "it has no French: add a language preset fr";
	return NULL;
}

static void agent_check(struct seen *s, const struct agent_seen *g)
{
	struct arena *a = &s->k->c->arena;
	const char *api = s->k->service.elevenlabs_api_url;
	const char *what = arena_printf(a, "agent of %s", g->slug), *wrong;
	struct ask q = {.who = "ElevenLabs", .where = api};
	struct agent_setup setup;
	struct str body;
	struct err err;
	long status;

	if (g->key == NULL) {
		check_said(s->k, false, what,
			   "there is no ElevenLabs key: set ELEVENLABS_API_KEY, or the "
			   "organization's own (organization set --elevenlabs-api-key-file)");
		return;
	}
	q.url = agent_setup_url(a, api, g->id);
	q.header = arena_printf(a, "xi-api-key: %s", g->key);
	if (!ask_send(&q, a, &status, &body, &err))
		wrong = err.text;
	else if (status == 401 || status == 403)
		wrong = "ElevenLabs does not accept the key";
	else if (status == 404)
		wrong = arena_printf(a, "the key's workspace has no agent %.60s", g->id);
	else if (status != 200 || !agent_setup_read(a, body, &setup))
		wrong = arena_printf(a, "ElevenLabs answers %ld: try again later", status);
	else
		wrong = agent_wrong(a, &setup);
	check_said(s->k, wrong == NULL, what,
		   wrong == NULL ? arena_printf(a, "%s answers, and speaks as we do", g->id)
				 : wrong);
}

/* ---- all of it ------------------------------------------------------------------------------- */

void check_voice(struct check *k)
{
	struct ctl *c = k->c;
	struct seen *s = xcalloc(1, sizeof *s);
	struct err err;

	s->k = k;
	if (c->settings.database_url != NULL && k->service.public_url != NULL &&
	    database_open(&c->db, c->settings.database_url, "DATABASE_URL", &err)) {
		if (!scope_each(c, NULL, store_read, s, &err))
			check_said(k, false, "calls", err.text);
		database_rollback(&c->db);
		for (size_t i = 0; i < s->numbers_n; i++)
			number_check(s, &s->numbers[i]);
		for (size_t i = 0; i < s->agents_n; i++)
			agent_check(s, &s->agents[i]);
	}
	database_close(&c->db);
	free(s);
}
