/*
 * message_status.c - Twilio tells what became of a text that we sent (twilio.md 6.2). The URL that
 * we gave names the outbox row, so that a send whose answer was lost is settled here and two
 * identical texts are told apart. Callbacks come in any order and more than once: a status only
 * moves forward.
 */
#include "server/app.h"
#include "server/events/hub.h"
#include "server/store/text.h"
#include "server/twilio/sids.h"
#include "server/twilio/status.h"
#include "server/webhook/signed.h"
#include "server/webhook/webhooks.h"
#include "shared/log.h"

#define RANK_STEP 10 /* room for our own words between the carrier's; outbox.sql */

static flow_step received, account_known, moved, failed;

struct status_in {
	struct flow flow;
	struct signed_form sender;
	struct text_status status;
	struct text_status_kept kept;
};

static const struct flow_kind status_in_kind = FLOW_KIND(status_in, received, failed, 12000);

void message_status_start(struct app *app, const struct web_request *r, struct ticket t)
{
	struct status_in *s = flow_new(app->flows, &status_in_kind);

	s->sender.request = r;
	s->sender.ticket = t;
	flow_begin(&s->flow);
}

static bool uuid_valid(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		char c = s.p[i];

		if (dash != (c == '-') ||
		    (!dash &&
		     !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))))
			return false;
	}
	return s.n == 36;
}

static bool status_read(struct flow *f, struct status_in *m)
{
	const struct form *form = &m->sender.form;
	struct text_status *s = &m->status;
	struct str code = {0}, word = {0};
	enum message_status status;
	int64_t number = 0;

	if (!form_single(form, "MessageSid", &s->sid, &f->err) ||
	    !form_single(form, "MessageStatus", &word, &f->err) ||
	    !form_single(form, "ErrorCode", &code, &f->err))
		return false;
	if (!sid_is_message(s->sid))
		return err_set(&f->err, ERR_INPUT, "MessageSid is missing or no message's SID");
	status = message_status_parse(word);
	if (message_status_rank(status) < 0)
		return err_set(&f->err, ERR_INPUT, "MessageStatus is no status that we know");
	if (status == MESSAGE_PARTIALLY_DELIVERED)
		status = MESSAGE_SENT; /* some of its parts arrived: not an end yet */
	s->status = str_of(message_status_word(status));
	s->rank = RANK_STEP * message_status_rank(status);
	if (code.n > 0 && str_int(code, 1, 999999, &number)) {
		char en[CARRIER_ERROR_TEXT], fr[CARRIER_ERROR_TEXT];

		carrier_error_text(number, false, en);
		carrier_error_text(number, true, fr);
		s->error_code = (int)number;
		s->error_en = arena_strdup(&f->arena, en);
		s->error_fr = arena_strdup(&f->arena, fr);
	}
	s->outbox = form_get(&m->sender.query, "outbox");
	if (!uuid_valid(s->outbox))
		s->outbox = (struct str){NULL, 0};
	s->account = m->sender.account_sid;
	s->expected = m->sender.expected[0] == '\0' ? NULL : m->sender.expected;
	return true;
}

static void go_on(struct flow *f, struct status_in *m, enum signed_state state)
{
	if (state == SIGNED_ASKED) {
		flow_then(f, account_known);
		return;
	}
	if (state != SIGNED_PROVED)
		return;
	if (!status_read(f, m)) {
		f->app->figures.forms_refused++;
		return;
	}
	text_status(f, f->app->db, &m->status, &m->kept);
	flow_then(f, moved);
}

static void received(struct flow *f)
{
	struct status_in *m = FLOW_SELF(f, struct status_in);

	go_on(f, m, signed_read(f, &m->sender));
}

static void account_known(struct flow *f)
{
	struct status_in *m = FLOW_SELF(f, struct status_in);

	go_on(f, m, signed_answered(f, &m->sender));
}

static void moved(struct flow *f)
{
	struct status_in *m = FLOW_SELF(f, struct status_in);
	struct figures *figures = &f->app->figures;

	switch (m->kept.outcome) {
	case STATUS_MOVED: figures->statuses_moved++; break;
	case STATUS_OLD: figures->statuses_old++; break;
	case STATUS_UNKNOWN:
		figures->statuses_unknown++;
		log_info("event=status_of_nothing sid=" STR_FMT, STR_ARG(m->status.sid));
		break;
	}
	web_reply(m->sender.ticket, 204, NULL, (struct str){NULL, 0});
	if (m->kept.outcome == STATUS_MOVED)
		hub_nudge_soon(f->app->hub, m->kept.organization);
}

static void failed(struct flow *f)
{
	struct status_in *m = FLOW_SELF(f, struct status_in);

	signed_failed(f, &m->sender);
}
