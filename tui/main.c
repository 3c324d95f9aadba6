// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysperf: what is this machine waiting for, and who is causing it?
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "options.h"
#include "prefs.h"

/* Text that a failing disk or a closed pipe may swallow. */
static int finish(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	if (errno == EPIPE)
		return EXIT_OK;
	fprintf(stderr, "sysperf: cannot write: %s\n", strerror(errno));
	return EXIT_SOURCE;
}

/*
 * Where one of the three is closed, the next file to be opened would be it.
 * Returns whether there is an output.
 */
static bool hold_descriptors(void)
{
	bool out = fcntl(STDOUT_FILENO, F_GETFD) >= 0;
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
	return out;
}

/* The section of the screen is forgiving, also here. */
static void print_config(const struct options *o)
{
	struct prefs prefs;
	char err[300];

	sp_config_print(&o->config, stdout);
	prefs_init(&prefs);
	prefs_read(&prefs, o, err, sizeof(err));
	if (*err)
		fprintf(stderr, "sysperf: %s\n", err);
	putchar('\n');
	prefs_print(&prefs, stdout);
}

static int run(struct options *o)
{
	switch (o->verb) {
	case VERB_LIVE:
		if (!isatty(STDOUT_FILENO)) {
			fprintf(stderr,
				"sysperf: the output is no terminal; use -b "
				"for text or --format\n");
			return EXIT_USAGE;
		}
		return live_run(o);
	case VERB_BATCH:
		return batch_run(o);
	case VERB_RECORD:
		return record_run(o);
	case VERB_REPORT:
		return finish(report_run(o));
	case VERB_DIFF:
		return finish(diff_run(o));
	case VERB_DOCTOR:
		return finish(doctor_run(o));
	case VERB_LIST_FIELDS:
		fields_list(stdout);
		return finish(EXIT_OK);
	case VERB_PRINT_CONFIG:
		print_config(o);
		return finish(EXIT_OK);
	case VERB_HELP:
		options_help(stdout);
		return finish(EXIT_OK);
	case VERB_VERSION:
		options_version(stdout);
		return finish(EXIT_OK);
	}
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	bool has_output = hold_descriptors();
	struct options o;
	int status;

	/* Characters only: numbers and dates stay as programs expect them. */
	setlocale(LC_CTYPE, "");
	if (options_parse(&o, argc, argv))
		return EXIT_USAGE;
	if (!has_output && o.verb != VERB_LIVE && o.verb != VERB_RECORD) {
		fprintf(stderr, "sysperf: cannot write: %s\n", strerror(EBADF));
		return EXIT_SOURCE;
	}
	status = config_load(&o);
	if (status == EXIT_OK)
		status = run(&o);
	view_free(&o.view);
	return status;
}
