// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settings: own their table and the reading of the section. A line that is not
 * understood is told of and left out: a screen that does not start because of
 * its colours would be worse.
 */
#include <errno.h>
#include <ini.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "prefs.h"

#define SECTION "screen"

#define AT(member) offsetof(struct prefs, member)
const struct pref prefs_table[] = {
	{"delay", PREF_SECONDS, AT(delay_s), 0.1, 86400,
	 "seconds between samples"},
	{"theme", PREF_THEME, AT(theme), 0, 0,
	 "colours: usual, light, classic or mono"},
	{"ascii", PREF_BOOL, AT(ascii), 0, 0,
	 "ASCII alone, whatever the terminal can"},
	{"mouse", PREF_BOOL, AT(mouse), 0, 0,
	 "take clicks (Shift-click still marks text)"},
	{"ended", PREF_SECONDS, AT(ended_s), 0, 3600,
	 "seconds for which tasks that ended are shown"},
	{"cpu_meters", PREF_BOOL, AT(cpu_meters), 0, 0, "a meter for each CPU"},
	{"tree", PREF_BOOL, AT(tree), 0, 0, "tasks as a tree"},
	{"kernel_threads", PREF_BOOL, AT(kernel_threads), 0, 0,
	 "show kernel threads"},
	{"idle", PREF_BOOL, AT(idle), 0, 0, "show tasks that do nothing"},
	{"sort", PREF_SORT, AT(sort), 0, 0,
	 "column that tasks are sorted by, + before it: from the smallest"},
	{"columns", PREF_COLUMNS, AT(columns), 0, 0,
	 "columns of tasks, by key, and states for the bar; empty: the usual "
	 "ones; several lines go on"},
};
#undef AT
const size_t nr_prefs = sizeof(prefs_table) / sizeof(prefs_table[0]);

void prefs_init(struct prefs *s)
{
	memset(s, 0, sizeof(*s));
	s->delay_s = 1;
	s->ended_s = 5;
	s->mouse = s->kernel_threads = s->idle = true;
	s->sort = sp_field_find(SP_TABLE_TASK, "cpu_pct", 7);
}

static void *member(const struct prefs *s, const struct pref *which)
{
	return (char *)(uintptr_t)s + which->offset;
}

static int set_seconds(struct prefs *s, const struct pref *which,
		       const char *value, char *err, size_t len)
{
	bool digits = *value && strspn(value, "0123456789.") == strlen(value);
	char *end = NULL;
	double v = digits ? strtod(value, &end) : NAN;

	if (!digits || *end || !(v >= which->least && v <= which->most)) {
		snprintf(err, len, "%s is '%.40s', not %g to %g seconds",
			 which->key, value, which->least, which->most);
		return -EINVAL;
	}
	*(double *)member(s, which) = v;
	return 0;
}

static int set_bool(struct prefs *s, const struct pref *which,
		    const char *value, char *err, size_t len)
{
	bool yes = !strcasecmp(value, "yes");

	if (!yes && strcasecmp(value, "no") != 0) {
		snprintf(err, len, "%s is '%.40s', neither yes nor no",
			 which->key, value);
		return -EINVAL;
	}
	*(bool *)member(s, which) = yes;
	return 0;
}

static int set_theme(struct prefs *s, const char *value, char *err, size_t len)
{
	int i;

	for (i = 0; i < THEMES; i++) {
		if (strcasecmp(value, theme_names[i]) != 0)
			continue;
		s->theme = i;
		return 0;
	}
	snprintf(err, len, "there is no theme '%.40s'", value);
	return -EINVAL;
}

static int set_sort(struct prefs *s, const char *value, char *err, size_t len)
{
	struct view v;
	int ret;

	view_init(&v);
	ret = view_parse_sort(&v, value, err, len);
	if (!ret) {
		s->sort = v.sort;
		s->ascending = v.ascending;
	}
	view_free(&v);
	return ret;
}

int prefs_set(struct prefs *s, const struct pref *which, const char *value,
	      char *err, size_t len)
{
	switch (which->kind) {
	case PREF_SECONDS:
		return set_seconds(s, which, value, err, len);
	case PREF_BOOL:
		return set_bool(s, which, value, err, len);
	case PREF_THEME:
		return set_theme(s, value, err, len);
	case PREF_SORT:
		return set_sort(s, value, err, len);
	case PREF_COLUMNS:
		return task_columns_parse(&s->columns, value, err, len);
	}
	return -EINVAL;
}

void prefs_text(const struct prefs *s, const struct pref *which, char *buf,
		size_t len)
{
	switch (which->kind) {
	case PREF_SECONDS:
		snprintf(buf, len, "%g", *(double *)member(s, which));
		break;
	case PREF_BOOL:
		snprintf(buf, len, "%s",
			 *(bool *)member(s, which) ? "yes" : "no");
		break;
	case PREF_THEME:
		snprintf(buf, len, "%s", theme_names[s->theme]);
		break;
	case PREF_SORT:
		snprintf(buf, len, "%c%s", s->ascending ? '+' : '-',
			 s->sort ? s->sort->key : "cpu_pct");
		break;
	case PREF_COLUMNS:
		task_columns_print(&s->columns, buf, len);
		break;
	}
}

struct reading {
	struct prefs *s;
	bool columns; /* some line of them was there */
	char *err; /* the first thing that was not understood */
	size_t len;
};

/* A list is cut into lines; those after the first go on with it. */
static void add_columns(struct reading *r, const struct pref *which,
			const char *value, char *err, size_t len)
{
	char all[4096] = "";
	size_t n;

	if (r->columns)
		prefs_text(r->s, which, all, sizeof(all) - 1);
	r->columns = true;
	n = strlen(all);
	snprintf(all + n, sizeof(all) - n, "%s%s", n ? "," : "", value);
	prefs_set(r->s, which, all, err, len);
}

static int on_key(void *arg, const char *section, const char *key,
		  const char *value)
{
	struct reading *r = arg;
	char err[160] = "";
	size_t i;

	if (strcmp(section, SECTION) != 0)
		return 1;
	for (i = 0; i < nr_prefs; i++) {
		const struct pref *which = &prefs_table[i];

		if (strcmp(key, which->key) != 0)
			continue;
		if (which->kind == PREF_COLUMNS)
			add_columns(r, which, value, err, sizeof(err));
		else
			prefs_set(r->s, which, value, err, sizeof(err));
		if (*err && !*r->err)
			snprintf(r->err, r->len, "%s", err);
		return 1;
	}
	if (!*r->err)
		snprintf(r->err, r->len, "there is no key '%.60s'", key);
	return 1;
}

/* As fgets(); an indented line is a line like any other (ini_file.c). */
static char *read_line(char *s, int size, void *f)
{
	char *line = fgets(s, size, f);

	if (line) {
		size_t blank = strspn(line, " \t");

		memmove(line, line + blank, strlen(line + blank) + 1);
	}
	return line;
}

void prefs_parse(struct prefs *s, FILE *f, const char *name, char *err,
		 size_t len)
{
	char why[200] = "";
	struct reading r = {s, false, why, sizeof(why)};
	int line = ini_parse_stream(read_line, f, on_key, &r);

	err[0] = '\0';
	if (*why)
		snprintf(err, len, "%s: [" SECTION "] %s", name, why);
	else if (line > 0)
		snprintf(err, len, "%s:%d: neither [section] nor KEY = VALUE",
			 name, line);
	else if (line < 0)
		snprintf(err, len, "%s: cannot be read", name);
}

int prefs_path(const struct options *o, char *path, size_t len)
{
	const char *dir = getenv("XDG_CONFIG_HOME");
	const char *below = "";
	int n;

	if (o->config_path) {
		n = snprintf(path, len, "%s", o->config_path);
		return n > 0 && (size_t)n < len ? 0 : -ENOENT;
	}
	/* "All paths must be absolute", says its specification. */
	if (!dir || *dir != '/') {
		dir = getenv("HOME");
		below = "/.config";
	}
	if (!dir || !*dir)
		return -ENOENT;
	n = snprintf(path, len, "%s%s/sysperf/config", dir, below);
	return n > 0 && (size_t)n < len ? 0 : -ENOENT;
}

static void read_path(struct prefs *s, const char *path, char *err, size_t len)
{
	FILE *f = fopen(path, "re");

	if (!f)
		return;
	prefs_parse(s, f, path, err, len);
	fclose(f);
}

void prefs_read(struct prefs *s, const struct options *o, char *err, size_t len)
{
	char path[4096];

	err[0] = '\0';
	if (!o->config_path)
		read_path(s, SP_CONFIG_SYSTEM, err, len);
	if (!prefs_path(o, path, sizeof(path)))
		read_path(s, path, err, len);
}
