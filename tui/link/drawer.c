/*
 * drawer.c - see drawer.h. A file's name is the conversation's, escaped as in a URL, and ".txt".
 */
#include "tui/link/drawer.h"

#include <dirent.h>

#include "shared/log.h"
#include "tui/link/exchange.h"

#define NAME_MAX_BYTES 200

void drawer_of(struct drawer *d, struct scribe *scribe, const char *state_dir,
	       const char *organization_id, const char *user_id)
{
	struct buf folder = {0};

	drawer_clear(d);
	d->scribe = scribe;
	if (scribe == NULL || state_dir == NULL || organization_id == NULL || user_id == NULL)
		return;
	buf_printf(&folder, "%s/drafts/%s-%s", state_dir, organization_id, user_id);
	d->folder = xstrdup(buf_cstr(&folder));
	buf_clear(&folder);
}

void drawer_clear(struct drawer *d)
{
	free(d->folder);
	*d = (struct drawer){0};
}

void drawer_put(struct drawer *d, struct str conversation, struct str text)
{
	struct buf path = {0}, name = {0};

	exchange_escape(&name, conversation);
	if (d->folder == NULL || name.n == 0 || name.n > NAME_MAX_BYTES ||
	    text.n > DRAWER_TEXT_MAX) {
		buf_clear(&name);
		return;
	}
	buf_printf(&path, "%s/%s.txt", d->folder, buf_cstr(&name));
	if (text.n == 0)
		scribe_remove(d->scribe, buf_cstr(&path));
	else
		scribe_write(d->scribe, buf_cstr(&path), text);
	buf_clear(&path);
	buf_clear(&name);
}

static int hex_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* False when the name is none of ours. */
static bool unescaped(struct str name, struct buf *out)
{
	for (size_t i = 0; i < name.n; i++) {
		int high, low;

		if (name.p[i] != '%') {
			buf_add_char(out, name.p[i]);
			continue;
		}
		if (i + 2 >= name.n || (high = hex_of(name.p[i + 1])) < 0 ||
		    (low = hex_of(name.p[i + 2])) < 0)
			return false;
		buf_add_char(out, (char)(high * 16 + low));
		i += 2;
	}
	return out->n > 0;
}

static void file_told(const struct drawer *d, const char *file,
		      void (*tell)(void *to, struct str conversation, struct str text), void *to)
{
	struct str name = str_of(file), end = STR_LIT(".txt");
	struct buf path = {0}, conversation = {0}, text = {0};
	struct err err;

	if (!str_ends(name, end) || !unescaped(str_sub(name, 0, name.n - end.n), &conversation)) {
		buf_clear(&conversation);
		return;
	}
	buf_printf(&path, "%s/%s", d->folder, file);
	if (file_read_whole(buf_cstr(&path), DRAWER_TEXT_MAX, FILE_PRIVATE, &text, &err))
		tell(to, buf_str(&conversation), buf_str(&text));
	else
		log_warn("event=draft_not_read why=\"%s\"", err.text);
	buf_clear(&text);
	buf_clear(&path);
	buf_clear(&conversation);
}

void drawer_load(const struct drawer *d,
		 void (*tell)(void *to, struct str conversation, struct str text), void *to)
{
	const struct dirent *entry;
	unsigned n = 0;
	DIR *folder;

	if (d->folder == NULL || (folder = opendir(d->folder)) == NULL)
		return;
	while ((entry = readdir(folder)) != NULL && n < DRAWER_MAX) {
		if (entry->d_name[0] == '.')
			continue;
		n++;
		file_told(d, entry->d_name, tell, to);
	}
	closedir(folder);
}
