/*
 * faults.c - see faults.h.
 */
#include "tests/sim/faults.h"

static const struct {
	const char *word;
	enum sim_fault_on on; /* where it happens unless told otherwise */
	bool ours;            /* a fault of our requests, not of the API's answers */
	const char *says;
} kinds[SIM_FAULT_KINDS] = {
	[SIM_FAULT_NONE] = {"none", SIM_ON_SEND, false, ""},
	[SIM_FAULT_429] = {"429", SIM_ON_SEND, false,
			   "too many requests; retry-after N adds the header"},
	[SIM_FAULT_500] = {"500", SIM_ON_SEND, false,
			   "the API fails (after: although it did the work)"},
	[SIM_FAULT_503] = {"503", SIM_ON_SEND, false, "the API is away"},
	[SIM_FAULT_HANG] = {"hang", SIM_ON_SEND, false,
			    "no answer at all (after: the work is done)"},
	[SIM_FAULT_RESET] = {"reset", SIM_ON_SEND, false,
			     "the connection is reset (after: the work is done)"},
	[SIM_FAULT_SLOW] = {"slow", SIM_ON_SEND, false,
			    "the right answer, for N ms or s later (3 s)"},
	[SIM_FAULT_GARBAGE] = {"garbage", SIM_ON_SEND, false, "200 with a body that is no JSON"},
	[SIM_FAULT_DUPLICATE] = {"duplicate", SIM_ON_WEBHOOK, true,
				 "the same request twice, at once"},
	[SIM_FAULT_REORDER] = {"reorder", SIM_ON_WEBHOOK, true,
			       "held until another has gone, 2 s at most"},
	[SIM_FAULT_WRONG_SIGNATURE] = {"wrong-signature", SIM_ON_WEBHOOK, true,
				       "signed with another key"},
	[SIM_FAULT_NO_SIGNATURE] = {"no-signature", SIM_ON_WEBHOOK, true,
				    "without X-Twilio-Signature"},
	[SIM_FAULT_REPLAY] = {"replay", SIM_ON_WEBHOOK, true,
			      "the same bytes again, for N ms or s later (1 s)"},
	[SIM_FAULT_LOST] = {"lost", SIM_ON_WEBHOOK, true, "never sent"},
};

static const char *const targets[SIM_ON_TARGETS] = {"send", "api", "webhook", "callback"};

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
		bool ours = i == SIM_ON_WEBHOOK || i == SIM_ON_CALLBACK;

		if (!str_is(word, targets[i]))
			continue;
		if (ours != kinds[f->kind].ours)
			return err_set(err, ERR_INPUT, "\"%s\" cannot happen on %s",
				       kinds[f->kind].word, targets[i]);
		f->on = (enum sim_fault_on)i;
		return true;
	}
	return err_set(err, ERR_INPUT, "\"on\" wants send, api, webhook or callback");
}

static bool clause_read(struct str word, struct str *rest, struct sim_fault *f, struct err *err)
{
	int64_t percent;

	if (str_is(word, "after") && !kinds[f->kind].ours) {
		f->after = true;
		return true;
	}
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
	f.ms = f.kind == SIM_FAULT_SLOW ? 3000 : 1000;
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
		   targets[f->on]);
	if (f->to[0] != '\0')
		buf_printf(out, " to %s", f->to);
	if (f->chance < 1)
		buf_printf(out, " %.0f%%", f->chance * 100);
	else if (f->left < 0)
		buf_add_cstr(out, " always");
	else
		buf_printf(out, " next %d", f->left);
	if (f->kind == SIM_FAULT_SLOW || f->kind == SIM_FAULT_REPLAY)
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
	return f->on == on || (f->on == SIM_ON_API && on == SIM_ON_SEND);
}

struct sim_fault sim_faults_take(struct sim_faults *fs, enum sim_fault_on on, struct str phone)
{
	struct sim_fault taken = {0};

	for (size_t i = 0; i < fs->n; i++) {
		struct sim_fault *f = &fs->at[i];

		if (!fits(f, on, phone) || (f->chance < 1 && random_next(fs) >= f->chance))
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

void sim_faults_help(struct buf *out)
{
	for (int k = SIM_FAULT_NONE + 1; k < SIM_FAULT_KINDS; k++)
		buf_printf(out, "  %-16s %-9s %s\n", kinds[k].word, targets[kinds[k].on],
			   kinds[k].says);
}
