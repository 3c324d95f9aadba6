// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the start of a run as the command line wants it: by which
 * configuration, from which feed, and what it must be able to measure.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "feed_file.h"

/* What to say of a capability that is missing. */
static const char *why_missing(const struct feed *f, unsigned int cap)
{
	const char *why = feed_why_not_kmod(f);

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

/* Return: an exit status; caps is set if it is EXIT_OK. */
static int find_caps(struct feed *f, uint32_t *caps)
{
	const struct sp_frame *frame = NULL;
	int ret;

	if (f->ops->caps && f->ops->caps(f, caps))
		return EXIT_OK;
	/* Only a frame tells; this one's interval is too short for numbers. */
	ret = feed_sample(f, &frame);
	if (!ret && !frame)
		ret = feed_sample(f, &frame);
	if (!ret && frame) {
		*caps = frame->source.caps;
		return EXIT_OK;
	}
	fprintf(stderr, "sysperf: the source failed: %s\n",
		feed_words(f, ret ? ret : -ENODATA));
	return EXIT_SOURCE;
}

static int check_required(const struct options *o, struct feed *f)
{
	uint32_t caps;
	int ret = find_caps(f, &caps);

	if (ret != EXIT_OK)
		return ret;
	for (unsigned int i = 0; i < SP_CAPS; i++) {
		if (!(o->require & ~caps & 1U << i))
			continue;
		fprintf(stderr,
			"sysperf: required capability %s is missing: %s\n",
			sp_cap_names[i], why_missing(f, i));
		return EXIT_REQUIRE;
	}
	return EXIT_OK;
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
	    o->verb != VERB_RECORD && o->verb != VERB_PRINT_CONFIG)
		return EXIT_OK;
	if (!config_read(o, &o->config, err, sizeof(err)))
		return EXIT_OK;
	fprintf(stderr, "sysperf: %s\n", err);
	return EXIT_USAGE;
}

/*
 * As auto: sysperfd if it runs. What there is to say of it is told now, or on
 * the live screen would be gone before anybody reads it.
 */
static bool found_daemon(const struct options *o, struct feed **feed)
{
	char note[512] = "";
	bool found;

	if (o->collector.source != SP_SOURCE_AUTO || *o->collector.root)
		return false;
	found = feed_open_daemon(o, false, feed, note, sizeof(note)) == EXIT_OK;
	if (*note)
		fprintf(stderr, "sysperf: %s\n", note);
	return found;
}

int feed_open(const struct options *o, struct feed **feed)
{
	int ret;

	*feed = NULL;
	if (o->replay)
		return feed_open_file(o, feed);
	if (o->daemon || o->host)
		ret = feed_open_daemon(o, true, feed, NULL, 0);
	else if (found_daemon(o, feed))
		return EXIT_OK; /* it has what is required */
	else
		ret = feed_open_own(o, feed);
	if (ret == EXIT_OK && o->require)
		ret = check_required(o, *feed);
	if (ret != EXIT_OK && *feed) {
		feed_close(*feed);
		*feed = NULL;
	}
	return ret;
}
