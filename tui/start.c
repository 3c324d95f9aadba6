// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the start of a collector as the command line wants it: by which
 * configuration, from which source, and what it must be able to measure.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "options.h"

/* What to say of a capability that is missing. */
static const char *why_missing(const struct sp_collector *c, unsigned int cap)
{
	const char *why = sp_collector_why_not_kmod(c);

	switch (cap) {
	case SP_CAP_IO:
		return "reading other users' I/O needs root or the module";
	case SP_CAP_EXITS:
		return "to be told of tasks that end needs root (of the "
		       "machine, "
		       "not of a container) or the module";
	case SP_CAP_PSI:
		return "no /proc/pressure; boot with psi=1";
	case SP_CAP_KMOD:
		return why && *why ? why : "the module was not asked for";
	case SP_CAP_PMU:
		return why && *why ? why : "no hardware counters are read here";
	default:
		return why && *why ? why : "the module does not measure it";
	}
}

static int check_required(const struct options *o, struct sp_collector *c)
{
	const struct sp_frame *frame = NULL;
	int ret = sp_collector_sample(c, &frame);

	/* Only a frame tells; this one's interval is too short for numbers. */
	if (!ret && !frame)
		ret = sp_collector_sample(c, &frame);
	if (ret || !frame) {
		fprintf(stderr, "sysperf: the source failed: %s\n",
			strerror(ret ? -ret : ENODATA));
		return EXIT_SOURCE;
	}
	for (unsigned int i = 0; i < SP_CAPS; i++) {
		if (!(o->require & ~frame->source.caps & 1U << i))
			continue;
		fprintf(stderr,
			"sysperf: required capability %s is missing: %s\n",
			sp_cap_names[i], why_missing(c, i));
		return EXIT_REQUIRE;
	}
	return EXIT_OK;
}

/*
 * Without the module each task's takes a file of /proc, so not where nobody
 * asks for it. On the live screen any may be sorted by.
 */
static bool wants_cgroups(const struct options *o)
{
	const char *key = "cgroup";
	const struct sp_field *f =
		sp_field_find(SP_TABLE_TASK, key, strlen(key));

	if (o->verb == VERB_LIVE || o->view.sort == f)
		return true;
	for (size_t i = 0; i < o->view.nr_filters; i++)
		if (o->view.filters[i].field == f)
			return true;
	if (!o->fields)
		return o->format == FORMAT_JSON || o->format == FORMAT_CSV;
	for (size_t i = 0; i < o->view.nr_columns; i++)
		if (o->view.columns[i] == f)
			return true;
	return false;
}

int config_read(const struct options *o, struct sp_config *c, char *err,
		size_t len)
{
	sp_config_init(c);
	return o->config_path ? sp_config_read(c, o->config_path, err, len)
			      : sp_config_read_usual(c, err, len);
}

int config_load(struct options *o)
{
	char err[512] = "";

	sp_config_init(&o->config);
	o->collector.thresholds = &o->config.thresholds;
	if (o->verb != VERB_LIVE && o->verb != VERB_BATCH &&
	    o->verb != VERB_PRINT_CONFIG)
		return EXIT_OK;
	if (!config_read(o, &o->config, err, sizeof(err)))
		return EXIT_OK;
	fprintf(stderr, "sysperf: %s\n", err);
	return EXIT_USAGE;
}

int collector_start(const struct options *o, struct sp_collector **c)
{
	struct sp_collector_config cfg = o->collector;
	char err[512] = "";
	int ret;

	*c = NULL;
	if (o->daemon) {
		fprintf(stderr, "sysperf: no sysperfd is running\n");
		return EXIT_SOURCE;
	}
	cfg.task_cgroups = wants_cgroups(o);
	ret = sp_collector_open(c, &cfg, err, sizeof(err));
	if (ret) {
		fprintf(stderr, "sysperf: %s\n", *err ? err : strerror(-ret));
		*c = NULL;
		return EXIT_SOURCE;
	}
	ret = o->require ? check_required(o, *c) : EXIT_OK;
	if (ret != EXIT_OK) {
		sp_collector_close(*c);
		*c = NULL;
	}
	return ret;
}
