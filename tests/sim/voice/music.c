/*
 * music.c - see music.h. A request that is under way outlives the music: it then finds that nobody
 * listens any more, and frees what is left.
 */
#include "tests/sim/voice/music.h"

#include "tests/sim/voice/run.h"
#include "tests/sim/voice/sounds.h"

#define AGAIN_MS 1000 /* no document may be asked for more often */

struct sim_music {
	struct sim_leg *leg;
	struct arena arena, document;
	struct str url;
	bool get, again, fetching, stopped;
	struct sim_pairs more;
	void (*done)(void *, bool);
	void *with;
	struct sim_sounds *sounds;
	struct sim_timer *timer;
};

static void fetch(struct sim_music *m);

static void music_free(struct sim_music *m)
{
	sim_sounds_stop(&m->sounds);
	sim_timer_free(&m->timer);
	arena_free(&m->arena);
	arena_free(&m->document);
	free(m);
}

static void music_done(struct sim_music *m, bool good)
{
	void (*done)(void *, bool) = m->done;

	m->done = NULL;
	if (done != NULL)
		done(m->with, good); /* which may stop it */
}

static void on_due(void *with)
{
	fetch(with);
}

static void on_played(void *with)
{
	struct sim_music *m = with;

	sim_sounds_stop(&m->sounds);
	if (m->again)
		sim_timer_set(m->timer, AGAIN_MS);
	else
		music_done(m, true);
}

/* Sounds up to a <Redirect>; what else there may be is not for somebody who waits. */
static void document_play(struct sim_music *m, struct sim_node *root)
{
	bool sounds = false;

	for (struct sim_node *n = root->first; n != NULL; n = n->next) {
		if (sim_node_is(n, "Redirect")) {
			m->url = sim_url_join(&m->arena, m->url, str_trim(n->text));
			m->again = true;
			n->refused = true;
		} else if (sim_node_is(n, "Say") || sim_node_is(n, "Play") ||
			   sim_node_is(n, "Pause")) {
			sounds = true;
		} else {
			n->refused = true;
		}
	}
	if (sounds)
		m->sounds = sim_sounds_play(m->leg, root->first, false, on_played, m);
	else
		sim_timer_set(m->timer, AGAIN_MS);
}

static void on_came(void *with, const struct sim_hook_result *r)
{
	struct sim_music *m = with;
	struct sim_node *root = NULL;
	char why[160];

	m->fetching = false;
	m->leg->hooks--;
	if (m->stopped) {
		music_free(m);
		return;
	}
	arena_clear(&m->document);
	if (r->document.p != NULL && str_starts(r->content_type, STR_LIT("audio/"))) {
		sim_line_note(m->leg, "music");
		sim_quiet_sound(m->leg);
		if (!m->again)
			music_done(m, true);
	} else if (r->document.p != NULL && sim_tree_read(&m->document, r->document, &root, why)) {
		document_play(m, root);
	} else {
		music_done(m, false);
	}
}

static void fetch(struct sim_music *m)
{
	struct arena a = {0};
	struct sim_pairs p = {0};
	struct sim_hook_ask ask = {.kind = SIM_HOOK_VOICE,
				   .account = m->leg->account,
				   .sid = m->leg->sid,
				   .phone = sim_leg_phone(m->leg),
				   .url = arena_cstr(&a, m->url),
				   .method = m->get ? "GET" : "POST",
				   .params = &p,
				   .check = sim_tree_check};

	sim_leg_params(m->leg, &a, &p);
	for (size_t i = 0; i < m->more.n; i++)
		sim_pairs_add(&p, &a, m->more.at[i].name, m->more.at[i].value);
	m->fetching = true;
	m->leg->hooks++;
	sim_hook_send(m->leg->sim, &ask, on_came, m);
	arena_free(&a);
}

struct sim_music *sim_music_play(struct sim_leg *leg, const struct sim_music_ask *ask)
{
	struct sim_music *m = xcalloc(1, sizeof *m);

	m->leg = leg;
	m->url = arena_str(&m->arena, ask->url);
	m->get = ask->get;
	m->again = ask->again;
	m->done = ask->done;
	m->with = ask->with;
	for (size_t i = 0; ask->more != NULL && i < ask->more->n; i++)
		sim_pairs_add(&m->more, &m->arena, arena_str(&m->arena, ask->more->at[i].name),
			      arena_str(&m->arena, ask->more->at[i].value));
	m->timer = sim_timer_new(&leg->sim->loop->uv, on_due, m);
	sim_timer_set(m->timer, 0); /* never inside this call */
	return m;
}

void sim_music_stop(struct sim_music **stop)
{
	struct sim_music *m = *stop;

	if (m == NULL)
		return;
	*stop = NULL;
	m->done = NULL;
	if (!m->fetching) {
		music_free(m);
		return;
	}
	m->stopped = true;
	sim_sounds_stop(&m->sounds);
	sim_timer_free(&m->timer);
}
