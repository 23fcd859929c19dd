/*
 * glob.c - see glob.h. Linear in the text for each star: only the last star is ever tried again.
 */
#include "tests/sim/glob.h"

#include "shared/utf8.h"

static size_t char_len(struct str s, size_t at)
{
	uint32_t c;
	size_t n = utf8_next(str_sub(s, at, s.n), &c);

	return n == 0 ? 1 : n;
}

static bool one_matches(struct str p, struct str t)
{
	size_t pi = 0, ti = 0, star = SIZE_MAX, retry = 0;

	while (ti < t.n) {
		if (pi < p.n && p.p[pi] == '*') {
			star = pi++;
			retry = ti;
		} else if (pi < p.n && p.p[pi] == '?') {
			pi++;
			ti += char_len(t, ti);
		} else if (pi < p.n && p.p[pi] == t.p[ti]) {
			pi++;
			ti++;
		} else if (star != SIZE_MAX) {
			pi = star + 1;
			retry += char_len(t, retry);
			ti = retry;
		} else {
			return false;
		}
	}
	while (pi < p.n && p.p[pi] == '*')
		pi++;
	return pi == p.n;
}

bool sim_glob(struct str pattern, struct str text)
{
	struct arena a = {0};
	struct str p = utf8_fold(&a, pattern), t = utf8_fold(&a, text);
	bool found = false;

	do {
		struct str one = str_trim(str_cut(&p, '|'));

		found = one_matches(one, t);
	} while (!found && p.p != NULL);
	arena_free(&a);
	return found;
}
