/*
 * sim_bridge.c - see sim_bridge.h.
 */
#include "tests/support/sim_bridge.h"

#include <criterion/criterion.h>

#include "tests/sim/eleven/links.h"
#include "tests/support/contract.h"

#define GREETING                                                                             \
	"{\"type\":\"conversation_initiation_client_data\",\"dynamic_variables\":{"          \
	"\"store_greeting\":\"Welcome to Bici Downtown.\",\"store_hours\":\"Nine to six.\"," \
	"\"store_status_text\":\"We are open.\",\"recent_orders\":\"Order 4512 is ready.\"}}"

static void keep(json_t **list, size_t *n, json_t *m)
{
	cr_assert_lt(*n, BRIDGE_KEPT);
	list[(*n)++] = json_incref(m);
}

static const char *word(const json_t *m, const char *name)
{
	const char *s = json_string_value(json_object_get(m, name));

	return s == NULL ? "" : s;
}

void sim_bridge_tell_twilio(struct sim_bridge *b, const char *json)
{
	if (b->twilio != NULL)
		(void)sim_ws_send(b->twilio, true, str_of(json));
}

void sim_bridge_tell_agent(struct sim_bridge *b, const char *json)
{
	if (b->agent != NULL)
		(void)sim_ws_send(b->agent, true, str_of(json));
}

static void tell(struct sim_bridge *b, bool twilio, json_t *m)
{
	char *s = json_dumps(m, JSON_COMPACT);

	if (twilio)
		sim_bridge_tell_twilio(b, s);
	else
		sim_bridge_tell_agent(b, s);
	free(s);
	json_decref(m);
}

/* ---- the agent's leg ---- */

static void agent_opened(struct sim_ws *ws, void *self)
{
	struct sim_bridge *b = self;

	(void)ws;
	sim_bridge_tell_agent(b, b->initiation == NULL ? GREETING : b->initiation);
}

static void agent_message(struct sim_ws *ws, void *self, bool text, struct str m)
{
	struct sim_bridge *b = self;
	json_t *j = json_loadb(m.p, m.n, 0, NULL);
	const char *type = word(j, "type");
	struct err err;

	(void)ws;
	cr_expect(text && j != NULL, "an event that is no JSON");
	cr_expect(contract_conversation("server_to_client", j, &err), "%s: " STR_FMT, err.text,
		  STR_ARG(m));
	if (strcmp(type, "audio") == 0) {
		const json_t *e = json_object_get(j, "audio_event");

		b->audio++;
		if (!b->no_audio_back) {
			tell(b, true,
			     json_pack("{s:s,s:s,s:{s:s}}", "event", "media", "streamSid",
				       b->stream, "media", "payload", word(e, "audio_base_64")));
		}
	} else {
		keep(b->from_agent, &b->from_agent_n, j);
	}
	if (strcmp(type, "ping") == 0)
		tell(b, false,
		     json_pack("{s:s,s:O}", "type", "pong", "event_id",
			       json_object_get(json_object_get(j, "ping_event"), "event_id")));
	else if (strcmp(type, "interruption") == 0)
		tell(b, true, json_pack("{s:s,s:s}", "event", "clear", "streamSid", b->stream));
	json_decref(j);
}

static void agent_ended(void *self, const struct sim_ws_end *end)
{
	struct sim_bridge *b = self;

	b->agent = NULL;
	b->agent_ended = true;
	b->agent_end = *end;
	b->agent_end.why = arena_strdup(&b->world->arena, end->why);
	if (b->twilio != NULL)
		sim_ws_close(b->twilio, 1000, "");
}

static const struct sim_ws_kind agent_kind = {8u * 1024 * 1024, agent_opened, agent_message,
					      agent_ended};

static void agent_connect(struct sim_bridge *b)
{
	struct sim *s = &b->world->line.sim;
	struct sim_ws_url url;
	char text[300];

	snprintf(text, sizeof text,
		 "ws://127.0.0.1:%d/v1/convai/conversation?agent_id=agent_practice"
		 "&conversation_signature=%s",
		 s->set.elevenlabs_port, sim_link_new(s, "agent_practice", false));
	cr_assert(sim_ws_url_read(str_of(text), &url));
	b->agent = sim_ws_connect(&b->world->line.loop.uv, &url, NULL, 0, 5000, &agent_kind, b);
}

/* ---- the stream's leg ---- */

static void twilio_opened(struct sim_ws *ws, void *self)
{
	(void)ws;
	(void)self;
}

static void twilio_message(struct sim_ws *ws, void *self, bool text, struct str m)
{
	struct sim_bridge *b = self;
	json_t *j = json_loadb(m.p, m.n, 0, NULL);
	const char *event = word(j, "event");

	(void)ws;
	cr_expect(text && j != NULL, "a message that is no JSON");
	if (strcmp(event, "media") == 0) {
		b->media++;
		tell(b, false,
		     json_pack("{s:s}", "user_audio_chunk",
			       word(json_object_get(j, "media"), "payload")));
	} else {
		keep(b->from_twilio, &b->from_twilio_n, j);
	}
	if (strcmp(event, "start") == 0) {
		snprintf(b->stream, sizeof b->stream, "%s", word(j, "streamSid"));
		snprintf(b->call, sizeof b->call, "%s",
			 word(json_object_get(j, "start"), "callSid"));
		if (!b->no_agent)
			agent_connect(b);
	}
	json_decref(j);
}

static void twilio_ended(void *self, const struct sim_ws_end *end)
{
	struct sim_bridge *b = self;

	b->twilio = NULL;
	b->twilio_ended = true;
	b->twilio_end = *end;
	b->twilio_end.why = arena_strdup(&b->world->arena, end->why);
	if (b->agent != NULL)
		sim_ws_close(b->agent, 1000, "");
}

static const struct sim_ws_kind twilio_kind = {1024 * 1024, twilio_opened, twilio_message,
					       twilio_ended};

static void on_upgrade(void *with, const struct web_request *r, struct ticket t)
{
	struct sim_bridge *b = with;
	struct str key = web_header(r, "sec-websocket-key");
	struct arena *a = &b->world->arena;

	b->signature = arena_str(a, web_header(r, "x-twilio-signature"));
	b->twilio_ended = false;
	b->twilio = sim_ws_accept(&b->world->line.loop.uv, web_take(t), key, NULL, &twilio_kind, b);
}

void sim_bridge_open(struct sim_bridge *b, struct sim_world *w)
{
	*b = (struct sim_bridge){.world = w};
	w->upgrade = on_upgrade;
	w->upgrade_with = b;
}

static void forget(json_t **list, size_t *n)
{
	while (*n > 0)
		json_decref(list[--*n]);
}

void sim_bridge_close(struct sim_bridge *b)
{
	if (b->twilio != NULL)
		sim_ws_reset(b->twilio);
	if (b->agent != NULL)
		sim_ws_reset(b->agent);
	forget(b->from_twilio, &b->from_twilio_n);
	forget(b->from_agent, &b->from_agent_n);
}

const char *sim_bridge_twiml(struct sim_world *w, const char *parameters, const char *behind)
{
	return arena_printf(&w->arena,
			    "<Response><Connect><Stream url=\"ws://127.0.0.1:%d/media\">%s</Stream>"
			    "</Connect>%s</Response>",
			    w->store_port, parameters, behind);
}

/* ---- waiting ---- */

static struct sim_bridge *waited;
static const char *wanted;
static size_t wanted_n;

static const json_t *find(json_t *const *list, size_t n, const char *member)
{
	size_t left = wanted_n;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(word(list[i], member), wanted) == 0 && left-- == 0)
			return list[i];
	}
	return NULL;
}

static bool twilio_has(struct sim_world *w)
{
	(void)w;
	return find(waited->from_twilio, waited->from_twilio_n, "event") != NULL;
}

static bool agent_has(struct sim_world *w)
{
	(void)w;
	return find(waited->from_agent, waited->from_agent_n, "type") != NULL;
}

const json_t *sim_bridge_from_twilio(struct sim_bridge *b, const char *event, size_t n)
{
	waited = b;
	wanted = event;
	wanted_n = n;
	(void)world_until(b->world, twilio_has, 10000);
	return find(b->from_twilio, b->from_twilio_n, "event");
}

const json_t *sim_bridge_from_agent(struct sim_bridge *b, const char *type, size_t n)
{
	waited = b;
	wanted = type;
	wanted_n = n;
	(void)world_until(b->world, agent_has, 10000);
	return find(b->from_agent, b->from_agent_n, "type");
}

static bool twilio_over(struct sim_world *w)
{
	(void)w;
	return waited->twilio_ended;
}

static bool agent_over(struct sim_world *w)
{
	(void)w;
	return waited->agent_ended;
}

bool sim_bridge_twilio_ends(struct sim_bridge *b)
{
	waited = b;
	return world_until(b->world, twilio_over, 10000);
}

bool sim_bridge_agent_ends(struct sim_bridge *b)
{
	waited = b;
	return world_until(b->world, agent_over, 10000);
}
