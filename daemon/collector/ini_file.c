// SPDX-License-Identifier: GPL-2.0-only
/*
 * libinih takes the files apart; owns what it leaves to us: lines, and what
 * is wrong in them. Locks nothing.
 */
#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ini_file.h"

#define COMMENT_WIDTH 78

void ini_fail(struct ini_file *file, unsigned int line, const char *form, ...)
{
	va_list ap;
	int n;

	if (file->ret)
		return;
	file->ret = -EINVAL;
	file->err_line = line;
	n = snprintf(file->err, file->len, "%s:%u: ", file->name, line);
	if (n < 0 || (size_t)n >= file->len)
		return;
	va_start(ap, form);
	vsnprintf(file->err + n, file->len - (size_t)n, form, ap);
	va_end(ap);
}

static void heading(struct ini_file *file, const char *line)
{
	size_t n;

	if (*line != '[')
		return;
	n = strcspn(++line, "]");
	if (!line[n])
		return;
	file->skip = false;
	file->section(file, line, n);
}

/*
 * As fgets(), for libinih, but for whole lines only. An indented line would
 * be taken for the continuation of the one before; here it is like any other.
 */
static char *read_line(char *s, int size, void *arg)
{
	struct ini_file *file = arg;
	bool started = false;
	int n = 0, c = EOF;

	while (!file->ret && (c = getc(file->f)) != EOF) {
		bool blank = c == ' ' || c == '\t';

		if (!started)
			file->line++;
		started = true;
		if (c == '\n')
			break;
		if (file->skip && (c == '\0' || n + 2 >= size))
			continue;
		if (c == '\0')
			ini_fail(file, file->line, "not a text file");
		else if (n + 2 >= size)
			ini_fail(file, file->line,
				 "a line of more than %d characters", size - 2);
		else if (n || !blank)
			s[n++] = (char)c;
	}
	if (!file->ret && ferror(file->f)) {
		snprintf(file->err, file->len, "%s: cannot read: %s",
			 file->name, strerror(errno));
		file->ret = -errno;
	}
	if (file->ret || !started)
		return NULL;
	s[n] = '\0';
	heading(file, s);
	if (file->skip)
		*s = '\0';
	return file->ret ? NULL : s;
}

static int on_key(void *arg, const char *section, const char *key,
		  const char *value)
{
	struct ini_file *file = arg;

	file->key(file, section, key, value);
	return !file->ret;
}

int ini_file_parse(struct ini_file *file)
{
	int line;

	file->line = 0;
	file->ret = 0;
	file->err_line = 0;
	file->skip = false;
	line = ini_parse_stream(read_line, file, on_key, file);
	/* It goes on after lines that it does not understand. */
	if (line > 0 && (!file->ret || (unsigned int)line < file->err_line)) {
		file->ret = 0;
		ini_fail(file, (unsigned int)line,
			 "neither [section] nor KEY = VALUE");
	} else if (line < 0) {
		ini_fail(file, file->line, "out of memory");
	}
	return file->ret;
}

void ini_note_line(struct ini_file *file, unsigned int *at, const char *key)
{
	if (*at)
		ini_fail(file, file->line, "%s is there already, in line %u",
			 key, *at);
	*at = file->line;
}

bool ini_number(const char *s, double *v)
{
	char *end;

	if (!*s || strspn(s, "0123456789.") != strlen(s))
		return false;
	*v = strtod(s, &end);
	return end != s && !*end;
}

void ini_comment(FILE *f, const char *s)
{
	int column = 0;

	while (*s) {
		size_t n = strcspn(s, " ");

		if (column && column + 1 + (int)n > COMMENT_WIDTH) {
			putc('\n', f);
			column = 0;
		}
		column += fprintf(f, column ? " %.*s" : "# %.*s", (int)n, s);
		s += n;
		s += strspn(s, " ");
	}
	putc('\n', f);
}
