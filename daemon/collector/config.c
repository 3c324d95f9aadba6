// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading and printing the configuration: what keys there are in [thresholds]
 * follows from the table of rules.
 */
#include <errno.h>
#include <isa-l/crc.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ini_file.h"
#include "verdict.h"

#define SECTION "thresholds"
#define SCREEN "screen" /* section of tui/prefs.c */

/* Keys of the section that are no rule's. */
static const struct setting {
	const char *key;
	size_t offset; /* of a double in struct sp_thresholds */
	double usual, least, most;
	bool whole;
	const char *what;
	const char *why;
} settings[] = {
	{"hysteresis_pct", offsetof(struct sp_thresholds, hysteresis_pct), 20,
	 0, 90, false,
	 "percent by which a value must be below its threshold before the "
	 "complaint ends",
	 "A fifth is more than the noise of averages over a second, and less "
	 "than any remedy makes."},
	{"confirm_samples", offsetof(struct sp_thresholds, confirm_samples), 2,
	 1, 100, true,
	 "samples in a row that must agree before a state is complained of, "
	 "where they are shorter than a second",
	 "An average over a second speaks for itself; one over a tenth may be "
	 "a single burst."},
};
#define NR_SETTINGS (sizeof(settings) / sizeof(settings[0]))

static double *setting_of(struct sp_thresholds *t, const struct setting *s)
{
	void *member = (char *)t + s->offset;

	return member;
}

void sp_config_init(struct sp_config *c)
{
	memset(c, 0, sizeof(*c));
	for (size_t i = 0; i < NR_SETTINGS; i++)
		*setting_of(&c->thresholds, &settings[i]) = settings[i].usual;
	for (size_t i = 0; i < VERDICT_RULES; i++)
		c->thresholds.rule[i] = verdict_rules[i].usual;
}

uint32_t sp_thresholds_id(const struct sp_thresholds *t)
{
	return crc32_iscsi((unsigned char *)(uintptr_t)t, (int)sizeof(*t), 0);
}

/* A file being read. */
struct reading {
	struct ini_file file; /* first */
	struct sp_config *config;
	/* The lines of keys, 0 for none. */
	unsigned int setting_at[NR_SETTINGS];
	struct {
		unsigned int warning, critical, off;
		unsigned int last; /* of these */
	} rule_at[VERDICT_RULES];
};

static void set_setting(struct reading *r, const struct setting *s,
			const char *value)
{
	double v;

	if (!ini_number(value, &v) || v < s->least || v > s->most ||
	    (s->whole && v != floor(v)))
		ini_fail(&r->file, r->file.line,
			 "%s is '%.40s', not a %snumber from %g to %g", s->key,
			 value, s->whole ? "whole " : "", s->least, s->most);
	else
		*setting_of(&r->config->thresholds, s) = v;
}

/* "%s is '%.40s', LEVEL_WRONG", with the most that it may be. */
#define LEVEL_WRONG "neither off nor a number from 0.000001 to %.0f"
#define LEVEL_LEAST 1e-6 /* what the digits of a file are enough for */

static bool read_level(size_t rule, const char *value, double *level)
{
	double v;

	if (!strcmp(value, "off"))
		v = INFINITY;
	else if (!ini_number(value, &v) || !(v >= LEVEL_LEAST) ||
		 v > verdict_rules[rule].most)
		return false;
	*level = v;
	return true;
}

static void set_level(struct reading *r, size_t rule, const char *key,
		      double *level, const char *value)
{
	if (!read_level(rule, value, level))
		ini_fail(&r->file, r->file.line, "%s is '%.40s', " LEVEL_WRONG,
			 key, value, verdict_rules[rule].most);
}

/* KEY_warning, KEY_critical, or KEY, which can only be off. */
static bool set_rule(struct reading *r, size_t rule, const char *key,
		     const char *value)
{
	struct sp_threshold *t = &r->config->thresholds.rule[rule];
	size_t n = strlen(verdict_rules[rule].key);

	if (strncmp(key, verdict_rules[rule].key, n) != 0)
		return false;
	if (!strcmp(key + n, "_warning")) {
		ini_note_line(&r->file, &r->rule_at[rule].warning, key);
		set_level(r, rule, key, &t->warning, value);
	} else if (!strcmp(key + n, "_critical")) {
		ini_note_line(&r->file, &r->rule_at[rule].critical, key);
		set_level(r, rule, key, &t->critical, value);
	} else if (key[n]) {
		return false;
	} else if (strcmp(value, "off") != 0) {
		ini_fail(&r->file, r->file.line,
			 "%s can only be off; its levels are %s_warning and "
			 "%s_critical",
			 key, key, key);
	} else {
		ini_note_line(&r->file, &r->rule_at[rule].off, key);
		*t = (struct sp_threshold){INFINITY, INFINITY};
	}
	r->rule_at[rule].last = r->file.line;
	return true;
}

static bool set_key(struct reading *r, const char *key, const char *value)
{
	for (size_t i = 0; i < NR_SETTINGS; i++) {
		if (strcmp(key, settings[i].key) != 0)
			continue;
		ini_note_line(&r->file, &r->setting_at[i], key);
		set_setting(r, &settings[i], value);
		return true;
	}
	for (size_t i = 0; i < VERDICT_RULES; i++)
		if (set_rule(r, i, key, value))
			return true;
	return false;
}

static void on_section(struct ini_file *file, const char *name, size_t n)
{
	file->skip = n == strlen(SCREEN) && !strncmp(name, SCREEN, n);
	if (!file->skip &&
	    (n != strlen(SECTION) || strncmp(name, SECTION, n) != 0))
		ini_fail(file, file->line,
			 "no section [%.*s] (there is [" SECTION "])",
			 (int)(n < 40 ? n : 40), name);
}

static void on_key(struct ini_file *file, const char *section, const char *key,
		   const char *value)
{
	struct reading *r = (struct reading *)file;

	if (!*section)
		ini_fail(file, file->line,
			 "'%.60s' stands before any [section]", key);
	else if (!set_key(r, key, value))
		ini_fail(file, file->line,
			 "no key '%.60s' (see --print-config)", key);
}

/* Off is no limit to what it is a warning of. */
static bool in_order(const struct sp_threshold *t)
{
	return isinf(t->warning) || t->warning <= t->critical;
}

/* A file need not set both: the other may be the usual one, or of a file
 * read before. */
static void check_order(struct reading *r)
{
	for (size_t i = 0; i < VERDICT_RULES; i++) {
		const struct sp_threshold *t = &r->config->thresholds.rule[i];
		const char *key = verdict_rules[i].key;

		if (r->rule_at[i].last && !in_order(t))
			ini_fail(
				&r->file, r->rule_at[i].last,
				"%s_warning is %g, above %s_critical, which is "
				"%g",
				key, t->warning, key, t->critical);
	}
}

int sp_config_parse(struct sp_config *c, FILE *f, const char *name, char *err,
		    size_t len)
{
	struct reading r = {
		.file = {.f = f,
			 .name = name,
			 .err = err,
			 .len = len,
			 .section = on_section,
			 .key = on_key},
		.config = c,
	};

	ini_file_parse(&r.file);
	check_order(&r);
	return r.file.ret;
}

int sp_config_read(struct sp_config *c, const char *path, char *err, size_t len)
{
	FILE *f = fopen(path, "re");
	int ret;

	if (!f) {
		ret = -errno;
		snprintf(err, len, "%s: cannot open: %s", path,
			 strerror(errno));
		return ret;
	}
	ret = sp_config_parse(c, f, path, err, len);
	fclose(f);
	return ret;
}

/* The user's own file; false if there is no home to have one in. */
static bool user_path(char *path, size_t len)
{
	const char *dir = getenv("XDG_CONFIG_HOME");
	const char *below = "";
	int n;

	/* "All paths must be absolute", says its specification. */
	if (!dir || *dir != '/') {
		dir = getenv("HOME");
		below = "/.config";
	}
	if (!dir || !*dir)
		return false;
	n = snprintf(path, len, "%s%s/sysperf/config", dir, below);
	return n > 0 && (size_t)n < len;
}

int sp_config_read_usual(struct sp_config *c, char *err, size_t len)
{
	int ret = sp_config_read(c, SP_CONFIG_SYSTEM, err, len);
	char path[4096];

	if (ret && ret != -ENOENT && ret != -ENOTDIR)
		return ret;
	if (!user_path(path, sizeof(path)))
		return 0;
	ret = sp_config_read(c, path, err, len);
	/* With another user's HOME, as sudo may leave it, EACCES is usual. */
	return ret == -ENOENT || ret == -ENOTDIR || ret == -EACCES ? 0 : ret;
}

/* As ini_number() takes them: without an exponent. */
static const char *number_name(char *s, size_t len, double v)
{
	size_t n;

	snprintf(s, len, "%.8f", v);
	for (n = strlen(s); n && s[n - 1] == '0'; n--)
		;
	if (n && s[n - 1] == '.')
		n--;
	s[n] = '\0';
	return s;
}

static const char *level_name(char *s, size_t len, double v)
{
	if (!isinf(v))
		return number_name(s, len, v);
	snprintf(s, len, "off");
	return s;
}

bool sp_config_rule(size_t i, struct sp_rule *rule)
{
	if (i >= VERDICT_RULES)
		return false;
	*rule = (struct sp_rule){verdict_rules[i].key, verdict_rules[i].unit,
				 verdict_rules[i].what, verdict_rules[i].usual};
	return true;
}

int sp_threshold_parse(size_t rule, const char *text, struct sp_threshold *t,
		       char *err, size_t len)
{
	char word[2][128] = {"", ""}, rest;
	int words = sscanf(text, " %127s %127s %c", word[0], word[1], &rest);
	struct sp_threshold new;

	*err = '\0';
	if (words == 1 && !strcmp(word[0], "off"))
		new = (struct sp_threshold){INFINITY, INFINITY};
	else if (words != 2)
		snprintf(err, len, "'%.40s' is neither off nor two values",
			 text);
	else if (!read_level(rule, word[0], &new.warning) ||
		 !read_level(rule, word[1], &new.critical))
		snprintf(err, len, "a level of '%.40s' is " LEVEL_WRONG, text,
			 verdict_rules[rule].most);
	else if (!in_order(&new))
		snprintf(err, len, "critical is less than warning");
	if (*err)
		return -EINVAL;
	*t = new;
	return 0;
}

void sp_threshold_text(const struct sp_threshold *t, char *buf, size_t len)
{
	char warning[32], critical[32];

	snprintf(buf, len, "%s %s",
		 level_name(warning, sizeof(warning), t->warning),
		 level_name(critical, sizeof(critical), t->critical));
}

void sp_threshold_print(size_t rule, const struct sp_threshold *t, FILE *f)
{
	const char *key = verdict_rules[rule].key;
	char level[32];

	fprintf(f, "%s_warning = %s\n", key,
		level_name(level, sizeof(level), t->warning));
	fprintf(f, "%s_critical = %s\n", key,
		level_name(level, sizeof(level), t->critical));
}

static void print_rule(FILE *f, size_t i, const struct sp_threshold *t)
{
	const struct verdict_rule *rule = &verdict_rules[i];
	char text[1024], warning[32], critical[32];

	level_name(warning, sizeof(warning), rule->usual.warning);
	level_name(critical, sizeof(critical), rule->usual.critical);
	snprintf(text, sizeof(text),
		 "%s %s: %s. Default: warning %s, critical %s %s. %s",
		 sp_resource_names[rule->resource],
		 sp_signal_names[rule->signal], rule->what, warning, critical,
		 rule->unit, rule->why);
	putc('\n', f);
	ini_comment(f, text);
	sp_threshold_print(i, t, f);
}

void sp_config_print(const struct sp_config *c, FILE *f)
{
	struct sp_thresholds t = c->thresholds;
	char text[1024];

	ini_comment(f, "Configuration of sysperf. Read from " SP_CONFIG_SYSTEM
		       ", and over it from ~/.config/sysperf/config; what is "
		       "left out keeps its default.");
	fprintf(f, "\n[" SECTION "]\n");
	ini_comment(f, "When a verdict is given: a warning, or a critical "
		       "one, at and above a value. \"off\" for a level, or "
		       "KEY = off for both, turns it off.");
	for (size_t i = 0; i < NR_SETTINGS; i++) {
		snprintf(text, sizeof(text), "%s. Default: %g. %s",
			 settings[i].what, settings[i].usual, settings[i].why);
		putc('\n', f);
		ini_comment(f, text);
		fprintf(f, "%s = %s\n", settings[i].key,
			number_name(text, sizeof(text),
				    *setting_of(&t, &settings[i])));
	}
	for (size_t i = 0; i < VERDICT_RULES; i++)
		print_rule(f, i, &t.rule[i]);
}
