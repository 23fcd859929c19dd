/*
 * errand.c - see errand.h.
 */
#include "tui/link/errand.h"

#include <sys/random.h>

#include "shared/buf.h"
#include "shared/clock.h"
#include "shared/log.h"
#include "tui/link/request_of.h"

#define PATIENCE_MS  20000 /* of one errand in all */
#define TRY_MS       8000  /* of one attempt */
#define TRY_MIN_MS   1000
#define SIDE_BY_SIDE 4 /* requests at once */

struct errand {
	struct errand *next;
	struct errands *in;
	struct outgoing wish;
	const struct wish_route *route;
	char key[ERRAND_KEY_ROOM];
	struct exchange *asking;
	uint32_t generation; /* of the token that it was sent with */
	unsigned failures;
	bool is_patient;  /* asked for until it comes */
	bool was_refused; /* with 401, once */
	bool may_be_done; /* an attempt was lost: from then on nobody knows */
	int64_t give_up_ms, not_before_ms;
};

void errands_init(struct errands *e, struct exchanges *exchanges, const struct teller *teller,
		  struct pass *pass, const struct follow *follow)
{
	*e = (struct errands){.exchanges = exchanges,
			      .teller = teller,
			      .pass = pass,
			      .follow = follow,
			      .patience_ms = PATIENCE_MS};
}

static void errand_free(struct errand *one)
{
	struct errand **at = &one->in->all;

	while (*at != one)
		at = &(*at)->next;
	*at = one->next;
	one->in->n--;
	exchange_stop(one->asking);
	outgoing_clear(&one->wish);
	free(one);
}

void errands_clear(struct errands *e)
{
	while (e->all != NULL)
		errand_free(e->all);
}

/* ---- keys ---- */

/* A random UUID (RFC 9562, version 4). */
static void key_make(char out[ERRAND_KEY_ROOM])
{
	unsigned char b[16];

	if (getrandom(b, sizeof b, 0) != (ssize_t)sizeof b)
		BUG("the kernel gives no random bytes");
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	snprintf(out, ERRAND_KEY_ROOM,
		 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
		 b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
		 b[15]);
}

static void key_choose(struct errand *one)
{
	const struct errands *e = one->in;

	for (size_t i = 0; i < ERRAND_KEYS && one->wish.again != 0; i++) {
		if (e->unknown[i].id == one->wish.again) {
			memcpy(one->key, e->unknown[i].key, sizeof one->key);
			one->may_be_done = true;
			return;
		}
	}
	key_make(one->key);
}

static void key_remember(const struct errand *one)
{
	struct errands *e = one->in;
	unsigned i = e->unknown_next++ % ERRAND_KEYS;

	e->unknown[i].id = one->wish.id;
	memcpy(e->unknown[i].key, one->key, sizeof one->key);
}

/* ---- the end of one ---- */

static void refused(struct errand *one, const struct problem *why)
{
	const struct errands *e = one->in;
	uint32_t id = one->wish.id;

	log_info("event=refused wish=%d code=" STR_FMT " status=%d", (int)one->wish.kind,
		 STR_ARG(why->code), why->status);
	errand_free(one);
	tell_refused(e->teller, id, why);
}

/* Ends without a word about what came of it: if that is not sure, it is "unknown". */
static void ended_open(struct errand *one, const struct problem *why)
{
	struct problem open = problem_own("unknown", NULL);

	if (!one->may_be_done || !one->route->command) {
		refused(one, why);
		return;
	}
	key_remember(one);
	open.title = why->title;
	refused(one, &open);
}

/* Nobody will ask any more. */
static void given_up(struct errand *one, const char *code, const char *title)
{
	struct problem why = problem_own(code, title);

	ended_open(one, &why);
}

static void answered(struct errand *one, const struct exchange_answer *answer)
{
	struct err err;

	if (!one->route->answer(&one->wish, answer->body, one->in->teller, &err)) {
		struct problem why = problem_own("unreadable", err.text);

		log_warn("event=answer_unreadable wish=%d why=\"%s\"", (int)one->wish.kind,
			 err.text);
		refused(one, &why);
		return;
	}
	errand_free(one);
}

/* ---- again ---- */

/* No answer, or one that says that the service could not just then. */
static bool is_passing(const struct exchange_answer *answer)
{
	return answer->fate != EXCHANGE_ANSWERED || answer->status == 502 ||
	       answer->status == 503 || answer->status == 504;
}

static void failed(struct errand *one, const struct exchange_answer *answer)
{
	int64_t now = clock_mono_ms(), wait = retry_delay_ms(++one->failures);
	struct arena a = {0};
	struct problem why;

	if (answer->retry_after_s > 0)
		wait = (int64_t)answer->retry_after_s * 1000;
	/* a gateway's 502 or 504 says nothing about what stands behind it */
	if (answer->fate == EXCHANGE_LOST || answer->status == 502 || answer->status == 504)
		one->may_be_done = true;
	if (now + wait < one->give_up_ms) {
		one->not_before_ms = now + wait;
		if (one->is_patient && !one->in->follow->wanted)
			tell(one->in->teller, &(struct msg){.kind = MSG_LINK,
							    .link = LINK_LOST,
							    .retry_s = (int)((wait + 999) / 1000)});
		return;
	}
	why = problem_of(answer, &a);
	ended_open(one, &why);
	arena_free(&a);
}

static void on_done(void *to, const struct exchange_answer *answer)
{
	struct errand *one = to;
	struct arena a = {0};
	struct problem why;

	one->asking = NULL;
	if (is_passing(answer)) {
		failed(one, answer);
	} else if (answer->status == 401 && !one->was_refused) {
		one->was_refused = true;
		pass_stale(one->in->pass, one->generation);
	} else if (answer->status >= 200 && answer->status < 300) {
		answered(one, answer);
	} else {
		/* with the same key, a word about the command itself is the last word on it; one
		 * that is not about it leaves open what came of an attempt whose answer was lost */
		why = problem_of(answer, &a);
		if (answer->status >= 500)
			one->may_be_done = true;
		if (answer->status >= 500 || answer->status == 401 || answer->status == 429)
			ended_open(one, &why);
		else
			refused(one, &why);
	}
	arena_free(&a);
}

/* ---- on the way ---- */

static void refused_at_once(const struct errands *e, struct outgoing *wish, const char *code,
			    const char *title)
{
	struct problem why = problem_own(code, title);

	tell_refused(e->teller, wish->id, &why);
	outgoing_clear(wish);
}

void errand_add(struct errands *e, struct outgoing *wish)
{
	struct errand *one, **at = &e->all;

	if (e->n >= ERRANDS_MAX) {
		refused_at_once(e, wish, "busy", "Too much is under way.");
		return;
	}
	if (e->pass->refresh == NULL) {
		refused_at_once(e, wish, "signed_out", "Nobody is signed in.");
		return;
	}
	one = xcalloc(1, sizeof *one);
	one->in = e;
	one->wish = *wish;
	*wish = (struct outgoing){0};
	one->route = wish_route_of(one->wish.kind);
	if (one->route == NULL)
		BUG("wish %d is no request", (int)one->wish.kind);
	one->is_patient = one->wish.kind == OUT_LIST && one->wish.filter == FILTER_OPEN;
	one->give_up_ms = one->is_patient ? INT64_MAX : clock_mono_ms() + e->patience_ms;
	if (one->route->command)
		key_choose(one);
	while (*at != NULL)
		at = &(*at)->next;
	*at = one;
	e->n++;
}

static void sent(struct errand *one, const char *token, int64_t now_ms)
{
	struct errands *e = one->in;
	struct buf path = {0}, body = {0};
	bool has_body = one->route->body != NULL;

	one->route->path(&one->wish, &path);
	if (has_body)
		one->route->body(&one->wish, &body);
	if (path.overflowed || body.overflowed) {
		given_up(one, "input", "That is too long.");
	} else {
		one->generation = e->pass->generation;
		one->asking = exchange_start(
			e->exchanges, &(struct exchange_request){
					      .method = one->route->method,
					      .path = buf_cstr(&path),
					      .bearer = token,
					      .key = one->route->command ? one->key : NULL,
					      .body = has_body ? buf_str(&body) : (struct str){0},
					      .deadline_ms = int_clamp(one->give_up_ms - now_ms,
								       TRY_MIN_MS, TRY_MS),
					      .on_done = on_done,
					      .to = one,
				      });
	}
	buf_clear(&path);
	buf_clear(&body);
}

/* An earlier command of the same conversation is not through yet. */
static bool must_queue(const struct errand *one)
{
	if (!one->route->command)
		return false;
	for (const struct errand *o = one->in->all; o != one; o = o->next) {
		if (o->route->command &&
		    strcmp(o->wish.conversation_id, one->wish.conversation_id) == 0)
			return true;
	}
	return false;
}

static size_t under_way(const struct errands *e)
{
	size_t n = 0;

	for (const struct errand *one = e->all; one != NULL; one = one->next)
		n += one->asking != NULL;
	return n;
}

void errands_turn(struct errands *e, int64_t now_ms)
{
	size_t busy = under_way(e);
	const char *token = pass_token(e->pass);
	struct errand *one, *next;

	for (one = e->all; one != NULL; one = next) {
		next = one->next;
		if (one->asking != NULL)
			continue;
		if (now_ms >= one->give_up_ms) {
			given_up(one, "unreachable", NULL);
			continue;
		}
		if (token == NULL || busy >= SIDE_BY_SIDE || now_ms < one->not_before_ms ||
		    must_queue(one))
			continue;
		busy++;
		sent(one, token, now_ms);
	}
}

int64_t errands_due_ms(const struct errands *e)
{
	int64_t due = INT64_MAX;
	bool may = pass_token(e->pass) != NULL && under_way(e) < SIDE_BY_SIDE;

	for (const struct errand *one = e->all; one != NULL; one = one->next) {
		int64_t at = one->give_up_ms;

		if (one->asking != NULL)
			continue;
		if (may && !must_queue(one) && one->not_before_ms < at)
			at = one->not_before_ms;
		if (at < due)
			due = at;
	}
	return due;
}

void errands_hurry(struct errands *e)
{
	for (struct errand *one = e->all; one != NULL; one = one->next)
		one->not_before_ms = 0;
}

void errands_end(struct errands *e)
{
	while (e->all != NULL) {
		struct errand *one = e->all;

		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): given_up takes it out of `all` */
		if (one->asking != NULL)
			one->may_be_done = true;
		given_up(one, "signed_out", "The session is over.");
	}
}
