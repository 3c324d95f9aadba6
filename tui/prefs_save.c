// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writing settings: owns the way from the file that is there to the one that
 * takes its place. Other sections, and comments, stay as they are; so do
 * thresholds that are what they were.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "prefs.h"

#define SCREEN "screen"
#define THRESHOLDS "thresholds"
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

	fprintf(f, "[" SCREEN "]\n");
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

/* Has another threshold than files say. */
static bool is_changed(const struct prefs *s, size_t rule)
{
	const struct sp_threshold *now = &s->thresholds.rule[rule],
				  *then = &s->in_file.rule[rule];

	return now->warning != then->warning || now->critical != then->critical;
}

static bool any_changed(const struct prefs *s)
{
	struct sp_rule rule;

	for (size_t i = 0; sp_config_rule(i, &rule); i++)
		if (is_changed(s, i))
			return true;
	return false;
}

static void print_changed(FILE *f, const struct prefs *s)
{
	struct sp_rule rule;

	for (size_t i = 0; sp_config_rule(i, &rule); i++)
		if (is_changed(s, i))
			sp_threshold_print(i, &s->thresholds.rule[i], f);
}

static bool is_word(const char *s, size_t n, const char *word)
{
	return n == strlen(word) && !strncmp(s, word, n);
}

/* The line has a key of a rule that is written anew. */
static bool is_of_changed(const struct prefs *s, const char *line)
{
	size_t n = strcspn(line, " \t=:\n");
	struct sp_rule rule;

	for (size_t i = 0; sp_config_rule(i, &rule); i++) {
		size_t key = strlen(rule.key);

		if (n < key || strncmp(line, rule.key, key) != 0 ||
		    !is_changed(s, i))
			continue;
		if (n == key || is_word(line + key, n - key, "_warning") ||
		    is_word(line + key, n - key, "_critical"))
			return true;
	}
	return false;
}

enum part { OTHER, OUR_SCREEN, OUR_THRESHOLDS, PARTS };

static enum part part_of(const char *heading)
{
	size_t n = strcspn(++heading, "]");

	return is_word(heading, n, SCREEN)	 ? OUR_SCREEN
	       : is_word(heading, n, THRESHOLDS) ? OUR_THRESHOLDS
						 : OTHER;
}

/* To be left out, as what takes its place is written after the heading. */
static bool is_replaced(const struct prefs *s, enum part part, const char *line)
{
	if (!*line || strchr("\n#;", *line))
		return false;
	return part == OUR_SCREEN ||
	       (part == OUR_THRESHOLDS && is_of_changed(s, line));
}

static void print_part(FILE *f, const struct prefs *s, enum part part)
{
	if (part == OUR_SCREEN) {
		print_section(f, s, false);
	} else if (part == OUR_THRESHOLDS) {
		fprintf(f, "[" THRESHOLDS "]\n");
		print_changed(f, s);
	}
}

/* The old file with its sections replaced, or with more at its end. */
static void copy(FILE *out, FILE *in, const struct prefs *s)
{
	bool done[PARTS] = {[OTHER] = true, [OUR_THRESHOLDS] = !any_changed(s)};
	enum part part = OTHER, p;
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	while (in && (n = getline(&line, &size, in)) > 0) {
		const char *text = line + strspn(line, " \t");
		bool ours = *text == '[' && !done[part = part_of(text)];

		if (ours) {
			print_part(out, s, part);
			done[part] = true;
		}
		/* A section may come twice; what is ours of it does not. */
		if (ours || (*text == '[' && part == OUR_SCREEN) ||
		    is_replaced(s, part, text))
			continue;
		fwrite(line, 1, (size_t)n, out);
		if (line[n - 1] != '\n')
			putc('\n', out);
	}
	free(line);
	for (p = 0; p < PARTS; p++) {
		if (done[p])
			continue;
		if (ftell(out) > 0)
			putc('\n', out);
		print_part(out, s, p);
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
