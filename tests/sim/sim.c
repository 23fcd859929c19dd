/*
 * sim.c - the state of the practice line; see sim.h.
 */
#include "tests/sim/sim.h"

#include "shared/clock.h"
#include "shared/log.h"
#include "tests/sim/eleven/side.h"
#include "tests/sim/errors.h"
#include "tests/sim/voice/leg.h"
#include "tests/sim/voice/record.h"
#include "tests/sim/voice/room.h"

void sim_settings_default(struct sim_settings *set)
{
	*set = (struct sim_settings){
		.host = "127.0.0.1",
		.port = 0,
		.elevenlabs_port = -1,
		.send_ms = 120,
		.deliver_ms = 400,
		.kept = 100000,
		.extra_every = 7,
		.letters_per_s = 15,
		.answer_ms = 1500,
		.ring_ms = 300,
		.calls_per_s = 1,
	};
}

bool sim_open(struct sim *s, struct loop *l, const struct sim_settings *set, struct err *err)
{
	*s = (struct sim){.set = *set, .loop = l};
	if (!sim_journal_open(&s->journal, &l->uv, set->log, err))
		return false;
	sim_texts_init(&s->texts, set->kept);
	(void)sim_agent_get(s, STR_LIT("agent_practice"));
	return true;
}

void sim_free(struct sim *s)
{
	sim_numbers_clear(&s->numbers);
	sim_texts_clear(&s->texts);
	sim_marks_clear(&s->opted_out);
	sim_marks_clear(&s->behaviours);
	sim_marks_clear(&s->rings);
	sim_legs_free(s);
	sim_rooms_free(s);
	sim_recordings_free(s);
	sim_el_free(s);
	explicit_bzero(s->accounts, sizeof s->accounts);
}

void sim_forget(struct sim *s)
{
	sim_texts_forget(&s->texts);
	sim_marks_clear(&s->opted_out);
	sim_marks_clear(&s->behaviours);
	sim_marks_clear(&s->rings);
	sim_legs_forget(s);
	sim_rooms_forget(s);
	sim_recordings_free(s);
	sim_el_forget(s);
	s->next_dial_ms = 0;
	sim_faults_forget(&s->faults);
	sim_journal_forget(&s->journal);
	s->alerts_n = 0;
}

bool sim_account_add(struct sim *s, struct str sid, struct str token, struct err *err)
{
	struct sim_account *a = &s->accounts[s->accounts_n];

	if (s->accounts_n == SIM_ACCOUNTS_MAX)
		return err_set(err, ERR_INPUT, "at most %d accounts", SIM_ACCOUNTS_MAX);
	if (!sim_sid_valid("AC", sid))
		return err_set(err, ERR_INPUT, "an account SID is AC and 32 hex digits");
	if (token.n == 0 || token.n >= sizeof a->token)
		return err_set(err, ERR_INPUT,
			       "the auth token of an account has 1 to %zu characters",
			       sizeof a->token - 1);
	*a = (struct sim_account){0};
	snprintf(a->sid, sizeof a->sid, STR_FMT, STR_ARG(sid));
	snprintf(a->token, sizeof a->token, STR_FMT, STR_ARG(token));
	s->accounts_n++;
	return true;
}

struct sim_account *sim_account_find(struct sim *s, struct str sid)
{
	for (unsigned i = 0; i < s->accounts_n; i++) {
		if (str_is(sid, s->accounts[i].sid))
			return &s->accounts[i];
	}
	return NULL;
}

void sim_default_url(const struct sim *s, const char *what, char out[SIM_URL])
{
	out[0] = '\0';
	if (s->set.service_url != NULL)
		snprintf(out, SIM_URL, "%s/api/webhooks/twilio/%s", s->set.service_url, what);
}

bool sim_number_open(struct sim *s, unsigned account, struct str phone, struct str sms_url,
		     struct err *err)
{
	struct sim_number *n;
	char url[SIM_URL];

	if (!phone_valid(phone))
		return err_set(err, ERR_INPUT, "\"" STR_FMT "\" is no number such as +14165550001",
			       STR_ARG(phone));
	sim_default_url(s, "sms", url);
	if (sms_url.n == 0)
		sms_url = str_of(url);
	if (sms_url.n > 0 && !sim_url_callable(sms_url))
		return err_set(err, ERR_INPUT, "the SmsUrl of " STR_FMT " is no http URL",
			       STR_ARG(phone));
	n = sim_number_find(&s->numbers, phone);
	if (n == NULL)
		n = sim_number_add(&s->numbers, account, s->accounts[account].sid, phone);
	if (n == NULL)
		return err_set(err, ERR_BUSY, "at most %d numbers", SIM_NUMBERS_MAX);
	sim_number_set(n, SIM_SMS_URL, sms_url);
	sim_default_url(s, "voice", url);
	sim_number_set(n, SIM_VOICE_URL, str_of(url));
	sim_default_url(s, "status", url);
	sim_number_set(n, SIM_STATUS_CALLBACK, str_of(url));
	return true;
}

void sim_alert_raise(struct sim *s, int code, const char *sid, const char *fmt, ...)
{
	struct sim_alert *a = &s->alerts[s->alerts_n++ % SIM_ALERTS_MAX];
	va_list ap;

	*a = (struct sim_alert){.at_us = clock_wall_us(), .code = code};
	snprintf(a->sid, sizeof a->sid, "%s", sid == NULL ? "" : sid);
	va_start(ap, fmt);
	vsnprintf(a->text, sizeof a->text, fmt, ap);
	va_end(ap);
	log_warn("event=alert code=%d about=%s meaning=\"%s\" text=\"%s\"", code, a->sid,
		 sim_error_text(code), a->text);
}

static void phone_name(struct str phone, char out[SIM_MARK_NAME])
{
	snprintf(out, SIM_MARK_NAME, "%.*s", (int)size_min(phone.n, SIM_MARK_NAME - 1), phone.p);
}

struct sim_behaviour sim_behaves(const struct sim *s, struct str phone)
{
	char name[SIM_MARK_NAME];
	int mark;

	phone_name(phone, name);
	mark = sim_marks_get(&s->behaviours, name) - 1;
	if (mark < 0)
		return sim_behaviour_of(phone);
	return (struct sim_behaviour){(enum sim_behaviour_kind)(mark / 100000), mark % 100000};
}

bool sim_behaviour_set(struct sim *s, struct str phone, struct sim_behaviour b)
{
	char name[SIM_MARK_NAME];

	phone_name(phone, name);
	return sim_marks_set(&s->behaviours, name, 1 + (int)b.kind * 100000 + b.code);
}

/* Consent is between two numbers, or between a phone and a whole messaging service. */
static void pair_name(const struct sim *s, struct str sender, struct str phone,
		      char out[SIM_MARK_NAME])
{
	const struct sim_number *n = sim_number_find(&s->numbers, sender);

	if (n != NULL && n->service[0] != '\0')
		sender = str_of(n->service);
	snprintf(out, SIM_MARK_NAME, "%.*s %.*s", (int)size_min(sender.n, 36), sender.p,
		 (int)size_min(phone.n, 36), phone.p);
}

bool sim_opted_out(const struct sim *s, struct str sender, struct str phone)
{
	char name[SIM_MARK_NAME];

	pair_name(s, sender, phone, name);
	return sim_marks_get(&s->opted_out, name) != 0;
}

void sim_opt_out_set(struct sim *s, struct str sender, struct str phone, bool out)
{
	char name[SIM_MARK_NAME];

	pair_name(s, sender, phone, name);
	if (!sim_marks_set(&s->opted_out, name, out ? 1 : 0))
		log_error("event=opt_outs_full max=%d", SIM_MARKS_MAX);
}
