/*
 * sessions.c - see sessions.h. Buckets of four entries, found by a hash of both ids; ids are
 * verified before they come here (a token's, signed), so nobody can choose them to collide.
 */
#include "server/staff/sessions.h"

#include "shared/clock.h"

#define BUCKETS 1024 /* a power of two */
#define WAYS    4

struct entry {
	struct staff who;
	int64_t asked_ms; /* 0: empty */
};

struct sessions {
	uint64_t endings;
	struct entry entries[BUCKETS][WAYS];
};

struct sessions *sessions_new(void)
{
	return xcalloc(1, sizeof(struct sessions));
}

void sessions_free(struct sessions *s)
{
	free(s);
}

static size_t bucket_of(const char *organization_id, const char *session_id)
{
	uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */

	for (const char *p = organization_id; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
	for (const char *p = session_id; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 32) & (BUCKETS - 1);
}

static bool is_of(const struct entry *e, const char *organization_id, const char *session_id)
{
	return e->asked_ms != 0 && strcmp(e->who.organization_id, organization_id) == 0 &&
	       strcmp(e->who.session_id, session_id) == 0;
}

bool sessions_find(const struct sessions *s, const char *organization_id, const char *session_id,
		   struct staff *out)
{
	const struct entry *bucket = s->entries[bucket_of(organization_id, session_id)];

	for (size_t i = 0; i < WAYS; i++) {
		if (!is_of(&bucket[i], organization_id, session_id))
			continue;
		if (clock_mono_ms() - bucket[i].asked_ms >= SESSIONS_AGE_MS)
			return false;
		*out = bucket[i].who;
		return true;
	}
	return false;
}

struct sessions_asked sessions_ask(const struct sessions *s)
{
	return (struct sessions_asked){clock_mono_ms(), s->endings};
}

void sessions_learn(struct sessions *s, struct sessions_asked asked, const struct staff *who)
{
	struct entry *bucket = s->entries[bucket_of(who->organization_id, who->session_id)];
	struct entry *place = &bucket[0];

	if (asked.endings != s->endings)
		return;
	for (size_t i = 0; i < WAYS; i++) {
		if (is_of(&bucket[i], who->organization_id, who->session_id)) {
			place = &bucket[i];
			break;
		}
		if (bucket[i].asked_ms < place->asked_ms)
			place = &bucket[i];
	}
	if (is_of(place, who->organization_id, who->session_id) && place->asked_ms > asked.at_ms)
		return; /* a later question was answered first */
	place->who = *who;
	place->asked_ms = asked.at_ms;
}

void sessions_ended(struct sessions *s, const char *organization_id, const char *user_id,
		    const char *session_id)
{
	s->endings++;
	for (size_t b = 0; b < BUCKETS; b++) {
		for (size_t i = 0; i < WAYS; i++) {
			struct entry *e = &s->entries[b][i];

			if (e->asked_ms != 0 &&
			    strcmp(e->who.organization_id, organization_id) == 0 &&
			    (user_id == NULL || strcmp(e->who.user_id, user_id) == 0) &&
			    (session_id == NULL || strcmp(e->who.session_id, session_id) == 0))
				e->asked_ms = 0;
		}
	}
}
