/*
 * log.c - a record is one line, whatever stands in it.
 */
#include <criterion/criterion.h>
#include <unistd.h>

#include "shared/log.h"

Test(log, one_record_is_one_line_however_hostile_its_text)
{
	char line[8192];
	int ends[2];
	ssize_t n;

	cr_assert_eq(pipe(ends), 0);
	log_to(ends[1]);
	log_set_level(LOG_INFO);
	log_info("event=x text=\"%s\"", "a\nlevel=error event=forged\r\x1b[2J\x7f\tend é");
	log_debug("event=not_wanted");
	log_flush();
	log_to(-1);
	close(ends[1]);
	n = read(ends[0], line, sizeof line - 1);
	cr_assert_gt(n, 0);
	line[n] = '\0';
	cr_expect_eq(strchr(line, '\n'), line + n - 1, "%s", line);
	cr_expect_null(strchr(line, '\x1b'));
	cr_expect_null(strchr(line, '\r'));
	cr_expect_not_null(strstr(line, "a\\x0alevel=error"));
	cr_expect_not_null(strstr(line, "é"));
	cr_expect_not_null(strstr(line, "level=info event=x"));
	cr_expect_null(strstr(line, "not_wanted"));
	close(ends[0]);
}
