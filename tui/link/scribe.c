/*
 * scribe.c - see scribe.h. One thread, one lock, a list of files that wait.
 */
#include "tui/link/scribe.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#define STACK_BYTES (128u * 1024u)

struct page {
	struct page *next;
	char *path;
	char *bytes; /* NULL: the file goes */
	size_t n;
};

struct scribe {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t called;
	struct page *waiting; /* oldest first; the fields from here on are under the lock */
	bool ends, failed;
	struct err err;
};

static void page_free(struct page *p)
{
	if (p == NULL)
		return;
	if (p->bytes != NULL)
		explicit_bzero(p->bytes, p->n);
	free(p->bytes);
	free(p->path);
	free(p);
}

/* ---- the thread's side ---- */

/* Makes the folders of path, which is given back as it was. */
static bool folders_made(char *path)
{
	for (char *p = path + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST) {
			*p = '/';
			return false;
		}
		*p = '/';
	}
	return true;
}

static bool all_written(int fd, const char *bytes, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = write(fd, bytes + done, n - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		done += (size_t)got;
	}
	return fsync(fd) == 0;
}

static bool folder_synced(const char *path)
{
	struct buf folder = {0};
	const char *slash = strrchr(path, '/');
	bool good;
	int fd;

	buf_add(&folder, path, slash == NULL ? 0 : (size_t)(slash - path));
	fd = open(slash == NULL ? "." : buf_cstr(&folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	good = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	buf_clear(&folder);
	return good;
}

static bool replaced(const struct page *p, const char *fresh)
{
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool good;

	if (fd < 0)
		return false;
	good = all_written(fd, p->bytes, p->n);
	if (close(fd) != 0)
		good = false;
	return good && rename(fresh, p->path) == 0 && folder_synced(p->path);
}

static bool page_written(const struct page *p)
{
	struct buf fresh = {0};
	bool good;

	if (p->bytes == NULL)
		return unlink(p->path) == 0 ? folder_synced(p->path) : errno == ENOENT;
	if (!folders_made(p->path))
		return false;
	buf_printf(&fresh, "%s.%ld", p->path, (long)getpid());
	good = replaced(p, buf_cstr(&fresh));
	if (!good) {
		int why = errno;

		unlink(buf_cstr(&fresh));
		errno = why;
	}
	buf_clear(&fresh);
	return good;
}

static void *writing(void *with)
{
	struct scribe *s = with;

	pthread_mutex_lock(&s->lock);
	for (;;) {
		struct page *p = s->waiting;
		bool good;
		int why;

		if (p == NULL && s->ends)
			break;
		if (p == NULL) {
			pthread_cond_wait(&s->called, &s->lock);
			continue;
		}
		s->waiting = p->next;
		pthread_mutex_unlock(&s->lock);
		good = page_written(p);
		why = errno;
		pthread_mutex_lock(&s->lock);
		if (!good) {
			s->failed = true;
			err_set(&s->err, ERR_INPUT, "%s cannot be written: %s.", p->path,
				strerror(why));
		}
		page_free(p);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* ---- the loop's side ---- */

struct scribe *scribe_open(void)
{
	struct scribe *s = xcalloc(1, sizeof *s);
	pthread_attr_t attr;

	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->called, NULL);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	if (pthread_create(&s->thread, &attr, writing, s) != 0)
		BUG("no thread can be started");
	pthread_attr_destroy(&attr);
	return s;
}

void scribe_close(struct scribe *s)
{
	if (s == NULL)
		return;
	pthread_mutex_lock(&s->lock);
	s->ends = true;
	pthread_cond_signal(&s->called);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	pthread_cond_destroy(&s->called);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static void asked(struct scribe *s, const char *path, char *bytes, size_t n)
{
	struct page *p = xcalloc(1, sizeof *p), **at, *old;

	*p = (struct page){.path = xstrdup(path), .bytes = bytes, .n = n};
	pthread_mutex_lock(&s->lock);
	at = &s->waiting;
	while (*at != NULL && strcmp((*at)->path, path) != 0)
		at = &(*at)->next;
	old = *at;
	p->next = old == NULL ? NULL : old->next;
	*at = p;
	pthread_cond_signal(&s->called);
	pthread_mutex_unlock(&s->lock);
	page_free(old);
}

void scribe_write(struct scribe *s, const char *path, struct str bytes)
{
	char *copy = xmalloc(bytes.n + 1);

	if (bytes.n > 0)
		memcpy(copy, bytes.p, bytes.n);
	asked(s, path, copy, bytes.n);
}

void scribe_remove(struct scribe *s, const char *path)
{
	asked(s, path, NULL, 0);
}

bool scribe_failed(struct scribe *s, struct err *err)
{
	bool failed;

	pthread_mutex_lock(&s->lock);
	failed = s->failed;
	s->failed = false;
	if (failed)
		*err = s->err;
	pthread_mutex_unlock(&s->lock);
	return failed;
}

/* ---- reading ---- */

static bool read_from(int fd, const char *path, size_t max, enum file_access access,
		      struct buf *out, struct err *err)
{
	struct stat st;
	ssize_t got = 1;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size > max)
		return err_set(err, ERR_INPUT, "%s must be a file of at most %zu bytes.", path,
			       max);
	if (access == FILE_PRIVATE && (st.st_uid != geteuid() || (st.st_mode & 077) != 0))
		return err_set(err, ERR_DENIED, "%s can be read by others: chmod 600 it.", path);
	while (got > 0) {
		char *room = buf_room(out, 4096);

		if (room == NULL)
			return err_set(err, ERR_INPUT, "%s is longer than %zu bytes.", path, max);
		got = read(fd, room, 4096);
		if (got > 0) {
			out->n += (size_t)got;
			out->p[out->n] = '\0';
		}
	}
	if (got < 0)
		return err_set(err, ERR_INPUT, "%s cannot be read: %s.", path, strerror(errno));
	return true;
}

bool file_read_whole(const char *path, size_t max, enum file_access access, struct buf *out,
		     struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	bool good;

	if (fd < 0)
		return err_set(err, errno == ENOENT ? ERR_MISSING : ERR_INPUT,
			       "%s cannot be read: %s.", path, strerror(errno));
	buf_init(out, max + 8192);
	good = read_from(fd, path, max, access, out, err);
	close(fd);
	if (!good) {
		if (out->p != NULL)
			explicit_bzero(out->p, out->cap);
		buf_clear(out);
	}
	return good;
}

bool line_next(struct str *rest, size_t *line_no, struct str *key, struct str *value)
{
	while (rest->n > 0) {
		struct str line = str_trim(str_cut(rest, '\n'));

		++*line_no;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		*key = (struct str){0};
		*value = line;
		if (str_find_char(line, '=') > 0) {
			*key = str_trim(str_cut(value, '='));
			*value = str_trim(*value);
		}
		return true;
	}
	return false;
}
