/*
 * password: which are taken, and that bcrypt is bcrypt.
 */
#include "shared/password.h"

#include <criterion/criterion.h>

static const char *const words[] = {"marie", "bici-downtown", "bici"};

static bool taken(const char *p, struct err *err)
{
	*err = (struct err){0};
	return password_acceptable(str_of(p), words, ARRAY_LEN(words), err);
}

Test(password, length_is_the_one_rule_of_form)
{
	struct err err;

	cr_expect(taken("lame fatigue", &err), "%s", err.text);
	cr_expect(taken("plumcartwind", &err), "%s", err.text);
	cr_expect(taken("q7#Lm)z92!xK", &err), "%s", err.text);
	cr_expect(taken("éàüîçéàüîçöw", &err), "characters count, not bytes: %s", err.text);
	cr_expect(taken("vingt-trois lapins dorment au soleil derriere la colline pourpre ok ok !",
			&err),
		  "72 bytes: %s", err.text);
	cr_expect_not(taken("elevenchars", &err));
	cr_expect(strstr(err.text, "too short") != NULL);
	cr_expect_not(taken("éàüîçé", &err), "12 bytes, 6 characters");
	cr_expect_not(
		taken("vingt-trois lapins dorment au soleil derriere la colline pourpre ok ok !!",
		      &err),
		"73 bytes");
	cr_expect(strstr(err.text, "too long") != NULL);
	cr_expect_not(taken("bad bytes \xff\xfe here", &err));
	cr_expect_not(password_acceptable(str_make("nul\0 inside it ok", 17), NULL, 0, &err));
}

Test(password, what_is_tried_first_is_refused)
{
	static const char *const cases[] = {
		"password1234",   "P@ssw0rd1234!",    "PASSWORDPASSWORD", "123456789012",
		"111111111111",   "abcdefghijkl",     "qwertyuiop12",     "azertyuiop99",
		"1q2w3e4r5t6y",   "1qaz2wsx3edc",     "letmeinletmein",   "Welcome2024!!",
		"motdepasse123",  "abcabcabcabc",     "Summer-2026-!!",   "iloveyou1234",
		"Marie1234567",   "bici-downtown1",   "monkeydragon",     "987654321098",
		"Soleil.Bonjour", "!!!!password!!!!", "admin@toronto",
	};
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cr_expect_not(taken(cases[i], &err), "%s", cases[i]);
		cr_expect(strstr(err.text, cases[i]) == NULL, "the sentence tells the password");
	}
}

Test(password, hashes_match_their_own_password_only)
{
	char hash[PASSWORD_HASH_MAX], other[PASSWORD_HASH_MAX];

	password_hash("plum cart wind", 4, hash);
	password_hash("plum cart wind", 4, other);
	cr_expect(strncmp(hash, "$2b$04$", 7) == 0, "%s", hash);
	cr_expect_eq(strlen(hash), 60);
	cr_expect_str_neq(hash, other, "the salt is fresh");
	cr_expect(password_matches("plum cart wind", hash));
	cr_expect_not(password_matches("plum cart win", hash));
	cr_expect_not(password_matches("", hash));
	cr_expect_eq(password_rounds(hash), 4);
}

Test(password, a_known_hash_of_another_implementation_matches)
{
	/* OpenBSD's regress vector, as $2b$ */
	cr_expect(password_matches("", "$2b$04$zVHmKQtGGQob.b/Nc7l9NO8UlrYcW05FiuCj/SxsFO/"
				       "ZtiN9.mNzy"));
}

Test(password, a_damaged_hash_matches_nothing)
{
	static const char *const cases[] = {
		"",
		"*0",
		"$2b$04$",
		"$2b$99$zVHmKQtGGQob.b/Nc7l9NO8UlrYcW05FiuCj/SxsFO/ZtiN9.mNzy",
		"$6$abc$defdefdefdefdefdefdefdefdefdefdefdefdefdefdefdefdefdefde",
		"$2b$04$zVHmKQtGGQob.b/Nc7l9NO8UlrYcW05FiuCj/SxsFO/ZtiN9.mNz"};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cr_expect_not(password_matches("", cases[i]), "%s", cases[i]);
		cr_expect_eq(password_rounds(cases[i]), 0, "%s", cases[i]);
	}
	cr_expect_eq(password_rounds(NULL), 0);
}
