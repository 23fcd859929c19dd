/*
 * texts.c - see texts.h.
 */
#include "tests/sim/texts.h"

#include "shared/clock.h"
#include "tests/sim/segments.h"

#define MEDIA_LIMIT (64u * 1024 * 1024)

const char *sim_status_word(enum sim_status s)
{
	static const char *const words[] = {"queued",    "accepted",    "sending", "sent",
					    "delivered", "undelivered", "failed",  "received"};

	return words[s];
}

void sim_texts_init(struct sim_texts *ts, size_t cap)
{
	*ts = (struct sim_texts){.cap = cap, .first = 1, .next = 1, .media_limit = MEDIA_LIMIT};
	ts->ring = xcalloc(cap, sizeof(struct sim_text *));
	for (ts->buckets_n = 64; ts->buckets_n < cap; ts->buckets_n *= 2)
		;
	ts->buckets = xcalloc(ts->buckets_n, sizeof(struct sim_text *));
}

static size_t bucket_of(const struct sim_texts *ts, struct str sid)
{
	uint64_t h = 1469598103934665603u;

	for (size_t i = 2; i < sid.n; i++)
		h = (h ^ (unsigned char)sid.p[i]) * 1099511628211u;
	return (size_t)(h & (ts->buckets_n - 1));
}

static void text_free(struct sim_texts *ts, struct sim_text *t)
{
	struct sim_text **at = &ts->buckets[bucket_of(ts, str_of(t->sid))];

	while (*at != t)
		at = &(*at)->same;
	*at = t->same;
	for (unsigned i = 0; i < t->media_n; i++) {
		ts->media_bytes -= t->media[i].n;
		free(t->media[i].content_type);
		free(t->media[i].url);
		free(t->media[i].bytes);
	}
	free(t->media);
	free(t->from);
	free(t->to);
	free(t->body);
	free(t->callback);
	free(t);
}

static void oldest_drop(struct sim_texts *ts)
{
	struct sim_text **at = &ts->ring[ts->first++ % ts->cap];

	text_free(ts, *at);
	*at = NULL;
}

void sim_texts_forget(struct sim_texts *ts)
{
	while (ts->first < ts->next)
		oldest_drop(ts);
	ts->version++;
}

void sim_texts_clear(struct sim_texts *ts)
{
	if (ts->ring == NULL)
		return;
	sim_texts_forget(ts);
	free(ts->ring);
	free(ts->buckets);
	*ts = (struct sim_texts){0};
}

static char *copied(struct str s)
{
	char *p = xmalloc(s.n + 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

struct sim_text *sim_text_add(struct sim_texts *ts, enum sim_direction d, struct str from,
			      struct str to, struct str body, bool mms)
{
	struct sim_text *t = xcalloc(1, sizeof *t);
	struct sim_segments parts;
	size_t b;

	if (ts->next - ts->first == ts->cap)
		oldest_drop(ts);
	sim_sid_new(mms ? "MM" : "SM", t->sid);
	sim_segments_count(body, &parts);
	t->seq = ts->next++;
	t->direction = d;
	t->status = d == SIM_INBOUND ? SIM_RECEIVED : SIM_QUEUED;
	t->segments = mms ? 1 : parts.count;
	t->created_us = clock_wall_us();
	t->updated_us = t->created_us;
	t->from = copied(from);
	t->to = copied(to);
	t->body = copied(body);
	b = bucket_of(ts, str_of(t->sid));
	t->same = ts->buckets[b];
	ts->buckets[b] = t;
	ts->ring[t->seq % ts->cap] = t;
	return t;
}

bool sim_text_attach(struct sim_texts *ts, struct sim_text *t, struct str content_type,
		     struct str bytes, struct str url)
{
	struct sim_media *m;

	if (t->media_n == SIM_MEDIA_MAX)
		return false;
	while (ts->media_bytes + bytes.n > ts->media_limit && ts->first < t->seq)
		oldest_drop(ts);
	if (ts->media_bytes + bytes.n > ts->media_limit)
		return false;
	t->media = xrealloc(t->media, (t->media_n + 1) * sizeof *t->media);
	m = &t->media[t->media_n++];
	*m = (struct sim_media){.n = bytes.n, .created_us = t->created_us};
	sim_sid_new("ME", m->sid);
	m->content_type = copied(content_type);
	m->url = url.n > 0 ? copied(url) : NULL;
	m->bytes = bytes.p != NULL ? copied(bytes) : NULL;
	ts->media_bytes += bytes.n;
	return true;
}

void sim_text_changed(struct sim_texts *ts, struct sim_text *t)
{
	t->version = ++ts->version;
	t->updated_us = clock_wall_us();
	if (ts->changed != NULL)
		ts->changed(ts->changed_with, t);
}

void sim_text_set_status(struct sim_texts *ts, struct sim_text *t, enum sim_status s, int code)
{
	int64_t now = clock_wall_us();

	t->status = s;
	t->error_code = code;
	if (s == SIM_SENT && t->sent_us == 0)
		t->sent_us = now;
	if ((s == SIM_SENT || s == SIM_DELIVERED) && t->shown_us == 0 && !t->lost)
		t->shown_us = now;
	sim_text_changed(ts, t);
}

struct sim_text *sim_text_find(const struct sim_texts *ts, struct str sid)
{
	for (struct sim_text *t = ts->buckets[bucket_of(ts, sid)]; t != NULL; t = t->same) {
		if (str_is(sid, t->sid))
			return t;
	}
	return NULL;
}

struct sim_text *sim_text_at(const struct sim_texts *ts, uint64_t seq)
{
	return seq < ts->first || seq >= ts->next ? NULL : ts->ring[seq % ts->cap];
}

struct sim_media *sim_media_find(const struct sim_text *t, struct str sid)
{
	for (unsigned i = 0; i < t->media_n; i++) {
		if (str_is(sid, t->media[i].sid) && !t->media[i].deleted)
			return &t->media[i];
	}
	return NULL;
}

bool sim_text_on_handset(const struct sim_text *t, struct str number)
{
	if (t->direction == SIM_INBOUND)
		return str_is(number, t->from);
	return t->shown_us != 0 && str_is(number, t->to);
}
