/*
 * script.c - see script.h.
 */
#include "tests/sim/script.h"

#include "shared/buf.h"
#include "shared/phone.h"
#include "tests/sim/behaviour.h"
#include "tests/sim/crypt.h"
#include "tests/sim/faults.h"

#define EXPECT_MS 10000

struct reader {
	struct arena *arena;
	struct sim_script *script;
	struct err *err;
	unsigned line;
	struct str phone; /* that texted last */
	bool call;        /* one is on */
};

static bool bad(struct reader *r, const char *what)
{
	return err_set(r->err, ERR_INPUT, "line %u: %s", r->line, what);
}

bool sim_script_set(struct sim_script *s, struct str name, struct str value, struct err *err)
{
	if (name.n == 0)
		return err_set(err, ERR_INPUT, "a variable has a name: NAME=value");
	for (size_t i = 0; i < s->variables_n; i++) {
		if (str_eq(s->variables[i].name, name))
			return true;
	}
	if (s->variables_n == SIM_VARIABLES_MAX)
		return err_set(err, ERR_INPUT, "at most %d variables", SIM_VARIABLES_MAX);
	s->variables[s->variables_n++] = (struct sim_variable){name, value};
	return true;
}

bool sim_duration_read(struct str text, unsigned *ms)
{
	struct str digits = str_trim(text), unit;
	int64_t n;

	text = digits;
	while (digits.n > 0 && (digits.p[digits.n - 1] < '0' || digits.p[digits.n - 1] > '9'))
		digits.n--;
	unit = str_trim(str_sub(text, digits.n, text.n));
	if (!str_int(digits, 0, 600000, &n) || (!str_is(unit, "s") && !str_is(unit, "ms")))
		return false;
	n = str_is(unit, "s") ? n * 1000 : n;
	if (n > 600000)
		return false;
	*ms = (unsigned)n;
	return true;
}

/* ---- variables ---- */

static bool name_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* "$STORE" becomes its value; "$5" and "$$" stay what they are. */
static bool expand(struct reader *r, struct str line, struct str *out)
{
	struct buf b = {0};
	bool good = true;

	for (size_t i = 0; i < line.n && good; i++) {
		size_t end = i + 1;
		struct str name;
		bool found = false;

		if (line.p[i] != '$' || end == line.n || line.p[end] < 'A' || line.p[end] > 'Z') {
			buf_add_char(&b, line.p[i]);
			continue;
		}
		while (end < line.n && name_char(line.p[end]))
			end++;
		name = str_sub(line, i + 1, end - i - 1);
		for (size_t k = 0; k < r->script->variables_n && !found; k++) {
			if (!str_eq(r->script->variables[k].name, name))
				continue;
			buf_add_str(&b, r->script->variables[k].value);
			found = true;
		}
		if (!found)
			good = err_set(r->err, ERR_INPUT,
				       "line %u: nobody set $" STR_FMT
				       " (let, or --set NAME=value)",
				       r->line, STR_ARG(name));
		i = end - 1;
	}
	*out = arena_str(r->arena, buf_str(&b));
	buf_clear(&b);
	return good;
}

/* ---- lines ---- */

static struct str word_next(struct str *rest)
{
	struct str word;

	*rest = str_trim(*rest);
	word = str_cut(rest, ' ');
	*rest = str_trim(*rest);
	return word;
}

static struct sim_step *step_add(struct reader *r, enum sim_step_kind kind)
{
	struct sim_step *s;

	if (r->script->n == SIM_STEPS_MAX) {
		bad(r, "the script is too long");
		return NULL;
	}
	s = &r->script->steps[r->script->n++];
	*s = (struct sim_step){.kind = kind, .line = r->line};
	return s;
}

static bool simple(struct reader *r, enum sim_step_kind kind, struct str text)
{
	struct sim_step *s = step_add(r, kind);

	if (s != NULL)
		s->text = text;
	return s != NULL;
}

static bool read_wait(struct reader *r, struct str rest)
{
	struct sim_step *s = step_add(r, SIM_STEP_WAIT);

	if (s == NULL)
		return false;
	return sim_duration_read(rest, &s->ms) || bad(r, "\"wait\" wants a time such as 2s");
}

static bool read_fault(struct reader *r, struct str rest)
{
	struct sim_fault f;
	struct err why = {0};

	if (!sim_fault_parse(rest, &f, &why))
		return bad(r, why.text);
	return simple(r, SIM_STEP_FAULT, rest);
}

static bool read_phone(struct reader *r, struct str rest)
{
	struct sim_step *s = step_add(r, SIM_STEP_BEHAVES);
	struct sim_behaviour b;

	if (s == NULL)
		return false;
	s->from = word_next(&rest);
	if (!phone_valid(s->from) || !str_is(word_next(&rest), "behaves") ||
	    !sim_behaviour_parse(rest, &b))
		return bad(r, "write: phone +15145550199 behaves normal|slow|never|twice|swapped|"
			      "silent|30003");
	s->text = rest;
	return true;
}

static bool read_name(struct reader *r, struct str rest)
{
	struct sim_step *s = step_add(r, SIM_STEP_NAME);

	if (s == NULL)
		return false;
	s->from = word_next(&rest);
	s->text = rest;
	return phone_valid(s->from) || bad(r, "write: name +14165550001 Bici Downtown");
}

static bool read_let(struct reader *r, struct str rest)
{
	struct str name = word_next(&rest);

	return sim_script_set(r->script, name, rest, r->err);
}

/* "[from N] [to N] [within T|for T]" up to the colon. */
static bool read_clauses(struct reader *r, struct str rest, struct sim_step *s)
{
	while (rest.n > 0) {
		struct str word = word_next(&rest), value = word_next(&rest);

		if (str_is(word, "from") && phone_valid(value))
			s->from = value;
		else if (str_is(word, "to") && phone_valid(value))
			s->to = value;
		else if ((str_is(word, "within") || str_is(word, "for")) &&
			 sim_duration_read(value, &s->ms))
			continue;
		else
			return bad(r,
				   "write: expect from NUMBER [to NUMBER] within 10s: *pattern*");
	}
	if (s->to.n == 0)
		s->to = r->phone;
	if (s->from.n == 0 || s->to.n == 0)
		return bad(r, "whose text is expected, and on which phone?");
	return true;
}

static bool read_expect(struct reader *r, struct str rest)
{
	bool nothing = str_starts(rest, STR_LIT("nothing "));
	struct sim_step *s = step_add(r, nothing ? SIM_STEP_NOTHING : SIM_STEP_EXPECT);
	struct str clauses;

	if (s == NULL)
		return false;
	s->ms = nothing ? 2000 : EXPECT_MS;
	if (nothing)
		return read_clauses(r, str_sub(rest, 8, rest.n), s);
	clauses = str_cut(&rest, ':');
	s->text = str_trim(rest);
	if (s->text.n == 0)
		return bad(r, "behind the colon stands the pattern that is expected");
	return read_clauses(r, clauses, s);
}

/* "+15145550199 > +14165550001 [photo]: text" */
static bool read_text(struct reader *r, struct str line)
{
	struct sim_step *s = step_add(r, SIM_STEP_TEXT);
	struct str head = str_cut(&line, ':');

	if (s == NULL)
		return false;
	s->text = str_trim(line);
	s->from = word_next(&head);
	if (!str_is(word_next(&head), ">"))
		return bad(r,
			   "not understood; a text is written: +15145550199 > +14165550001: hello");
	s->to = word_next(&head);
	s->photo = str_is(head, "[photo]");
	if (line.p == NULL || !phone_valid(s->from) || !phone_valid(s->to) ||
	    (head.n > 0 && !s->photo))
		return bad(r, "a text is written: +15145550199 > +14165550001: hello");
	r->phone = s->from;
	return true;
}

/* ---- calls ---- */

/* "call +15145550199 > +14165550001" */
static bool read_call(struct reader *r, struct str rest)
{
	struct sim_step *s = step_add(r, SIM_STEP_CALL);

	if (s == NULL)
		return false;
	s->from = word_next(&rest);
	if (!phone_valid(s->from) || !str_is(word_next(&rest), ">") || !phone_valid(rest))
		return bad(r, "write: call +15145550199 > +14165550001");
	if (r->call)
		return bad(r, "one call at a time: hang up first");
	s->to = rest;
	r->call = true;
	return true;
}

static bool on_call(struct reader *r, enum sim_step_kind kind, struct str text)
{
	return r->call ? simple(r, kind, text)
		       : bad(r, "there is no call yet: call NUMBER > NUMBER");
}

static bool read_speak(struct reader *r, struct str rest)
{
	return rest.n > 0 ? on_call(r, SIM_STEP_SPEAK, rest) : bad(r, "write: speak words");
}

static bool read_press(struct reader *r, struct str rest)
{
	return rest.n > 0 ? on_call(r, SIM_STEP_PRESS, rest) : bad(r, "write: press 0");
}

static bool read_hang(struct reader *r, struct str rest)
{
	if (!str_is(rest, "up"))
		return bad(r, "write: hang up");
	if (!on_call(r, SIM_STEP_HANG_UP, (struct str){0}))
		return false;
	r->call = false;
	return true;
}

/* "hear [within 20s]: *pattern*" */
static bool read_hear(struct reader *r, struct str rest)
{
	struct str head = str_cut(&rest, ':'), word = word_next(&head);
	unsigned ms = EXPECT_MS;

	rest = str_trim(rest);
	if (rest.n == 0 ||
	    (word.n > 0 && (!str_is(word, "within") || !sim_duration_read(head, &ms))))
		return bad(r, "write: hear within 20s: *pattern*");
	if (!on_call(r, SIM_STEP_HEAR, rest))
		return false;
	r->script->steps[r->script->n - 1].ms = ms;
	return true;
}

static bool read_line(struct reader *r, struct str line)
{
	static const struct {
		const char *word;
		bool (*read)(struct reader *, struct str);
	} verbs[] = {{"wait", read_wait},   {"fault", read_fault}, {"phone", read_phone},
		     {"name", read_name},   {"let", read_let},     {"expect", read_expect},
		     {"call", read_call},   {"speak", read_speak}, {"hear", read_hear},
		     {"press", read_press}, {"hang", read_hang}};
	struct str rest = line, word;

	if (str_starts(line, STR_LIT("hear:"))) /* without a time */
		return read_hear(r, str_sub(line, 4, line.n));
	word = word_next(&rest);
	if (str_is(word, "say"))
		return simple(r, SIM_STEP_SAY, rest);
	if (str_is(line, "faults clear"))
		return simple(r, SIM_STEP_CLEAR, (struct str){0});
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		if (str_is(word, verbs[i].word))
			return verbs[i].read(r, rest);
	}
	return read_text(r, line);
}

/* $DIGITS is four digits that differ from run to run: a phone that nobody knows yet. */
static bool digits_set(struct arena *a, struct sim_script *s, struct err *err)
{
	unsigned n;

	sim_random(&n, sizeof n);
	return sim_script_set(s, STR_LIT("DIGITS"), str_of(arena_printf(a, "%04u", n % 10000)),
			      err);
}

bool sim_script_read(struct arena *a, struct str text, struct sim_script *s, struct err *err)
{
	struct reader r = {.arena = a, .script = s, .err = err};

	if (!digits_set(a, s, err))
		return false;
	s->steps = ARENA_ARRAY(a, struct sim_step, SIM_STEPS_MAX);
	s->n = 0;
	while (text.n > 0) {
		struct str line = str_trim(str_cut(&text, '\n'));

		r.line++;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (!expand(&r, line, &line) || !read_line(&r, line))
			return false;
	}
	return true;
}
