/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where frames come from: a collector of our own, and whatever else can give
 * frames. Screens and formats know only this.
 */
#ifndef SYSPERF_TUI_FEED_H
#define SYSPERF_TUI_FEED_H

#include <stdbool.h>

#include <sysperf/frame.h>

#include "options.h"

struct feed;

/* What a kind of feed can do; a structure of its own begins with struct feed. */
struct feed_ops {
	int (*sample)(struct feed *feed, const struct sp_frame **frame);
	int (*set_threads)(struct feed *feed, bool threads);
	const char *(*why_not_kmod)(const struct feed *feed);
	void (*close)(struct feed *feed);
};

struct feed {
	const struct feed_ops *ops;
};

/**
 * feed_open() - open what the options name, and check what they require of it
 * @o: the options
 * @feed: set, NULL on failure
 *
 * Prints one line to stderr on failure.
 *
 * Return: an exit status, EXIT_OK if all is well.
 */
int feed_open(const struct options *o, struct feed **feed);

/**
 * feed_sample() - the frame of the interval that ends now
 * @frame: set; NULL after the first sample, which has no interval. It belongs
 *	to the feed and holds until the next call
 *
 * Return: 0 or -errno when the source failed.
 */
static inline int feed_sample(struct feed *feed, const struct sp_frame **frame)
{
	return feed->ops->sample(feed, frame);
}

/**
 * feed_set_threads() - rows of tasks become threads or processes
 *
 * Return: 0 or -errno.
 */
static inline int feed_set_threads(struct feed *feed, bool threads)
{
	return feed->ops->set_threads(feed, threads);
}

/**
 * feed_why_not_kmod() - why the module is not the source
 *
 * Return: a sentence, "" if it is the source or was not tried. Owned by the
 * feed.
 */
static inline const char *feed_why_not_kmod(const struct feed *feed)
{
	return feed->ops->why_not_kmod(feed);
}

/**
 * feed_close() - free everything, the last frame too
 */
static inline void feed_close(struct feed *feed)
{
	feed->ops->close(feed);
}

/**
 * feed_open_own() - a collector in this process
 *
 * Return: as feed_open().
 */
int feed_open_own(const struct options *o, struct feed **feed);

#endif /* SYSPERF_TUI_FEED_H */
