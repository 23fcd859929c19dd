/*
 * overrides.c - see overrides.h.
 */
#include "tests/sim/overrides.h"

static bool policy_read(struct str list, unsigned *out)
{
	static const struct {
		const char *word;
		unsigned flag;
	} words[] = {{"4xx", SIM_RETRY_4XX},
		     {"5xx", SIM_RETRY_5XX},
		     {"ct", SIM_RETRY_CONNECT},
		     {"rt", SIM_RETRY_READ},
		     {"all", SIM_RETRY_ALL}};
	unsigned flags = 0;

	while (list.p != NULL) {
		struct str word = str_cut(&list, ',');
		size_t i;

		for (i = 0; i < ARRAY_LEN(words) && !str_is(word, words[i].word); i++)
			;
		if (i == ARRAY_LEN(words))
			return false;
		flags |= words[i].flag;
	}
	*out = flags;
	return true;
}

static bool number_read(struct str value, int64_t min, int64_t max, unsigned *out)
{
	int64_t n;

	if (!str_int(value, min, max, &n))
		return false;
	*out = (unsigned)n;
	return true;
}

static bool override_read(struct str key, struct str value, struct sim_overrides *o)
{
	if (str_is(key, "ct"))
		return number_read(value, 100, 10000, &o->connect_ms);
	if (str_is(key, "rt"))
		return number_read(value, 100, 15000, &o->read_ms);
	if (str_is(key, "tt"))
		return number_read(value, 100, 15000, &o->total_ms);
	if (str_is(key, "rc"))
		return number_read(value, 0, 5, &o->retries);
	if (str_is(key, "rp"))
		return policy_read(value, &o->retry_on);
	return str_is(key, "sni") || str_is(key, "e"); /* known; they mean nothing on loopback */
}

void sim_overrides_read(struct str url, struct sim_overrides *out, unsigned *ignored)
{
	struct sim_overrides o = {5000, 15000, 15000, 1, SIM_RETRY_CONNECT};
	ptrdiff_t at = str_find_char(url, '#');
	struct str rest = str_sub(url, at < 0 ? url.n : (size_t)at + 1, url.n);
	unsigned bad = 0;

	while (rest.n > 0) {
		struct str value = str_cut(&rest, '&');
		struct str key = str_cut(&value, '=');

		if (!override_read(key, value, &o))
			bad++;
	}
	*out = o;
	if (ignored != NULL)
		*ignored = bad;
}
