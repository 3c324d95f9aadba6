// SPDX-License-Identifier: GPL-2.0-only
/*
 * A feed of a collector in this process. Owns the collector, and what of it is
 * asked for beyond what every run needs.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed.h"

struct own {
	struct feed feed;
	struct sp_collector *collector;
};

static int own_sample(struct feed *feed, const struct sp_frame **frame)
{
	return sp_collector_sample(((struct own *)feed)->collector, frame);
}

static int own_set_threads(struct feed *feed, bool threads)
{
	return sp_collector_set_threads(((struct own *)feed)->collector,
					threads);
}

static bool own_judges(const struct feed *feed)
{
	(void)feed;
	return true;
}

static void own_set_thresholds(struct feed *feed, const struct sp_thresholds *t)
{
	sp_collector_set_thresholds(((struct own *)feed)->collector, t);
}

static const char *own_why_not_kmod(const struct feed *feed)
{
	return sp_collector_why_not_kmod(((const struct own *)feed)->collector);
}

static void own_close(struct feed *feed)
{
	sp_collector_close(((struct own *)feed)->collector);
	free(feed);
}

static const struct feed_ops own_ops = {
	.sample = own_sample,
	.set_threads = own_set_threads,
	.judges = own_judges,
	.set_thresholds = own_set_thresholds,
	.why_not_kmod = own_why_not_kmod,
	.close = own_close,
};

/*
 * Without the module each task's takes a file of /proc, so not where nobody
 * asks for it. On the live screen any may be sorted by.
 */
bool feed_wants_cgroups(const struct options *o)
{
	const char *key = "cgroup";
	const struct sp_field *f =
		sp_field_find(SP_TABLE_TASK, key, strlen(key));

	if (o->verb == VERB_LIVE || o->verb == VERB_RECORD || o->view.sort == f)
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

int feed_open_own(const struct options *o, struct feed **feed)
{
	struct sp_collector_config cfg = o->collector;
	struct own *own = calloc(1, sizeof(*own));
	char err[512] = "";
	int ret = -ENOMEM;

	cfg.task_cgroups = feed_wants_cgroups(o);
	if (own)
		ret = sp_collector_open(&own->collector, &cfg, err,
					sizeof(err));
	if (ret) {
		fprintf(stderr, "sysperf: %s\n", *err ? err : strerror(-ret));
		free(own);
		return EXIT_SOURCE;
	}
	own->feed.ops = &own_ops;
	*feed = &own->feed;
	return EXIT_OK;
}
