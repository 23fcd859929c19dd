/*
 * password_common.c - see password_common.h.
 *
 * Passwords under 12 characters are refused by length, so a list of whole common passwords would
 * hardly ever meet one. What people do instead is to stretch a common word; hence words, and the
 * ways of stretching.
 */
#include "shared/password_common.h"

#define LOOK_MAX 128

static const char *const common[] = {
	"abc",        "access",     "admin",      "administrateur", "administrator", "alexandre",
	"amanda",     "amour",      "andrew",     "angel",          "anthony",       "apple",
	"ashley",     "asdf",       "asdfgh",     "asdfghjkl",      "august",        "autumn",
	"azerty",     "azertyuiop", "bailey",     "baseball",       "basketball",    "batman",
	"bicycle",    "bicyclette", "bienvenue",  "bike",           "bikes",         "bikeshop",
	"blink",      "bonheur",    "bonjour",    "buster",         "calgary",       "camille",
	"canada",     "canadien",   "canadiens",  "caramel",        "changeit",      "changeme",
	"charlie",    "cheese",     "chicken",    "chocolat",       "chocolate",     "chouchou",
	"computer",   "cookie",     "correct",    "corvette",       "daniel",        "default",
	"december",   "demo",       "diamond",    "doudou",         "dragon",        "elephant",
	"ete",        "family",     "flower",     "football",       "freedom",       "friend",
	"friends",    "fuckyou",    "george",     "ginger",         "google",        "guest",
	"hannah",     "harley",     "hello",      "hiver",          "hockey",        "horse",
	"hunter",     "iloveyou",   "internet",   "jaimelavie",     "january",       "jasmine",
	"jennifer",   "jessica",    "jesus",      "jetaime",        "jordan",        "joshua",
	"july",       "june",       "justin",     "killer",         "letmein",       "liverpool",
	"login",      "loulou",     "love",       "lovely",         "maggie",        "manager",
	"march",      "marseille",  "martin",     "master",         "matrix",        "matthew",
	"mechanic",   "michael",    "michelle",   "minecraft",      "monday",        "money",
	"monkey",     "montreal",   "motdepasse", "mustang",        "naruto",        "nicolas",
	"nicole",     "november",   "october",    "office",         "ordinateur",    "ottawa",
	"pass",       "passe",      "passw",      "password",       "passwort",      "pepper",
	"pokemon",    "princess",   "princesse",  "printemps",      "qazwsx",        "qazwsxedc",
	"qc",         "quebec",     "qwe",        "qwer",           "qwert",         "qwerty",
	"qwertyuiop", "ranger",     "root",       "samsung",        "secret",        "september",
	"shadow",     "shop",       "soccer",     "soleil",         "spring",        "staff",
	"staple",     "starwars",   "store",      "summer",         "sunday",        "sunshine",
	"super",      "superman",   "support",    "switchback",     "system",        "taylor",
	"temp",       "temporary",  "test",       "tester",         "testing",       "thomas",
	"tigger",     "toronto",    "trustno",    "user",           "vancouver",     "velo",
	"velos",      "wachtwoord", "welcome",    "whatever",       "william",       "winter",
	"xxx",        "yellow",     "zaq",        "zxcvbn",         "zxcvbnm"};

static const char *const keyboards[] = {"1234567890qwertyuiopasdfghjklzxcvbnm",
					"qwertyuiop1234567890",
					"azertyuiopqsdfghjklmwxcvbn",
					"1qaz2wsx3edc4rfv5tgb6yhn7ujm",
					"qazwsxedcrfvtgbyhnujm",
					"zaq12wsxcde34rfvbgt56yhn",
					"1q2w3e4r5t6y7u8i9o0p",
					"q1w2e3r4t5y6u7i8o9p0",
					"1a2b3c4d5e6f7g8h9i0j",
					"a1b2c3d4e5f6g7h8i9j0"};

static bool is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

static struct str lower_of(struct str p, char out[LOOK_MAX])
{
	size_t n = size_min(p.n, LOOK_MAX);

	for (size_t i = 0; i < n; i++)
		out[i] = p.p[i] >= 'A' && p.p[i] <= 'Z' ? (char)(p.p[i] + 32) : p.p[i];
	return str_make(out, n);
}

/* Signs and digits that stand for letters become them. */
static struct str alike_of(struct str p, char out[LOOK_MAX])
{
	static const char signs[] = "@4301!$5789", letters[] = "aaeolisstbg";

	for (size_t i = 0; i < p.n; i++) {
		const char *sign = p.p[i] == '\0' ? NULL : strchr(signs, p.p[i]);

		out[i] = sign == NULL ? p.p[i] : letters[sign - signs];
	}
	return str_make(out, p.n);
}

/* Without what is no letter at the end, and at the front. */
static struct str end_cut(struct str s)
{
	while (s.n > 0 && !is_letter(s.p[s.n - 1]))
		s.n--;
	return s;
}

static struct str front_cut(struct str s)
{
	while (s.n > 0 && !is_letter(s.p[0]))
		s = str_sub(s, 1, s.n);
	return s;
}

static bool is_word(struct str s, const char *const *words, size_t words_n)
{
	for (size_t i = 0; i < ARRAY_LEN(common); i++) {
		if (str_is(s, common[i]))
			return true;
	}
	for (size_t i = 0; i < words_n; i++) {
		if (words[i][0] != '\0' && str_is_nocase(s, words[i]))
			return true;
	}
	return false;
}

/* Nothing but known words, with or without digits and signs between them. (Two of them and more: a
 * phrase of words that are all in so small a list is no phrase.) */
static bool is_words(struct str s, const char *const *words, size_t words_n)
{
	if (s.n == 0)
		return true;
	if (!is_letter(s.p[0]))
		return is_words(str_sub(s, 1, s.n), words, words_n);
	for (size_t n = s.n; n >= 2; n--) {
		if (is_word(str_sub(s, 0, n), words, words_n) &&
		    is_words(str_sub(s, n, s.n), words, words_n))
			return true;
	}
	return false;
}

/* One to six bytes over and over, the last time perhaps cut. */
static bool is_repetition(struct str s)
{
	for (size_t unit = 1; unit <= 6 && unit < s.n; unit++) {
		size_t i = unit;

		while (i < s.n && s.p[i] == s.p[i - unit])
			i++;
		if (i == s.n)
			return true;
	}
	return false;
}

/* Neighbours of the alphabet or the digits, up, down or the same, but for two places. */
static bool is_run(struct str s)
{
	size_t breaks = 0;

	for (size_t i = 1; i < s.n; i++) {
		int step = s.p[i] - s.p[i - 1];

		breaks += !(step >= -1 && step <= 1) && step != '0' - '9' && step != '9' - '0';
	}
	return breaks <= 2;
}

static bool is_keyboard(struct str s)
{
	for (size_t i = 0; i < ARRAY_LEN(keyboards); i++) {
		if (str_find(str_of(keyboards[i]), s) >= 0)
			return true;
	}
	return false;
}

bool password_is_common(struct str p, const char *const *words, size_t words_n)
{
	char lower_text[LOOK_MAX], alike_text[LOOK_MAX];
	struct str lower = lower_of(p, lower_text), tail = end_cut(lower), core = front_cut(tail);

	if (is_repetition(lower) || is_run(lower) || is_keyboard(lower) ||
	    (core.n >= 6 && is_keyboard(core)))
		return true;
	return core.n > 0 && (is_words(core, words, words_n) ||
			      is_words(alike_of(core, alike_text), words, words_n) ||
			      is_words(alike_of(tail, alike_text), words, words_n));
}
