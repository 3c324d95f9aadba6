// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysperfd: one collection for many viewers. Owns the command line.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include <sysperf/client.h>

#include "serve/log.h"
#include "serve/protocol.h"
#include "service.h"
#include "module.h"
#include "relay.h"

enum verb {
	VERB_SERVE,
	VERB_STDIO,
	VERB_CHECK,
	VERB_PRINT,
	VERB_STATUS,
	VERB_LOAD
};

struct cmdline {
	enum verb verb;
	struct service_start start;
	int most; /* the least important priority that is told */
};

static void help(void)
{
	printf("Usage: sysperfd [OPTION]...\n"
	       "The service behind sysperf: one collection for many viewers.\n"
	       "It runs in the foreground.\n\n"
	       "      --config FILE    read this, not %s\n"
	       "      --socket PATH    await viewers there, not where the "
	       "configuration says\n"
	       "      --stdio          serve one viewer on stdin and stdout, "
	       "as sysperf --host\n"
	       "                       does through ssh\n"
	       "      --check-config   say what is wrong with the "
	       "configuration, and exit\n"
	       "      --print-config   print it, explained, as a file to start "
	       "from\n"
	       "      --status         what the sysperfd that runs says of "
	       "itself\n"
	       "      --load-module    load the kernel module, if the "
	       "configuration says so, and exit\n"
	       "  -v, --verbose        tell of every viewer\n"
	       "  -h, --help           print this help\n"
	       "  -V, --version        print version and protocol\n\n"
	       "SIGHUP: read the configuration again; with an error in it, it "
	       "stays as it was.\n\n"
	       "Exit status: 0 done; 1 usage or configuration error, or it "
	       "cannot serve.\n",
	       SETTINGS_FILE);
}

static void version(void)
{
	printf("sysperfd %s\nviewers' protocol %d\n", SYSPERF_VERSION,
	       SP_PROTOCOL_VERSION);
}

/* Return: 0 to go on, or an exit status + 1. */
static int parse(struct cmdline *c, int argc, char **argv)
{
	static const struct option longs[] = {
		{"config", required_argument, NULL, 'c'},
		{"socket", required_argument, NULL, 's'},
		{"stdio", no_argument, NULL, 'i'},
		{"check-config", no_argument, NULL, 'k'},
		{"print-config", no_argument, NULL, 'p'},
		{"status", no_argument, NULL, 't'},
		{"load-module", no_argument, NULL, 'l'},
		{"verbose", no_argument, NULL, 'v'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{0},
	};
	int i;

	opterr = 0;
	while ((i = getopt_long(argc, argv, ":vhV", longs, NULL)) != -1) {
		switch (i) {
		case 'c':
			c->start.config = optarg;
			break;
		case 's':
			c->start.socket = optarg;
			break;
		case 'i':
			c->verb = VERB_STDIO;
			break;
		case 'k':
			c->verb = VERB_CHECK;
			break;
		case 'p':
			c->verb = VERB_PRINT;
			break;
		case 't':
			c->verb = VERB_STATUS;
			break;
		case 'l':
			c->verb = VERB_LOAD;
			break;
		case 'v':
			c->most = LOG_DEBUG;
			break;
		case 'h':
			help();
			return EXIT_SUCCESS + 1;
		case 'V':
			version();
			return EXIT_SUCCESS + 1;
		default:
			fprintf(stderr,
				"sysperfd: %s %.60s (see sysperfd -h)\n",
				i == ':' ? "no argument for" : "unknown option",
				argv[optind - 1]);
			return EXIT_FAILURE + 1;
		}
	}
	if (optind == argc)
		return 0;
	fprintf(stderr,
		"sysperfd: nothing goes after the options, got '%.60s'\n",
		argv[optind]);
	return EXIT_FAILURE + 1;
}

static int status(const char *path)
{
	char *text, err[512];

	if (sp_client_ask(path, &text, err, sizeof(err))) {
		fprintf(stderr, "sysperfd: %s\n", err);
		return EXIT_FAILURE;
	}
	fputs(text, stdout);
	free(text);
	return EXIT_SUCCESS;
}

static int finish(int ret)
{
	if (!fflush(stdout) && !ferror(stdout))
		return ret;
	fprintf(stderr, "sysperfd: cannot write\n");
	return EXIT_FAILURE;
}

static int run(const struct cmdline *c, const struct settings *s)
{
	const char *path = c->start.socket ? c->start.socket : s->socket;

	switch (c->verb) {
	case VERB_CHECK:
		return EXIT_SUCCESS;
	case VERB_PRINT:
		settings_print(s, stdout);
		return EXIT_SUCCESS;
	case VERB_LOAD:
		return s->load && module_load() ? EXIT_FAILURE : EXIT_SUCCESS;
	case VERB_STATUS:
		return status(path);
	case VERB_STDIO:
		return relay_run(path, s);
	default:
		return service_run(&c->start, s);
	}
}

int main(int argc, char **argv)
{
	struct cmdline c = {.most = LOG_INFO};
	struct settings s;
	char err[512];
	int ret = parse(&c, argc, argv);

	if (ret)
		return finish(ret - 1);
	slog_init(c.most);
	if (settings_load(&s, c.start.config, err, sizeof(err))) {
		slog(LOG_ERR, "configuration", "%s", err);
		return EXIT_FAILURE;
	}
	return finish(run(&c, &s));
}
