/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command line, understood once and handed to the live screen, batch
 * output or a verb.
 */
#ifndef SYSPERF_TUI_OPTIONS_H
#define SYSPERF_TUI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <sysperf/collector.h>

#include "view.h"
#include "when.h"

/* Exit status; the manual and README list them. */
enum {
	EXIT_OK = 0,
	EXIT_USAGE = 1,
	EXIT_SOURCE = 2, /* a source failed */
	EXIT_REQUIRE = 3, /* a required capability is missing */
	EXIT_DAMAGED = 4, /* a recording was read as far as possible */
	EXIT_UNREADABLE = 5, /* a recording cannot be read at all */
	EXIT_REGRESSION = 6, /* diff found one */
};

enum format { FORMAT_TEXT, FORMAT_CSV, FORMAT_JSON, FORMAT_OPENMETRICS };

enum verb {
	VERB_LIVE,
	VERB_BATCH,
	VERB_RECORD,
	VERB_REPORT,
	VERB_DIFF,
	VERB_DOCTOR,
	VERB_LIST_FIELDS,
	VERB_PRINT_CONFIG,
	VERB_HELP,
	VERB_VERSION
};

struct options {
	enum verb verb;
	enum format format;
	double delay_s; /* at least 0.1 */
	uint64_t iterations; /* 0: until interrupted */
	long top; /* task rows; -1: the format's own default */
	int width; /* of text; 0: of the terminal */
	uint32_t require; /* bits 1U << SP_CAP_* */
	bool fields; /* --fields: the view's columns were chosen */
	bool delay_given, sort_given; /* they are not the usual ones */
	bool readonly; /* nothing is done to tasks */
	bool daemon; /* --source daemon: sysperfd or nothing */
	const char *user; /* -u: only tasks of that user; or NULL */
	const char *host; /* --host: another machine's sysperfd; or NULL */
	const char *socket; /* of sysperfd; NULL: the usual one */
	const char *record; /* where to record to, or NULL */
	const char *replay; /* -r: the recording to show, or NULL */
	struct when begin, end; /* of what is shown of it */
	const char *files[2]; /* of report and diff */
	const char *html; /* report: where to write a page, or NULL */
	double threshold_pct; /* of diff; NaN: the usual */
	const char *config_path; /* NULL: the usual files */
	struct sp_config config; /* once config_load() was called */
	struct sp_collector_config collector;
	struct view view;
};

/**
 * options_parse() - understand the command line
 * @o: set; view_free(&o->view) when done
 *
 * Prints one line to stderr, starting "sysperf: ", on a usage error.
 *
 * Return: 0 or -EINVAL.
 */
int options_parse(struct options *o, int argc, char **argv);

/**
 * options_help() - print what options_parse() understands
 */
void options_help(FILE *f);

/**
 * options_version() - print version and how this program was built
 */
void options_version(FILE *f);

/**
 * config_read() - read the configuration that the options name
 * @o: the options
 * @c: set; to what is usual as far as nothing else is said
 * @err: one sentence on failure
 *
 * Return: 0 or -errno.
 */
int config_read(const struct options *o, struct sp_config *c, char *err,
		size_t len);

/**
 * config_load() - read the configuration, for those verbs that have use of it
 * @o: config is set, and the collector's part of it
 *
 * Prints one line to stderr on failure.
 *
 * Return: EXIT_OK or EXIT_USAGE.
 */
int config_load(struct options *o);

/**
 * fields_list() - print all keys with unit and help
 */
void fields_list(FILE *f);

/**
 * live_run() - the live screen, until it is quit
 *
 * Return: an exit status.
 */
int live_run(struct options *o);

/**
 * batch_run() - samples to stdout
 */
int batch_run(struct options *o);

/**
 * record_run() - samples to a recording
 */
int record_run(struct options *o);

/**
 * report_run() - what a recording comes to, on a page
 */
int report_run(const struct options *o);

/**
 * diff_run() - what differs between two recordings
 */
int diff_run(const struct options *o);

/**
 * doctor_run() - what can be measured here, what not, why, what to do
 */
int doctor_run(const struct options *o);

#endif /* SYSPERF_TUI_OPTIONS_H */
