// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the reading of the command line, by the table in options_set.c, and
 * the help made from it.
 */
#include <ctype.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <sysperf.h>

#include "options_table.h"

#define LONG_ONLY 256 /* getopt's value of the table's first option */

static void print_def(FILE *f, const struct option_def *d)
{
	char left[40];

	snprintf(left, sizeof(left), "%c%c%s--%s%s%s", d->letter ? '-' : ' ',
		 d->letter ? d->letter : ' ', d->letter ? ", " : "  ", d->name,
		 d->arg ? " " : "", d->arg ? d->arg : "");
	fprintf(f, "  %-27s  %s\n", left, d->help);
}

void options_help(FILE *f)
{
	fprintf(f, "Usage: sysperf [OPTION]... [INTERVAL [COUNT]]\n"
		   "       sysperf -r FILE [OPTION]...\n"
		   "       sysperf record [-d SEC] [-n N] FILE\n"
		   "       sysperf report FILE [OPTION]...\n"
		   "       sysperf diff A B [OPTION]...\n"
		   "       sysperf doctor\n"
		   "What is this machine waiting for, and who is causing it?\n"
		   "Live on a terminal, or with -b or --format to stdout.\n\n");
	for (size_t i = 0; i < NR_OPTION_DEFS; i++)
		print_def(f, &option_defs[i]);
	fprintf(f, "\nreport sums a recording up: golden signals, verdicts, "
		   "who used most.\n"
		   "diff says what got worse from recording A to B.\n"
		   "doctor reports what can be measured here, what not, why, "
		   "and what to do.\n"
		   "INTERVAL and COUNT are those of -d and -n.\n\n"
		   "Exit status: 0 done; 1 usage error; 2 a source failed; "
		   "3 a required capability\nis missing; "
		   "4 a recording was damaged, and read as far as possible; "
		   "5 a recording\ncannot be read at all; "
		   "6 diff found a regression.\n");
}

void options_version(FILE *f)
{
	fprintf(f, "sysperf %s\n", SYSPERF_VERSION);
	fprintf(f, "built with %s for %s; module ABI %d\n",
#ifdef __clang__
		"clang " __clang_version__,
#else
		"gcc " __VERSION__,
#endif
#if defined(__x86_64__)
		"x86_64",
#elif defined(__aarch64__)
		"aarch64",
#else
		"another architecture",
#endif
		SYSPERF_ABI_VERSION);
}

/* The same table in getopt_long()'s form. */
static void make_getopt(struct option *longs, char *shorts)
{
	*shorts++ = ':'; /* tell a missing argument from an unknown option */
	for (size_t i = 0; i < NR_OPTION_DEFS; i++) {
		longs[i].name = option_defs[i].name;
		longs[i].has_arg =
			option_defs[i].arg ? required_argument : no_argument;
		longs[i].flag = NULL;
		longs[i].val = LONG_ONLY + (int)i;
		if (!option_defs[i].letter)
			continue;
		*shorts++ = option_defs[i].letter;
		if (option_defs[i].arg)
			*shorts++ = ':';
	}
	*shorts = '\0';
	memset(&longs[NR_OPTION_DEFS], 0, sizeof(longs[0]));
}

static const struct option_def *find_def(int val)
{
	if (val >= LONG_ONLY && val < LONG_ONLY + (int)NR_OPTION_DEFS)
		return &option_defs[val - LONG_ONLY];
	for (size_t i = 0; i < NR_OPTION_DEFS; i++)
		if (val && option_defs[i].letter == val)
			return &option_defs[i];
	return NULL;
}

/* Of what getopt_long() did not take. */
static int refuse(char *err, int c, char **argv)
{
	const struct option_def *d = find_def(optopt);
	const char *word = argv[optind - 1];

	if (d && c == ':')
		return options_fail(err, "--%s needs an argument: %s", d->name,
				    d->arg);
	if (d)
		return options_fail(err, "--%s takes no argument", d->name);
	if (optopt && isprint(optopt))
		return options_fail(err, "unknown option -%c (see sysperf -h)",
				    optopt);
	return options_fail(err, "unknown option %.60s (see sysperf -h)", word);
}

static int parse_flags(struct options *o, int argc, char **argv, char *err)
{
	struct option longs[NR_OPTION_DEFS + 1];
	char shorts[2 * NR_OPTION_DEFS + 2];
	int c;

	make_getopt(longs, shorts);
	optind = 0; /* glibc: start afresh */
	opterr = 0;
	while ((c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		const struct option_def *d;
		enum verb before = o->verb;
		int ret;

		if (c == '?' || c == ':')
			return refuse(err, c, argv);
		d = find_def(c);
		ret = d->set(o, optarg, err);
		if (ret)
			return ret;
		/* -h wins over what follows, and so on */
		if (before > VERB_BATCH)
			o->verb = before;
	}
	return 0;
}

/* Of a verb that takes one. */
static int parse_file(struct options *o, enum verb verb, int left, char **argv,
		      const char **file, char *err)
{
	if (left < 2 || !*argv[1])
		return options_fail(err, "%s needs a file's name", argv[0]);
	if (left > 2)
		return options_fail(err, "%s takes one file, got '%s' as well",
				    argv[0], argv[2]);
	*file = argv[1];
	if (o->verb <= VERB_BATCH)
		o->verb = verb;
	return 0;
}

static int parse_diff(struct options *o, int left, char **argv, char *err)
{
	if (left != 3 || !*argv[1] || !*argv[2])
		return options_fail(err, "diff needs two recordings, A and B");
	o->files[0] = argv[1];
	o->files[1] = argv[2];
	if (o->verb <= VERB_BATCH)
		o->verb = VERB_DIFF;
	return 0;
}

static int parse_operands(struct options *o, int argc, char **argv, char *err)
{
	int left = argc - optind, ret;

	argv += optind;
	if (!left)
		return 0;
	if (!strcmp(argv[0], "doctor")) {
		if (left > 1)
			return options_fail(
				err, "doctor takes nothing more, got '%s'",
				argv[1]);
		if (o->verb <= VERB_BATCH)
			o->verb = VERB_DOCTOR;
		return 0;
	}
	if (!strcmp(argv[0], "record"))
		return parse_file(o, VERB_RECORD, left, argv, &o->record, err);
	if (!strcmp(argv[0], "report"))
		return parse_file(o, VERB_REPORT, left, argv, &o->files[0],
				  err);
	if (!strcmp(argv[0], "diff"))
		return parse_diff(o, left, argv, err);
	if (!isdigit((unsigned char)*argv[0]) && *argv[0] != '.')
		return options_fail(err,
				    "unknown command '%.60s' (see sysperf -h)",
				    argv[0]);
	if (left > 2)
		return options_fail(
			err, "nothing goes after INTERVAL COUNT, got '%s'",
			argv[2]);
	ret = options_set_delay(o, argv[0], err);
	if (!ret && left == 2)
		ret = options_set_iterations(o, argv[1], err);
	return ret;
}

/* Rows of threads are told apart by their own id. */
static int show_tid(struct options *o, char *err)
{
	char keys[OPTIONS_ERR_MAX] = "tid";
	size_t n = 3;

	for (size_t i = 0; i < o->view.nr_columns; i++)
		n += (size_t)snprintf(keys + n, sizeof(keys) - n, ",%s",
				      o->view.columns[i]->key);
	return view_parse_columns(&o->view, keys, err, OPTIONS_ERR_MAX);
}

static int check_replay(const struct options *o, char *err)
{
	if ((o->begin.set || o->end.set) && !o->replay && o->verb <= VERB_BATCH)
		return options_fail(err, "--begin and --end need -r FILE");
	if (o->replay && o->verb == VERB_RECORD)
		return options_fail(err, "-r reads, record writes: which?");
	return 0;
}

static int check_look(const struct options *o, char *err)
{
	bool report = o->verb == VERB_REPORT, diff = o->verb == VERB_DIFF;

	if (o->html && !report && o->verb <= VERB_DIFF)
		return options_fail(err, "--html is for report");
	if (!isnan(o->threshold_pct) && !diff && o->verb <= VERB_DIFF)
		return options_fail(err, "--threshold is for diff");
	if (o->replay && (report || diff))
		return options_fail(err, "report and diff take their files "
					 "without -r");
	if (report && o->format != FORMAT_TEXT)
		return options_fail(err, "report writes text, and --html FILE");
	if (diff && o->format != FORMAT_TEXT && o->format != FORMAT_JSON)
		return options_fail(err, "diff writes text or json");
	return 0;
}

int options_parse(struct options *o, int argc, char **argv)
{
	char err[OPTIONS_ERR_MAX];
	int ret;

	memset(o, 0, sizeof(*o));
	o->delay_s = 1;
	o->threshold_pct = NAN;
	o->top = -1;
	o->collector.root = "";
	view_init(&o->view);
	ret = parse_flags(o, argc, argv, err);
	if (!ret)
		ret = parse_operands(o, argc, argv, err);
	if (!ret)
		ret = check_replay(o, err);
	if (!ret)
		ret = check_look(o, err);
	if (!ret && o->user)
		ret = view_parse_user(&o->view, o->user, o->host || o->replay,
				      err, OPTIONS_ERR_MAX);
	if (!ret && o->collector.threads && !o->fields)
		ret = show_tid(o, err);
	if (ret) {
		fprintf(stderr, "sysperf: %s\n", err);
		view_free(&o->view);
	}
	return ret;
}
