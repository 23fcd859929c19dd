/*
 * console.c - the staff console on a pseudo-terminal, driven as a person would: how soon it is
 * there, how soon a key shows, how much it writes and takes. Prints key=value lines; ends with 1
 * when something that must show did not. What it writes is read by screen.c, which knows what
 * would be on the glass.
 *
 *   start     how long from the start of the program to its first screen, and with a session that
 *             was kept to the list of conversations; N times
 *   keys      the whole list, then keys for SECS seconds while the --feed command makes events:
 *             from each key to the screen that shows it; afterwards the list is read from the
 *             screen, line by line, into --rows
 *   messages  N texts into the conversation that is open (the account's only one): what each sends
 *             to the terminal
 */
#include <getopt.h>
#include <locale.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shared/clock.h"
#include "shared/str.h"
#include "tests/bench/latency.h"
#include "tests/bench/line.h"
#include "tests/bench/terminal.h"
#include "tests/bench/text.h"

#define POINTER     0x25B8
#define PATIENCE_MS 60000
#define KEY_MS      2000
#define QUIET_MS    300
#define TYPED       12 /* letters of one sentence */
#define STEPS       8  /* of the cursor in one direction */
#define ARGS_MAX    16

struct bench {
	const char *program, *url, *sign_in, *home, *feed, *rows_file;
	int rows, cols, times, secs, want, port;
	const char *from, *to;
	struct text_sender sender;
	struct terminal t;
	/* a key and what must become of it */
	int line;
	char typed[TYPED + 2];
	struct latency keys;
	uint64_t seed;
};

/* What must be so on the screen; `with` is the bench. */
typedef bool is_so(void *with);

static NO_RETURN void usage(void)
{
	fputs("console start|keys|messages --program P --url U --home DIR [options]\n"
	      "  --sign-in FILE   organization=, email=, password=\n"
	      "  --lines N (24)  --columns N (80)  --times N (10)  --secs S (4)\n"
	      "  --want N         conversations that the list must have\n"
	      "  --feed COMMAND   makes events for so long as it runs   --rows FILE\n"
	      "  --port N --token T --account AC... --from NUMBER --to NUMBER   of the texts\n",
	      stderr);
	exit(2);
}

/* ---- the console ----------------------------------------------------------------------------- */

/* stays: the session is kept for the next start; signs_in: with the password from the file. */
static void console_open(struct bench *b, bool stays, bool signs_in)
{
	const char *args[ARGS_MAX] = {b->program, "--url", b->url};
	size_t n = 3;

	if (stays)
		args[n++] = "--stay-signed-in";
	if (signs_in) {
		args[n++] = "--sign-in";
		args[n++] = b->sign_in;
	}
	terminal_open(&b->t, b->rows, b->cols, args, b->home);
}

static void must(struct bench *b, const char *what, is_so *is)
{
	if (terminal_comes(&b->t, is, b, PATIENCE_MS))
		return;
	fprintf(stderr, "console: %s did not show:\n", what);
	terminal_print(&b->t);
	exit(1);
}

/* ---- what the screen shows ------------------------------------------------------------------- */

/* The line of the list with the cursor; -1: none. The list's first line is that of its tabs. */
static int pointer_line(const struct bench *b)
{
	for (int row = 2; row < b->rows - 1; row++) {
		if (b->t.screen.at[row * b->cols] == POINTER)
			return row;
	}
	return -1;
}

static bool has_form(void *with)
{
	const struct bench *b = with;

	return terminal_shows(&b->t, "Password") && terminal_foot_shows(&b->t, "Help");
}

static bool has_list(void *with)
{
	const struct bench *b = with;

	return pointer_line(b) >= 0;
}

static bool is_live(void *with)
{
	const struct bench *b = with;

	return screen_find(&b->t.screen, 0, "live") == 0;
}

static bool has_all(void *with)
{
	const struct bench *b = with;
	char all[40];

	snprintf(all, sizeof all, "%d open", b->want);
	return screen_find(&b->t.screen, 0, all) == 0 && is_live(with);
}

static bool has_text(void *with)
{
	const struct bench *b = with;

	return terminal_shows(&b->t, b->typed);
}

static bool pointer_moved(void *with)
{
	const struct bench *b = with;
	int line = pointer_line(b);

	return line >= 0 && line != b->line;
}

/* The sentence stands in the composer, and nothing follows it but what stands beside. */
static bool typed_shows(void *with)
{
	const struct bench *b = with;
	struct buf line = {0};
	char text[TYPED + 8];
	struct str rest;
	ptrdiff_t at;

	snprintf(text, sizeof text, "\u25B8 %s", b->typed);
	screen_text(&b->t.screen, b->rows - 2, 0, b->cols, &line);
	at = str_find(buf_str(&line), str_of(text));
	rest = str_sub(buf_str(&line), at < 0 ? 0 : (size_t)at + strlen(text), line.n);
	buf_clear(&line);
	return at >= 0 && (rest.n == 0 || rest.p[0] == ' ');
}

static bool composes(void *with)
{
	const struct bench *b = with;

	return terminal_shows(&b->t, "Only colleagues");
}

static bool has_help(void *with)
{
	const struct bench *b = with;

	return terminal_shows(&b->t, "Open the conversation or customer");
}

static bool in_thread(void *with)
{
	const struct bench *b = with;

	return terminal_foot_shows(&b->t, "Esc Back") && terminal_foot_shows(&b->t, "Reply");
}

static bool in_list(void *with)
{
	const struct bench *b = with;

	return terminal_foot_shows(&b->t, "Enter Open");
}

static bool has_thread(void *with)
{
	const struct bench *b = with;

	return in_thread(with) && terminal_shows(&b->t, "you have it");
}

/* ---- keys ------------------------------------------------------------------------------------ */

/* From the key to the screen that is as it must be then. */
static void timed(struct bench *b, const char *key, is_so *is)
{
	int64_t from = clock_mono_us();

	terminal_type(&b->t, key);
	if (!terminal_comes(&b->t, is, b, KEY_MS)) {
		fprintf(stderr, "console: key %zu (%s) did not show; typed \"%s\":\n", b->keys.n,
			key[0] == '\033' ? key + 1 : key, b->typed);
		terminal_print(&b->t);
		exit(1);
	}
	latency_add(&b->keys, b->t.read_us - from);
}

/* As people type: 15 to 45 ms from one to the next. What is on the way meanwhile is read. */
static void paused(struct bench *b)
{
	int64_t until;

	b->seed = b->seed * 6364136223846793005u + 1442695040888963407u;
	until = clock_mono_ms() + 15 + (int64_t)(b->seed >> 33) % 31;
	for (int64_t left; (left = until - clock_mono_ms()) > 0;)
		(void)terminal_hear(&b->t, left);
}

/* At the edge the list moves instead of the cursor. */
static void stepped(struct bench *b, const char *key, int edge)
{
	b->line = pointer_line(b);
	if ((b->line - edge) / 2 != 0)
		timed(b, key, pointer_moved);
	else
		terminal_type(&b->t, key);
	paused(b);
}

static void sentence_typed(struct bench *b, unsigned nth)
{
	int n = 0;

	b->typed[0] = '\0';
	timed(b, "n", composes); /* a note: whoever holds the conversation */
	paused(b);
	for (; n < TYPED; n++) {
		char key[2] = {(char)('a' + (nth * 7 + (unsigned)n * 5) % 26), '\0'};

		b->typed[n] = key[0];
		b->typed[n + 1] = '\0';
		timed(b, key, typed_shows);
		paused(b);
	}
	for (; n > 1; n--) {
		b->typed[n - 1] = '\0';
		timed(b, "\177", typed_shows);
		paused(b);
	}
	terminal_type(&b->t, "\177");
	paused(b);
	timed(b, "\033", in_thread);
	paused(b);
	timed(b, "\033", in_list);
	paused(b);
}

/* One turn: down and up the list, a sentence and its end, help. */
static void keys_turn(struct bench *b, unsigned nth)
{
	terminal_type(&b->t, "g");
	paused(b);
	for (int i = 0; i < STEPS; i++)
		stepped(b, "\033OB", b->rows - 2);
	for (int i = 0; i < STEPS; i++)
		stepped(b, "\033OA", 2);
	sentence_typed(b, nth);
	timed(b, "\033OP", has_help);
	paused(b);
	timed(b, "\033", in_list);
	paused(b);
}

static pid_t feed_start(const struct bench *b)
{
	pid_t pid = fork();

	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", b->feed, (char *)NULL);
		_exit(127);
	}
	return pid;
}

/* ---- the list, as it can be read ------------------------------------------------------------- */

/* A line of the list, "NAME<tab>UNREAD"; the name has a quarter of the line, 14 to 28 columns. */
static void row_write(const struct bench *b, int row, FILE *f)
{
	int name = (int)int_clamp(b->cols / 4, 14, 28);
	struct buf line = {0}, rest = {0};
	struct str text, dot = STR_LIT("\xE2\x97\x8F");
	ptrdiff_t at;

	screen_text(&b->t.screen, row, 3, 3 + name, &line);
	screen_text(&b->t.screen, row, b->cols - 20, b->cols - 9, &rest);
	text = buf_str(&rest);
	at = str_find(text, dot);
	text = at < 0 ? STR_LIT("0") : str_trim(str_sub(text, (size_t)at + dot.n, text.n));
	fprintf(f, STR_FMT "\t" STR_FMT "\n", STR_ARG(buf_str(&line)), STR_ARG(text));
	buf_clear(&line);
	buf_clear(&rest);
}

static bool pointer_stands(void *with)
{
	const struct bench *b = with;

	return pointer_line(b) == b->line;
}

/* What stands above the cursor has been written when the cursor is seen where it was sent after the
 * page; and all of the page when it is seen to move once more. */
static void page_turned(struct bench *b)
{
	terminal_type(&b->t, "\033[6~k");
	b->line = b->rows - 3;
	must(b, "the next page", pointer_stands);
	terminal_type(&b->t, "j");
	b->line = b->rows - 2;
	must(b, "its last line", pointer_stands);
}

/* All of it, alone on the screen, from the top, page by page: with the cursor in the last line a
 * page down shows what follows. The lines of the screen divide what is there, so that the last
 * page, too, begins behind the one before. */
static void rows_read(struct bench *b)
{
	int lines = b->rows - 3, pages = b->want / lines;
	FILE *f = fopen(b->rows_file, "we");

	if (f == NULL || b->want % lines != 0)
		BUG("the list cannot be read so");
	terminal_type(&b->t, "gz");
	terminal_quiet(&b->t, QUIET_MS);
	for (int i = 1; i < lines; i++)
		terminal_type(&b->t, "j");
	b->line = b->rows - 2;
	must(b, "the last line", pointer_stands);
	for (int page = 0; page < pages; page++) {
		if (page > 0)
			page_turned(b);
		for (int row = 2; row < 2 + lines; row++)
			row_write(b, row, f);
	}
	if (fclose(f) != 0)
		BUG("the list cannot be written down");
}

/* ---- the three runs -------------------------------------------------------------------------- */

static void process_print(const struct bench *b)
{
	char path[64], line[256];
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)b->t.pid);
	f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		if (strncmp(line, "VmHWM:", 6) == 0)
			printf("peak_kb=%llu\n", strtoull(line + 6, NULL, 10));
	}
	if (f != NULL)
		fclose(f);
	printf("rss_kb=%" PRIu64 "\n", usage_of((int)b->t.pid).rss_kb);
}

static void start_run(struct bench *b)
{
	struct latency form = {0}, list = {0};

	for (int i = 0; i < b->times; i++) {
		console_open(b, false, false);
		must(b, "the form", has_form);
		latency_add(&form, b->t.read_us - b->t.began_us);
		terminal_close(&b->t);
	}
	printf("start_ms=%.1f\nstart_max_ms=%.1f\n", latency_ms(&form, 0.5), latency_ms(&form, 1));
	latency_clear(&form);
	for (int i = 0; i <= b->times && b->sign_in != NULL; i++) {
		console_open(b, true, i == 0);
		must(b, "the list", has_list);
		if (i > 0)
			latency_add(&list, b->t.read_us - b->t.began_us);
		must(b, "the stream", is_live);
		terminal_close(&b->t);
	}
	printf("list_ms=%.1f\nlist_max_ms=%.1f\n", latency_ms(&list, 0.5), latency_ms(&list, 1));
	latency_clear(&list);
}

static void keys_run(struct bench *b)
{
	struct usage from;
	int64_t until;
	double window;
	int status = 0;
	pid_t feed;

	console_open(b, false, true);
	must(b, "the whole list", has_all);
	printf("whole_list_ms=%.0f\n", (double)(b->t.read_us - b->t.began_us) / 1000);
	terminal_type(&b->t, "3g");
	terminal_quiet(&b->t, QUIET_MS);
	from = usage_of((int)b->t.pid);
	until = clock_mono_ms() + b->secs * INT64_C(1000);
	window = (double)clock_mono_us();
	feed = feed_start(b);
	for (unsigned nth = 0; clock_mono_ms() < until; nth++)
		keys_turn(b, nth);
	window = ((double)clock_mono_us() - window) / 1e6;
	printf("keys=%zu\nkey_p50_ms=%.2f\nkey_p99_ms=%.2f\nkey_max_ms=%.2f\n", b->keys.n,
	       latency_ms(&b->keys, 0.5), latency_ms(&b->keys, 0.99), latency_ms(&b->keys, 1));
	printf("cpu_percent=%.1f\n", (usage_of((int)b->t.pid).cpu_s - from.cpu_s) * 100 / window);
	while (waitpid(feed, &status, WNOHANG) == 0)
		(void)terminal_hear(&b->t, 20);
	if (status != 0) {
		fprintf(stderr, "console: the command that makes events failed\n");
		exit(1);
	}
	terminal_quiet(&b->t, QUIET_MS);
	process_print(b);
	if (b->rows_file != NULL)
		rows_read(b);
	terminal_close(&b->t);
}

/* ---- texts into the open conversation -------------------------------------------------------- */

static void text_sent(const struct bench *b, int nth)
{
	struct line line = {.fd = -1};
	char sid[40];
	int status = 0;

	snprintf(sid, sizeof sid, "SM%016" PRIx64 "%016x", b->seed, (unsigned)nth);
	if (!line_connect(&line, "127.0.0.1", b->port))
		BUG("the service does not listen");
	text_write(&b->sender, &line.out, sid, b->from, b->to);
	if (!line_flush(&line))
		BUG("a text does not fit a fresh socket");
	while (line_read(&line, &status) == LINE_MORE)
		;
	if (status != 200)
		BUG("a text was answered %d", status);
	line_cut(&line);
	buf_clear(&line.out);
}

static void messages_run(struct bench *b)
{
	struct latency bytes = {0}, came = {0};
	char body[200];

	console_open(b, false, true);
	must(b, "the stream", is_live);
	terminal_type(&b->t, "2");
	terminal_quiet(&b->t, QUIET_MS);
	terminal_type(&b->t, "\r");
	must(b, "the conversation", has_thread);
	terminal_quiet(&b->t, QUIET_MS);
	b->sender.body = body;
	for (int i = 0; i < b->times; i++) {
		uint64_t before = b->t.screen.bytes;
		int64_t from = clock_mono_us();

		snprintf(b->typed, sizeof b->typed, "%04x-%d", (unsigned)(b->seed & 0xFFFF), i);
		snprintf(body, sizeof body,
			 "%s: bonjour, the brakes of my bike squeak since Tuesday and the bell is "
			 "loose. Could you look at both before Saturday?",
			 b->typed);
		text_sent(b, i);
		must(b, "the text", has_text);
		latency_add(&came, b->t.read_us - from);
		terminal_quiet(&b->t, QUIET_MS);
		latency_add(&bytes, (int64_t)(b->t.screen.bytes - before));
	}
	printf("text_bytes=%.0f\ntext_max_bytes=%.0f\ntext_ms=%.2f\n",
	       latency_ms(&bytes, 0.5) * 1000, latency_ms(&bytes, 1) * 1000,
	       latency_ms(&came, 0.5));
	terminal_close(&b->t);
	latency_clear(&bytes);
	latency_clear(&came);
}

/* ---- options --------------------------------------------------------------------------------- */

static int number(const char *text, int min, int max)
{
	int64_t n;

	if (!str_int(str_of(text), min, max, &n))
		usage();
	return (int)n;
}

static void options_read(struct bench *b, int argc, char **argv)
{
	static const struct option known[] = {
		{"program", 1, NULL, 'P'}, {"url", 1, NULL, 'u'},     {"home", 1, NULL, 'h'},
		{"sign-in", 1, NULL, 'i'}, {"lines", 1, NULL, 'l'},   {"columns", 1, NULL, 'c'},
		{"times", 1, NULL, 'n'},   {"secs", 1, NULL, 's'},    {"want", 1, NULL, 'w'},
		{"feed", 1, NULL, 'f'},    {"rows", 1, NULL, 'r'},    {"port", 1, NULL, 'p'},
		{"token", 1, NULL, 't'},   {"account", 1, NULL, 'a'}, {"from", 1, NULL, 'F'},
		{"to", 1, NULL, 'T'},      {NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case 'P': b->program = optarg; break;
		case 'u': b->url = optarg; break;
		case 'h': b->home = optarg; break;
		case 'i': b->sign_in = optarg; break;
		case 'l': b->rows = number(optarg, 10, 500); break;
		case 'c': b->cols = number(optarg, 40, 1000); break;
		case 'n': b->times = number(optarg, 1, 1000); break;
		case 's': b->secs = number(optarg, 1, 3600); break;
		case 'w': b->want = number(optarg, 1, 1000000); break;
		case 'f': b->feed = optarg; break;
		case 'r': b->rows_file = optarg; break;
		case 'p': b->port = number(optarg, 1, 65535); break;
		case 't': b->sender.token = optarg; break;
		case 'a': b->sender.account = optarg; break;
		case 'F': b->from = optarg; break;
		case 'T': b->to = optarg; break;
		default: usage();
		}
	}
}

int main(int argc, char **argv)
{
	static struct bench b = {
		.rows = 24,
		.cols = 80,
		.times = 10,
		.secs = 4,
		.feed = "true",
		.sender = {.path = "/api/webhooks/twilio/sms"},
	};
	const char *run = argc < 2 ? "" : argv[1];
	char host[64], url[256];

	if (argc < 2)
		usage();
	options_read(&b, argc - 1, argv + 1);
	if (b.program == NULL || b.url == NULL || b.home == NULL)
		usage();
	setlocale(LC_CTYPE, "C.UTF-8");
	b.seed = (uint64_t)clock_wall_us();
	snprintf(host, sizeof host, "127.0.0.1:%d", b.port);
	snprintf(url, sizeof url, "http://%s%s", host, b.sender.path);
	b.sender.host = host;
	b.sender.public_url = url;
	if (strcmp(run, "start") == 0)
		start_run(&b);
	else if (strcmp(run, "keys") == 0 && b.sign_in != NULL && b.want > 0)
		keys_run(&b);
	else if (strcmp(run, "messages") == 0 && b.sign_in != NULL && b.from != NULL &&
		 b.to != NULL)
		messages_run(&b);
	else
		usage();
	return 0;
}
