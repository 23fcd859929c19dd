/*
 * wake.c - see wake.h.
 *
 * Beside organizations two words are said: "hello" by a process that has just begun, answered at
 * once, and "here", every HERE_MS. Who has said either within OTHERS_MS is there.
 */
#include "server/events/wake.h"

#include "server/db/channel.h"

#define CHANNEL   "switchback_events"
#define HERE_MS   5000
#define OTHERS_MS 16000
#define SAY_MAX                                                                          \
	1024 /* organizations that wait to be said; more are left to the hubs' own looks \
	      */
#define MESSAGE_N (CHANNEL_MESSAGE_MAX / UUID_TEXT) /* in one message */

struct wake {
	struct loop *loop;
	struct channel *channel;
	void (*heard)(void *with, const struct uuid *organization);
	void *with;
	uv_timer_t here;  /* every HERE_MS */
	uv_timer_t later; /* at the end of this turn */
	uint64_t others_until;
	bool greeted, answer;
	unsigned handles;
	size_t say_n;
	struct uuid say[SAY_MAX];
};

static void organizations_say(struct wake *w)
{
	char text[CHANNEL_MESSAGE_MAX + 1];
	size_t n = size_min(w->say_n, MESSAGE_N), at = 0;

	for (size_t i = 0; i < n; i++) {
		uuid_write(&w->say[i], text + at);
		at += UUID_TEXT;
		text[at - 1] = ' ';
	}
	text[at - 1] = '\0';
	if (!channel_say(w->channel, text))
		return;
	w->say_n -= n;
	memmove(w->say, w->say + n, w->say_n * sizeof w->say[0]);
}

/* One message at a time; the channel's ready comes back for more. */
static void speak(struct wake *w)
{
	if (!w->greeted)
		w->greeted = channel_say(w->channel, "hello");
	else if (w->answer)
		w->answer = !channel_say(w->channel, "here");
	else if (w->say_n > 0)
		organizations_say(w);
}

static void on_later(uv_timer_t *t)
{
	speak(t->data);
}

static void on_here(uv_timer_t *t)
{
	struct wake *w = t->data;

	w->answer = true;
	speak(w);
}

static void channel_is_ready(void *with)
{
	speak(with);
}

static void channel_heard(void *with, const char *message)
{
	struct wake *w = with;
	struct str rest = str_of(message);
	struct uuid organization;

	if (str_is(rest, "hello") || str_is(rest, "here")) {
		w->others_until = uv_now(&w->loop->uv) + OTHERS_MS;
		if (str_is(rest, "hello")) {
			w->answer = true;
			speak(w);
		}
		return;
	}
	while (rest.n > 0) {
		if (uuid_read(str_cut(&rest, ' '), &organization))
			w->heard(w->with, &organization);
	}
}

struct wake *wake_open(struct loop *l, const char *url,
		       void (*heard)(void *with, const struct uuid *organization), void *with)
{
	static const struct channel_ears ears = {channel_is_ready, channel_heard};
	struct wake *w = xcalloc(1, sizeof *w);

	w->loop = l;
	w->heard = heard;
	w->with = with;
	uv_timer_init(&l->uv, &w->here);
	uv_timer_init(&l->uv, &w->later);
	w->here.data = w->later.data = w;
	w->handles = 2;
	uv_timer_start(&w->here, on_here, HERE_MS, HERE_MS);
	w->channel = channel_open(l, url, CHANNEL, &ears, w);
	return w;
}

bool wake_others(const struct wake *w)
{
	return w->others_until > uv_now(&w->loop->uv);
}

void wake_say(struct wake *w, const struct uuid *organization)
{
	for (size_t i = 0; i < w->say_n; i++) {
		if (uuid_eq(&w->say[i], organization))
			return;
	}
	if (w->say_n == SAY_MAX)
		return;
	w->say[w->say_n++] = *organization;
	if (!uv_is_active((uv_handle_t *)&w->later))
		uv_timer_start(&w->later, on_later, 0, 0);
}

static void on_closed(uv_handle_t *h)
{
	struct wake *w = h->data;

	if (--w->handles == 0)
		free(w);
}

void wake_close(struct wake *w)
{
	if (w == NULL)
		return;
	channel_close(w->channel);
	uv_close((uv_handle_t *)&w->here, on_closed);
	uv_close((uv_handle_t *)&w->later, on_closed);
}
