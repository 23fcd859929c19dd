/*
 * conv.c - see conv.h.
 */
#include "tests/sim/eleven/conv.h"

#include "shared/clock.h"
#include "tests/sim/json.h"

#define MESSAGE_MAX (16u * 1024 * 1024)
#define FIRST_MS    10000 /* for the client's first words */

int64_t sim_conv_ms(const struct sim_conv *c)
{
	return (clock_mono_us() - c->began_us) / 1000;
}

void sim_conv_changed(struct sim_conv *c)
{
	c->version = ++c->sim->texts.version;
}

struct sim_conv *sim_conv_find(const struct sim *s, struct str id)
{
	for (struct sim_conv *c = s->convs; c != NULL; c = c->next) {
		if (str_is(id, c->id))
			return c;
	}
	return NULL;
}

/* ---- memory ---- */

static void timers_free(struct sim_conv *c)
{
	sim_timer_free(&c->speak_timer);
	sim_timer_free(&c->hear_timer);
	sim_timer_free(&c->think_timer);
	sim_timer_free(&c->tool_timer);
	sim_timer_free(&c->ping_timer);
	sim_timer_free(&c->idle_timer);
	sim_timer_free(&c->max_timer);
}

static void conv_free(struct sim_conv *c)
{
	timers_free(c);
	sim_timer_free(&c->post_timer);
	for (size_t i = 0; i < c->lines_n; i++) {
		free(c->lines[i].text);
		free(c->lines[i].original);
		free(c->lines[i].detail);
	}
	free(c->lines);
	free(c->says.text);
	free(c->to_answer);
	buf_clear(&c->words);
	json_decref(c->client_data);
	json_decref(c->variables);
	arena_free(&c->arena);
	free(c);
}

/* Still in use: its socket is there, or its webhook has not gone. */
static bool busy(const struct sim_conv *c)
{
	return c->ws != NULL || c->post_timer != NULL;
}

static void oldest_drop(struct sim *s)
{
	struct sim_conv **at, **oldest = NULL;
	unsigned n = 0;

	for (at = &s->convs; *at != NULL; at = &(*at)->next) {
		n++;
		if (!busy(*at))
			oldest = at;
	}
	if (n >= SIM_CONVS_MAX && oldest != NULL) {
		struct sim_conv *c = *oldest;

		*oldest = c->next;
		conv_free(c);
	}
}

void sim_convs_free(struct sim *s)
{
	struct sim_conv *c;

	while ((c = s->convs) != NULL) {
		s->convs = c->next;
		conv_free(c);
	}
}

void sim_convs_forget(struct sim *s)
{
	for (struct sim_conv **at = &s->convs; *at != NULL;) {
		struct sim_conv *c = *at;

		if (busy(c)) {
			at = &c->next;
			continue;
		}
		*at = c->next;
		conv_free(c);
	}
}

/* ---- the end ---- */

static void on_post_due(void *with)
{
	struct sim_conv *c = with;

	sim_timer_free(&c->post_timer);
	sim_post_call(c);
}

static void conv_over(struct sim_conv *c)
{
	if (c->state == SIM_CONV_OVER)
		return;
	sim_conv_hush(c);
	c->state = SIM_CONV_OVER;
	c->ended_us = clock_mono_us();
	timers_free(c);
	sim_conv_changed(c);
	sim_conv_journal(c, false);
	if (c->posted || c->client_data == NULL || c->sim->closing)
		return;
	c->posted = true;
	c->post_timer = sim_timer_new(&c->sim->loop->uv, on_post_due, c);
	sim_timer_set(c->post_timer, c->agent.post_call_ms);
}

void sim_conv_close(struct sim_conv *c, unsigned code, const char *error_type, const char *why)
{
	struct buf b = {0};

	if (c->state >= SIM_CONV_ENDING)
		return;
	if (error_type != NULL) {
		buf_printf(&b,
			   "\"error_event\":{\"code\":%u,\"error_type\":\"%s\",\"message\":", code,
			   error_type);
		sim_json_text(str_of(why), &b);
		buf_add_char(&b, '}');
		sim_conv_event(c, SIM_EV_ERROR, buf_cstr(&b));
		buf_clear(&b);
	}
	c->close_code = code;
	c->error_type = error_type;
	snprintf(c->close_why, sizeof c->close_why, "%s", why);
	if (c->reason == NULL)
		c->reason = code == 1000 ? "Call ended by agent" : "Error";
	c->state = SIM_CONV_ENDING;
	sim_conv_hush(c);
	timers_free(c);
	if (c->ws != NULL)
		sim_ws_close(c->ws, code, why);
}

void sim_conv_finish(struct sim_conv *c, const char *reason)
{
	c->reason = reason;
	sim_conv_close(c, 1000, NULL, "");
}

static void on_ended(void *self, const struct sim_ws_end *end)
{
	struct sim_conv *c = self;

	c->ws = NULL;
	if (c->state < SIM_CONV_ENDING) {
		c->close_code = end->how == SIM_WS_CLOSED ? end->code : 1006;
		snprintf(c->close_why, sizeof c->close_why, "%s", end->why);
		c->reason = end->how == SIM_WS_CLOSED ? "Client ended the conversation"
						      : "Client disconnected";
	}
	conv_over(c);
}

void sim_convs_drop(struct sim *s)
{
	for (struct sim_conv *c = s->convs; c != NULL; c = c->next) {
		c->posted = true;
		sim_timer_free(&c->post_timer);
		conv_over(c); /* while there is a journal to write it into */
		if (c->ws != NULL)
			sim_ws_reset(c->ws);
	}
}

/* ---- limits ---- */

static void on_idle(void *with)
{
	struct sim_conv *c = with;

	if (c->state == SIM_CONV_OPENING)
		sim_conv_close(c, 1008, "invalid_message", "Nothing came after the connection");
	else
		sim_conv_close(c, 1002, "transport_receive_timeout", "No user input");
}

static void on_longest(void *with)
{
	struct sim_conv *c = with;

	c->reason = "Max duration exceeded";
	sim_conv_close(c, 1000, "max_duration_exceeded", "Max duration exceeded");
}

void sim_conv_active(struct sim_conv *c)
{
	if (c->idle_timer != NULL && c->agent.idle_ms > 0)
		sim_timer_set(c->idle_timer, c->agent.idle_ms);
}

static void on_ping(void *with)
{
	struct sim_conv *c = with;

	sim_conv_ping(c);
	if (c->ping_timer != NULL)
		sim_timer_set(c->ping_timer, c->agent.ping_every_ms);
}

/* ---- the beginning ---- */

static void on_opened(struct sim_ws *ws, void *self)
{
	struct sim_conv *c = self;

	(void)ws;
	sim_conv_journal(c, true);
	if (c->agent.metadata_first)
		sim_conv_metadata(c);
	sim_timer_set(c->idle_timer, FIRST_MS);
	sim_conv_changed(c);
}

static void on_message(struct sim_ws *ws, void *self, bool text, struct str m)
{
	(void)ws;
	sim_conv_message(self, text, m);
}

static const struct sim_ws_kind conv_kind = {MESSAGE_MAX, on_opened, on_message, on_ended};

void sim_conv_begin(struct sim_conv *c)
{
	uv_loop_t *uv = &c->sim->loop->uv;

	c->state = SIM_CONV_LIVE;
	if (c->fault.kind == SIM_FAULT_NONE) /* whose call it is, is known from here on */
		c->fault = sim_faults_take(&c->sim->faults, SIM_ON_AGENT, sim_conv_phone(c));
	c->max_timer = sim_timer_new(uv, on_longest, c);
	if (c->agent.max_ms > 0)
		sim_timer_set(c->max_timer, c->agent.max_ms);
	c->ping_timer = sim_timer_new(uv, on_ping, c);
	if (c->agent.ping_every_ms > 0)
		sim_timer_set(c->ping_timer, c->agent.ping_every_ms);
	sim_conv_active(c);
	sim_conv_changed(c);
}

struct str sim_conv_phone(const struct sim_conv *c)
{
	const char *phone = json_string_value(json_object_get(c->variables, "customer_phone"));

	return str_of(phone == NULL ? "" : phone);
}

static void id_new(char out[SIM_CONV_ID])
{
	char hex[29];

	sim_random_hex(14, hex);
	snprintf(out, SIM_CONV_ID, "conv_%s", hex);
}

struct sim_conv *sim_conv_open(struct sim *s, const struct sim_agent *a, const struct sim_fault *f,
			       int fd, struct str key, const char *protocol)
{
	struct sim_conv *c = xcalloc(1, sizeof *c);

	oldest_drop(s);
	c->sim = s;
	c->agent = *a;
	c->text_only = a->text_only;
	c->french = strncmp(a->language, "fr", 2) == 0;
	c->next_id = 1;
	c->ping_ms = -1;
	id_new(c->id);
	c->began_us = clock_mono_us();
	c->accepted_us = clock_wall_us();
	c->variables = json_object();
	c->fault = *f;
	c->idle_timer = sim_timer_new(&s->loop->uv, on_idle, c);
	c->next = s->convs;
	s->convs = c;
	c->ws = sim_ws_accept(&s->loop->uv, fd, key, protocol, &conv_kind, c);
	return c;
}
