// SPDX-License-Identifier: GPL-2.0-only
/*
 * describe man <TEMPLATE, describe bash|zsh|fish: manual pages and completions
 * out of the program's own tables of options, keys and fields.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sysperf/fields.h>

#include "../../tui/keys.h"
#include "../../tui/options_table.h"
#include "describe.h"

#define LINE_WIDTH 64 /* of a manual's source, before escapes */

enum argument describe_argument(const char *arg)
{
	static const struct {
		const char *arg;
		enum argument kind;
	} kinds[] = {
		{"FORMAT", ARG_FORMAT}, {"SOURCE", ARG_SOURCE},
		{"KEY,...", ARG_KEYS},	{"[+-]KEY", ARG_SORT},
		{"CAP,...", ARG_CAPS},	{"'KEY OP VALUE'", ARG_FILTER},
		{"PID,...", ARG_PIDS},	{"USER", ARG_USER},
		{"FILE", ARG_FILE},	{"PATH", ARG_FILE},
		{"HOST", ARG_HOST},
	};

	for (size_t i = 0; arg && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(arg, kinds[i].arg))
			return kinds[i].kind;
	return ARG_NONE;
}

/* The lines of help that begin with the program's name: what follows that. */
static size_t usage_lines(char lines[][256], size_t max)
{
	FILE *f = tmpfile();
	char line[256];
	size_t n = 0;

	if (!f) {
		perror("describe");
		exit(1);
	}
	options_help(f);
	rewind(f);
	while (fgets(line, sizeof(line), f) && n < max) {
		const char *at = strstr(line, " sysperf ");

		line[strcspn(line, "\n")] = '\0';
		if (!at || (strncmp(line, "Usage:", 6) != 0 && *line != ' '))
			break;
		snprintf(lines[n++], sizeof(*lines), "%s", at + 9);
	}
	fclose(f);
	return n;
}

void describe_verbs(struct verbs *v)
{
	char lines[VERBS_MAX][256];
	size_t n = usage_lines(lines, VERBS_MAX);

	v->nr = 0;
	for (size_t i = 0; i < n; i++) {
		if (!islower((unsigned char)*lines[i]))
			continue;
		snprintf(v->name[v->nr], sizeof(*v->name), "%.*s",
			 (int)strcspn(lines[i], " "), lines[i]);
		v->nr++;
	}
}

/* How troff writes a character that it would take for something else, or NULL */
static const char *troff_of(char c)
{
	switch (c) {
	case '\\':
		return "\\e";
	case '-':
		return "\\-";
	case '\'':
		return "\\(aq";
	case '"':
		return "\\(dq";
	case '~':
		return "\\(ti";
	case '^':
		return "\\(ha";
	default:
		return NULL;
	}
}

/* Text of the program in a manual page. */
static void put_troff(const char *s, size_t len)
{
	if (len && *s == '.')
		fputs("\\&", stdout);
	for (; len; len--, s++) {
		const char *troff = troff_of(*s);

		if (troff)
			fputs(troff, stdout);
		else
			putchar(*s);
	}
}

static void put_word(const char *s)
{
	put_troff(s, strlen(s));
}

/* A sentence, on lines of its own. */
static void put_text(const char *s)
{
	size_t at = 0;

	for (;;) {
		size_t n = strcspn(s, " ");

		if (at)
			putchar(at + n > LINE_WIDTH ? '\n' : ' ');
		at = !at || at + n > LINE_WIDTH ? n : at + 1 + n;
		put_troff(s, n);
		if (!s[n])
			break;
		s += n + 1;
	}
	putchar('\n');
}

void describe_synopsis(void)
{
	char lines[VERBS_MAX][256];
	size_t n = usage_lines(lines, VERBS_MAX);

	for (size_t i = 0; i < n; i++) {
		printf("%s.B sysperf\n", i ? ".br\n" : "");
		put_text(lines[i]);
	}
}

static void put_options(void)
{
	for (size_t i = 0; i < NR_OPTION_DEFS; i++) {
		const struct option_def *d = &option_defs[i];

		printf(".TP\n\\fB");
		if (d->letter)
			printf("\\-%c\\fR, \\fB", d->letter);
		put_word("--");
		put_word(d->name);
		printf("\\fR");
		if (d->arg) {
			printf(" \\fI");
			put_word(d->arg);
			printf("\\fR");
		}
		putchar('\n');
		put_text(d->help);
	}
}

static void put_keys(void)
{
	for (size_t g = 0; g < nr_key_groups; g++) {
		printf(".SS ");
		put_word(key_groups[g].title);
		putchar('\n');
		for (size_t i = 0; i < key_groups[g].nr; i++) {
			const struct binding *b = &key_groups[g].bindings[i];

			if (!b->name || !b->help)
				continue;
			printf(".TP\n.B \"");
			put_word(b->name);
			printf("\"\n");
			put_text(b->help);
		}
	}
}

static void put_field(enum sp_table_id id, const struct sp_field *f)
{
	bool golden = id == SP_TABLE_GOLDEN, any = f->needs == SP_CAP_ANY;
	char text[512];

	printf(".TP\n.B ");
	if (golden)
		printf("%s.%s.", sp_resource_names[f->resource],
		       sp_signal_names[f->signal]);
	put_word(f->key);
	putchar('\n');
	snprintf(text, sizeof(text), "%s (%s%s%s%s%s)", f->help,
		 sp_unit_names[f->unit], any ? "" : "; needs ",
		 any ? "" : sp_cap_names[f->needs], golden ? "" : "; column ",
		 golden ? "" : f->title);
	put_text(text);
}

static void put_fields(void)
{
	for (int id = 0; id < SP_TABLES; id++) {
		const struct sp_table *t = &sp_tables[id];

		printf(".SH \"");
		for (const char *s = t->name; *s; s++)
			putchar(toupper((unsigned char)*s));
		printf("\"\n");
		for (size_t i = 0; i < t->nr_fields; i++)
			put_field((enum sp_table_id)id, &t->fields[i]);
	}
}

/* The whole of sysperfd's configuration, as it prints it. */
static void put_settings(void)
{
	FILE *f =
		popen("build/sysperfd --config /dev/null --print-config", "r");
	char line[256];

	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		put_word(line);
		putchar('\n');
	}
	if (!f || pclose(f)) {
		fprintf(stderr, "describe: sysperfd --print-config failed\n");
		exit(1);
	}
}

static void man(void)
{
	static const struct {
		const char *name;
		void (*put)(void);
	} words[] = {
		{"@SYNOPSIS@\n", describe_synopsis},
		{"@OPTIONS@\n", put_options},
		{"@KEYS@\n", put_keys},
		{"@FIELDS@\n", put_fields},
		{"@SETTINGS@\n", put_settings},
	};
	char line[4096];

	while (fgets(line, sizeof(line), stdin)) {
		size_t i, n = sizeof(words) / sizeof(words[0]);

		for (i = 0; i < n && strcmp(line, words[i].name) != 0; i++)
			;
		if (i < n)
			words[i].put();
		else
			fputs(line, stdout);
	}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*print)(void);
	} what[] = {
		{"man", man},
		{"bash", complete_bash},
		{"zsh", complete_zsh},
		{"fish", complete_fish},
	};

	for (size_t i = 0; argc == 2 && i < sizeof(what) / sizeof(what[0]);
	     i++) {
		if (strcmp(argv[1], what[i].name) != 0)
			continue;
		what[i].print();
		return fflush(stdout) || ferror(stdout) || ferror(stdin);
	}
	fprintf(stderr, "usage: describe man <TEMPLATE | bash | zsh | fish\n");
	return 1;
}
