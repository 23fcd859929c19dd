/*
 * policy.c - see policy.h.
 */
#include "server/agent/policy.h"

#define PATTERNS_MAX 14

/* A row is of a topic when one of the topic's names is a word of the row's own topic. The first
 * topic that fits wins, so a narrow one ("payment plan") stands before a wide one ("payment"). */
static const struct policy_topic {
	enum policy_kind kind;
	const char *names; /* words, blanks between */
	const char *class;
	const char *const patterns[PATTERNS_MAX];
} topics[] = {
	/* clang-format off */
	{POLICY_TRADE, "trade trades tradein reprise reprises", "sales_inquiry", {
		"trade in|ins", "trade|trading ?in my ?old|used ?bike|ebike", "do|can you ?guys ?take|accept|do|buy ?my ?old trades|tradeins|trade|used ?in|ins ?bikes",
		"do you buy used|back|old ?bikes",
		"reprenez|reprend vous ?on ?les ?vieux|anciens ?velos ?usages",
		"reprise ?de ?d ?velos|velo|usages", "achetez vous ?des|les velos usages",
		"acceptez|prenez vous ?les echanges contre ?un ?velo ?neuf"}},
	{POLICY_RETURNS, "return returns refund refunds exchange exchanges retour retours remboursement remboursements echange echanges", "returns", {
		"return|returns|refund|refunds|exchange ?and ?refund|exchange|return policy|policies|rules",
		"how many|long ?days ?do ?i|we ?have ?to return|exchange|refund* ?it ?something ?an|a ?item",
		"?in what|which case*|cass|caess|situation* can|could|may ?i ?we ask|request|get|demand ?for ?to ?be ?a|my refund|refunds|reimburs*|money ?back",
		"do|can you ?guys ?accept|take|do|offer|give refunds|returns|exchanges",
		"can|may|could i|we return|exchange",
		"politique* de|d|sur ?les ?des retour*|echange*|remboursement*",
		"combien de jours|temps ?ai ?j ?avons ?nous ?pour retourner|echanger|retour|rendre ?quelque ?un ?chose ?article",
		"peut|puis|peux|pouvons on|je|nous ?te|me ?le ?la retourner|echanger|rapporter",
		"je peux|pourrais retourner|echanger",
		"acceptez|faites vous les retours|echanges|remboursements",
		"quel cas ... rembours*",
		"^ returns|refunds|retours $"}},
	{POLICY_OTHER, "warranty warranties guarantee garantie garanties", "general_support", {
		"what|how ?long ?s|is ?covered|included|does|the|your|under|by|in ?under|by|in ?the|your warranty|guarantee",
		"is|are|do|does ... under ?a ?any warranty|guarantee",
		"warranty|guarantee policy|coverage|cover|covers|last|info|information",
		"is|are|do|does ... warranty|guarantee*",
		"quel|quoi ?est|sont ?c ?la|les|votre|vos garantie*",
		"garantie* couvre*|dure*",
		"couvert* par ?la garantie",
		"combien de temps|duree ?de ?dure ?la garantie",
		"y ?a ?t ?il|avez|offrez|est ?vous ?ce ?que ?une ?des garantie*",
		"warranty|guarantee on|for ?a|the|your ?new bike|bikes|parts|repairs|service|ebikes",
		"^ ?la ?le warranty|garantie ?policy $"}},
	{POLICY_OTHER, "rental rentals rent louer location", "sales_inquiry", {
		"do|can you ?guys ?also rent ?out ?bikes|ebikes|bicycles|skis",
		"do|can you ?guys ?offer|have|do ?any ?bike|ski|ebike rental|rentals",
		"can|could i|we rent ?a ?bike|bikes|ebike",
		"bike|ebike|ski rental|rentals ?policy|available",
		"^ rentals|rental ?policy $",
		"louez|loue ?vous ?t ?on ?des ?un ?velos|velo",
		"louer ?un|des velo|velos",
		"faites|offrez vous ?de ?la location",
		"location de velo|velos"}},
	{POLICY_OTHER, "layaway financing finance plan plans installments financement versements", "sales_inquiry", {
		"layaway|financing|finance|affirm|installments",
		"payment|financing plan|plans|option",
		"pay in ?several ?monthly installments|payments",
		"financement|versements",
		"plan|plans de paiement|financement",
		"payer en ?plusieurs|#|quatre|trois versements|fois|paiements",
		"mise de cote"}},
	{POLICY_OTHER, "payment payments pay paiement paiements payer", "general_support", {
		"?accepted|acepted|available|different payment|payement ?payment|payement methods|method|options|option|modalities|types|forms|policy ?you|accepted|available ?accept",
		"do|can you ?guys ?accept|take|accepts apple|google|visa|mastercard|amex|debit|cash|cheques|checks|paypal|credit|interac|bitcoin|american ?express ?pay ?card|cards",
		"can|could i|we pay ?with|by|using ?apple|google|visa|mastercard|amex|debit|cash|paypal|credit|interac ?pay ?card",
		"pay with|by|in apple|google|visa|mastercard|amex|debit|cash|paypal|credit|interac|tap ?pay ?card",
		"how|ways ... to|can ?i ?we pay",
		"acceptez|prenez vous ?la ?les ?le ?l apple|google|visa|mastercard|amex|debit|interac|argent|cheques|paypal|carte|cartes|comptant|credit|american ?express ?de ?pay ?comptant ?credit|debit",
		"mode|modes|moyen|moyens|methode|methodes|options de paiement ?acceptes|acceptees",
		"peut|puis|peux on|je payer ?par|avec|en|comptant ?apple ?pay ?carte ?debit ?credit ?interac",
		"payer comptant|par|en|avec ?carte|argent|interac|debit|credit|apple ?pay ?comptant"}},
	{POLICY_OTHER, "rack racks support supports", "store_info", {
		"bike|bicycle rack|racks|parking ?outside|nearby|there", "is|are there ?a|any|somewhere ?place ?to bike|bicycle rack|racks",
		"where ... lock|park ?up my bike", "support|supports ?a velo|velos ?dehors|devant|exterieur",
		"barrer|stationner|attacher mon velo"}},
	{POLICY_OTHER, "parking stationnement park", "store_info", {
		"is|do|does|have|any|there|free|customer|where ... parking|park", "where ... park", "can i park",
		"^ parking ?available|free|there $",
		"stationnement ?gratuit ?disponible", "y a ?t ?il ... stationnement|parking",
		"ou ... stationner|parker", "se stationner|parker"}},
	{POLICY_OTHER, "shipping delivery ship livraison livraisons expedition", "general_support", {
		"shipping|shipment|delivery method|methods|options|option|policy|policies|cost|costs|fee|fees|charges",
		"options|methods for|of shipping|delivery", "do|can you ?guys ship|deliver ?to ?a",
		"livrez vous ?a|au|en|aux|partout", "faites|offrez vous la livraison",
		"frais|options|mode|modes|politique|cout|delai|delais de livraison|expedition"}},
	{POLICY_OTHER, "price prix match", "sales_inquiry", {
		"price match|matching", "match ?a|the|their|another ?competitor ?s price|prices",
		"egalez|egaliser|egale ?vous ?les ?le ?un prix", "politique de prix|bas"}},
	{POLICY_OTHER, "gift gifts cadeau cadeaux", "sales_inquiry", {
		"gift card|cards|certificate|certificates", "carte|cartes|certificat|certificats cadeau|cadeaux"}},
	{POLICY_OTHER, "test essai essais", "sales_inquiry", {
		"test ride|rides|drive", "try ?out ?a|the|some bike|bikes|before",
		"essayer ?un|des|le ?velo|velos", "essai|essais routier|routiers"}},
	{POLICY_OTHER, "dog dogs pet pets chien chiens animaux", "store_info", {
		"dog|dogs|pet|pets allowed|friendly|welcome|ok", "bring|have my|a|our dog|dogs|pet|puppy",
		"chien|chiens|animaux ... acceptes|admis|permis|bienvenus", "amener|venir avec|apporter mon|un|le chien"}},
	{POLICY_OTHER, "accessibility accessible wheelchair accessibilite fauteuil", "store_info", {
		"wheelchair|accessible|accessibility|ramp|elevator", "fauteuil roulant", "accessibilite|rampe", "mobilite reduite"}},
	{POLICY_OTHER, "washroom washrooms bathroom restroom toilet toilette toilettes", "store_info", {
		"washroom|washrooms|bathroom|bathrooms|restroom|restrooms|toilet", "toilette|toilettes", "salle de bain|bains"}},
	{POLICY_OTHER, "wifi wi", "store_info", {"wifi|wi ?fi"}},
	{POLICY_LOCATIONS, "locations stores branches succursales succursale magasins", "store_info", {
		"more than one store|location|shop", "other|another|second|different|any|other|nearest|closest stores|locations|location|branch|branches",
		"other|another|second store|shop", "how many stores|locations|shops|branches", "multiple|several stores|locations",
		"plus d une|un boutique|magasin|succursale|adresse", "autre|autres|deuxieme|plusieurs|combien ?de ?d boutique|boutiques|magasin|magasins|succursale|succursales",
		"succursale|succursales"}},
	/* clang-format on */
};

static const struct policy_topic *topic_of(struct arena *a, struct str name)
{
	struct agent_message text = {.body = name};
	struct phrases read = phrases_read(a, &text, 1);

	for (size_t t = 0; read.n > 0 && t < ARRAY_LEN(topics); t++) {
		for (size_t i = 0; i < read.p[0].n; i++) {
			if (word_among(read.p[0].words[i].text, topics[t].names))
				return &topics[t];
		}
	}
	return NULL;
}

static const struct store_policy *row_of(struct arena *a, const struct store *s,
					 const struct policy_topic *t)
{
	for (size_t i = 0; i < s->policies_n; i++) {
		if (topic_of(a, s->policies[i].topic) == t)
			return &s->policies[i];
	}
	return NULL;
}

static bool asks(const struct phrase *p)
{
	return p->question || word_among(p->words[0].text,
					 "do does is are can could what how where which any policy "
					 "est y avez peut peux puis "
					 "pouvez quel quoi comment ou acceptez offrez faites vous");
}

/* "dogs" and "dog" are one word here. */
static bool same_word(struct str a, struct str b)
{
	if (str_ends(a, STR_LIT("s")))
		a.n--;
	if (str_ends(b, STR_LIT("s")))
		b.n--;
	return str_eq(a, b);
}

/* Every word of the topic stands in the phrase; they are marked. */
static bool own_topic(struct arena *a, struct phrase *p, struct str topic)
{
	struct agent_message text = {.body = topic};
	struct phrases read = phrases_read(a, &text, 1);
	struct word *found[PHRASE_WORDS_MAX];

	if (read.n != 1)
		return false;
	for (size_t t = 0; t < read.p[0].n; t++) {
		found[t] = NULL;
		for (size_t i = 0; i < p->n && found[t] == NULL; i++) {
			if (same_word(p->words[i].text, read.p[0].words[t].text))
				found[t] = &p->words[i];
		}
		if (found[t] == NULL)
			return false;
	}
	for (size_t t = 0; t < read.p[0].n; t++)
		found[t]->explained = true;
	return true;
}

size_t policies_asked(struct arena *a, struct phrase *p, const struct store *s,
		      struct policy_asked out[POLICIES_MAX])
{
	size_t n = 0;

	for (size_t t = 0; t < ARRAY_LEN(topics) && n < POLICIES_MAX; t++) {
		bool asked = false;

		/* An exchange for a new bike is a trade-in. */
		if (topics[t].kind == POLICY_RETURNS && n > 0 && out[n - 1].kind == POLICY_TRADE)
			continue;

		for (size_t i = 0; i < PATTERNS_MAX && topics[t].patterns[i] != NULL; i++)
			asked = pattern_mark(topics[t].patterns[i], p) || asked;
		if (asked)
			out[n++] = (struct policy_asked){row_of(a, s, &topics[t]), topics[t].class,
							 topics[t].kind};
	}
	for (size_t i = 0; i < s->policies_n && n < POLICIES_MAX && asks(p); i++) {
		if (topic_of(a, s->policies[i].topic) == NULL &&
		    own_topic(a, p, s->policies[i].topic))
			out[n++] =
				(struct policy_asked){&s->policies[i], "store_info", POLICY_OTHER};
	}
	return n;
}
