/*
 * detect.c - see detect.h. Everyday words, letter groups, accents and elisions vote for one
 * language or the other; makes and models vote for none. The votes are whole numbers, so the result
 * is the same on every machine.
 */
#include "server/agent/detect.h"

#include "server/agent/phrase.h"
#include "shared/utf8.h"

#define READ_MAX  600 /* bytes that are looked at */
#define WORD_VOTE 20  /* a word of one language's lists */
#define MARGIN    6   /* less lean than that is none */

/* ---- words (folded); what both languages write alike is in neither list */
/* clang-format off */
static const char *const english[] = {
	"the and you your yours my mine we us our they them their it its he she him his her this that these those there here",
	"is are was were be been being am do does did done doing don didn doesn isn aren wasn weren won wouldn couldn shouldn haven hasn ain",
	"have has had having can could will would shall should may might must let get got gets getting go goes going gone went",
	"a an on of to in for with without from at by about into over under after before off out up down through between against until till",
	"not no nope yes yeah yep ya yup what when where which who whom whose why how whats wheres hows whens",
	"if so because than then too also just only even still yet already again ever never always often maybe really very much many more most",
	"all any some each every both other another same such own few lot lots little less one two three four five six seven eight nine ten",
	"i im ive ill id u ur r wat wanna gonna gotta cuz bc thx thanks thank pls plz please omg btw idk tho cya n",
	"know think want need like look looking see say said tell told ask asked call called come came coming take took give gave make made makes",
	"find found feel felt keep kept put show try tried use used work works working help buy bought sell sold pay paid send sent bring brought",
	"leave left meet hear heard read write wait waiting talk talking speak speaking start stop open close closed opens closes fix fixed pick drop",
	"hi hello hey goodbye sorry welcome sure fine great nice cool awesome good bad best better new old big small large right wrong next last first",
	"day today tomorrow tonight yesterday morning afternoon evening night week weekend month year time hour hours minutes soon later now early late ago",
	"monday tuesday wednesday thursday friday saturday sunday january february april june july august october november december",
	"bike bikes bicycle ride riding rider wheel wheels tire tires tube brake brakes chain gear gears shifter seat saddle helmet light lights lock pump",
	"shop store stores hours address parking order orders ordered shipping shipped delivery delivered package parcel tracking track status",
	"refund return returns exchange warranty repair repairs tune tuneup appointment book booking schedule service maintenance check checked price cost",
	"stock size colour color carry ready done someone somebody anyone person human people man woman men women boy girl guy guys friend friends",
	"house home room street water food money way thing things something anything nothing everything place world life school job name phone number",
	"kid kids child children mother father mom dad wife husband brother sister son daughter dog cat car road city love hope wish hate believe",
	"complaint complain anytime unsubscribe anyone appointment change vote experience familiar special general",
	"english cancel confirmed reply answer reschedule receipt bill account password manager representative available speak customer support",
	"does again back away still around until while though hear since during both few enough almost really together whether either neither",
	"play song music set turn lights kitchen living bedroom what's flip switch lamp fan garage window door temperature shopping list add alarm",
	"free call text message wow oops yo dear da dis dat wen den got nite tmr b4 gud luv bout cos",
};
static const char *const french[] = {
	"a on le la les un une des du de au aux et ou mais donc car ni que qui quoi dont quand comment pourquoi combien quel quelle quels quelles",
	"je tu il elle nous vous ils elles me te se lui leur leurs moi toi soi eux mon ma mes ton ta tes ses notre nos votre vos ce cet cette ces ca cela ceci",
	"suis es est sommes etes sont etais etait etaient sera serai serez seront serait soit ete ai as avons avez ont avais avait avaient aura aurez aurait eu",
	"fais fait faites font faire ferme fermes fermez peux peut pouvez peuvent pouvoir puis pourrais pourriez veux veut voulez veulent vouloir voudrais voulais",
	"vais va vas allez vont aller irai ira dois doit devez devoir sais sait savez savoir faut fallait viens vient venez venir prends prend prenez prendre",
	"mets mettez mettre dis dit dites dire vois voit voyez voir crois croit croire trouve trouver cherche chercher donne donner donnez parle parler parlez",
	"appelle appeler appelez aime aimer aimerais aimez reste passe passer passez arrive arriver arrivee attends attend attendre demande demander ouvre ouvrez ouvert ouverts",
	"pas ne plus jamais rien personne aucun aucune toujours encore deja aussi tres trop bien mal peu beaucoup assez moins mieux meme seul seulement vraiment",
	"dans sur sous avec sans pour par chez vers entre depuis pendant avant apres contre jusqu jusque pres loin hors parmi selon sauf malgre",
	"oui ouais ouin non bonjour bonsoir salut allo merci svp stp sil plait voici voila desole pardon excusez bienvenue revoir bientot d accord dac",
	"aujourd hui aujourdhui demain hier soir matin midi apres semaine mois annee jour jours heure heures tantot tot tard maintenant toute tout tous toutes",
	"lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
	"velo velos roue roues pneu pneus frein freins chaine vitesse vitesses selle casque casques pedale pedales cadre guidon lumiere lumieres cadenas pompe gants",
	"magasin boutique atelier heure horaire horaires adresse stationnement commande commandes livraison livre colis suivi expedie expedition envoyer",
	"remboursement retour retourner echange echanger garantie reparation reparer entretien rendez rdv ajustement mise mecanicien prix cout coute couter rabais",
	"taille couleur couleurs acheter vendez vendre louer location pret prete ramasser quelqu quelquun humain telephone telephoner courriel numero nom",
	"homme femme enfant enfants gens ami amis maison rue ville ecole travail eau argent vie monde chose choses pere mere frere soeur fils fille chien voiture auto",
	"deux trois quatre cinq sept huit neuf dix onze douze quinze vingt trente cent mille premier premiere dernier derniere prochain prochaine autre autres chaque plusieurs quelques",
	"bon bonne bons bonnes beau belle grand grande petit petite nouveau nouvelle vieux vieille jeune gros grosse mauvais pire super correct parfait genial",
	"si comme alors ainsi puisque parce lorsque tandis afin quoique ici y en on ceux celle celles celui lequel laquelle lesquels laisse laissez",
	"c j l d n s m t qu jai cest chui chu pk pkoi pq kel koi ke ki jsuis jveux jpeux tkt mdr ptdr bjr bsr slt dsl bcp auj ajd tjs tjrs vrmt qqn qqun qqch vs ns pr ds tt ts ss pcq jsp cb",
	"allumer allume eteindre eteins eteint ferme ouvrir regle mets monte baisse lampe chambre cuisine salon lumieres volets temperature porte fenetre liste",
	"sa va ya yer pis faque ben toe moe icitte char blonde chum magasiner francais anglais annuler changer confirme annule reserver reservation place disponible svp",
	"plainte plaindre courage silence avance chemin jme jen jlai jaime ben coudonc tantot",
	"representant reponse repondre repondez recu facture compte gerant responsable disponibilite ajuster crevaison creve brise brisee casse croche fini prendre besoin",
};
/* Makes, models and the like: no vote, whatever their letters look like. */
static const char *const neutral[] = {
	"cannondale topstone garneau louis norco devinci argon trek giant escape specialized sirrus shimano sram rockshox fox bianchi cervelo opus",
	"marinoni lapierre look mavic michelin vittoria continental schwalbe campagnolo brooks kona surly salsa santa cruz scott orbea pinarello ridley",
	"rocky mountain raleigh miele procycle moose peugeot motobecane gitane colnago wahoo garmin bontrager giro bell thule yakima burley hammerhead",
	"haha hahaha lol max mini info mail email ebike vtt bmx km kg psi usb led ok okay kevin canada post visa mastercard interac paypal apple google instagram facebook",
	"toronto montreal quebec ottawa laval vancouver winnipeg halifax calgary edmonton gatineau sherbrooke hotel radio taxi bus metro",
};
/* clang-format on */

/* Letter groups of words that no list holds; ^ and $ are the word's ends. Positive is French. */
static const struct {
	const char *group;
	int vote;
} groups[] = {
	{"w", -7},      {"k", -5},     {"sh", -8},    {"th", -8},    {"gh", -10},  {"oo", -8},
	{"ee", -5},     {"ck", -8},    {"ing$", -14}, {"ed$", -7},   {"ly$", -10}, {"y$", -6},
	{"ness$", -12}, {"ful$", -10}, {"ould", -12}, {"ough", -12}, {"tch", -9},  {"^wh", -12},
	{"^un", -2},    {"ss$", -5},   {"ll$", -6},   {"ea", -2},    {"ow", -5},   {"er$", -1},
	{"^sh", -4},    {"ts$", -3},   {"rs$", -1},   {"ound", -8},  {"ment$", 1}, {"d$", -4},
	{"eau", 8},     {"aux$", 10},  {"eux$", 12},  {"oi", 6},     {"ez$", 12},  {"ique$", 12},
	{"ement$", 8},  {"eur$", 9},   {"eurs$", 9},  {"euse", 10},  {"ier$", 5},  {"iere", 9},
	{"elle", 6},    {"ette", 6},   {"qu", 3},     {"ille", 5},   {"gn", 3},    {"aient$", 14},
	{"ais$", 9},    {"ait$", 8},   {"ons$", 4},   {"ir$", 5},    {"ant$", 3},  {"ent$", 1},
	{"^re", 1},     {"e$", 2},     {"es$", 1},    {"ees$", 9},   {"ie$", 4},   {"aire", 5},
	{"oir", 6},     {"tion", 0},   {"eu", 5},     {"ou", 2},     {"ai", 3},    {"^em", 2},
	{"^pr", 0},     {"if$", 5},    {"ive$", 1},   {"ur$", 4},    {"ux$", 7},   {"^ch", 3},
	{"ure$", 3},    {"age$", 1},   {"ade$", 1},   {"u$", 6},     {"i$", 4},    {"x", 1},
	{"z$", 4},      {"rr", 1},     {"nn", 2},     {"mm", 2},     {"tte", 5},   {"lle", 3},
};

static bool in(struct str word, const char *const *lists, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (word_among(word, lists[i]))
			return true;
	}
	return false;
}

static bool group_fits(struct str word, const char *group)
{
	struct str g = str_of(group);
	bool begins = g.p[0] == '^', ends = g.p[g.n - 1] == '$';

	if (begins)
		g = str_sub(g, 1, g.n);
	if (ends)
		g.n--;
	if (begins)
		return str_starts(word, g);
	return ends ? str_ends(word, g) : str_find(word, g) >= 0;
}

static int groups_vote(struct str word)
{
	int vote = 0;

	for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
		if (group_fits(word, groups[i].group))
			vote += groups[i].vote;
	}
	return (int)int_clamp(vote, -15, 15);
}

static bool has_digit(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9')
			return true;
	}
	return false;
}

/* "14h30" and "3pm" tell; other numbers and codes do not. */
static int number_vote(struct str word)
{
	size_t i = 0;

	while (i < word.n && word.p[i] >= '0' && word.p[i] <= '9')
		i++;
	word = str_sub(word, i, word.n);
	if (i == 0 || i > 4)
		return 0;
	if (str_is(word, "am") || str_is(word, "pm") || word_among(word, "st nd rd th"))
		return -12;
	return str_starts(word, STR_LIT("h")) && (word.n == 1 || has_digit(word)) ? 10 : 0;
}

struct reading {
	int score, words; /* positive is French */
	bool name_before;
};

/* raw: as written, for capitals and accents; word: folded. */
static void word_read(struct reading *r, struct str raw, struct str word)
{
	bool capital = r->words > 0 && raw.p[0] >= 'A' && raw.p[0] <= 'Z' &&
		       !(raw.n > 1 && raw.p[1] >= 'A' && raw.p[1] <= 'Z');
	bool is_en, is_fr;
	int vote = 0;

	if (has_digit(word)) {
		r->score += number_vote(word);
		return;
	}
	if (in(word, neutral, ARRAY_LEN(neutral)))
		return;
	is_en = in(word, english, ARRAY_LEN(english));
	is_fr = in(word, french, ARRAY_LEN(french));
	r->words++;
	if (is_en != is_fr)
		vote = (is_fr ? 1 : -1) * (word.n == 1 ? WORD_VOTE / 2 : WORD_VOTE);
	else if (!is_en)
		vote = groups_vote(word);
	if (capital) /* a name, a street, a brand */
		vote = vote * 2 / 5;
	if (!is_en && raw.n > word.n && !capital) /* accents */
		vote += 12;
	r->score += vote;
}

/* Letters in front of an apostrophe that French drops a vowel after, and English endings behind
 * one. */
static int apostrophe_vote(struct str before, struct str after)
{
	if (word_among(after, "s re ve ll d m t") && !word_among(before, "j l qu c"))
		return -16;
	return word_among(before, "j l d c n s m t qu lorsqu jusqu puisqu aujourd quelqu") ? 16 : 0;
}

static bool is_letter(uint32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c >= 0xC0 && c < 0x2000 && c != 0xD7 && c != 0xF7);
}

enum language language_detect(struct arena *a, struct str text)
{
	struct str s = utf8_repair(a, utf8_cut(text, READ_MAX));
	struct reading r = {0};
	struct str before = {0};
	size_t i = 0, begin = 0;
	bool apostrophe = false;

	while (i <= s.n) {
		uint32_t c = 0;
		size_t len = i < s.n ? utf8_next(str_sub(s, i, s.n), &c) : 0;

		if (len > 0 && is_letter(c)) {
			i += len;
			continue;
		}
		if (i > begin) {
			struct str raw = str_sub(s, begin, i - begin), word = utf8_fold(a, raw);

			if (apostrophe)
				r.score += apostrophe_vote(before, word);
			word_read(&r, raw, word);
			before = word;
		}
		apostrophe = i > begin && (c == '\'' || c == 0x2019);
		i += len == 0 ? 1 : len;
		begin = i;
	}
	if (r.score >= MARGIN)
		return LANGUAGE_FR;
	return r.score <= -MARGIN ? LANGUAGE_EN : LANGUAGE_UNKNOWN;
}
