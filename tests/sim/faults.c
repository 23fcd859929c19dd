/*
 * faults.c - see faults.h.
 */
#include "tests/sim/faults.h"

enum about { ANSWERS, REQUESTS, SOCKETS, CHANGES };

static const struct {
	const char *word;
	enum sim_fault_on on; /* where it happens unless told otherwise */
	enum about about;
	const char *says;
} kinds[SIM_FAULT_KINDS] = {
	[SIM_FAULT_NONE] = {"none", SIM_ON_SEND, ANSWERS, ""},
	[SIM_FAULT_429] = {"429", SIM_ON_SEND, ANSWERS,
			   "too many requests; retry-after N adds the header"},
	[SIM_FAULT_500] = {"500", SIM_ON_SEND, ANSWERS,
			   "the API fails (after: although it did the work)"},
	[SIM_FAULT_503] = {"503", SIM_ON_SEND, ANSWERS, "the API is away"},
	[SIM_FAULT_HANG] = {"hang", SIM_ON_SEND, ANSWERS,
			    "no answer at all (after: the work is done)"},
	[SIM_FAULT_RESET] = {"reset", SIM_ON_SEND, ANSWERS,
			     "the connection is reset (after: the work is done)"},
	[SIM_FAULT_SLOW] = {"slow", SIM_ON_SEND, ANSWERS,
			    "the right answer, for N ms or s later (3 s)"},
	[SIM_FAULT_GARBAGE] = {"garbage", SIM_ON_SEND, ANSWERS, "200 with a body that is no JSON"},
	[SIM_FAULT_DUPLICATE] = {"duplicate", SIM_ON_WEBHOOK, REQUESTS,
				 "the same request twice, at once"},
	[SIM_FAULT_REORDER] = {"reorder", SIM_ON_WEBHOOK, REQUESTS,
			       "held until another has gone, 2 s at most"},
	[SIM_FAULT_WRONG_SIGNATURE] = {"wrong-signature", SIM_ON_WEBHOOK, REQUESTS,
				       "signed with another key"},
	[SIM_FAULT_NO_SIGNATURE] = {"no-signature", SIM_ON_WEBHOOK, REQUESTS,
				    "without a signature"},
	[SIM_FAULT_REPLAY] = {"replay", SIM_ON_WEBHOOK, REQUESTS,
			      "the same bytes again, for N ms or s later (1 s)"},
	[SIM_FAULT_LOST] = {"lost", SIM_ON_WEBHOOK, REQUESTS, "never sent"},
	[SIM_FAULT_REFUSE] = {"refuse", SIM_ON_STREAM, SOCKETS, "the socket does not open"},
	[SIM_FAULT_CUT] = {"cut", SIM_ON_STREAM, SOCKETS, "reset at message N of either direction"},
	[SIM_FAULT_CLOSE] = {"close", SIM_ON_AGENT, SOCKETS,
			     "closed at message N with a code (1008)"},
	[SIM_FAULT_SILENCE] = {"silence", SIM_ON_STREAM, SOCKETS,
			       "from message N on nothing is sent, for N ms or s, or for good"},
	[SIM_FAULT_LATE] = {"late", SIM_ON_STREAM, SOCKETS,
			    "from message N on what is sent comes in bursts, for N ms apart (300)"},
	[SIM_FAULT_FREEZE] = {"freeze", SIM_ON_STREAM, SOCKETS,
			      "from message N on it neither reads nor answers"},
	[SIM_FAULT_GONE] = {"gone", SIM_ON_UPDATE, CHANGES,
			    "the call ends right before the change (after: right behind it)"},
};

static const struct {
	const char *word;
	unsigned takes; /* 1 << enum about */
} targets[SIM_ON_TARGETS] = {
	[SIM_ON_SEND] = {"send", 1 << ANSWERS},
	[SIM_ON_API] = {"api", 1 << ANSWERS},
	[SIM_ON_CALL] = {"call", 1 << ANSWERS},
	[SIM_ON_UPDATE] = {"update", 1 << ANSWERS | 1 << CHANGES},
	[SIM_ON_WEBHOOK] = {"webhook", 1 << REQUESTS},
	[SIM_ON_VOICE] = {"voice", 1 << REQUESTS},
	[SIM_ON_CALLBACK] = {"callback", 1 << REQUESTS},
	[SIM_ON_STREAM] = {"stream", 1 << SOCKETS},
	[SIM_ON_AGENT] = {"agent", 1 << SOCKETS},
	[SIM_ON_ELEVENLABS] = {"elevenlabs", 1 << ANSWERS},
	[SIM_ON_POST_CALL] = {"post-call", 1 << REQUESTS},
};

const char *sim_fault_word(enum sim_fault_kind k)
{
	return kinds[k].word;
}

static struct str word_next(struct str *rest)
{
	struct str word;

	*rest = str_trim(*rest);
	word = str_cut(rest, ' ');
	*rest = str_trim(*rest);
	return word;
}

static bool number_next(struct str *rest, const char *what, int64_t max, int *out, struct err *err)
{
	struct str word = word_next(rest);
	int64_t n;

	if (!str_int(word, 1, max, &n))
		return err_set(err, ERR_INPUT, "\"%s\" wants a number from 1 to %" PRId64, what,
			       max);
	*out = (int)n;
	return true;
}

/* "3 s", "3s", "250 ms", "250ms". */
static bool duration_next(struct str *rest, int *ms, struct err *err)
{
	struct str word = word_next(rest), digits = word, unit;
	int64_t n;

	while (digits.n > 0 && (digits.p[digits.n - 1] < '0' || digits.p[digits.n - 1] > '9'))
		digits.n--;
	unit = str_sub(word, digits.n, word.n);
	if (unit.n == 0)
		unit = word_next(rest);
	if (!str_int(digits, 0, 3600000, &n) || !(str_is(unit, "s") || str_is(unit, "ms")))
		return err_set(err, ERR_INPUT, "\"for\" wants a time such as 3 s or 250 ms");
	*ms = (int)(str_is(unit, "s") ? n * 1000 : n);
	return true;
}

static bool target_next(struct str *rest, struct sim_fault *f, struct err *err)
{
	struct str word = word_next(rest);

	for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
		if (!str_is(word, targets[i].word))
			continue;
		if ((targets[i].takes & 1u << kinds[f->kind].about) == 0)
			return err_set(err, ERR_INPUT, "\"%s\" cannot happen on %s",
				       kinds[f->kind].word, targets[i].word);
		f->on = (enum sim_fault_on)i;
		return true;
	}
	return err_set(err, ERR_INPUT,
		       "\"on\" wants send, api, call, update, webhook, voice, callback, stream, "
		       "agent, elevenlabs or post-call");
}

static bool clause_read(struct str word, struct str *rest, struct sim_fault *f, struct err *err)
{
	int64_t percent;
	enum about about = kinds[f->kind].about;

	if (str_is(word, "after") && (about == ANSWERS || about == CHANGES)) {
		f->after = true;
		return true;
	}
	if (str_is(word, "at") && about == SOCKETS)
		return number_next(rest, "at", 1000000, &f->at, err);
	if (str_is(word, "code") && f->kind == SIM_FAULT_CLOSE)
		return number_next(rest, "code", 4999, &f->code, err);
	if (str_is(word, "on"))
		return target_next(rest, f, err);
	if (str_is(word, "to")) {
		struct str to = word_next(rest);

		if (!phone_valid(to))
			return err_set(err, ERR_INPUT,
				       "\"to\" wants a number such as +15145550199");
		snprintf(f->to, sizeof f->to, STR_FMT, STR_ARG(to));
		return true;
	}
	if (str_is(word, "next"))
		return number_next(rest, "next", 1000000, &f->left, err);
	if (str_is(word, "always")) {
		f->left = -1;
		return true;
	}
	if (str_is(word, "for"))
		return duration_next(rest, &f->ms, err);
	if (str_is(word, "retry-after"))
		return number_next(rest, "retry-after", 3600, &f->retry_after, err);
	if (str_ends(word, STR_LIT("%")) &&
	    str_int(str_sub(word, 0, word.n - 1), 0, 100, &percent)) {
		f->chance = (double)percent / 100;
		f->left = -1;
		return true;
	}
	return err_set(err, ERR_INPUT, "\"" STR_FMT "\" is not understood here", STR_ARG(word));
}

bool sim_fault_parse(struct str text, struct sim_fault *out, struct err *err)
{
	struct sim_fault f = {.left = 1, .chance = 1};
	struct str rest = text, word = word_next(&rest);

	for (int k = SIM_FAULT_NONE + 1; k < SIM_FAULT_KINDS; k++) {
		if (str_is(word, kinds[k].word))
			f.kind = (enum sim_fault_kind)k;
	}
	if (f.kind == SIM_FAULT_NONE)
		return err_set(err, ERR_INPUT, "no fault is called \"" STR_FMT "\"", STR_ARG(word));
	f.on = kinds[f.kind].on;
	f.ms = f.kind == SIM_FAULT_SLOW      ? 3000
	       : f.kind == SIM_FAULT_LATE    ? 300
	       : f.kind == SIM_FAULT_SILENCE ? 0
					     : 1000;
	f.code = 1008;
	while (rest.n > 0) {
		word = word_next(&rest);
		if (!clause_read(word, &rest, &f, err))
			return false;
	}
	*out = f;
	return true;
}

void sim_fault_text(const struct sim_fault *f, struct buf *out)
{
	buf_printf(out, "%s%s on %s", kinds[f->kind].word, f->after ? " after" : "",
		   targets[f->on].word);
	if (f->to[0] != '\0')
		buf_printf(out, " to %s", f->to);
	if (f->chance < 1)
		buf_printf(out, " %.0f%%", f->chance * 100);
	else if (f->left < 0)
		buf_add_cstr(out, " always");
	else
		buf_printf(out, " next %d", f->left);
	if (f->at > 0)
		buf_printf(out, " at %d", f->at);
	if (f->kind == SIM_FAULT_CLOSE)
		buf_printf(out, " code %d", f->code);
	if (f->kind == SIM_FAULT_SLOW || f->kind == SIM_FAULT_REPLAY || f->kind == SIM_FAULT_LATE ||
	    (f->kind == SIM_FAULT_SILENCE && f->ms > 0))
		buf_printf(out, " for %d ms", f->ms);
	if (f->retry_after > 0)
		buf_printf(out, " retry-after %d", f->retry_after);
}

bool sim_faults_add(struct sim_faults *fs, const struct sim_fault *f, struct err *err)
{
	if (fs->n == SIM_FAULTS_MAX)
		return err_set(err, ERR_BUSY, "%d switches are thrown already; clear them first",
			       SIM_FAULTS_MAX);
	fs->at[fs->n++] = *f;
	return true;
}

void sim_faults_forget(struct sim_faults *fs)
{
	fs->n = 0;
}

void sim_faults_forget_phone(struct sim_faults *fs, struct str phone)
{
	size_t n = 0;

	for (size_t i = 0; i < fs->n; i++) {
		if (!str_is(phone, fs->at[i].to))
			fs->at[n++] = fs->at[i];
	}
	fs->n = n;
}

/* xorshift64*: plain, and the same run from the same seed. */
static double random_next(struct sim_faults *fs)
{
	uint64_t x = fs->random == 0 ? 88172645463325252u : fs->random;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	fs->random = x;
	return (double)((x * 2685821657736338717u) >> 11) / 9007199254740992.0;
}

static bool fits(const struct sim_fault *f, enum sim_fault_on on, struct str phone)
{
	if (f->left == 0 || (f->to[0] != '\0' && !str_is(phone, f->to)))
		return false;
	return f->on == on || (f->on == SIM_ON_API && on <= SIM_ON_UPDATE);
}

/* The first that fits and fires; only those that are about changes, or none of them. */
static struct sim_fault take(struct sim_faults *fs, enum sim_fault_on on, struct str phone,
			     bool changes)
{
	struct sim_fault taken = {0};

	for (size_t i = 0; i < fs->n; i++) {
		struct sim_fault *f = &fs->at[i];

		if (!fits(f, on, phone) || (kinds[f->kind].about == CHANGES) != changes ||
		    (f->chance < 1 && random_next(fs) >= f->chance))
			continue;
		f->taken++;
		if (f->left > 0)
			f->left--;
		taken = *f;
		if (f->left == 0) {
			memmove(f, f + 1, (fs->n - i - 1) * sizeof *f);
			fs->n--;
		}
		break;
	}
	return taken;
}

struct sim_fault sim_faults_take(struct sim_faults *fs, enum sim_fault_on on, struct str phone)
{
	return take(fs, on, phone, false);
}

struct sim_fault sim_faults_take_change(struct sim_faults *fs, struct str phone)
{
	return take(fs, SIM_ON_UPDATE, phone, true);
}

void sim_faults_help(struct buf *out)
{
	for (int k = SIM_FAULT_NONE + 1; k < SIM_FAULT_KINDS; k++)
		buf_printf(out, "  %-16s %-10s %s\n", kinds[k].word, targets[kinds[k].on].word,
			   kinds[k].says);
}
