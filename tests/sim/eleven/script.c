/*
 * script.c - see script.h. The first line whose words occur in what was said is taken; letters in
 * both cases and accents are alike (glob.h). Who speaks the other language is answered in it.
 */
#include "tests/sim/eleven/script.h"

#include "tests/sim/glob.h"

struct line {
	const char *words; /* glob.h; several between bars */
	const char *says;
	enum sim_turn_end end;
};

#define LINES 7 /* of each language; the last one fits everything */

static const struct line lines[2][LINES] = {
	{
		{"*person*|*human*|*somebody*|*someone*|*staff*|*operator*|*manager*",
		 "One moment please, I am asking a colleague.", SIM_TURN_TOOL},
		{"*hour*|*open*|*close*", "{{store_status_text}} {{store_hours}}", SIM_TURN_ON},
		{"*order*|*ready*|*package*", "Let me look. {{recent_orders}}", SIM_TURN_ON},
		{"*appointment*|*repair*|*tune*|*service*",
		 "I can help with the workshop. {{upcoming_appointments}}", SIM_TURN_ON},
		{"*address*|*where are you*", "We are at {{store_address}}.", SIM_TURN_ON},
		{"*bye*|*that is all*|*that's all*|*thank you*|*thanks*",
		 "Thank you for calling. Goodbye.", SIM_TURN_BYE},
		{"*", "I heard: \"{{said}}\". What else can I do for you?", SIM_TURN_ON},
	},
	{
		{"*quelqu'un*|*personne*|*humain*|*employe*|*gerant*|*agent*",
		 "Un instant, je demande \u00e0 un coll\u00e8gue.", SIM_TURN_TOOL},
		{"*heure*|*ouvert*|*ferme*|*horaire*", "{{store_status_text}} {{store_hours}}",
		 SIM_TURN_ON},
		{"*commande*|*pret*|*colis*", "Je regarde. {{recent_orders}}", SIM_TURN_ON},
		{"*rendez-vous*|*reparation*|*mise au point*|*atelier*",
		 "Je peux vous aider pour l'atelier. {{upcoming_appointments}}", SIM_TURN_ON},
		{"*adresse*|*ou etes*", "Nous sommes au {{store_address}}.", SIM_TURN_ON},
		{"*au revoir*|*c'est tout*|*merci*", "Merci de votre appel. Au revoir.",
		 SIM_TURN_BYE},
		{"*",
		 "J'ai entendu\u00a0: \u00ab\u00a0{{said}}\u00a0\u00bb. Que puis-je faire d'autre?",
		 SIM_TURN_ON},
	}};

/* A variable's value as it would be spoken. */
static struct str value_of(struct arena *a, const json_t *v)
{
	char *dumped;
	struct str out;

	if (v == NULL || json_is_null(v))
		return (struct str){0};
	if (json_is_string(v))
		return str_make(json_string_value(v), json_string_length(v));
	dumped = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
	out = str_of(arena_strdup(a, dumped));
	free(dumped);
	return out;
}

/* The name of the next {{name}}: what stands before it goes to *before, *rest moves behind it. */
static bool placeholder_next(struct str *rest, struct str *before, struct str *name)
{
	ptrdiff_t open = str_find(*rest, STR_LIT("{{")), close;

	if (open < 0)
		return false;
	*before = str_sub(*rest, 0, (size_t)open);
	*name = str_sub(*rest, (size_t)open + 2, rest->n);
	close = str_find(*name, STR_LIT("}}"));
	if (close < 0)
		return false;
	*rest = str_sub(*name, (size_t)close + 2, name->n);
	*name = str_trim(str_sub(*name, 0, (size_t)close));
	return true;
}

struct str sim_template_fill(struct arena *a, const char *text, const json_t *variables)
{
	struct str rest = str_of(text), before, name, out;
	struct buf b = {0};

	while (placeholder_next(&rest, &before, &name)) {
		buf_add_str(&b, before);
		buf_add_str(&b, value_of(a, json_object_getn(variables, name.p, name.n)));
	}
	buf_add_str(&b, rest);
	out = arena_str(a, str_trim(buf_str(&b)));
	buf_clear(&b);
	return out;
}

struct str sim_template_missing(struct str *rest, const json_t *variables)
{
	struct str before, name;

	while (placeholder_next(rest, &before, &name)) {
		if (!str_starts(name, STR_LIT("system__")) &&
		    json_object_getn(variables, name.p, name.n) == NULL)
			return name;
	}
	return (struct str){0};
}

static const struct line *line_for(struct str said, bool in_french)
{
	const struct line *l = lines[in_french];

	while (l < &lines[in_french][LINES - 1] && !sim_glob(str_of(l->words), said))
		l++;
	return l;
}

void sim_turn_answer(struct arena *a, struct str said, bool in_french, const json_t *variables,
		     struct sim_turn *out)
{
	json_t *with = variables == NULL ? json_object() : json_copy((json_t *)variables);
	const struct line *own = line_for(said, in_french), *other = line_for(said, !in_french);

	if (own == &lines[in_french][LINES - 1] && other != &lines[!in_french][LINES - 1])
		own = other;
	json_object_set_new(with, "said",
			    json_stringn_nocheck(said.p == NULL ? "" : said.p, said.n));
	out->text = sim_template_fill(a, own->says, with);
	out->end = own->end;
	json_decref(with);
}

struct str sim_turn_after_tool(bool in_french, bool is_error)
{
	if (in_french)
		return is_error ? STR_LIT("Je n'ai pas pu joindre de coll\u00e8gue. Puis-je vous "
					  "aider "
					  "autrement?")
				: STR_LIT("C'est fait. Autre chose?");
	return is_error ? STR_LIT("I could not reach a colleague. Can I help you in another way?")
			: STR_LIT("That is done. Anything else?");
}

struct str sim_turn_still_there(bool in_french)
{
	return in_french ? STR_LIT("\u00cates-vous toujours l\u00e0?")
			 : STR_LIT("Are you still there?");
}
