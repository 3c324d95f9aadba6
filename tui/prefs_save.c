// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writing settings: owns the way from the file that is there to the one that
 * takes its place. Other sections, and comments, stay as they are.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "prefs.h"

#define HEADING "[screen]"
#define LINE_LEAST 120 /* of a list; what reads it takes no more than 200 */
#define MODE_NEW 0644

/* A long list in lines that go on. */
static void print_list(FILE *f, const char *key, const char *list)
{
	do {
		size_t n = strlen(list);

		if (n > LINE_LEAST) {
			n = LINE_LEAST;
			while (list[n] && list[n] != ',')
				n++;
		}
		fprintf(f, "%s = %.*s\n", key, (int)n, list);
		list += n;
		list += *list == ',';
	} while (*list);
}

static void print_section(FILE *f, const struct prefs *s, bool explained)
{
	char text[4096];
	size_t i;

	fprintf(f, HEADING "\n");
	for (i = 0; i < nr_prefs; i++) {
		if (explained)
			fprintf(f, "\n# %s\n", prefs_table[i].help);
		prefs_text(s, &prefs_table[i], text, sizeof(text));
		print_list(f, prefs_table[i].key, text);
	}
}

void prefs_print(const struct prefs *s, FILE *f)
{
	print_section(f, s, true);
}

static bool is_heading(const char *line)
{
	return line[strspn(line, " \t")] == '[';
}

static bool is_ours(const char *line)
{
	line += strspn(line, " \t");
	return !strncmp(line, HEADING, strlen(HEADING));
}

static bool is_comment(const char *line)
{
	line += strspn(line, " \t");
	return *line == '#' || *line == ';';
}

/* The old file with its section replaced, or with one more at its end. */
static void copy(FILE *out, FILE *in, const struct prefs *s)
{
	bool within = false, done = false;
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	while (in && (n = getline(&line, &size, in)) > 0) {
		if (is_heading(line)) {
			within = is_ours(line);
			if (within && !done)
				print_section(out, s, false);
			done = done || within;
			if (within)
				continue;
		}
		if (within && *line != '\n' && !is_comment(line))
			continue;
		fwrite(line, 1, (size_t)n, out);
		if (line[n - 1] != '\n')
			putc('\n', out);
	}
	free(line);
	if (!done) {
		if (in && ftell(in) > 0)
			putc('\n', out);
		print_section(out, s, false);
	}
}

/* All directories of a path. */
static int make_parents(char *path)
{
	char *at;

	for (at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
		int ret;

		*at = '\0';
		ret = mkdir(path, 0700) && errno != EEXIST ? -errno : 0;
		*at = '/';
		if (ret)
			return ret;
	}
	return 0;
}

static int write_new(const struct prefs *s, const char *path, const char *temp,
		     int fd)
{
	FILE *in = fopen(path, "re"), *out = fdopen(fd, "w");
	struct stat st;
	int ret = 0;

	if (!out || (!in && errno != ENOENT)) {
		ret = -errno;
		if (out)
			fclose(out);
		else
			close(fd);
		if (in)
			fclose(in);
		return ret;
	}
	copy(out, in, s);
	if (fchmod(fd, in && !fstat(fileno(in), &st) ? st.st_mode & 07777
						     : MODE_NEW) ||
	    (in && ferror(in)) || fflush(out) || ferror(out) || fsync(fd))
		ret = errno ? -errno : -EIO;
	if (in)
		fclose(in);
	if (fclose(out) && !ret)
		ret = -errno;
	if (!ret && rename(temp, path))
		ret = -errno;
	return ret;
}

int prefs_save(const struct prefs *s, const char *path, char *err, size_t len)
{
	char real[PATH_MAX], temp[PATH_MAX + 8];
	int fd, ret;

	/* What a link leads to is replaced, not the link. */
	if (!realpath(path, real))
		snprintf(real, sizeof(real), "%s", path);
	snprintf(temp, sizeof(temp), "%s.XXXXXX", real);
	ret = make_parents(temp);
	fd = ret ? -1 : mkstemp(temp);
	if (!ret && fd < 0)
		ret = -errno;
	if (!ret) {
		ret = write_new(s, real, temp, fd);
		if (ret)
			unlink(temp);
	}
	if (ret)
		snprintf(err, len, "%s was not written: %s", real,
			 strerror(-ret));
	return ret;
}
