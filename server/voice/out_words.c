/*
 * out_words.c - see out_words.h. The texts keep to the letters of GSM-7: one circumflex would halve
 * what a text holds.
 */
#include "server/voice/out_words.h"

#include "shared/buf.h"
#include "shared/phone.h"
#include "shared/utf8.h"

#define STORE_BYTES 200
#define ORDER_BYTES 60

struct set {
	const char *opening, *machine, *text;
};

/* {store}, {order} (with a blank before it, or nothing) and {phone}. */
static const struct set sets[2][2] = {
	/* a call back */
	{
		{"Hello. This is an automated call from {store}, calling you back as promised. To "
		 "talk "
		 "with a "
		 "person, say so or press 0. Otherwise, tell me how I can help.",
		 "Hello. This is an automated message from {store}. We are calling you back as "
		 "promised. You can "
		 "call or text us at {phone}. Goodbye.",
		 "{store}: we tried to call you back and could not reach you. Text us here, or "
		 "call "
		 "{phone} "
		 "when it suits you."},
		{"Bonjour. Ceci est un appel automatisé de {store}, qui vous rappelle comme "
		 "promis. "
		 "Pour parler à "
		 "une personne, dites-le ou faites le 0. Sinon, dites-moi ce que je peux faire "
		 "pour "
		 "vous.",
		 "Bonjour. Ceci est un message automatisé de {store}. Nous vous rappelons comme "
		 "promis. Vous "
		 "pouvez nous appeler ou nous texter au {phone}. Au revoir.",
		 "{store} : nous avons tenté de vous rappeler, sans succès. Répondez ici, ou "
		 "appelez "
		 "le {phone} "
		 "quand cela vous convient."},
	},
	/* an order is ready */
	{
		{"Hello. This is an automated call from {store}. Your order{order} is ready for "
		 "pickup. If you "
		 "have a question, just ask. To talk with a person, say so or press 0.",
		 "Hello. This is an automated message from {store}. An order of yours is ready for "
		 "pickup. You "
		 "can call or text us at {phone}. Goodbye.",
		 "{store}: your order{order} is ready for pickup. We tried to call you. Any "
		 "questions? "
		 "Text us "
		 "here or call {phone}."},
		{"Bonjour. Ceci est un appel automatisé de {store}. Votre commande{order} est "
		 "prête à "
		 "être "
		 "ramassée. Si vous avez une question, posez-la. Pour parler à une personne, "
		 "dites-le "
		 "ou faites "
		 "le 0.",
		 "Bonjour. Ceci est un message automatisé de {store}. Une de vos commandes est "
		 "prête à "
		 "être "
		 "ramassée. Vous pouvez nous appeler ou nous texter au {phone}. Au revoir.",
		 "{store} : votre commande{order} vous attend en magasin. Nous avons tenté de vous "
		 "appeler. Une "
		 "question? Répondez ici ou appelez le {phone}."},
	},
};

static const char *filled(struct arena *a, const char *words, struct str store, struct str order,
			  const char *phone)
{
	struct str rest = str_of(words);
	struct buf b;
	const char *out;

	buf_init(&b, 4096);
	while (rest.n > 0) {
		ptrdiff_t brace = str_find_char(rest, '{');
		struct str place;

		if (brace < 0) {
			buf_add_str(&b, rest);
			break;
		}
		buf_add_str(&b, str_sub(rest, 0, (size_t)brace));
		rest = str_sub(rest, (size_t)brace + 1, rest.n);
		place = str_cut(&rest, '}');
		if (str_is(place, "store"))
			buf_add_str(&b, store);
		else if (str_is(place, "phone"))
			buf_add_cstr(&b, phone);
		else if (order.n > 0)
			buf_printf(&b, " " STR_FMT, STR_ARG(order));
	}
	out = arena_cstr(a, buf_str(&b));
	buf_clear(&b);
	return out;
}

void out_words_of(struct arena *a, bool pickup, enum language l, struct str store,
		  struct str order_number, struct str phone, struct out_words *out)
{
	const struct set *s = &sets[pickup ? 1 : 0][l == LANGUAGE_FR ? 1 : 0];
	struct str name = utf8_cut(store, STORE_BYTES), order = utf8_cut(order_number, ORDER_BYTES);
	char number[24];

	phone_text(phone, number);
	out->opening = filled(a, s->opening, name, order, number);
	out->machine = filled(a, s->machine, name, order, number);
	out->text = filled(a, s->text, name, order, number);
}
