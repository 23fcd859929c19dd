/*
 * options.c - see options.h.
 */
#include "tests/sim/options.h"

#include "tests/sim/eleven/side.h"

#define OWN   (SIM_SERVE | SIM_PLAY)
#define GUEST (SIM_PLAY | SIM_PHONE)

enum kind { TEXT, CSTR, NUMBER, LIST, FLAG, SEED };

struct row {
	const char *name, *argument;
	unsigned commands;
	enum kind kind;
	size_t offset;
	int64_t min, max;
	const char *says;
};

#define AT(field)      offsetof(struct sim_options, field)
#define SETTING(field) offsetof(struct sim_options, set.field)

static const struct row rows[] = {
	{"--port", "N", OWN, NUMBER, SETTING(port), 0, 65535,
	 "where the API listens on 127.0.0.1 (any free one)"},
	{"--elevenlabs-port", "N", OWN, NUMBER, SETTING(elevenlabs_port), 0, 65535,
	 "where ElevenLabs' side listens on 127.0.0.1 (it does not)"},
	{"--agent", "ID", OWN, LIST, AT(agents), 0, 0,
	 "an agent of ElevenLabs besides agent_practice; repeatable"},
	{"--post-call-url", "URL", OWN, CSTR, SETTING(post_call_url), 0, 0,
	 "where its webhooks go (the service's post-call-analysis)"},
	{"--account-sid", "AC..", OWN, TEXT, AT(account_sid), 0, 0,
	 "the account (or TWILIO_ACCOUNT_SID)"},
	{"--auth-token", "T", OWN, TEXT, AT(auth_token), 0, 0,
	 "its token (or TWILIO_AUTH_TOKEN, which ps does not show)"},
	{"--api-key", "SK..:S", OWN, TEXT, AT(api_key), 0, 0,
	 "an API key of it (or TWILIO_API_KEY)"},
	{"--account", "AC..:T", OWN, LIST, AT(accounts), 0, 0, "a further account; repeatable"},
	{"--service-url", "URL", OWN, CSTR, SETTING(service_url), 0, 0,
	 "the service: SmsUrl is URL/api/webhooks/twilio/sms by default"},
	{"--number", "+N[@AC..][=URL]", OWN, LIST, AT(numbers), 0, 0,
	 "a number and its SmsUrl; repeatable"},
	{"--name", "+N=NAME", OWN, LIST, AT(names), 0, 0, "what phones call a number; repeatable"},
	{"--messaging-service", "MG..=+N,+N", OWN, LIST, AT(services), 0, 0,
	 "numbers of one messaging service; repeatable"},
	{"--log", "FILE", OWN, CSTR, SETTING(log), 0, 0,
	 "every request in both directions, one JSON object a line"},
	{"--send-ms", "N", OWN, NUMBER, SETTING(send_ms), 0, 60000, "from queued to sent (120)"},
	{"--deliver-ms", "N", OWN, NUMBER, SETTING(deliver_ms), 0, 60000,
	 "from sent to delivered (400)"},
	{"--extra-every", "N", OWN, NUMBER, SETTING(extra_every), 0, 1000000,
	 "a parameter nobody knows on every Nth webhook; 0 never (7)"},
	{"--letters-per-s", "N", OWN, NUMBER, SETTING(letters_per_s), 1, 100000,
	 "how fast voices speak (15)"},
	{"--answer-ms", "N", OWN, NUMBER, SETTING(answer_ms), 0, 600000,
	 "a phone rings so long before somebody answers (1500)"},
	{"--ring-ms", "N", OWN, NUMBER, SETTING(ring_ms), 0, 60000,
	 "from initiated to ringing (300)"},
	{"--calls-per-s", "N", OWN, NUMBER, SETTING(calls_per_s), 0, 1000,
	 "outgoing calls that leave the queue; 0 no limit (1)"},
	{"--gone-is-404", NULL, OWN, FLAG, SETTING(gone_is_missing), 0, 0,
	 "ending a call that is over: 404, not 200"},
	{"--in-flight", "N", OWN, NUMBER, SETTING(in_flight_max), 0, 100000,
	 "API requests at a time before 429; 0 no limit (0)"},
	{"--kept", "N", OWN, NUMBER, SETTING(kept), 100, 1000000,
	 "messages kept in memory (100000)"},
	{"--advanced-opt-out", NULL, OWN, FLAG, SETTING(advanced_opt_out), 0, 0,
	 "OptOutType, and French stop words with French replies"},
	{"--media-auth", NULL, OWN, FLAG, SETTING(media_auth), 0, 0, "media only with credentials"},
	{"--fault", "'429 next 2'", OWN, LIST, AT(faults), 0, 0,
	 "a switch that is thrown from the start; repeatable"},
	{"--seed", "N", OWN, SEED, AT(seed), 0, 0, "of the switches that fire by chance"},
	{"--sim", "URL", GUEST, CSTR, AT(sim_url), 0, 0, "a practice line that runs already"},
	{"--set", "NAME=VALUE", SIM_PLAY, LIST, AT(variables), 0, 0,
	 "a variable of the script; repeatable"},
	{"--from", "+N", SIM_PHONE, TEXT, AT(from), 0, 0, "the phone's own number (+15145550199)"},
	{"--to", "+N", SIM_PHONE, TEXT, AT(to), 0, 0, "the store's number (the first of the line)"},
	{"--ascii", NULL, SIM_PHONE, FLAG, AT(ascii), 0, 0, "draw with plain characters"},
};

static struct str env(const char *name)
{
	return str_of(getenv(name));
}

static bool value_take(const struct row *row, struct str value, struct sim_options *o,
		       struct err *err)
{
	void *to = (char *)o + row->offset;
	struct sim_list *list = to;
	int64_t n;

	switch (row->kind) {
	case TEXT: *(struct str *)to = value; return true;
	case CSTR: *(const char **)to = value.p; return true;
	case FLAG: *(bool *)to = true; return true;
	case NUMBER:
		if (!str_int(value, row->min, row->max, &n))
			return err_set(err, ERR_INPUT,
				       "%s wants a number from %" PRId64 " to %" PRId64, row->name,
				       row->min, row->max);
		*(int *)to = (int)n;
		return true;
	case SEED:
		if (!str_int(value, 1, INT64_MAX, &n))
			return err_set(err, ERR_INPUT, "%s wants a number above 0", row->name);
		*(uint64_t *)to = (uint64_t)n;
		return true;
	case LIST:
		if (list->n == SIM_OPTION_LIST)
			return err_set(err, ERR_INPUT, "%s: at most %d times", row->name,
				       SIM_OPTION_LIST);
		list->at[list->n++] = value;
		return true;
	}
	BUG("an option of kind %d", (int)row->kind);
}

static bool language_take(const char *word, struct sim_options *o, struct err *err)
{
	if (strcmp(word, "en") != 0 && strcmp(word, "fr") != 0)
		return err_set(err, ERR_INPUT, "--lang is en or fr");
	o->french = word[0] == 'f';
	return true;
}

static bool option_read(int argc, char **argv, int *i, struct sim_options *o, struct err *err)
{
	const char *word = argv[*i];

	if (strcmp(word, "--help") == 0) {
		o->help = true;
		return true;
	}
	if (strcmp(word, "--lang") == 0 && *i + 1 < argc)
		return language_take(argv[++*i], o, err);
	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		if (strcmp(word, rows[r].name) != 0 || (rows[r].commands & o->command) == 0)
			continue;
		if (rows[r].kind == FLAG)
			return value_take(&rows[r], (struct str){0}, o, err);
		if (*i + 1 == argc)
			return err_set(err, ERR_INPUT, "%s wants a value: %s", word,
				       rows[r].argument);
		return value_take(&rows[r], str_of(argv[++*i]), o, err);
	}
	if (o->command == SIM_PLAY && o->file == NULL && (word[0] != '-' || word[1] == '\0')) {
		o->file = word;
		return true;
	}
	return err_set(err, ERR_INPUT, "\"%.60s\" is no option here; see --help", word);
}

static bool environment_read(struct sim_options *o)
{
	struct str lang = env("LC_ALL");

	if (o->account_sid.n == 0)
		o->account_sid = env("TWILIO_ACCOUNT_SID");
	if (o->auth_token.n == 0)
		o->auth_token = env("TWILIO_AUTH_TOKEN");
	if (o->api_key.n == 0)
		o->api_key = env("TWILIO_API_KEY");
	o->set.elevenlabs_key = getenv("ELEVENLABS_API_KEY");
	o->set.post_call_secret = getenv("ELEVENLABS_POST_CALL_WEBHOOK_SECRET");
	if (env("ELEVENLABS_AGENT_ID").n > 0)
		o->agents.at[o->agents.n++] = env("ELEVENLABS_AGENT_ID");
	if (lang.n == 0)
		lang = env("LANG");
	return str_starts(lang, STR_LIT("fr"));
}

bool sim_options_read(int argc, char **argv, struct sim_options *out, struct err *err)
{
	const char *command = argc > 1 ? argv[1] : "--help";

	*out = (struct sim_options){.from = STR_LIT("+15145550199")};
	sim_settings_default(&out->set);
	out->french = environment_read(out);
	if (strcmp(command, "serve") == 0)
		out->command = SIM_SERVE;
	else if (strcmp(command, "play") == 0)
		out->command = SIM_PLAY;
	else if (strcmp(command, "phone") == 0)
		out->command = SIM_PHONE;
	else if (strcmp(command, "--help") == 0 || strcmp(command, "help") == 0)
		out->help = true;
	else
		return err_set(err, ERR_INPUT,
			       "\"%.60s\" is no command; there are serve, play, phone and --help",
			       command);
	for (int i = 2; i < argc; i++) {
		if (!option_read(argc, argv, &i, out, err))
			return false;
	}
	if (out->help)
		return true;
	if (out->command == SIM_PLAY && out->file == NULL)
		return err_set(err, ERR_INPUT,
			       "play wants a script: a file, or - for standard input");
	if (out->command == SIM_PHONE && out->sim_url == NULL)
		return err_set(err, ERR_INPUT, "phone wants --sim URL of a line that runs");
	return true;
}

/* ---- what they say about a line ---- */

static bool key_apply(const struct sim_options *o, struct sim *s, struct err *err)
{
	struct str secret = o->api_key, sid = str_cut(&secret, ':');
	struct sim_account *a = &s->accounts[0];

	if (o->api_key.n == 0)
		return true;
	if (!sim_sid_valid("SK", sid) || secret.n == 0 || secret.n >= sizeof a->key_secret)
		return err_set(err, ERR_INPUT,
			       "an API key is SK and 32 hex digits, a colon, its secret");
	snprintf(a->key_sid, sizeof a->key_sid, STR_FMT, STR_ARG(sid));
	snprintf(a->key_secret, sizeof a->key_secret, STR_FMT, STR_ARG(secret));
	return true;
}

static bool accounts_apply(const struct sim_options *o, struct sim *s, struct err *err)
{
	if (o->account_sid.n == 0 || o->auth_token.n == 0)
		return err_set(err, ERR_INPUT,
			       "set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, the ones that the "
			       "service has");
	if (!sim_account_add(s, o->account_sid, o->auth_token, err))
		return false;
	for (size_t i = 0; i < o->accounts.n; i++) {
		struct str token = o->accounts.at[i], sid = str_cut(&token, ':');

		if (!sim_account_add(s, sid, token, err))
			return false;
	}
	return key_apply(o, s, err);
}

static bool number_apply(struct sim *s, struct str text, struct err *err)
{
	struct str url = text, phone = str_cut(&url, '='), account = phone;
	struct sim_account *a = &s->accounts[0];

	phone = str_cut(&account, '@');
	if (account.p != NULL)
		a = sim_account_find(s, account);
	if (a == NULL)
		return err_set(err, ERR_INPUT, "--number " STR_FMT ": no such account",
			       STR_ARG(phone));
	return sim_number_open(s, (unsigned)(a - s->accounts), phone, url, err);
}

static bool service_apply(struct sim *s, struct str text, struct err *err)
{
	struct str phones = text, sid = str_cut(&phones, '=');

	if (!sim_sid_valid("MG", sid))
		return err_set(err, ERR_INPUT,
			       "--messaging-service wants MG and 32 hex digits, =, numbers");
	while (phones.n > 0) {
		struct str phone = str_cut(&phones, ',');
		struct sim_number *n = sim_number_find(&s->numbers, phone);

		if (n == NULL)
			return err_set(err, ERR_INPUT,
				       "--messaging-service: " STR_FMT " is no --number",
				       STR_ARG(phone));
		snprintf(n->service, sizeof n->service, STR_FMT, STR_ARG(sid));
	}
	return true;
}

static bool name_apply(struct sim *s, struct str text, struct err *err)
{
	struct str name = text, phone = str_cut(&name, '=');
	struct sim_number *n = sim_number_find(&s->numbers, phone);

	if (n == NULL || name.n == 0)
		return err_set(err, ERR_INPUT, "--name wants a --number, =, and what it is called");
	sim_number_set(n, SIM_FRIENDLY_NAME, name);
	return true;
}

static bool agent_apply(struct sim *s, struct str text, struct err *err)
{
	return sim_agent_get(s, text) != NULL ||
	       err_set(err, ERR_INPUT,
		       "--agent: at most %d agents, with an id of up to %d characters",
		       SIM_AGENTS_MAX, SIM_AGENT_ID - 1);
}

static bool fault_apply(struct sim *s, struct str text, struct err *err)
{
	struct sim_fault f;

	return sim_fault_parse(text, &f, err) && sim_faults_add(&s->faults, &f, err);
}

bool sim_options_apply(const struct sim_options *o, struct sim *s, struct err *err)
{
	const struct {
		const struct sim_list *list;
		bool (*apply)(struct sim *, struct str, struct err *);
	} lists[] = {{&o->numbers, number_apply},
		     {&o->services, service_apply},
		     {&o->names, name_apply},
		     {&o->agents, agent_apply},
		     {&o->faults, fault_apply}};

	if (!accounts_apply(o, s, err))
		return false;
	for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
		for (size_t i = 0; i < lists[l].list->n; i++) {
			if (!lists[l].apply(s, lists[l].list->at[i], err))
				return false;
		}
	}
	s->faults.random = o->seed;
	return true;
}

void sim_options_help(struct buf *out)
{
	static const struct {
		enum sim_command command;
		const char *title;
	} parts[] = {
		{SIM_SERVE,
		 "switchback-sim serve [options]          a practice line in the background"},
		{SIM_PLAY, "switchback-sim play FILE|- [options]    play a script, print what was "
			   "said; exit 0 or 1"},
		{SIM_PHONE, "switchback-sim phone --sim URL          a handset on this terminal"},
	};

	buf_add_cstr(out, "switchback-sim: the practice line, Twilio's side on this machine: texts "
			  "and calls.\n"
			  "docs/practice-line.md has the whole story.\n");
	for (size_t p = 0; p < ARRAY_LEN(parts); p++) {
		buf_printf(out, "\n%s\n", parts[p].title);
		for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
			char left[40];

			if ((rows[r].commands & parts[p].command) == 0 ||
			    (parts[p].command == SIM_PLAY && (rows[r].commands & SIM_SERVE) != 0))
				continue;
			snprintf(left, sizeof left, "%s %s", rows[r].name,
				 rows[r].argument == NULL ? "" : rows[r].argument);
			buf_printf(out, "  %-30s %s\n", left, rows[r].says);
		}
		if (parts[p].command == SIM_PLAY)
			buf_add_cstr(out, "  (without --sim it opens a line of its own, with "
					  "serve's options)\n");
		if (parts[p].command == SIM_PHONE)
			buf_add_cstr(out, "  (it texts what is written; /call rings the store, and "
					  "then it is spoken; /help lists the commands)\n");
	}
	buf_add_cstr(out, "  --lang en|fr                   language of play and phone (LANG)\n"
			  "\nPhones that behave by their number:\n");
	sim_behaviour_help(out);
	buf_add_cstr(
		out,
		"\nFaults (--fault, \"fault ...\" in a script, POST /sim/faults {\"fault\": "
		"...}):\n"
		"  KIND [after] [on send|api|webhook|callback] [to NUMBER] [next N|P%|always]\n"
		"       [for N s|ms] [retry-after N]; without a number of times: once\n");
	sim_faults_help(out);
}
