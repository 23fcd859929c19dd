/*
 * zone.c - see zone.h. Reads the compiled files of the tz database (TZif, RFC 9636: of version 2
 * and later the second block, and the rule in the footer for what lies behind its last change).
 */
#include "shared/zone.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/buf.h"
#include "shared/day.h"

#define SECOND_US  1000000
#define DAY_S      86400
#define NAME_BYTES 64
#define FILE_MAX   (64u * 1024u)
#define FOLDER     "/usr/share/zoneinfo"
#define HEAD_BYTES 44
/* Far outside these years the rules mean nothing. */
#define EARLIEST_S (-62135596800) /* 0001-01-01 */
#define LATEST_S   253402300799   /* 9999-12-31 */

/* What the clocks show between two changes. */
struct span {
	int offset_s;
	const char *abbreviation;
};

/* When clocks change in every year: a day and the second of it by the clock before the change. */
struct turn {
	enum { TURN_NTH_WEEKDAY, TURN_DAY, TURN_DAY_BUT_NO_LEAP } kind;
	int month, nth, weekday, day;
	int second;
};

struct rule {
	bool known, turns; /* turns: there are two kinds of time in a year */
	struct span plain, other;
	struct turn to_other, to_plain;
	char names[2][16];
};

struct zone {
	size_t changes_n;
	int64_t *changes;    /* seconds, ascending */
	unsigned char *then; /* which span begins there */
	struct span *spans;
	struct rule rule;
	struct buf file;
};

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0 ? 1 : 0);
}

/* ---- the footer: "EST5EDT,M3.2.0,M11.1.0" (POSIX TZ; RFC 9636 3.3.1) --------------------------
 */

static bool taken(struct str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = str_sub(*s, 1, s->n);
	return true;
}

static bool number_taken(struct str *s, int max, int *out)
{
	int n = 0, digits = 0;

	for (; s->n > 0 && s->p[0] >= '0' && s->p[0] <= '9' && digits < 4; digits++) {
		n = n * 10 + (s->p[0] - '0');
		*s = str_sub(*s, 1, s->n);
	}
	*out = n;
	return digits > 0 && n <= max;
}

/* "-3:30", "02:00:00": seconds. */
static bool clock_taken(struct str *s, int *out)
{
	bool minus = taken(s, '-');
	int part[3] = {0};

	if (!minus)
		(void)taken(s, '+');
	if (!number_taken(s, 167, &part[0]))
		return false;
	for (int i = 1; i < 3 && taken(s, ':'); i++) {
		if (!number_taken(s, 59, &part[i]))
			return false;
	}
	*out = (part[0] * 3600 + part[1] * 60 + part[2]) * (minus ? -1 : 1);
	return true;
}

/* Letters, or anything in <>. */
static bool name_taken(struct str *s, char out[16])
{
	bool quoted = taken(s, '<');
	size_t n = 0;

	while (n < s->n &&
	       (quoted ? s->p[n] != '>'
		       : (s->p[n] >= 'A' && s->p[n] <= 'Z') || (s->p[n] >= 'a' && s->p[n] <= 'z')))
		n++;
	if (n < 3 || n >= 16)
		return false;
	memcpy(out, s->p, n);
	out[n] = '\0';
	*s = str_sub(*s, n, s->n);
	return !quoted || taken(s, '>');
}

static bool turn_taken(struct str *s, struct turn *out)
{
	bool good;

	*out = (struct turn){.second = 2 * 3600};
	if (!taken(s, ','))
		return false;
	if (taken(s, 'M')) {
		out->kind = TURN_NTH_WEEKDAY;
		good = number_taken(s, 12, &out->month) && out->month > 0 && taken(s, '.') &&
		       number_taken(s, 5, &out->nth) && out->nth > 0 && taken(s, '.') &&
		       number_taken(s, 6, &out->weekday);
	} else {
		out->kind = taken(s, 'J') ? TURN_DAY_BUT_NO_LEAP : TURN_DAY;
		good = number_taken(s, 365, &out->day);
	}
	return good && (!taken(s, '/') || clock_taken(s, &out->second));
}

static bool rule_read(struct str s, struct rule *out)
{
	int west;

	if (s.n == 0)
		return true; /* nothing is known: what was last goes on */
	if (!name_taken(&s, out->names[0]) || !clock_taken(&s, &west))
		return false;
	out->known = true;
	out->plain = (struct span){-west, out->names[0]};
	if (s.n == 0)
		return true;
	if (!name_taken(&s, out->names[1]))
		return false;
	out->turns = true;
	out->other = (struct span){-west + 3600, out->names[1]};
	if (s.n > 0 && s.p[0] != ',') {
		if (!clock_taken(&s, &west))
			return false;
		out->other.offset_s = -west;
	}
	return turn_taken(&s, &out->to_other) && turn_taken(&s, &out->to_plain) && s.n == 0;
}

/* The second of a year, since 1970 by the clock on the wall, at which clocks are turned. */
static int64_t turn_in(const struct turn *t, int year)
{
	int64_t day = day_number(year, 1, 1) + t->day;

	if (t->kind == TURN_NTH_WEEKDAY) {
		int weekday = t->weekday == 0 ? 7 : t->weekday;

		day = day_nth(year, t->month, weekday, t->nth == 5 ? 4 : t->nth);
		if (t->nth == 5 && day_split(day + 7).month == t->month)
			day += 7; /* 5 is the last one */
	} else if (t->kind == TURN_DAY_BUT_NO_LEAP) {
		day += (t->day >= 60 && day_exists(year, 2, 29)) - 1;
	}
	return day * DAY_S + t->second;
}

static const struct span *rule_span(const struct rule *r, int64_t at_s)
{
	int64_t to_other, to_plain;
	int year;

	if (!r->turns)
		return &r->plain;
	year = day_split(floor_div(at_s + r->plain.offset_s, DAY_S)).year;
	to_other = turn_in(&r->to_other, year) - r->plain.offset_s;
	to_plain = turn_in(&r->to_plain, year) - r->other.offset_s;
	if (to_other < to_plain)
		return at_s >= to_other && at_s < to_plain ? &r->other : &r->plain;
	return at_s >= to_plain && at_s < to_other ? &r->plain : &r->other;
}

/* ---- the file ----------------------------------------------------------------------------------
 */

static int64_t big_endian(const char *p, size_t bytes)
{
	uint64_t n = (unsigned char)p[0] >= 0x80 ? UINT64_MAX : 0;

	for (size_t i = 0; i < bytes; i++)
		n = n << 8 | (unsigned char)p[i];
	return (int64_t)n;
}

struct counts {
	size_t leaps, changes, spans, letters, marks;
};

static bool head_read(struct str s, struct counts *out)
{
	size_t n[6];

	if (s.n < HEAD_BYTES || memcmp(s.p, "TZif", 4) != 0 || s.p[4] < '2')
		return false;
	for (size_t i = 0; i < ARRAY_LEN(n); i++) {
		int64_t count = big_endian(s.p + 20 + i * 4, 4);

		if (count < 0 || count > (int64_t)FILE_MAX)
			return false;
		n[i] = (size_t)count;
	}
	*out = (struct counts){.marks = n[0] + n[1],
			       .leaps = n[2],
			       .changes = n[3],
			       .spans = n[4],
			       .letters = n[5]};
	return true;
}

static size_t block_bytes(const struct counts *c, size_t time_bytes)
{
	return c->changes * (time_bytes + 1) + c->spans * 6 + c->letters +
	       c->leaps * (time_bytes + 4) + c->marks;
}

static bool spans_read(struct zone *z, const char *p, const struct counts *c)
{
	const char *letters = p + c->spans * 6;

	if (c->spans == 0 || c->letters == 0 || letters[c->letters - 1] != '\0')
		return false;
	z->spans = xcalloc(c->spans, sizeof *z->spans);
	for (size_t i = 0; i < c->spans; i++, p += 6) {
		if ((unsigned char)p[5] >= c->letters)
			return false;
		z->spans[i] = (struct span){(int)big_endian(p, 4), letters + (unsigned char)p[5]};
	}
	return true;
}

static bool changes_read(struct zone *z, const char *p, const struct counts *c)
{
	const char *then = p + c->changes * 8;

	z->changes_n = c->changes;
	z->changes = xcalloc(c->changes + 1, sizeof *z->changes);
	z->then = xcalloc(c->changes + 1, 1);
	for (size_t i = 0; i < c->changes; i++) {
		z->changes[i] = big_endian(p + i * 8, 8);
		z->then[i] = (unsigned char)then[i];
		if (z->then[i] >= c->spans || (i > 0 && z->changes[i] <= z->changes[i - 1]))
			return false;
	}
	return true;
}

static bool zone_parsed(struct zone *z)
{
	struct str s = buf_str(&z->file);
	struct counts c;
	size_t skip;

	if (!head_read(s, &c))
		return false;
	skip = HEAD_BYTES + block_bytes(&c, 4);
	s = skip <= s.n ? str_sub(s, skip, s.n) : (struct str){0};
	if (!head_read(s, &c) || c.leaps > 0 || block_bytes(&c, 8) > s.n - HEAD_BYTES)
		return false; /* leap seconds: clocks of stores do not have them */
	skip = HEAD_BYTES + block_bytes(&c, 8);
	if (!changes_read(z, s.p + HEAD_BYTES, &c) ||
	    !spans_read(z, s.p + HEAD_BYTES + c.changes * 9, &c))
		return false;
	s = str_sub(s, skip, s.n);
	return s.n >= 2 && s.p[0] == '\n' && s.p[s.n - 1] == '\n' &&
	       rule_read(str_sub(s, 1, s.n - 2), &z->rule);
}

static bool file_read(const char *name, struct buf *out)
{
	char path[sizeof FOLDER + NAME_BYTES + 1];
	struct stat st;
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof path, "%s/%s", FOLDER, name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= (off_t)FILE_MAX) {
		char *room = buf_room(out, (size_t)st.st_size);

		n = room == NULL ? -1 : read(fd, room, (size_t)st.st_size);
		if (n >= 0)
			out->n += (size_t)n;
	}
	close(fd);
	return n == st.st_size;
}

/* Area/Place, or UTC: a place that a store can be in, and a path that stays in the folder. */
static bool name_is_iana(struct str name)
{
	bool slash = false;

	if (str_is(name, "UTC"))
		return true;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

		if (!letter && (i == 0 || (!(c >= '0' && c <= '9') && !strchr("_+-/", c))))
			return false;
		slash = slash || c == '/';
	}
	return slash;
}

struct zone *zone_open(struct str name)
{
	char text[NAME_BYTES];
	struct zone *z;

	if (name.n == 0 || name.n >= sizeof(text) || !name_is_iana(name))
		return NULL;
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	z = xcalloc(1, sizeof(*z));
	if (!file_read(text, &z->file) || !zone_parsed(z)) {
		zone_close(z);
		return NULL;
	}
	return z;
}

void zone_close(struct zone *z)
{
	if (z == NULL)
		return;
	free(z->changes);
	free(z->then);
	free(z->spans);
	buf_clear(&z->file);
	free(z);
}

/* ---- instants and wall time --------------------------------------------------------------------
 */

/* Before the first change it is the first kind of time (RFC 9636 3.2). */
static const struct span *span_at(const struct zone *z, int64_t at_s)
{
	size_t lo = 0, hi = z->changes_n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (z->changes[mid] <= at_s)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == z->changes_n && z->rule.known)
		return rule_span(&z->rule, at_s);
	return &z->spans[lo == 0 ? 0 : z->then[lo - 1]];
}

static int64_t offset_at(const struct zone *z, int64_t at_s)
{
	return span_at(z, int_clamp(at_s, EARLIEST_S, LATEST_S))->offset_s;
}

void zone_local(const struct zone *z, int64_t at_us, struct zone_time *out)
{
	int64_t at_s = int_clamp(floor_div(at_us, SECOND_US), EARLIEST_S, LATEST_S);
	const struct span *span = span_at(z, at_s);
	int64_t wall, of_day;

	out->offset_s = span->offset_s;
	out->abbreviation = span->abbreviation;
	wall = at_s + out->offset_s;
	out->day = floor_div(wall, DAY_S);
	of_day = wall - out->day * DAY_S;
	out->minute = (int)(of_day / 60);
	out->second = (int)(of_day % 60);
}

/* The first instant in (from, to] whose offset is no longer that of `from`. */
static int64_t change_between(const struct zone *z, int64_t from, int64_t to)
{
	int64_t before = offset_at(z, from);

	while (to - from > 1) {
		int64_t middle = from + (to - from) / 2;

		if (offset_at(z, middle) == before)
			from = middle;
		else
			to = middle;
	}
	return to;
}

/*
 * The offset a day before and the offset a day after are the only two that the wall time can have
 * (no zone changes its clocks twice within two days). Each gives a candidate, and a candidate
 * counts when its own offset is the one it was made with.
 */
enum zone_fit zone_instant(const struct zone *z, int64_t day, int minute, int64_t *at_us)
{
	int64_t wall = int_clamp(day * DAY_S + (int64_t)minute * 60, EARLIEST_S, LATEST_S);
	int64_t before = offset_at(z, wall - DAY_S), after = offset_at(z, wall + DAY_S);
	int64_t early = wall - before, late = wall - after;
	bool early_fits = offset_at(z, early) == before, late_fits = offset_at(z, late) == after;

	if (early_fits) {
		*at_us = early * SECOND_US;
		return late_fits && late != early ? ZONE_TWICE : ZONE_ONCE;
	}
	if (late_fits) {
		*at_us = late * SECOND_US;
		return ZONE_ONCE;
	}
	*at_us = change_between(z, wall - DAY_S, wall + DAY_S) * SECOND_US;
	return ZONE_SKIPPED;
}
