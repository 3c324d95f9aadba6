// SPDX-License-Identifier: GPL-2.0-only
/*
 * A feed of a recording. Owns the recording, and what is said of its damage
 * in the end.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed_file.h"

struct file {
	struct feed feed;
	struct sp_recording *recording;
	const char *path; /* of the options */
	bool any; /* a frame was given */
};

static int file_sample(struct feed *feed, const struct sp_frame **frame)
{
	struct file *f = (struct file *)feed;
	int ret = sp_recording_next(f->recording, frame);

	f->any |= !ret;
	return ret;
}

/* It has what was recorded. */
static int file_set_threads(struct feed *feed, bool threads)
{
	(void)feed;
	(void)threads;
	return -ENOTSUP;
}

static const char *file_why_not_kmod(const struct feed *feed)
{
	(void)feed;
	return "";
}

static void file_close(struct feed *feed)
{
	sp_recording_close(((struct file *)feed)->recording);
	free(feed);
}

int recording_end(const char *path, const struct sp_recording *r, bool any)
{
	const struct sp_damage *d = sp_recording_damage(r);

	if (!d->places && !d->records) {
		if (!any)
			fprintf(stderr,
				"sysperf: %s has no sample of that time\n",
				path);
		return EXIT_OK;
	}
	if (!any) {
		fprintf(stderr,
			"sysperf: %s is damaged, and no sample in it can be "
			"read\n",
			path);
		return EXIT_UNREADABLE;
	}
	fprintf(stderr,
		"sysperf: %s is damaged: %" PRIu64 " bytes in %" PRIu64
		" place%s were skipped, at least %" PRIu64 " record%s lost\n",
		path, d->bytes, d->places, d->places == 1 ? "" : "s",
		d->records, d->records == 1 ? " is" : "s are");
	return EXIT_DAMAGED;
}

static int file_end(struct feed *feed)
{
	struct file *f = (struct file *)feed;

	return recording_end(f->path, f->recording, f->any);
}

static const struct feed_ops file_ops = {
	.sample = file_sample,
	.set_threads = file_set_threads,
	.why_not_kmod = file_why_not_kmod,
	.end = file_end,
	.close = file_close,
};

struct sp_recording *feed_recording(struct feed *feed)
{
	return feed->ops == &file_ops ? ((struct file *)feed)->recording : NULL;
}

/* Return: an exit status. */
static int check_required(const struct options *o, struct sp_recording *r)
{
	const struct sp_frame *frame;
	int ret = o->require ? sp_recording_next(r, &frame) : -ENODATA;

	for (unsigned int i = 0; !ret && i < SP_CAPS; i++) {
		if (!(o->require & ~frame->source.caps & 1U << i))
			continue;
		fprintf(stderr,
			"sysperf: required capability %s is missing: %s was "
			"recorded without it\n",
			sp_cap_names[i], o->replay);
		return EXIT_REQUIRE;
	}
	sp_recording_rewind(r, false);
	return EXIT_OK;
}

int recording_open(const char *path, const struct when *from,
		   const struct when *to, struct sp_recording **r)
{
	struct timespec first, last, begin, end;
	char err[512] = "";
	int ret = sp_recording_open(r, path, err, sizeof(err));

	if (!ret && (from->set || to->set) &&
	    !sp_recording_times(*r, &first, &last)) {
		when_window(from, to, &first, &last, &begin, &end);
		ret = sp_recording_window(*r, from->set ? &begin : NULL,
					  to->set ? &end : NULL);
		if (ret) {
			snprintf(err, sizeof(err), "cannot read %s: %s", path,
				 strerror(-ret));
			sp_recording_close(*r);
		}
	}
	if (!ret)
		return EXIT_OK;
	*r = NULL;
	fprintf(stderr, "sysperf: %s\n", err);
	return EXIT_UNREADABLE;
}

int feed_open_file(const struct options *o, struct feed **feed)
{
	struct file *f = calloc(1, sizeof(*f));
	int ret;

	if (!f) {
		fprintf(stderr, "sysperf: %s\n", strerror(ENOMEM));
		return EXIT_SOURCE;
	}
	f->feed.ops = &file_ops;
	f->feed.elsewhere = true;
	f->path = o->replay;
	ret = recording_open(o->replay, &o->begin, &o->end, &f->recording);
	if (ret == EXIT_OK) {
		ret = check_required(o, f->recording);
		if (ret != EXIT_OK)
			sp_recording_close(f->recording);
	}
	if (ret != EXIT_OK) {
		free(f);
		return ret;
	}
	*feed = &f->feed;
	return EXIT_OK;
}
