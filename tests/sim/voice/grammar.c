/*
 * grammar.c - which elements stand where, with which attributes and values (twilio.md 4). One
 * table; see tree.h.
 */
#include "tests/sim/voice/tree.h"

/* Words between blanks; "?" stands for any value, "#" for a number, "&" for a URL, "b" for true or
 * false, else the values themselves between bars: "input=dtmf|speech". */
struct rule {
	const char *element, *parents, *attributes;
};

#define CALLBACK_EVENTS "statusCallback=& statusCallbackMethod=GET|POST statusCallbackEvent=? "
#define RECORDING                                                           \
	"recordingStatusCallback=& recordingStatusCallbackMethod=GET|POST " \
	"recordingStatusCallbackEvent=? "
#define MACHINE                                                                   \
	"machineDetection=Enable|DetectMessageEnd machineDetectionTimeout=# "     \
	"machineDetectionSpeechThreshold=# machineDetectionSpeechEndThreshold=# " \
	"machineDetectionSilenceTimeout=# amdStatusCallback=& amdStatusCallbackMethod=GET|POST "

static const struct rule rules[] = {
	{"Say", "Response Gather", "voice=? language=? loop=#"},
	{"Play", "Response Gather", "loop=# digits=?"},
	{"Pause", "Response Gather", "length=#"},
	{"Gather", "Response",
	 "action=& method=GET|POST input=dtmf|speech|dtmf speech|speech dtmf timeout=# "
	 "speechTimeout=? numDigits=# finishOnKey=? language=? hints=? actionOnEmptyResult=b "
	 "profanityFilter=b speechModel=? partialResultCallback=& "
	 "partialResultCallbackMethod=GET|POST enhanced=b bargeIn=b maxSpeechTime=# debug=b"},
	{"Dial", "Response",
	 "action=& method=GET|POST timeout=# timeLimit=# callerId=? answerOnBridge=b "
	 "hangupOnStar=b "
	 "record=do-not-record|record-from-answer|record-from-ringing|record-from-answer-dual|"
	 "record-from-ringing-dual|true|false trim=trim-silence|do-not-trim recordingTrack=both|"
	 "inbound|outbound ringTone=? sequential=b callReason=? referUrl=& referMethod=GET|POST "
	 "recordingConfigurationId=? events=? " RECORDING},
	{"Number", "Dial", "sendDigits=? url=& method=GET|POST byoc=? " CALLBACK_EVENTS MACHINE},
	{"Client", "Dial", "url=& method=GET|POST " CALLBACK_EVENTS},
	{"Identity", "Client", ""},
	{"Sip", "Dial", "username=? password=? url=& method=GET|POST " CALLBACK_EVENTS MACHINE},
	{"Conference", "Dial",
	 "muted=b beep=true|false|onEnter|onExit startConferenceOnEnter=b endConferenceOnExit=b "
	 "participantLabel=? jitterBufferSize=off|small|medium|large jitterBuffer=? waitUrl=& "
	 "waitMethod=GET|POST maxParticipants=# record=do-not-record|record-from-start "
	 "region=us1|us2|ie1|de1|sg1|br1|au1|jp1 trim=trim-silence|do-not-trim coach=? "
	 "eventCallbackUrl=& " CALLBACK_EVENTS RECORDING},
	{"Queue", "Dial", "url=& method=GET|POST reservationSid=? postWorkActivitySid=?"},
	{"Enqueue", "Response",
	 "action=& method=GET|POST waitUrl=& waitUrlMethod=GET|POST maxQueueSize=# workflowSid=?"},
	{"Leave", "Response", ""},
	{"Connect", "Response", "action=& method=GET|POST"},
	{"Start", "Response", "action=& method=GET|POST"},
	{"Stop", "Response", ""},
	{"Stream", "Connect Start Stop",
	 "url=& name=? track=inbound_track|outbound_track|both_tracks statusCallback=& "
	 "statusCallbackMethod=GET|POST connectorName=?"},
	{"Transcription", "Start Stop",
	 "name=? statusCallbackUrl=& statusCallbackMethod=GET|POST languageCode=? "
	 "track=inbound_track|outbound_track|both_tracks inboundTrackLabel=? outboundTrackLabel=? "
	 "transcriptionEngine=google|deepgram speechModel=? partialResults=b profanityFilter=b "
	 "hints=? enableAutomaticPunctuation=b enableProviderData=b intelligenceService=? "
	 "conversationConfiguration=? conversationId=?"},
	{"Siprec", "Start Stop",
	 "name=? connectorName=? track=? statusCallback=& "
	 "statusCallbackMethod=GET|POST"},
	{"Parameter", "Stream Client Siprec", "name=? value=?"},
	{"Record", "Response",
	 "action=& method=GET|POST timeout=# finishOnKey=? maxLength=# playBeep=b "
	 "trim=trim-silence|do-not-trim transcribe=b transcribeCallback=& " RECORDING},
	{"Redirect", "Response", "method=GET|POST"},
	{"Hangup", "Response", ""},
	{"Reject", "Response", "reason=rejected|busy"},
};

/* Elements of speech markup inside <Say>: not ours to judge. */
static const char speech_markup[] = " break emphasis lang p phoneme prosody s say-as sub w speak ";

struct judging {
	void (*tell)(void *, int, const char *);
	void *with;
};

static void tell(const struct judging *j, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);
static void tell(const struct judging *j, int code, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	j->tell(j->with, code, text);
}

/* `word` stands in the list, between `sep`s. */
static bool listed(struct str list, struct str word, char sep)
{
	while (list.n > 0) {
		if (str_eq(str_cut(&list, sep), word))
			return true;
	}
	return false;
}

/* The values of an attribute as the table has them; {NULL, 0} when it is not allowed. A value list
 * may hold blanks ("dtmf speech"), so the next name is found by its "=". */
static struct str values_of(const char *attributes, const char *name)
{
	char key[64];
	const char *at = attributes, *end, *next;

	snprintf(key, sizeof key, "%s=", name);
	for (;;) {
		at = strstr(at, key);
		if (at == NULL)
			return (struct str){0};
		if (at == attributes || at[-1] == ' ')
			break;
		at++;
	}
	at += strlen(key);
	next = strchr(at, '=');
	end = next == NULL ? at + strlen(at) : next;
	while (next != NULL && end > at && end[-1] != ' ')
		end--;
	return str_trim(str_make(at, (size_t)(end - at)));
}

static bool value_fits(struct str allowed, const char *value)
{
	int64_t n;

	if (str_is(allowed, "?") || str_is(allowed, "&"))
		return true;
	if (str_is(allowed, "#"))
		return str_int(str_of(value), 0, 1000000, &n);
	if (str_is(allowed, "b"))
		return strcmp(value, "true") == 0 || strcmp(value, "false") == 0;
	return listed(allowed, str_of(value), '|');
}

static const struct rule *rule_of(const struct sim_node *n)
{
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		if (sim_node_is(n, rules[i].element))
			return &rules[i];
	}
	return NULL;
}

static void attributes_judge(const struct judging *j, const struct sim_node *n,
			     const struct rule *rule)
{
	for (size_t i = 0; i < n->attrs_n; i++) {
		struct str allowed = values_of(rule->attributes, n->attrs[i].name);

		if (allowed.n == 0)
			tell(j, 12200, "attribute %.40s is not allowed in <%.40s>",
			     n->attrs[i].name, n->name);
		else if (!value_fits(allowed, n->attrs[i].value))
			tell(j, 12200, "%.40s=\"%.60s\" is no value of <%.40s>", n->attrs[i].name,
			     n->attrs[i].value, n->name);
	}
}

/* A voice speaks one language: Google's says which in its name, and fr-CA has voices of its own
 * (twilio.md 4.1). A pair that does not fit is not spoken. */
static bool voice_fits(const struct sim_node *n)
{
	static const char canadian[] = " Polly.Chantal Polly.Gabrielle-Neural Polly.Liam-Neural ";
	const char *voice = sim_attr_or(n, "voice", "man");
	const char *language = sim_attr_or(n, "language", "");
	char word[64];

	if (strncmp(voice, "Google.", 7) == 0)
		return language[0] == '\0' || strncmp(voice + 7, language, strlen(language)) == 0;
	if (strncmp(voice, "Polly.", 6) == 0) {
		snprintf(word, sizeof word, " %.60s ", voice);
		return language[0] == '\0' ||
		       (strstr(canadian, word) != NULL) == (strcmp(language, "fr-CA") == 0);
	}
	return strcmp(voice, "man") == 0 || strcmp(voice, "woman") == 0 ||
	       strcmp(voice, "alice") == 0;
}

static void say_judge(const struct judging *j, struct sim_node *n)
{
	if (str_trim(n->text).n == 0)
		tell(j, 13520, "a <Say> without words");
	else if (n->text.n > 4096)
		tell(j, 13520, "a <Say> of more than 4096 characters");
	else if (!voice_fits(n))
		tell(j, 13511, "voice \"%.40s\" with language \"%.20s\"",
		     sim_attr_or(n, "voice", ""), sim_attr_or(n, "language", ""));
	else
		return;
	n->refused = true;
}

static void hints_judge(const struct judging *j, const struct sim_node *n)
{
	struct str hints = str_of(sim_attr_or(n, "hints", "")), one;
	unsigned count = 0;

	while (hints.n > 0) {
		one = str_trim(str_cut(&hints, ','));
		count++;
		if (one.n > 100)
			tell(j, 12200, "a hint of more than 100 characters");
	}
	if (count > 500)
		tell(j, 12200, "more than 500 hints");
	if (sim_attr_find(n, "speechModel") != NULL &&
	    strcmp(sim_attr_or(n, "speechTimeout", "1"), "auto") == 0)
		tell(j, 12200, "speechModel wants speechTimeout as a number");
}

static void element_judge(const struct judging *j, struct sim_node *n,
			  const struct sim_node *parent)
{
	const struct rule *rule = rule_of(n);
	char word[64];

	snprintf(word, sizeof word, " %.60s ", n->name);
	if (sim_node_is(parent, "Say") && strstr(speech_markup, word) != NULL)
		return;
	if (rule == NULL || !listed(str_of(rule->parents), str_of(parent->name), ' ')) {
		tell(j, 12200, "<%.40s> is no element of <%.40s> (names are case-sensitive)",
		     n->name, parent->name);
		n->refused = true;
		return;
	}
	attributes_judge(j, n, rule);
	if (sim_node_is(n, "Say"))
		say_judge(j, n);
	else if (sim_node_is(n, "Gather"))
		hints_judge(j, n);
	for (struct sim_node *c = n->first; c != NULL; c = c->next)
		element_judge(j, c, n);
}

void sim_tree_judge(struct sim_node *root, void (*told)(void *with, int code, const char *text),
		    void *with)
{
	struct judging j = {told, with};

	for (struct sim_node *n = root->first; n != NULL; n = n->next)
		element_judge(&j, n, root);
}
