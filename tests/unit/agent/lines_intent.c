/*
 * lines_intent.c - the agent on the development lines, where they are at hand: what the store can
 * answer is answered, and what must reach a person reaches one.
 */
#include "tests/unit/agent/lines.h"
#include "tests/unit/agent/shop.h"

#define ESCALATED_MIN 95.0 /* per cent of the lines that must reach a person */
#define ANSWERED_MIN  90.0 /* per cent of the lines about the store */

static const char *label(const struct agent_out *out)
{
	if (out->escalate && strcmp(out->reason, "unknown") == 0)
		return "out_of_scope";
	if (strcmp(out->class, "human_request") == 0)
		return "speak_to_human";
	if (strcmp(out->class, "returns") == 0 || strcmp(out->class, "complaint") == 0)
		return "general_support";
	return out->class;
}

Test(lines_intent, answers_and_hands_over_as_it_should)
{
	struct store s = shop();
	struct lines lines;
	struct arena a = {0};
	unsigned due = 0, escalated = 0, store = 0, answered = 0, all = 0, labelled = 0,
		 language = 0;

	if (!lines_open(&lines, "data/intent/dev.tsv"))
		return;
	while (lines_next(&lines)) {
		struct agent_out out = turn(&a, shop_in(&s), lines.column[2], NULL);
		bool right = strcmp(label(&out), lines.column[0]) == 0 ||
			     strstr(lines.column[6], label(&out)) != NULL;
		char said[600];

		snprintf(said, sizeof(said), "%s %s%s%s: %s", language_code(out.language),
			 out.class, out.escalate ? " -> " : "", out.escalate ? out.reason : "",
			 out.say.p);
		all++;
		labelled += right ? 1 : 0;
		language += strcmp(language_code(out.language), lines.column[1]) == 0 ? 1 : 0;
		if (strcmp(lines.column[4], "1") == 0) {
			due++;
			escalated += out.escalate ? 1 : 0;
			if (!out.escalate)
				lines_miss(&lines, said);
		} else if (strcmp(lines.column[0], "store_info") == 0) {
			store++;
			answered += out.escalate ? 0 : 1;
			if (out.escalate || getenv("SWITCHBACK_ALL") != NULL)
				lines_miss(&lines, said);
		} else if (!out.escalate || !right) {
			lines_miss(&lines, said);
		}
		arena_clear(&a);
	}
	lines_close(&lines);
	arena_free(&a);
	printf("agent: %u of %u lines that must reach a person do, %.1f %%\n", escalated, due,
	       100.0 * escalated / due);
	printf("agent: %u of %u questions about the store answered, %.1f %%\n", answered, store,
	       100.0 * answered / store);
	printf("agent: %u of %u classes as labelled, %.1f %%; answered in the right language %.1f "
	       "%%\n",
	       labelled, all, 100.0 * labelled / all, 100.0 * language / all);
	cr_expect_geq(100.0 * escalated / due, ESCALATED_MIN);
	cr_expect_geq(100.0 * answered / store, ANSWERED_MIN);
}
