// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the thread that records, and what was told of its troubles. Of the
 * loop's thread, which waits for the other one only where a time says so.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "privileges.h"
#include "recordings.h"
#include "serve/log.h"

#define OPEN_MS 2000

struct recordings {
	struct rec_thread *thread;
	char directory[SETTINGS_PATH_MAX];
	uint64_t told; /* troubles */
	bool trouble; /* one that was told is not over */
};

/* In the thread. */
static void first(void)
{
	privileges_none();
	pthread_setname_np(pthread_self(), "sysperfd-record");
}

static struct sp_recorder_config limits(const struct settings *s)
{
	struct sp_recorder_config cfg = {
		.file_bytes = (uint64_t)s->file_mib << 20,
		.total_bytes = (uint64_t)s->total_mib << 20,
		.age_s = (uint64_t)s->age_days * 86400,
	};

	if (!strcmp(s->sync, "never"))
		cfg.sync = SP_SYNC_NEVER;
	else if (!strcmp(s->sync, "all"))
		cfg.sync = SP_SYNC_ALL;
	return cfg;
}

int recordings_open(struct recordings **out, const struct settings *s,
		    bool patient, char *err, size_t len)
{
	struct recordings *r = calloc(1, sizeof(*r));
	struct sp_recorder_config cfg = limits(s);
	int ret = r ? 0 : -ENOMEM;
	char said[512] = "";
	size_t left;

	if (!ret)
		ret = rec_thread_start(&r->thread, s->directory, &cfg, first);
	if (ret) {
		snprintf(err, len, "cannot record: %s", strerror(-ret));
		free(r);
		return ret;
	}
	ret = rec_thread_opened(r->thread, OPEN_MS, said, sizeof(said));
	if (ret == -ETIMEDOUT && patient) {
		slog(LOG_WARNING, "recording",
		     "%s so far; recording begins when it does", said);
		ret = 0;
	} else if (ret) {
		snprintf(err, len, "cannot record: %s", said);
		rec_thread_end(r->thread, 0, &left);
		free(r);
		return ret;
	} else if (*said) {
		slog(LOG_NOTICE, "recording", "%s", said);
	}
	memcpy(r->directory, s->directory, sizeof(r->directory));
	*out = r;
	return ret;
}

/* Once when a trouble begins, and once when it is over. */
static void tell(struct recordings *r)
{
	struct rec_thread_state s;

	rec_thread_state(r->thread, &s);
	if (s.troubles != r->told) {
		slog(LOG_ERR, "not-recorded", "cannot record to %s: %s%s",
		     r->directory,
		     s.trouble == -ENOBUFS ? "the disk does not keep up"
					   : strerror(-s.trouble),
		     s.ended ? "" : "; trying again with each sample");
		r->told = s.troubles;
		r->trouble = true;
	}
	if (r->trouble && !s.trouble) {
		slog(LOG_NOTICE, "recorded-again",
		     "recording to %s again; samples that are missing: %llu",
		     s.path, (unsigned long long)s.lost);
		r->trouble = false;
	}
}

void recordings_add(struct recordings *r, const struct sp_frame *frame)
{
	rec_thread_add(r->thread, frame);
	tell(r);
}

void recordings_configure(struct recordings *r, const struct settings *s)
{
	struct sp_recorder_config cfg = limits(s);

	rec_thread_config(r->thread, &cfg);
}

void recordings_state(const struct recordings *r, struct rec_thread_state *s)
{
	rec_thread_state(r->thread, s);
}

void recordings_close(struct recordings *r, unsigned int ms)
{
	size_t left;
	int ret = rec_thread_end(r->thread, ms, &left);

	if (ret == -ETIMEDOUT)
		slog(LOG_ERR, "not-recorded",
		     "samples that are not in %s: %zu; its disk does not "
		     "answer",
		     r->directory, left);
	else if (ret)
		slog(LOG_ERR, "not-recorded", "cannot end %s: %s", r->directory,
		     strerror(-ret));
	free(r);
}
