/*
 * roles: every row of the table, and that nothing else is allowed.
 */
#include "server/api/roles.h"

#include <criterion/criterion.h>

/* Who may what, said again in other words: m = manager and above, a = admin alone, s = all but the
 * workshop, . = everybody. A change of the table must be meant twice. */
static const struct {
	const char *name;
	char who;
} expected[] = {
	{"account.own", '.'},
	{"events.read", '.'},
	{"presence.set", '.'},
	{"conversation.read", '.'},
	{"conversation.take_over", '.'},
	{"conversation.force", 'm'},
	{"conversation.reply", '.'},
	{"conversation.whisper", 's'},
	{"conversation.hand_back", '.'},
	{"conversation.close", '.'},
	{"conversation.note", '.'},
	{"escalation.read", '.'},
	{"escalation.claim", '.'},
	{"escalation.transfer", '.'},
	{"escalation.transfer_any", 'm'},
	{"escalation.resolve", '.'},
	{"outbound.text", '.'},
	{"outbound.call", 's'},
	{"customer.read", '.'},
	{"customer.edit", 's'},
	{"customer.block", 'm'},
	{"customer.export", 'a'},
	{"order.read", '.'},
	{"order.edit", 's'},
	{"product.read", '.'},
	{"product.edit", 'm'},
	{"return.read", '.'},
	{"return.open", 's'},
	{"return.decide", 'm'},
	{"appointment.read", '.'},
	{"appointment.book", '.'},
	{"appointment.override", 'm'},
	{"appointment.work", '.'},
	{"calendar.edit", 'm'},
	{"canned_reply.read", '.'},
	{"canned_reply.edit", 'm'},
	{"hours.read", '.'},
	{"hours.edit", 'm'},
	{"store.close", 'm'},
	{"policy.edit", 'm'},
	{"analytics.read", 'm'},
	{"colleagues.read", '.'},
	{"user.manage", 'a'},
	{"api_key.manage", 'a'},
	{"audit.read", 'm'},
};

Test(roles, every_row_is_as_meant)
{
	cr_assert_eq(ARRAY_LEN(expected), ACTION_COUNT - 1);
	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		enum action action = (enum action)(i + 1);
		char who = expected[i].who;

		cr_assert_not_null(action_row(action)->name, "row %zu is missing", i + 1);
		cr_expect_str_eq(action_row(action)->name, expected[i].name);
		cr_expect(role_may(ROLE_ADMIN, action), "%s", expected[i].name);
		cr_expect_eq(role_may(ROLE_MANAGER, action), who != 'a', "%s", expected[i].name);
		cr_expect_eq(role_may(ROLE_STAFF, action), who == '.' || who == 's', "%s",
			     expected[i].name);
		cr_expect_eq(role_may(ROLE_SERVICE_TECH, action), who == '.', "%s",
			     expected[i].name);
	}
}

Test(roles, no_role_and_no_action_may_nothing)
{
	for (int action = -1; action <= ACTION_COUNT; action++) {
		cr_expect_not(role_may(ROLE_NONE, (enum action)action));
		cr_expect_not(role_may(ROLE_COUNT, (enum action)action));
		cr_expect_not(role_may((enum role)99, (enum action)action));
	}
	cr_expect_not(role_may(ROLE_ADMIN, ACTION_NONE));
	cr_expect_not(role_may(ROLE_ADMIN, ACTION_COUNT));
}

Test(roles, only_the_four_words_are_roles)
{
	static const char *const words[] = {"",       "none",  "super_admin", "Admin",
					    "admin ", "owner", "staff,",      "service tech"};
	enum role role = ROLE_NONE;

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		cr_expect_not(role_parse(str_of(words[i]), &role), "%s", words[i]);
	for (int i = ROLE_ADMIN; i < ROLE_COUNT; i++) {
		cr_expect(role_parse(str_of(role_name((enum role)i)), &role));
		cr_expect_eq(role, (enum role)i);
	}
	cr_expect_str_eq(role_name(ROLE_NONE), "none");
}
