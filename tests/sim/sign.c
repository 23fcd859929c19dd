/*
 * sign.c - see sign.h.
 */
#include "tests/sim/sign.h"

#include "tests/sim/crypt.h"

static void url_add(struct str url, struct buf *out)
{
	ptrdiff_t fragment = str_find_char(url, '#');
	ptrdiff_t host, slash, at = -1;

	if (fragment >= 0)
		url.n = (size_t)fragment;
	host = str_find(url, STR_LIT("://"));
	if (host >= 0) {
		struct str rest = str_sub(url, (size_t)host + 3, url.n);

		for (slash = 0; (size_t)slash < rest.n; slash++) {
			char c = rest.p[slash];

			if (c == '/' || c == '?')
				break;
			if (c == '@')
				at = slash;
		}
		if (at >= 0) {
			buf_add(out, url.p, (size_t)host + 3);
			url = str_sub(rest, (size_t)at + 1, rest.n);
		}
	}
	buf_add_str(out, url);
}

/* By name, then by value: repeated names go in the order of their values. */
static int pair_order(const void *x, const void *y)
{
	const struct sim_pair *a = x, *b = y;
	int by_name = str_cmp(a->name, b->name);

	return by_name != 0 ? by_name : str_cmp(a->value, b->value);
}

void sim_sign_text(struct str url, const struct sim_pairs *form, struct buf *out)
{
	struct sim_pair *sorted;

	url_add(url, out);
	if (form == NULL || form->n == 0)
		return;
	sorted = xmalloc(form->n * sizeof *sorted);
	memcpy(sorted, form->at, form->n * sizeof *sorted);
	qsort(sorted, form->n, sizeof *sorted, pair_order);
	for (size_t i = 0; i < form->n; i++) {
		if (i > 0 && pair_order(&sorted[i - 1], &sorted[i]) == 0)
			continue; /* an exact repetition is signed once */
		buf_add_str(out, sorted[i].name);
		buf_add_str(out, sorted[i].value);
	}
	free(sorted);
}

void sim_sign(struct str token, struct str url, const struct sim_pairs *form,
	      char out[SIM_SIGNATURE])
{
	unsigned char digest[SIM_SHA1];
	struct buf text = {0};

	sim_sign_text(url, form, &text);
	sim_hmac_sha1(token, buf_str(&text), digest);
	sim_base64(digest, sizeof digest, out);
	buf_clear(&text);
}
