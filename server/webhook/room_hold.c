/*
 * room_hold.c - POST /api/webhooks/twilio/hold: what is heard on hold in a room (`l`: en or fr, and
 * a sentence first), or by who waits there for the other (without `l`: the sound alone). Tells us
 * nothing, so it asks no database: a caller on hold hears something whatever happens here. And the
 * sound itself, which anybody may have.
 */
#include "server/app.h"
#include "server/voice/hold_sound.h"
#include "server/voice/plan.h"
#include "server/voice/plan_staff.h"
#include "server/webhook/signed.h"
#include "server/webhook/webhooks.h"

#define HOLD_MS 4000

static flow_step received, account_known, failed;

struct hold_request {
	struct flow flow;
	struct signed_form sender;
};

static const struct flow_kind hold_kind = FLOW_KIND(hold_request, received, failed, HOLD_MS);

void room_hold_start(struct app *app, const struct web_request *r, struct ticket t)
{
	struct hold_request *h = flow_new(app->flows, &hold_kind);

	h->sender.request = r;
	h->sender.ticket = t;
	flow_begin(&h->flow);
}

static void go_on(struct flow *f, struct hold_request *h, enum signed_state state)
{
	struct str language;
	struct buf b;

	if (state == SIGNED_ASKED)
		flow_then(f, account_known);
	if (state != SIGNED_PROVED)
		return;
	language = form_get(&h->sender.query, "l");
	buf_init(&b, PLAN_LIMIT);
	if (!plan_hold(&b, f->app->settings->public_url, language_parse(language), language.n > 0))
		BUG("a sentence and a sound do not fit");
	web_reply(h->sender.ticket, 200, "text/xml", buf_str(&b));
	buf_clear(&b);
}

static void received(struct flow *f)
{
	struct hold_request *h = FLOW_SELF(f, struct hold_request);

	go_on(f, h, signed_read(f, &h->sender));
}

static void account_known(struct flow *f)
{
	struct hold_request *h = FLOW_SELF(f, struct hold_request);

	go_on(f, h, signed_answered(f, &h->sender));
}

static void failed(struct flow *f)
{
	signed_failed(f, &FLOW_SELF(f, struct hold_request)->sender);
}

void hold_sound(struct app *app, const struct web_request *r, struct ticket t)
{
	struct buf b;

	(void)app;
	(void)r;
	buf_init(&b, HOLD_SOUND_HEAD + HOLD_SOUND_SAMPLES + 1);
	hold_sound_make(&b);
	web_reply(t, 200, "audio/x-wav", buf_str(&b));
	buf_clear(&b);
}
