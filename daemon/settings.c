// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the table of keys of sysperfd.conf. Files are read by it, and printed.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include <sysperf/client.h>

#include "collector/ini_file.h"
#include "settings.h"

enum type {
	TYPE_SECONDS, /* a double; off is 0 */
	TYPE_WHOLE, /* a double without a fraction */
	TYPE_BOOL,
	TYPE_TEXT, /* of size bytes */
	TYPE_CHOICE, /* likewise, one of choices */
	TYPE_PATH, /* likewise, absolute, or nothing */
};

struct setting {
	const char *section, *key;
	enum type type;
	size_t offset, size; /* in struct settings */
	double least, most; /* of numbers */
	const char *choices; /* "one|other" */
	const char *usual; /* as in a file */
	const char *what, *why;
};

#define AT(member)                                                             \
	offsetof(struct settings, member),                                     \
		sizeof(((struct settings *)0)->member)

static const struct setting table[] = {
	{"collection", "delay", TYPE_SECONDS, AT(delay), 0.1, 86400, NULL, "1",
	 "Seconds between the samples for recordings, alerts and metrics, or "
	 "off "
	 "for none of these. Viewers have the delays that they ask for.",
	 "A second shows most of what a minute hides, and costs little."},
	{"collection", "source", TYPE_CHOICE, AT(source), 0, 0,
	 "auto|kmod|procfs", "auto",
	 "auto: the module while it can be read, else procfs; kmod: the module "
	 "or nothing; procfs: never the module.",
	 "sysperfd follows the module as it comes and goes."},
	{"collection", "thresholds", TYPE_PATH, AT(thresholds), 0, 0, NULL,
	 SP_CONFIG_SYSTEM,
	 "The file that says what is complained of; it need not be there.",
	 "It is the one that sysperf reads, so that both judge alike."},
	{"module", "load", TYPE_BOOL, AT(load), 0, 0, NULL, "yes",
	 "Load the kernel module at the start if it is not there.",
	 "It is what makes this cheap. Where it is not installed or not "
	 "allowed, sysperfd goes on without it."},
	{"viewers", "socket", TYPE_PATH, AT(socket), 0, 0, NULL, SP_SOCKET,
	 "Where viewers connect. Another one takes a restart; with "
	 "sysperfd.socket it is that unit's.",
	 "sysperf looks there by itself."},
	{"viewers", "group", TYPE_TEXT, AT(group), 0, 0, NULL, "sysperf",
	 "The group whose members may connect, besides root and the user that "
	 "sysperfd runs as; empty for none.",
	 "Counters of other users' tasks tell much about what those do."},
	{"viewers", "max", TYPE_WHOLE, AT(viewers), 1, 10000, NULL, "256",
	 "Viewers at once.",
	 "Each costs a descriptor and what it is yet to "
	 "be sent, not a collection."},
	{"recording", "directory", TYPE_PATH, AT(directory), 0, 0, NULL,
	 "/var/lib/sysperf",
	 "Where files sysperf-YYYYMMDD-HHMMSS.spr go (sysperf -r shows them); "
	 "empty for no recording.",
	 "What happened last night is asked for in the morning."},
	{"recording", "file_mib", TYPE_WHOLE, AT(file_mib), 0, 1e6, NULL, "256",
	 "MiB after which another file begins, as it does at midnight UTC; 0 "
	 "for never.",
	 "A day of a middling machine fits."},
	{"recording", "total_mib", TYPE_WHOLE, AT(total_mib), 0, 1e9, NULL,
	 "2048", "MiB beyond which the oldest files are deleted; 0 for never.",
	 "A recording must not fill the disk of what it watches."},
	{"recording", "age_days", TYPE_WHOLE, AT(age_days), 0, 36500, NULL,
	 "14", "Days after which files are deleted; 0 for never.",
	 "Two weeks have the same weekday before in them."},
	{"recording", "sync", TYPE_CHOICE, AT(sync), 0, 0, "keys|never|all",
	 "keys",
	 "When what was written is forced to the disk: keys, each 60 samples "
	 "or so; never, when the kernel does; all, each sample.",
	 "Only the loss of power or a crash of the kernel takes what is not "
	 "forced."},
};
#define NR_SETTINGS (sizeof(table) / sizeof(table[0]))

static void *member_of(struct settings *s, const struct setting *t)
{
	return (char *)s + t->offset;
}

static bool is_choice(const char *choices, const char *value)
{
	size_t n = strlen(value);

	while (n && choices && *choices) {
		size_t len = strcspn(choices, "|");

		if (len == n && !memcmp(choices, value, n))
			return true;
		choices += len + (choices[len] == '|');
	}
	return false;
}

static bool parse_bool(const char *s, bool *v)
{
	*v = !strcmp(s, "yes");
	return *v || !strcmp(s, "no");
}

/* Return: what it should have been, NULL if it is all right. */
static const char *set(struct settings *s, const struct setting *t,
		       const char *value, char *why, size_t len)
{
	char *text = member_of(s, t);
	double v;
	bool b;

	switch (t->type) {
	case TYPE_SECONDS:
		if (!strcmp(value, "off")) {
			memset(text, 0, sizeof(v));
			return NULL;
		}
		/* fall through */
	case TYPE_WHOLE:
		snprintf(why, len, "a %snumber from %g to %.0f",
			 t->type == TYPE_WHOLE ? "whole " : "", t->least,
			 t->most);
		if (!ini_number(value, &v) || v < t->least || v > t->most ||
		    (t->type == TYPE_WHOLE && v != floor(v)))
			return why;
		memcpy(text, &v, sizeof(v));
		return NULL;
	case TYPE_BOOL:
		if (!parse_bool(value, &b))
			return "yes or no";
		memcpy(text, &b, sizeof(b));
		return NULL;
	case TYPE_CHOICE:
		if (!is_choice(t->choices, value))
			return t->choices;
		break;
	case TYPE_PATH:
		if (*value && *value != '/')
			return "a path from / on";
		break;
	case TYPE_TEXT:
		break;
	}
	snprintf(why, len, "a text of at most %zu bytes", t->size - 1);
	if (strlen(value) >= t->size)
		return why;
	memset(text, 0, t->size);
	memcpy(text, value, strlen(value) + 1);
	return NULL;
}

void settings_init(struct settings *s)
{
	struct sp_config c;
	char why[80];

	memset(s, 0, sizeof(*s));
	for (size_t i = 0; i < NR_SETTINGS; i++)
		set(s, &table[i], table[i].usual, why, sizeof(why));
	sp_config_init(&c);
	s->judge = c.thresholds;
	sp_http_config_init(&s->metrics);
	sp_alert_config_init(&s->alerts);
}

/* A file being read. */
struct reading {
	struct ini_file file; /* first */
	struct settings *settings;
	unsigned int at[NR_SETTINGS]; /* the lines of keys, 0 for none */
};

static bool is(const char *s, size_t n, const char *name)
{
	return n == strlen(name) && !memcmp(s, name, n);
}

static void on_section(struct ini_file *file, const char *name, size_t n)
{
	if (is(name, n, "metrics") || is(name, n, "alerts") ||
	    (n > 6 && !memcmp(name, "alert ", 6)))
		return;
	for (size_t i = 0; i < NR_SETTINGS; i++)
		if (strlen(table[i].section) == n &&
		    !memcmp(table[i].section, name, n))
			return;
	ini_fail(file, file->line, "no section [%.*s] (see --print-config)",
		 (int)(n < 40 ? n : 40), name);
}

/* Sections that others understand. Return: is it one? */
static bool set_elsewhere(struct reading *r, const char *section,
			  const char *key, const char *value)
{
	struct ini_file *file = &r->file;
	char why[256] = "";
	int ret;

	if (!strcmp(section, "metrics"))
		ret = sp_http_config_set(&r->settings->metrics, key, value,
					 file->line, why, sizeof(why));
	else
		ret = sp_alert_config_set(&r->settings->alerts, section, key,
					  value, file->line, why, sizeof(why));
	if (ret == -ENOENT)
		return false;
	if (ret)
		ini_fail(file, file->line, "%s", why);
	return true;
}

static void on_key(struct ini_file *file, const char *section, const char *key,
		   const char *value)
{
	struct reading *r = (struct reading *)file;
	const char *want;
	char why[80];

	if (set_elsewhere(r, section, key, value))
		return;

	for (size_t i = 0; i < NR_SETTINGS; i++) {
		if (strcmp(table[i].section, section) != 0 ||
		    strcmp(table[i].key, key) != 0)
			continue;
		ini_note_line(file, &r->at[i], key);
		want = set(r->settings, &table[i], value, why, sizeof(why));
		if (want)
			ini_fail(file, file->line, "%s is '%.40s', not %s", key,
				 value, want);
		return;
	}
	if (*section)
		ini_fail(file, file->line,
			 "no key '%.60s' in [%.40s] (see --print-config)", key,
			 section);
	else
		ini_fail(file, file->line,
			 "'%.60s' stands before any [section]", key);
}

int settings_parse(struct settings *s, FILE *f, const char *name, char *err,
		   size_t len)
{
	struct reading r = {
		.file = {.f = f,
			 .name = name,
			 .err = err,
			 .len = len,
			 .section = on_section,
			 .key = on_key},
		.settings = s,
	};
	unsigned int line = 0;
	char why[256];

	if (!ini_file_parse(&r.file) &&
	    sp_alert_config_check(&s->alerts, &line, why, sizeof(why)))
		ini_fail(&r.file, line, "%s", why);
	return r.file.ret;
}

static int load_thresholds(struct settings *s, char *err, size_t len)
{
	struct sp_config c;
	int ret = -ENOENT;

	sp_config_init(&c);
	if (*s->thresholds)
		ret = sp_config_read(&c, s->thresholds, err, len);
	if (ret && ret != -ENOENT && ret != -ENOTDIR)
		return ret;
	s->judge = c.thresholds;
	return 0;
}

int settings_load(struct settings *s, const char *path, char *err, size_t len)
{
	FILE *f = fopen(path ? path : SETTINGS_FILE, "re");
	int ret = f ? 0 : -errno;

	settings_init(s);
	if (f) {
		ret = settings_parse(s, f, path ? path : SETTINGS_FILE, err,
				     len);
		fclose(f);
	} else if (!path && (ret == -ENOENT || ret == -ENOTDIR)) {
		ret = 0;
	} else {
		snprintf(err, len, "%s: cannot open: %s",
			 path ? path : SETTINGS_FILE, strerror(-ret));
	}
	return ret ? ret : load_thresholds(s, err, len);
}

static void print_value(const struct settings *s, const struct setting *t,
			FILE *f)
{
	const void *member = (const char *)s + t->offset;
	double v;
	bool b;

	switch (t->type) {
	case TYPE_SECONDS:
	case TYPE_WHOLE:
		memcpy(&v, member, sizeof(v));
		if (t->type == TYPE_SECONDS && v == 0)
			fprintf(f, "%s = off\n", t->key);
		else
			fprintf(f, "%s = %.10g\n", t->key, v);
		break;
	case TYPE_BOOL:
		memcpy(&b, member, sizeof(b));
		fprintf(f, "%s = %s\n", t->key, b ? "yes" : "no");
		break;
	default:
		fprintf(f, "%s = %s\n", t->key, (const char *)member);
	}
}

void settings_print(const struct settings *s, FILE *f)
{
	const char *section = "";
	char text[1024];

	ini_comment(f,
		    "Configuration of sysperfd, " SETTINGS_FILE
		    ". What is left out keeps its default. "
		    "\"sysperfd --check-config\" says what is wrong with it; "
		    "\"systemctl reload sysperfd\" makes it take effect, all "
		    "of it or, with an error in it, nothing.");
	for (size_t i = 0; i < NR_SETTINGS; i++) {
		const struct setting *t = &table[i];

		if (strcmp(section, t->section) != 0)
			fprintf(f, "\n[%s]\n", t->section);
		else
			putc('\n', f);
		section = t->section;
		snprintf(text, sizeof(text), "%s Default: %s. %s", t->what,
			 *t->usual ? t->usual : "empty", t->why);
		ini_comment(f, text);
		print_value(s, t, f);
	}
	putc('\n', f);
	sp_http_config_print(&s->metrics, f);
	putc('\n', f);
	sp_alert_config_print(&s->alerts, f);
}
