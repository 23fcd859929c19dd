/*
 * app.h - what the service owns. Everything hangs off this struct; it is passed down and never
 * global.
 */
#ifndef SWITCHBACK_SERVER_APP_H
#define SWITCHBACK_SERVER_APP_H

#include "server/core/flow.h"
#include "server/core/loop.h"
#include "server/db/db.h"
#include "server/figures.h"
#include "server/net/http.h"
#include "server/net/web.h"
#include "server/zones.h"
#include "shared/settings.h"

struct board;
struct bridges;
struct hub;
struct delays;
struct keys;
struct outage;
struct passwords;
struct runner;
struct scribes;
struct sessions;

struct app {
	const struct settings *settings;
	struct loop loop;
	struct flows *flows;
	struct db *db;
	struct http *http;
	struct web *web;
	struct keys *keys;     /* provider secrets, ready for checking (server/keys.h) */
	struct runner *runner; /* does what is due (jobs/runner.h) */
	/* staff: password checks, sign-in delays, which sessions are in force (server/staff) */
	struct passwords *passwords;
	struct delays *delays;
	struct sessions *sessions;
	struct outage *outage; /* of calls, while the database is away (voice/outage.h) */
	struct hub *hub;       /* tells what happened to whoever follows (events/hub.h) */
	/* live calls: the audio, what is said, who must hear of what (voice/) */
	struct bridges *bridges;
	struct scribes *scribes;
	struct board *board;
	unsigned lines_unproved; /* streams whose signature waits for its store's key */
	struct figures figures;
	struct zones zones; /* of the stores, kept open */
	/* refused provider requests: lines in this second, and those counted without a line */
	int64_t refused_second;
	unsigned refused_lines, refused_unsaid;
	bool stopping, drained;
	uint64_t stop_began; /* uv_now */
	uv_timer_t stop_limit;
};

/* Opens everything in order and listens; false with one sentence when it cannot. */
MUST_USE
bool app_open(struct app *a, const struct settings *s, struct err *err);
/* Serves until it is told to stop (SIGTERM, SIGINT), drains within 5 s, and closes everything. */
void app_run(struct app *a);

#endif
