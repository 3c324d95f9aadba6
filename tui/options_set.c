// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the table of options: each is declared once, with its name, its help
 * and the function that understands its argument.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sysperf/client.h>

#include "options_table.h"

#define DELAY_MIN_S 0.1
#define DELAY_MAX_S 86400.0
#define THRESHOLD_MAX_PCT 100000.0
#define WIDTH_MIN 20
#define WIDTH_MAX 100000

int options_fail(char *err, const char *form, ...)
{
	va_list ap;

	va_start(ap, form);
	vsnprintf(err, OPTIONS_ERR_MAX, form, ap);
	va_end(ap);
	return -EINVAL;
}

static int parse_count(const char *s, uint64_t least, uint64_t most,
		       uint64_t *v)
{
	char *end;

	/* strtoull() takes "-1" and " 1" */
	if (!isdigit((unsigned char)*s))
		return -EINVAL;
	errno = 0;
	*v = strtoull(s, &end, 10);
	return *end || errno || *v < least || *v > most ? -EINVAL : 0;
}

static int set_batch(struct options *o, const char *arg, char *err)
{
	(void)arg;
	(void)err;
	o->verb = VERB_BATCH;
	return 0;
}

int options_set_iterations(struct options *o, const char *arg, char *err)
{
	if (parse_count(arg, 1, UINT64_MAX, &o->iterations))
		return options_fail(
			err, "'%s' is no number of samples (1 or more)", arg);
	return 0;
}

int options_set_delay(struct options *o, const char *arg, char *err)
{
	bool digits = strspn(arg, "0123456789.") == strlen(arg);
	char *end = NULL;
	double v = digits ? strtod(arg, &end) : 0;

	if (!digits || end == arg || *end || !(v >= DELAY_MIN_S) ||
	    v > DELAY_MAX_S)
		return options_fail(err,
				    "'%s' is no delay (%g to %.0f seconds)",
				    arg, DELAY_MIN_S, DELAY_MAX_S);
	o->delay_s = v;
	o->delay_given = true;
	return 0;
}

const char *const option_formats[] = {
	[FORMAT_TEXT] = "text",
	[FORMAT_CSV] = "csv",
	[FORMAT_JSON] = "json",
	[FORMAT_OPENMETRICS] = "openmetrics",
	NULL,
};

static int set_format(struct options *o, const char *arg, char *err)
{
	for (size_t i = 0; option_formats[i]; i++) {
		if (strcmp(arg, option_formats[i]) != 0)
			continue;
		o->format = (enum format)i;
		return set_batch(o, NULL, err);
	}
	return options_fail(
		err, "no format '%s' (text, csv, json, openmetrics)", arg);
}

static int set_fields(struct options *o, const char *arg, char *err)
{
	o->fields = true;
	return view_parse_columns(&o->view, arg, err, OPTIONS_ERR_MAX);
}

static int set_list_fields(struct options *o, const char *arg, char *err)
{
	(void)arg;
	(void)err;
	o->verb = VERB_LIST_FIELDS;
	return 0;
}

static int set_sort(struct options *o, const char *arg, char *err)
{
	o->sort_given = true;
	return view_parse_sort(&o->view, arg, err, OPTIONS_ERR_MAX);
}

static int set_top(struct options *o, const char *arg, char *err)
{
	uint64_t v;

	if (parse_count(arg, 0, INT32_MAX, &v))
		return options_fail(err, "'%s' is no number of rows", arg);
	o->top = (long)v;
	return 0;
}

static int set_pids(struct options *o, const char *arg, char *err)
{
	return view_add_pids(&o->view, arg, err, OPTIONS_ERR_MAX);
}

static int set_user(struct options *o, const char *arg, char *err)
{
	(void)err;
	o->user =
		arg; /* of which machine is not known before the last option */
	return 0;
}

static int set_filter(struct options *o, const char *arg, char *err)
{
	return view_add_filter(&o->view, arg, err, OPTIONS_ERR_MAX);
}

static int set_threads(struct options *o, const char *arg, char *err)
{
	(void)arg;
	(void)err;
	o->collector.threads = true;
	return 0;
}

static int set_idle(struct options *o, const char *arg, char *err)
{
	(void)arg;
	(void)err;
	o->view.hide_idle = true;
	return 0;
}

const char *const option_sources[] = {"auto", "daemon", "kmod", "procfs", NULL};

static int set_source(struct options *o, const char *arg, char *err)
{
	static const enum sp_source_choice choices[] = {SP_SOURCE_AUTO,
							SP_SOURCE_AUTO,
							SP_SOURCE_KMOD,
							SP_SOURCE_PROCFS};

	for (size_t i = 0; option_sources[i]; i++) {
		if (strcmp(arg, option_sources[i]) != 0)
			continue;
		o->daemon = !strcmp(arg, "daemon");
		o->collector.source = choices[i];
		return 0;
	}
	return options_fail(err, "no source '%s' (auto, daemon, kmod, procfs)",
			    arg);
}

static int require_one(struct options *o, const char *s, size_t n, char *err)
{
	for (unsigned int i = 0; i < SP_CAPS; i++) {
		if (strlen(sp_cap_names[i]) != n ||
		    strncmp(sp_cap_names[i], s, n) != 0)
			continue;
		/* every source has "any" */
		if (i != SP_CAP_ANY)
			o->require |= 1U << i;
		return 0;
	}
	return options_fail(err,
			    "no capability '%.*s' (kmod, pmu, io, psi, sched, "
			    "block, net, tcp, reclaim, exits)",
			    (int)n, s);
}

static int set_require(struct options *o, const char *arg, char *err)
{
	for (;;) {
		size_t n = strcspn(arg, ",");
		int ret = require_one(o, arg, n, err);

		if (ret || !arg[n])
			return ret;
		arg += n + 1;
	}
}

static int set_host(struct options *o, const char *arg, char *err)
{
	/* ssh would take it for an option. */
	if (!*arg || *arg == '-')
		return options_fail(err, "'%s' is no host", arg);
	o->host = arg;
	return 0;
}

static int set_socket(struct options *o, const char *arg, char *err)
{
	(void)err;
	o->socket = arg;
	return 0;
}

static int set_replay(struct options *o, const char *arg, char *err)
{
	if (!*arg)
		return options_fail(err, "-r needs a file's name");
	o->replay = arg;
	return 0;
}

static int set_when(struct when *w, const char *arg, char *err)
{
	if (when_parse(w, arg))
		return options_fail(
			err,
			"'%.40s' is no time ([YYYYMMDD]hhmm, hh:mm, "
			"YYYY-MM-DD hh:mm:ss; y before it is yesterday)",
			arg);
	return 0;
}

static int set_begin(struct options *o, const char *arg, char *err)
{
	return set_when(&o->begin, arg, err);
}

static int set_end(struct options *o, const char *arg, char *err)
{
	return set_when(&o->end, arg, err);
}

static int set_html(struct options *o, const char *arg, char *err)
{
	if (!*arg)
		return options_fail(err, "--html needs a file's name");
	o->html = arg;
	return 0;
}

static int set_threshold(struct options *o, const char *arg, char *err)
{
	bool digits = strspn(arg, "0123456789.") == strlen(arg);
	char *end = NULL;
	double v = digits ? strtod(arg, &end) : 0;

	if (!digits || end == arg || *end || v > THRESHOLD_MAX_PCT)
		return options_fail(err, "'%s' is no threshold (0 to %.0f %%)",
				    arg, THRESHOLD_MAX_PCT);
	o->threshold_pct = v;
	return 0;
}

static int set_config(struct options *o, const char *arg, char *err)
{
	(void)err;
	o->config_path = arg;
	return 0;
}

static int set_readonly(struct options *o, const char *arg, char *err)
{
	(void)arg;
	(void)err;
	o->readonly = true;
	return 0;
}

static int set_print_config(struct options *o, const char *arg, char *err)
{
	(void)arg;
	(void)err;
	o->verb = VERB_PRINT_CONFIG;
	return 0;
}

static int set_width(struct options *o, const char *arg, char *err)
{
	uint64_t v;

	if (parse_count(arg, WIDTH_MIN, WIDTH_MAX, &v))
		return options_fail(err, "'%s' is no width (%d to %d)", arg,
				    WIDTH_MIN, WIDTH_MAX);
	o->width = (int)v;
	return 0;
}

static int set_help(struct options *o, const char *arg, char *err)
{
	(void)arg;
	(void)err;
	o->verb = VERB_HELP;
	return 0;
}

static int set_version(struct options *o, const char *arg, char *err)
{
	(void)arg;
	(void)err;
	o->verb = VERB_VERSION;
	return 0;
}

const struct option_def option_defs[] = {
	{'b', "batch", NULL, "text to stdout, no terminal needed", set_batch},
	{'n', "iterations", "N", "take N samples, then exit",
	 options_set_iterations},
	{'d', "delay", "SEC", "seconds between samples, 0.1 or more (1)",
	 options_set_delay},
	{0, "format", "FORMAT",
	 "text, csv, json or openmetrics; implies --batch", set_format},
	{0, "fields", "KEY,...", "the columns of tasks, in every format",
	 set_fields},
	{0, "list-fields", NULL, "print all keys with unit and help",
	 set_list_fields},
	{'o', "sort", "[+-]KEY", "sort by KEY, descending; + for ascending",
	 set_sort},
	{0, "top", "N", "at most N task rows (text: 20, others: all)", set_top},
	{'p', "pid", "PID,...", "only these processes; may be repeated",
	 set_pids},
	{'u', "user", "USER", "only tasks of a user, by name or number",
	 set_user},
	{0, "filter", "'KEY OP VALUE'",
	 "only tasks for which this holds, e.g. 'cpu_pct > 5', "
	 "'comm ~ ssh'; of several, all must",
	 set_filter},
	{'H', "threads", NULL, "a row a thread instead of a process",
	 set_threads},
	{'i', "idle", NULL, "leave out tasks that did nothing", set_idle},
	{0, "source", "SOURCE",
	 "auto (sysperfd if it runs, else the module if it is there, else "
	 "procfs), daemon, kmod, procfs",
	 set_source},
	{0, "host", "HOST",
	 "another machine, by running sysperfd --stdio there through ssh",
	 set_host},
	{0, "socket", "PATH", "where sysperfd is, if not at " SP_SOCKET,
	 set_socket},
	{0, "require", "CAP,...",
	 "exit 3 if kmod, pmu, io or psi is missing, rather than do without",
	 set_require},
	{0, "readonly", NULL,
	 "the live screen only looks: no signals, nice values and the like",
	 set_readonly},
	{'r', "replay", "FILE",
	 "show a recording, a file or a directory of them, live or with -b",
	 set_replay},
	{0, "begin", "TIME",
	 "from then on: hh:mm, [YYYYMMDD]hhmm, YYYY-MM-DD hh:mm:ss; y before a "
	 "time is yesterday",
	 set_begin},
	{0, "end", "TIME", "up to then", set_end},
	{0, "html", "FILE", "report: write it as a page of HTML, too",
	 set_html},
	{0, "threshold", "PCT", "diff: what changed by less is the same (10)",
	 set_threshold},
	{0, "config", "FILE",
	 "read this configuration, not " SP_CONFIG_SYSTEM
	 " and ~/.config/sysperf/config",
	 set_config},
	{0, "print-config", NULL,
	 "print the configuration in force, explained, as a file to start from",
	 set_print_config},
	{'w', "width", "COLS",
	 "width of text (the terminal's; 132 without one)", set_width},
	{'h', "help", NULL, "print this help", set_help},
	{'V', "version", NULL, "print version and build options", set_version},
};

_Static_assert(sizeof(option_defs) / sizeof(option_defs[0]) == NR_OPTION_DEFS,
	       "NR_OPTION_DEFS does not fit the table");
