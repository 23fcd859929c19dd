/*
 * pass.c - see pass.h. One exchange at a time: sign-in or renewal, and /api/me behind the first.
 */
#include "tui/link/pass.h"

#include <unistd.h>

#include "shared/buf.h"
#include "shared/clock.h"
#include "shared/log.h"
#include "shared/wire/body.h"

#define SIGN_IN_MS     20000 /* for all of it: passwords are slow by design, and may queue */
#define RENEW_MS       10000
#define ME_MS          10000
#define LEAVE_MS       3000
#define RENEW_EARLY_MS 60000 /* before the end; of a short-lived token its last fifth */
#define FULL_MS_PER_S  1000

static void renew(struct pass *p);
static void me_ask(struct pass *p);

/* ---- secrets ---- */

static void secret_drop(char **secret)
{
	if (*secret != NULL)
		explicit_bzero(*secret, strlen(*secret));
	free(*secret);
	*secret = NULL;
}

static void secret_keep(char **secret, const char *value)
{
	char *copy = xstrdup(value);

	secret_drop(secret);
	*secret = copy;
}

static void arena_wipe_text(const char *text)
{
	if (text != NULL)
		explicit_bzero((char *)(uintptr_t)text, strlen(text));
}

/* ---- states ---- */

void pass_init(struct pass *p, struct exchanges *exchanges, const struct teller *teller)
{
	*p = (struct pass){.exchanges = exchanges, .teller = teller};
}

static void asking_stop(struct pass *p)
{
	exchange_stop(p->asking);
	p->asking = NULL;
	p->retry_at_ms = 0;
	p->failures = 0;
}

static void forget(struct pass *p)
{
	asking_stop(p);
	secret_drop(&p->access);
	secret_drop(&p->refresh);
	p->is_in = p->resumed = false;
	p->wish = 0;
	p->give_up_ms = 0;
	p->user_id[0] = p->session_id[0] = '\0';
}

void pass_clear(struct pass *p)
{
	exchange_stop(p->leaving);
	p->leaving = NULL;
	forget(p);
}

/* The session is over, not by our own wish. */
static void over(struct pass *p, const struct problem *why)
{
	bool was_known = p->is_in || p->resumed;

	log_info("event=session_over code=" STR_FMT " status=%d", STR_ARG(why->code), why->status);
	forget(p);
	p->on_token(p->to, NULL);
	p->on_over(p->to);
	if (was_known)
		tell(p->teller, &(struct msg){.kind = MSG_SIGNED_OUT, .problem = why});
}

/* A sign-in that came to nothing. */
static void refused(struct pass *p, const struct problem *why)
{
	uint32_t wish = p->wish;

	log_info("event=sign_in_refused code=" STR_FMT " status=%d", STR_ARG(why->code),
		 why->status);
	forget(p);
	p->on_token(p->to, NULL);
	tell_refused(p->teller, wish, why);
}

/* No answer, or one that says "not now": again after a while. */
static void again(struct pass *p, const struct exchange_answer *answer)
{
	int64_t wait = retry_delay_ms(++p->failures);

	if (answer->retry_after_s > 0)
		wait = (int64_t)answer->retry_after_s * FULL_MS_PER_S;
	p->retry_at_ms = clock_mono_ms() + wait;
	log_info("event=sign_in_waits failures=%u wait_ms=%" PRId64 " status=%d why=\"%s\"",
		 p->failures, wait, answer->status, answer->why);
}

static bool is_passing(const struct exchange_answer *answer)
{
	return answer->fate != EXCHANGE_ANSWERED || answer->status == 429 || answer->status >= 500;
}

/* ---- tokens ---- */

static bool tokens_taken(struct pass *p, struct str body)
{
	struct arena a = {0};
	struct wire_tokens t;
	struct err err;
	bool good = wire_tokens_read(body, &a, &t, &err);

	if (!good) {
		log_warn("event=tokens_unreadable why=\"%s\"", err.text);
	} else {
		int64_t life = t.expires_in * FULL_MS_PER_S, now = clock_mono_ms();

		secret_keep(&p->access, t.access_token);
		secret_keep(&p->refresh, t.refresh_token);
		p->generation++;
		p->ends_ms = now + life;
		p->renew_at_ms =
			p->ends_ms - (life / 5 < RENEW_EARLY_MS ? life / 5 : RENEW_EARLY_MS);
		p->failures = 0;
		p->on_token(p->to, p->refresh);
		arena_wipe_text(t.access_token);
		arena_wipe_text(t.refresh_token);
	}
	arena_free(&a);
	return good;
}

static void on_tokens(struct pass *p, const struct exchange_answer *answer)
{
	static const struct problem unreadable = {
		.code = {"unreadable", 10}, .title = {"The service's answer cannot be read.", 36}};

	if (!tokens_taken(p, answer->body)) {
		if (p->is_in || p->resumed)
			over(p, &unreadable);
		else
			refused(p, &unreadable);
		return;
	}
	if (!p->is_in)
		me_ask(p);
}

/* ---- who am I ---- */

static void me_known(struct pass *p, const struct wire_me *me)
{
	uint32_t wish = p->wish;

	memcpy(p->user_id, me->user.id, WIRE_ID);
	memcpy(p->session_id, me->session_id, WIRE_ID);
	p->is_in = true;
	p->wish = 0;
	p->failures = 0;
	log_info("event=signed_in organization=%s user=%s", me->organization.id, me->user.id);
	p->on_in(p->to, me);
	tell(p->teller, &(struct msg){.kind = MSG_SIGNED_IN, .id = wish, .me = me});
}

static void not_in(struct pass *p, const struct exchange_answer *answer)
{
	struct arena a = {0};
	struct problem why = problem_of(answer, &a);

	if (is_passing(answer) && (p->resumed || clock_mono_ms() < p->give_up_ms))
		again(p, answer);
	else if (p->resumed)
		over(p, &why);
	else
		refused(p, &why);
	arena_free(&a);
}

static void on_me(void *to, const struct exchange_answer *answer)
{
	struct pass *p = to;
	struct arena a = {0};
	struct wire_me me;
	struct err err;

	p->asking = NULL;
	if (answer->fate == EXCHANGE_ANSWERED && answer->status == 200) {
		if (wire_me_read(answer->body, &a, &me, &err)) {
			me_known(p, &me);
		} else {
			struct problem why = problem_own("unreadable", err.text);

			log_warn("event=me_unreadable why=\"%s\"", err.text);
			refused(p, &why);
		}
	} else {
		not_in(p, answer);
	}
	arena_free(&a);
}

static void me_ask(struct pass *p)
{
	p->retry_at_ms = 0;
	p->asking = exchange_start(p->exchanges, &(struct exchange_request){
							 .method = "GET",
							 .path = "/api/me",
							 .bearer = p->access,
							 .deadline_ms = ME_MS,
							 .on_done = on_me,
							 .to = p,
						 });
}

/* ---- signing in ---- */

static void on_sign_in(void *to, const struct exchange_answer *answer)
{
	struct pass *p = to;
	struct arena a = {0};
	struct problem why;

	p->asking = NULL;
	if (answer->fate == EXCHANGE_ANSWERED && answer->status == 200) {
		on_tokens(p, answer);
		return;
	}
	why = problem_of(answer, &a);
	refused(p, &why);
	arena_free(&a);
}

/* What the list of sessions shows: the program and the machine. */
static void client_add(struct body *b)
{
	char host[65] = "", text[128];

	if (gethostname(host, sizeof host - 1) != 0 || host[0] == '\0')
		snprintf(host, sizeof host, "?");
	snprintf(text, sizeof text, "switchback " SWITCHBACK_VERSION " on %s", host);
	body_text(b, "client", str_of(text));
}

void pass_sign_in(struct pass *p, uint32_t id, struct str organization, struct str email,
		  struct str password)
{
	struct buf text = {0};
	struct body b;

	if (p->access != NULL)
		pass_leave(p);
	forget(p);
	p->on_token(p->to, NULL);
	body_start(&b);
	body_text(&b, "organization", organization);
	body_text(&b, "email", email);
	body_text(&b, "password", password);
	client_add(&b);
	if (!body_end(&b, &text)) {
		struct problem why = problem_own("input", "That is too long.");

		buf_clear(&text);
		tell_refused(p->teller, id, &why);
		return;
	}
	p->wish = id;
	p->give_up_ms = clock_mono_ms() + SIGN_IN_MS;
	p->asking = exchange_start(p->exchanges, &(struct exchange_request){
							 .method = "POST",
							 .path = "/api/auth/login",
							 .body = buf_str(&text),
							 .deadline_ms = SIGN_IN_MS,
							 .on_done = on_sign_in,
							 .to = p,
						 });
	explicit_bzero(text.p, text.cap);
	buf_clear(&text);
}

/* ---- renewal ---- */

static void on_renewed(void *to, const struct exchange_answer *answer)
{
	struct pass *p = to;
	struct arena a = {0};
	struct problem why;

	p->asking = NULL;
	if (answer->fate == EXCHANGE_ANSWERED && answer->status == 200) {
		on_tokens(p, answer);
		return;
	}
	if (is_passing(answer)) {
		again(p, answer);
		return;
	}
	why = problem_of(answer, &a);
	if (answer->status == 401)
		why.code = STR_LIT("expired");
	over(p, &why);
	arena_free(&a);
}

static void renew(struct pass *p)
{
	struct buf text = {0};
	struct body b;

	p->retry_at_ms = 0;
	body_start(&b);
	body_text(&b, "refresh_token", str_of(p->refresh));
	if (!body_end(&b, &text))
		BUG("a refresh token that is too long");
	p->asking = exchange_start(p->exchanges, &(struct exchange_request){
							 .method = "POST",
							 .path = "/api/auth/refresh",
							 .body = buf_str(&text),
							 .deadline_ms = RENEW_MS,
							 .on_done = on_renewed,
							 .to = p,
						 });
	explicit_bzero(text.p, text.cap);
	buf_clear(&text);
}

void pass_resume(struct pass *p, const char *refresh_token)
{
	forget(p);
	p->resumed = true;
	secret_keep(&p->refresh, refresh_token);
	renew(p);
}

/* ---- the end ---- */

static void on_left(void *to, const struct exchange_answer *answer)
{
	struct pass *p = to;

	p->leaving = NULL;
	log_info("event=signed_out status=%d", answer->status);
}

void pass_leave(struct pass *p)
{
	if (p->access == NULL)
		return;
	exchange_stop(p->leaving);
	p->leaving = exchange_start(p->exchanges, &(struct exchange_request){
							  .method = "POST",
							  .path = "/api/auth/logout",
							  .bearer = p->access,
							  .deadline_ms = LEAVE_MS,
							  .on_done = on_left,
							  .to = p,
						  });
}

void pass_sign_out(struct pass *p)
{
	struct problem own = {0};

	pass_leave(p);
	forget(p);
	p->on_token(p->to, NULL);
	p->on_over(p->to);
	tell(p->teller, &(struct msg){.kind = MSG_SIGNED_OUT, .problem = &own});
}

void pass_ended(struct pass *p, const char *code)
{
	struct problem why = problem_own(code, NULL);

	over(p, &why);
}

bool pass_is_leaving(const struct pass *p)
{
	return p->leaving != NULL;
}

/* ---- use ---- */

const char *pass_token(const struct pass *p)
{
	return p->is_in && p->access != NULL && clock_mono_ms() < p->ends_ms ? p->access : NULL;
}

void pass_stale(struct pass *p, uint32_t generation)
{
	if (generation != p->generation || p->refresh == NULL)
		return; /* renewed since */
	secret_drop(&p->access);
	p->renew_at_ms = 0;
}

static int64_t due(const struct pass *p)
{
	if (p->asking != NULL || p->refresh == NULL)
		return INT64_MAX;
	if (p->retry_at_ms != 0)
		return p->retry_at_ms;
	return p->renew_at_ms;
}

int64_t pass_due_ms(const struct pass *p)
{
	return due(p);
}

void pass_turn(struct pass *p, int64_t now_ms)
{
	if (now_ms < due(p))
		return;
	if (p->is_in || p->access == NULL || now_ms >= p->renew_at_ms)
		renew(p);
	else
		me_ask(p);
}
