/*
 * staffed.h - what the tests of a live call that staff have share: a call to store A on the bridge,
 * Jordan's desk, and the commands. A header of its own: each test is one program.
 */
#ifndef SWITCHBACK_TESTS_STORE_STAFFED_H
#define SWITCHBACK_TESTS_STORE_STAFFED_H

#include <criterion/criterion.h>

#include "server/api/calls.h"
#include "server/api/conversations.h"
#include "server/voice/sentences.h"
#include "tests/support/desk.h"
#include "tests/support/ringing.h"

#define JORDAN_SID "CA000000000000000000000000000000a1"
#define SYLVIE_SID "CA000000000000000000000000000000a2"
#define ROOM       "CF00000000000000000000000000000001"

static struct test_db *t;
static struct desk *d;
static struct ringing r;

static inline void expect_int(const char *sql, int64_t wanted)
{
	int64_t got = sql_int(t->owner, sql);

	cr_expect_eq(got, wanted, "%s: %" PRId64 ", wanted %" PRId64, sql, got, wanted);
}

static inline void expect_text(const char *sql, const char *wanted)
{
	char *got = sql_text(t->owner, sql);

	cr_expect_str_eq(got, wanted, "%s: \"%s\", wanted \"%s\"", sql, got, wanted);
	free(got);
}

/* `got` is freed. */
static inline void expect_word(char *got, const char *wanted, const char *what)
{
	cr_expect_str_eq(got, wanted, "%s: \"%s\", wanted \"%s\"", what, got, wanted);
	free(got);
}

static inline void expect_at(const struct desk_answer *a, const char *path, const char *wanted)
{
	cr_expect_str_eq(desk_at(a, path), wanted, "%s: \"%s\", wanted \"%s\"\n%s", path,
			 desk_at(a, path), wanted, a->text);
}

static inline void expect_is(const struct desk_answer *a, const char *outcome, const char *code)
{
	cr_expect_str_eq(a->outcome, outcome, "%s, wanted %s\n%s", a->outcome, outcome, a->text);
	cr_expect_str_eq(a->code, code, "%s, wanted %s", a->code, code);
}

#define STAGE "SELECT stage FROM call_sessions WHERE leg = 'customer'"
#define HOLDER                                                                                     \
	"SELECT holder || coalesce(' ' || holder_user_id, '') || ' ' || epoch FROM conversations " \
	"WHERE channel = 'voice'"
#define REQUEST                                                                                \
	"SELECT state FROM escalations WHERE conversation_id = (SELECT id FROM conversations " \
	"WHERE channel = 'voice')"
#define MARKERS                                                                                 \
	"SELECT string_agg(body, ' / ' ORDER BY position) FROM messages WHERE kind = 'marker' " \
	"AND channel = 'voice'"
#define STEERED                                                                              \
	"SELECT count(*) FROM due_work WHERE kind = 'call_steer' AND ref = (SELECT id FROM " \
	"call_sessions WHERE leg = 'customer')"
#define PHONES "SELECT count(*) FROM call_sessions WHERE leg = 'staff' AND stage <> 'ended'"
#define LINES(s)                                                                                 \
	"SELECT count(*) FROM messages WHERE channel = 'voice' AND kind = 'text' AND author <> " \
	"'customer' AND status = '" s "'"

/* What the owner's queries below see: this call alone, of all that the demo has. */
static inline void seen(void)
{
	static const char *const tables[] = {"messages", "call_sessions", "escalations",
					     "promises"};
	char sql[300];

	snprintf(sql, sizeof sql,
		 "CREATE TEMP VIEW conversations AS SELECT * FROM public.conversations WHERE id = "
		 "'%s'",
		 r.conversation);
	sql_run(t->owner, sql);
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		snprintf(sql, sizeof sql,
			 "CREATE TEMP VIEW %s AS SELECT * FROM public.%s WHERE conversation_id = "
			 "'%s'",
			 tables[i], tables[i], r.conversation);
		sql_run(t->owner, sql);
	}
}

static inline void set_up(void)
{
	t = test_db_new(TEST_DB_DEMO);
	d = desk_open(t, DEMO_ORG_A);
	sql_run(t->owner,
		"UPDATE organizations SET consent_line_en = NULL, consent_line_fr = NULL");
	sql_run(t->owner, "UPDATE user_profiles SET phone_number = '+1416555' || "
			  "lpad((abs(hashtext(id::text)) % 9000 + 1000)::text, 4, '0')");
	desk_user(d, "Jordan");
	ringing_begin(&r, t, true);
	seen();
}

static inline void tear_down(void)
{
	desk_close(d);
	test_db_free(t);
}

#define TAKE(epoch, how, ...)                                                          \
	DESK(d, &conversation_take_over_row, {"id", r.conversation}, {"epoch", epoch}, \
	     {"by", how}, ##__VA_ARGS__)
#define SAY(e, b) \
	DESK(d, &conversation_reply_row, {"id", r.conversation}, {"epoch", e}, {"body", b})
#define HAND_BACK(e) DESK(d, &conversation_hand_back_row, {"id", r.conversation}, {"epoch", e})
#define HANG_UP(e)   DESK(d, &call_hang_up_row, {"id", r.conversation}, {"epoch", e})
#define HOLD(e, on)  DESK(d, &call_hold_row, {"id", r.conversation}, {"epoch", e}, {"on", on})
#define MUTE(on)     DESK(d, &call_mute_row, {"id", r.conversation}, {"on", on})
#define TRANSFER(e, to) \
	DESK(d, &call_transfer_row, {"id", r.conversation}, {"epoch", e}, {"user_id", to})
#define ONE() DESK(d, &conversation_one_row, {"id", r.conversation})

/* The caller's leg asks what comes next: its stage, and the lines that are spoken. */
static inline void expect_next(const char *door, const char *stage, const char *line)
{
	expect_word(ringing_asked(&r, r.call, door, "in_progress", NULL, false, "stage"), stage,
		    "stage");
	if (line != NULL)
		expect_text("SELECT coalesce(string_agg(body, ' / ' ORDER BY position), '') FROM"
			    " messages WHERE status = 'sending' AND spoken_document = (SELECT"
			    " document_number FROM call_sessions WHERE leg = 'customer')",
			    line);
}

/* Jordan has the call by phone, and both are in the room. */
static inline void jordan_in_the_room(void)
{
	expect_is(TAKE("1", "phone"), "ok", "");
	ringing_staff(&r, JORDAN_SID);
	expect_word(ringing_pressed(&r, "1"), "room", "plan");
	ringing_told(&r, r.call, "conference", NULL,
		     "{\"StatusCallbackEvent\": \"participant-join\", \"ConferenceSid\": \"" ROOM
		     "\", \"CallSid\": \"" JORDAN_SID "\"}");
	expect_next("stream-end", "conference", NULL);
	ringing_told(&r, r.call, "conference", NULL,
		     "{\"StatusCallbackEvent\": \"participant-join\", \"ConferenceSid\": \"" ROOM
		     "\", \"CallSid\": \"" RINGING_SID "\"}");
}

#endif
