/*
 * uplink.c - see uplink.h.
 */
#include "tui/link/uplink.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/clock.h"
#include "shared/log.h"
#include "tui/link/drawer.h"
#include "tui/link/errand.h"
#include "tui/link/follow.h"
#include "tui/link/request_of.h"

#define SESSION_MAX (16u * 1024u)

struct uplink {
	struct exchanges *exchanges;
	struct teller teller, outer; /* ours, which looks in; the app's */
	struct pass pass;
	struct follow follow;
	struct errands errands;
	struct scribe *scribe;
	struct drawer drawer;
	char *url, *state_dir;      /* state_dir is NULL when nothing is kept */
	char *organization, *email; /* whose session it is, for the kept file; or NULL */
	char *only_organization, *only_email;
	char *session_path; /* NULL: the session is not kept */
	int session_lock;   /* -1: another console of this user has it */
};

/* ---- the kept session ---- */

static void replace(char **text, const char *with)
{
	char *copy = with == NULL ? NULL : xstrdup(with);

	free(*text);
	*text = copy;
}

static void session_written(struct uplink *u, const char *refresh_token)
{
	struct buf text = {0};

	if (u->session_path == NULL || u->organization == NULL || u->email == NULL)
		return;
	buf_printf(&text, "url=%s\norganization=%s\nemail=%s\nrefresh_token=%s\n", u->url,
		   u->organization, u->email, refresh_token);
	scribe_write(u->scribe, u->session_path, buf_str(&text));
	explicit_bzero(text.p, text.cap);
	buf_clear(&text);
}

static void on_token(void *to, const char *refresh_token)
{
	struct uplink *u = to;

	if (refresh_token != NULL) {
		session_written(u, refresh_token);
		return;
	}
	replace(&u->organization, NULL);
	replace(&u->email, NULL);
	if (u->session_path != NULL)
		scribe_remove(u->scribe, u->session_path);
}

static void on_in(void *to, const struct wire_me *me)
{
	struct uplink *u = to;

	replace(&u->organization, me->organization.slug);
	replace(&u->email, me->user.email);
	session_written(u, u->pass.refresh);
	drawer_of(&u->drawer, u->scribe, u->state_dir, me->organization.id, me->user.id);
}

static void on_over(void *to)
{
	struct uplink *u = to;

	follow_stop(&u->follow);
	errands_end(&u->errands);
	drawer_clear(&u->drawer);
}

/* Reads the kept session into token; false when there is none for us. */
static bool session_read(struct uplink *u, struct buf *token)
{
	struct buf text = {0};
	struct str rest, key, value, url = {0}, organization = {0}, email = {0};
	struct err err;
	size_t line = 0;
	bool ours;

	if (!file_read_whole(u->session_path, SESSION_MAX, FILE_PRIVATE, &text, &err)) {
		if (err.kind != ERR_MISSING)
			log_warn("event=session_not_read why=\"%s\"", err.text);
		return false;
	}
	rest = buf_str(&text);
	while (line_next(&rest, &line, &key, &value)) {
		if (str_is(key, "url"))
			url = value;
		else if (str_is(key, "organization"))
			organization = value;
		else if (str_is(key, "email"))
			email = value;
		else if (str_is(key, "refresh_token"))
			buf_add_str(token, value);
	}
	ours = str_is(url, u->url) && token->n > 0 &&
	       (u->only_organization == NULL || str_is(organization, u->only_organization)) &&
	       (u->only_email == NULL || str_is_nocase(email, u->only_email));
	if (ours) {
		struct arena a = {0};

		replace(&u->organization, arena_cstr(&a, organization));
		replace(&u->email, arena_cstr(&a, email));
		arena_free(&a);
	}
	explicit_bzero(text.p, text.cap);
	buf_clear(&text);
	return ours;
}

/* The file belongs to one console at a time: two would spend each other's refresh token. */
static void session_file_taken(struct uplink *u)
{
	struct buf path = {0};

	mkdir(u->state_dir, 0700);
	buf_printf(&path, "%s/session.lock", u->state_dir);
	u->session_lock = open(buf_cstr(&path), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (u->session_lock < 0 || flock(u->session_lock, LOCK_EX | LOCK_NB) != 0) {
		log_info("event=session_not_kept why=\"%s\"", strerror(errno));
	} else {
		buf_reset(&path);
		buf_printf(&path, "%s/session", u->state_dir);
		replace(&u->session_path, buf_cstr(&path));
	}
	buf_clear(&path);
}

/* ---- telling ---- */

static void draft_told(void *to, struct str conversation, struct str text)
{
	struct uplink *u = to;

	tell(&u->outer,
	     &(struct msg){.kind = MSG_DRAFT, .conversation_id = conversation, .text = text});
}

static void on_msg(void *to, const struct msg *m)
{
	struct uplink *u = to;

	u->outer.tell(u->outer.to, m);
	if (m->kind == MSG_SIGNED_IN)
		drawer_load(&u->drawer, draft_told, u);
	if (m->kind == MSG_LINK && m->link == LINK_LIVE)
		errands_hurry(&u->errands);
}

/* ---- its life ---- */

static void pass_ready(struct uplink *u)
{
	pass_init(&u->pass, u->exchanges, &u->teller);
	u->pass.on_token = on_token;
	u->pass.on_in = on_in;
	u->pass.on_over = on_over;
	u->pass.to = u;
}

struct uplink *uplink_open(const struct uplink_options *o,
			   void (*tell_app)(void *to, const struct msg *m), void *to,
			   struct err *err)
{
	struct exchanges *exchanges = exchanges_open(o->url, o->insecure_http, err);
	struct uplink *u;

	if (exchanges == NULL)
		return NULL;
	u = xcalloc(1, sizeof *u);
	u->exchanges = exchanges;
	u->outer = (struct teller){tell_app, to};
	u->teller = (struct teller){on_msg, u};
	u->session_lock = -1;
	replace(&u->url, o->url);
	replace(&u->only_organization, o->organization);
	replace(&u->only_email, o->email);
	pass_ready(u);
	follow_init(&u->follow, exchanges, &u->teller, &u->pass);
	errands_init(&u->errands, exchanges, &u->teller, &u->pass, &u->follow);
	if (o->silent_ms != 0)
		u->follow.silent_ms = o->silent_ms;
	if (o->patience_ms != 0)
		u->errands.patience_ms = o->patience_ms;
	if (o->state_dir != NULL) {
		replace(&u->state_dir, o->state_dir);
		u->scribe = scribe_open();
		if (o->stay_signed_in)
			session_file_taken(u);
	}
	return u;
}

void uplink_close(struct uplink *u)
{
	if (u == NULL)
		return;
	follow_clear(&u->follow);
	errands_clear(&u->errands);
	pass_clear(&u->pass);
	exchanges_close(u->exchanges);
	drawer_clear(&u->drawer);
	scribe_close(u->scribe);
	if (u->session_lock >= 0)
		close(u->session_lock);
	free(u->url);
	free(u->state_dir);
	free(u->organization);
	free(u->email);
	free(u->only_organization);
	free(u->only_email);
	free(u->session_path);
	free(u);
}

bool uplink_start(struct uplink *u)
{
	struct buf token = {0};
	bool there = u->session_path != NULL && session_read(u, &token);

	if (there) {
		pass_resume(&u->pass, buf_cstr(&token));
		tell_link(&u->teller, LINK_CONNECTING);
	}
	if (token.p != NULL)
		explicit_bzero(token.p, token.cap);
	buf_clear(&token);
	return there;
}

/* ---- wishes ---- */

static void signed_in(struct uplink *u, const struct outgoing *w)
{
	on_over(u); /* of whoever was signed in before */
	pass_sign_in(&u->pass, w->id, str_of(w->organization), str_of(w->email), str_of(w->text));
}

bool uplink_wish(struct uplink *u, struct outgoing *wish)
{
	switch (wish->kind) {
	case OUT_SIGN_IN: signed_in(u, wish); break;
	case OUT_SIGN_OUT: pass_sign_out(&u->pass); break;
	case OUT_FOLLOW: follow_start(&u->follow, wish->after); break;
	case OUT_SAVE_DRAFT:
		drawer_put(&u->drawer, str_of(wish->conversation_id), str_of(wish->text));
		break;
	default:
		if (wish_route_of(wish->kind) == NULL)
			return false;
		errand_add(&u->errands, wish);
		return true;
	}
	outgoing_clear(wish);
	return true;
}

/* ---- waiting ---- */

static int64_t due_ms(const struct uplink *u)
{
	int64_t due = pass_due_ms(&u->pass), other = follow_due_ms(&u->follow);

	if (other < due)
		due = other;
	other = errands_due_ms(&u->errands);
	return other < due ? other : due;
}

void uplink_wait(struct uplink *u, struct pollfd *fds, size_t n, int64_t timeout_ms)
{
	int64_t due = due_ms(u), now = clock_mono_ms();
	int64_t wait = due == INT64_MAX ? INT32_MAX : int_clamp(due - now, 0, INT32_MAX);

	if (timeout_ms >= 0 && timeout_ms < wait)
		wait = timeout_ms;
	exchanges_wait(u->exchanges, fds, n, (int)wait);
}

void uplink_turn(struct uplink *u)
{
	int64_t now;
	struct err err;

	exchanges_turn(u->exchanges);
	now = clock_mono_ms();
	pass_turn(&u->pass, now);
	follow_turn(&u->follow, now);
	errands_turn(&u->errands, now);
	if (u->scribe != NULL && scribe_failed(u->scribe, &err))
		log_warn("event=file_not_written why=\"%s\"", err.text);
}

void uplink_leave(struct uplink *u, int64_t max_ms)
{
	int64_t until = clock_mono_ms() + max_ms, now;

	follow_stop(&u->follow);
	if (u->session_path == NULL)
		pass_leave(&u->pass);
	while (pass_is_leaving(&u->pass) && (now = clock_mono_ms()) < until) {
		exchanges_wait(u->exchanges, NULL, 0, (int)(until - now));
		exchanges_turn(u->exchanges);
	}
}
