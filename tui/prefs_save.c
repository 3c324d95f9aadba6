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

static bool is_word(const char *s, size_t n, const char *word)
{
	return n == strlen(word) && !strncmp(s, word, n);
}

/* The rule that has a key in this line, if it is written anew; else -1. */
static int changed_rule(const struct prefs *s, const char *line)
{
	size_t n = strcspn(line, " \t=:\n");
	struct sp_rule rule;

	for (size_t i = 0; sp_config_rule(i, &rule); i++) {
		size_t key = strlen(rule.key);

		if (!s->changed[i] || n < key ||
		    strncmp(line, rule.key, key) != 0)
			continue;
		if (n == key || is_word(line + key, n - key, "_warning") ||
		    is_word(line + key, n - key, "_critical"))
			return (int)i;
	}
	return -1;
}

enum part { OTHER, OUR_SCREEN, OUR_THRESHOLDS };

/* What a line is in. */
static enum part part_of(const char *heading)
{
	size_t n = strcspn(++heading, "]");

	return is_word(heading, n, SCREEN)	 ? OUR_SCREEN
	       : is_word(heading, n, THRESHOLDS) ? OUR_THRESHOLDS
						 : OTHER;
}

/* A file being written. */
struct copy {
	FILE *out;
	const struct prefs *s;
	enum part part;
	bool screen; /* is written */
	bool rule[SP_RULES_MAX]; /* is written, or need not be */
};

static void print_rule(struct copy *c, size_t i)
{
	if (!c->rule[i])
		sp_threshold_print(i, &c->s->thresholds.rule[i], c->out);
	c->rule[i] = true;
}

static void print_rules(struct copy *c)
{
	struct sp_rule rule;

	for (size_t i = 0; sp_config_rule(i, &rule); i++)
		print_rule(c, i);
}

static bool rules_are_left(const struct copy *c)
{
	struct sp_rule rule;

	for (size_t i = 0; sp_config_rule(i, &rule); i++)
		if (!c->rule[i])
			return true;
	return false;
}

/*
 * A heading stays, but that of the screen's settings, which is written with
 * them. Of a second section of those there is nothing left.
 */
static bool copy_heading(struct copy *c, const char *text)
{
	c->part = part_of(text);
	if (c->part != OUR_SCREEN)
		return true;
	if (!c->screen)
		print_section(c->out, c->s, false);
	c->screen = true;
	return false;
}

/* Return: is it to stay as it is? */
static bool copy_line(struct copy *c, const char *text)
{
	int rule;

	if (*text == '[')
		return copy_heading(c, text);
	if (!*text || strchr("\n#;", *text))
		return true;
	if (c->part == OUR_SCREEN)
		return false;
	rule = c->part == OUR_THRESHOLDS ? changed_rule(c->s, text) : -1;
	if (rule < 0)
		return true;
	print_rule(c, (size_t)rule);
	return false;
}

/* The old file with what is ours replaced, or with more at its end. */
static void copy(FILE *out, FILE *in, const struct prefs *s)
{
	struct copy c = {.out = out, .s = s};
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	for (size_t i = 0; i < SP_RULES_MAX; i++)
		c.rule[i] = !s->changed[i];
	while (in && (n = getline(&line, &size, in)) > 0) {
		if (!copy_line(&c, line + strspn(line, " \t")))
			continue;
		fwrite(line, 1, (size_t)n, out);
		if (line[n - 1] != '\n')
			putc('\n', out);
	}
	free(line);
	if (!c.screen) {
		if (ftell(out) > 0)
			putc('\n', out);
		print_section(out, s, false);
	}
	if (rules_are_left(&c)) {
		fprintf(out, "\n[" THRESHOLDS "]\n");
		print_rules(&c);
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

/* What only this user may change stays so; who may not give it, need not. */
static int keep_owner(int fd, FILE *in)
{
	struct stat st;

	if (!in || fstat(fileno(in), &st))
		return fchmod(fd, MODE_NEW);
	if (fchown(fd, st.st_uid, st.st_gid) && errno != EPERM)
		return -1;
	return fchmod(fd, st.st_mode & 07777);
}

static int write_new(const struct prefs *s, const char *path, int fd)
{
	FILE *in = fopen(path, "re"), *out = fdopen(fd, "w");
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
	if (keep_owner(fd, in) || (in && ferror(in)) || fflush(out) ||
	    ferror(out) || fsync(fd))
		ret = errno ? -errno : -EIO;
	if (in)
		fclose(in);
	if (fclose(out) && !ret)
		ret = -errno;
	return ret;
}

static bool is_same(const struct sp_threshold *a, const struct sp_threshold *b)
{
	return a->warning == b->warning && a->critical == b->critical;
}

/*
 * What the strict reader would not take, or takes for something else, is not to
 * be the file of the next start: there is much that a text may contain.
 */
static int check_new(const struct prefs *s, const char *temp, char *err,
		     size_t len)
{
	struct sp_config c = {.thresholds = s->thresholds};
	char why[400];
	int ret = sp_config_read(&c, temp, why, sizeof(why));

	if (ret) {
		snprintf(err, len, "it could not be read again: %s",
			 strncmp(why, temp, strlen(temp)) ? why
							  : why + strlen(temp));
		return ret;
	}
	for (size_t i = 0; i < SP_RULES_MAX; i++) {
		if (!s->changed[i] ||
		    is_same(&c.thresholds.rule[i], &s->thresholds.rule[i]))
			continue;
		snprintf(err, len, "it would not say the same");
		return -EINVAL;
	}
	return 0;
}

/* Only what can be replaced by a file: no device, which would be lost. */
static bool is_other_than_file(const char *path)
{
	struct stat st;

	return !stat(path, &st) && !S_ISREG(st.st_mode);
}

/* @why: set on failure */
static int replace(const struct prefs *s, const char *path, char *why,
		   size_t len)
{
	char temp[PATH_MAX + 8];
	int fd, ret;

	snprintf(temp, sizeof(temp), "%s.XXXXXX", path);
	*why = '\0';
	ret = make_parents(temp);
	fd = ret ? -1 : mkstemp(temp);
	if (fd < 0) {
		ret = ret ? ret : -errno;
	} else {
		ret = write_new(s, path, fd);
		if (!ret)
			ret = check_new(s, temp, why, len);
		if (!ret && rename(temp, path))
			ret = -errno;
		if (ret)
			unlink(temp);
	}
	if (ret && !*why)
		snprintf(why, len, "%s", strerror(-ret));
	return ret;
}

int prefs_save(const struct prefs *s, const char *path, char *err, size_t len)
{
	char real[PATH_MAX], why[500] = "it is no regular file";
	int ret = -EINVAL;

	/* What a link leads to is replaced, not the link. */
	if (!realpath(path, real))
		snprintf(real, sizeof(real), "%s", path);
	if (!is_other_than_file(real))
		ret = replace(s, real, why, sizeof(why));
	if (ret)
		snprintf(err, len, "%s was not written: %s", real, why);
	return ret;
}
