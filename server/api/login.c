/*
 * login.c - POST /api/auth/login. Whoever has no account, a wrong password, or an account that is
 * switched off gets the same answer after the same work: one look into the database, one bcrypt,
 * and the answer before anything is written.
 *
 * Wrong passwords are delayed by address, by account and by both together; an address from which
 * somebody has signed in to the account before is not held up by what others try elsewhere, so
 * nobody can lock a person out.
 */
#include "server/api/address.h"
#include "server/api/auth.h"
#include "server/api/row.h"
#include "server/app.h"
#include "server/staff/delays.h"
#include "server/staff/passwords.h"
#include "server/staff/refresh.h"
#include "server/store/session.h"
#include "shared/log.h"

static flow_step received, account_found, password_known, kept, refusal_kept, failed;

struct login {
	struct flow flow;
	struct ticket ticket;
	const struct web_request *request; /* during the first step only */
	const char *request_id, *address;  /* address: NULL when there is none to read */
	struct str organization, email, password, client;
	struct str account,
		place;   /* what is counted for the delays; place: empty for this machine */
	bool counted[3]; /* before its password was checked; as counted_under */
	struct sign_in_found found;
	struct password_checked checked;
	struct refresh refresh;
	struct session_made made;
};

struct counted {
	enum delay_of kind;
	struct str a, b;
};

static const struct flow_kind login_kind = FLOW_KIND(login, received, failed, 12000);

void login(struct app *app, const struct web_request *r, struct ticket t)
{
	struct login *l = flow_new(app->flows, &login_kind);

	l->ticket = t;
	l->request = r;
	flow_begin(&l->flow);
}

/* ---- delays ---- */

static void delayed(struct flow *f, struct login *l, unsigned seconds)
{
	const struct web_refusal refusal = {.problem = PROBLEM_TOO_MANY, .retry_after_s = seconds};

	f->app->figures.sign_ins_delayed++;
	web_reply_refused(l->ticket, &refusal);
}

static unsigned longer(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

/* Looked at before the database is asked, and again behind it: others have tried meanwhile. */
static unsigned wait_of_place(const struct flow *f, const struct login *l)
{
	const struct delays *d = f->app->delays;
	unsigned pair = delays_left_s(d, DELAY_PAIR, l->account, l->place);

	return l->place.n == 0
		       ? pair
		       : longer(pair, delays_left_s(d, DELAY_ADDRESS, l->place, STR_LIT("")));
}

static unsigned wait_of_account(const struct flow *f, const struct login *l)
{
	return l->found.known ? 0
			      : longer(l->found.wait_s, delays_left_s(f->app->delays, DELAY_ACCOUNT,
								      l->account, STR_LIT("")));
}

/* What a try is counted under. */
static size_t counted_under(const struct login *l, struct counted out[3])
{
	out[0] = (struct counted){DELAY_PAIR, l->account, l->place};
	out[1] = (struct counted){DELAY_ACCOUNT, l->account, STR_LIT("")};
	out[2] = (struct counted){DELAY_ADDRESS, l->place, STR_LIT("")};
	return l->place.n > 0 ? 3 : 2;
}

/* Where tries are delayed already, this one counts before its password is checked: else a whole
 * queue of guesses would pass each time that one may. */
static void tried(struct flow *f, struct login *l)
{
	struct counted under[3];
	size_t n = counted_under(l, under);

	for (size_t i = 0; i < n; i++)
		l->counted[i] =
			delays_counted(f->app->delays, under[i].kind, under[i].a, under[i].b);
}

static void wrong(struct flow *f, const struct login *l)
{
	struct counted under[3];
	size_t n = counted_under(l, under);

	for (size_t i = 0; i < n; i++) {
		if (!l->counted[i])
			delays_failed(f->app->delays, under[i].kind, under[i].a, under[i].b);
	}
}

/* What this address has tried at other accounts stays counted. */
static void right(struct flow *f, const struct login *l)
{
	struct delays *d = f->app->delays;

	delays_forget(d, DELAY_PAIR, l->account, l->place);
	delays_forget(d, DELAY_ACCOUNT, l->account, STR_LIT(""));
	if (l->counted[2])
		delays_uncounted(d, DELAY_ADDRESS, l->place, STR_LIT(""));
}

/* ---- reading ---- */

static void wiped(struct str s)
{
	if (s.n > 0)
		explicit_bzero((void *)(uintptr_t)s.p, s.n);
}

static bool request_read(struct flow *f, struct login *l)
{
	static const struct field organization = {"organization", FIELD_TEXT, true, 1, 63, NULL};
	static const struct field email = {"email", FIELD_TEXT, true, 1, 254, NULL};
	static const struct field password = {"password", FIELD_TEXT, true, 1, 1024, NULL};
	static const struct field client = {"client", FIELD_TEXT, false, 0, 200, NULL};
	static const struct field *const members[] = {&organization, &email, &password, &client};
	const char *values[ARRAY_LEN(members)] = {NULL};
	bool ok =
		fields_read(members, ARRAY_LEN(members), l->request->body, &f->arena, values, NULL);

	wiped(l->request->body); /* the password lies in the connection's buffer too */
	l->password = str_of(values[2]);
	if (!ok)
		return false;
	l->organization = str_of(values[0]);
	l->email = str_of(values[1]);
	l->client = str_of(values[3]);
	l->request_id = arena_strdup(&f->arena, l->request->id);
	l->address = address_of(&f->arena, l->request);
	l->place = address_counted(&f->arena, l->address);
	l->account = str_of(arena_printf(&f->arena, "%s\n%s", values[0], values[1]));
	return true;
}

/* ---- the steps ---- */

static void received(struct flow *f)
{
	struct login *l = FLOW_SELF(f, struct login);
	unsigned seconds;

	if (!json_is_said(l->request)) {
		web_reply_refusal(l->ticket, PROBLEM_MEDIA_TYPE);
		return;
	}
	if (!request_read(f, l)) { /* no failure of the flow: anybody could fill the log */
		wiped(l->password);
		web_reply_refusal(l->ticket, PROBLEM_INPUT);
		return;
	}
	seconds = wait_of_place(f, l);
	if (seconds > 0) {
		wiped(l->password);
		delayed(f, l, seconds);
		return;
	}
	if (passwords_are_full(f->app->passwords)) {
		wiped(l->password);
		web_reply_refusal(l->ticket, PROBLEM_BUSY);
		return;
	}
	sign_in_find(f, f->app->db, l->organization, l->email, l->address, &l->found);
	flow_then(f, account_found);
}

static void password_asked(struct flow *f, struct login *l)
{
	tried(f, l);
	flow_then(f, password_known);
}

static void account_found(struct flow *f)
{
	struct login *l = FLOW_SELF(f, struct login);
	unsigned seconds = longer(wait_of_place(f, l), wait_of_account(f, l));

	if (seconds > 0)
		delayed(f, l, seconds);
	else if (password_check(f, f->app->passwords, l->password, l->found.hash, &l->checked))
		password_asked(f, l);
	else
		web_reply_refusal(l->ticket, PROBLEM_BUSY);
	wiped(l->password);
}

static void refuse(struct flow *f, struct login *l)
{
	f->app->figures.sign_ins_refused++;
	wrong(f, l);
	web_reply_refusal(l->ticket, PROBLEM_UNAUTHENTICATED);
	if (l->found.organization[0] == '\0')
		return;
	sign_in_refused(f, f->app->db, &l->found, l->address, l->request_id);
	flow_then(f, refusal_kept);
}

static void password_known(struct flow *f)
{
	struct login *l = FLOW_SELF(f, struct login);
	struct sign_in s = {
		.who = &l->found,
		.renewed = l->checked.renewed[0] == '\0' ? NULL : l->checked.renewed,
		.family_hash = l->refresh.family_hash,
		.refresh = l->refresh.hash,
		.client = db_str_or_null(f, l->client),
		.address = l->address,
		.request = l->request_id,
	};

	if (!l->checked.matches) {
		refuse(f, l);
		return;
	}
	refresh_make(NULL, &l->refresh);
	sign_in_done(f, f->app->db, &s, &l->made);
	flow_then(f, kept);
}

static void kept(struct flow *f)
{
	struct login *l = FLOW_SELF(f, struct login);
	struct staff who = {.role = ROLE_NONE};

	if (!l->made.made || !role_parse(str_of(l->made.role), &who.role)) {
		refuse(f, l); /* it was switched off, or given another password, while we checked */
		return;
	}
	right(f, l);
	snprintf(who.organization_id, ID_TEXT, "%s", l->found.organization);
	snprintf(who.user_id, ID_TEXT, "%s", l->found.user);
	snprintf(who.session_id, ID_TEXT, "%s", l->made.session);
	f->app->figures.sign_ins++;
	tokens_reply(f->app, l->ticket, &who, l->refresh.text);
	explicit_bzero(l->refresh.text, sizeof l->refresh.text);
}

static void refusal_kept(struct flow *f)
{
	(void)f; /* the answer went out before */
}

static void failed(struct flow *f)
{
	struct login *l = FLOW_SELF(f, struct login);

	wiped(l->password);
	web_reply_problem(l->ticket, &f->err);
}
