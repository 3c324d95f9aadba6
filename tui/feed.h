/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where frames come from: a collector of our own, and whatever else can give
 * frames. Screens and formats know only this.
 */
#ifndef SYSPERF_TUI_FEED_H
#define SYSPERF_TUI_FEED_H

#include <stdbool.h>
#include <string.h>

#include <sysperf/frame.h>

#include "options.h"

struct feed;

/* What a kind of feed can do; a structure of its own begins with struct feed. */
struct feed_ops {
	int (*sample)(struct feed *feed, const struct sp_frame **frame);
	int (*set_threads)(struct feed *feed, bool threads);
	const char *(*why_not_kmod)(const struct feed *feed);
	void (*close)(struct feed *feed);
	/* These may be NULL. */
	int (*fd)(const struct feed *feed);
	int (*set_delay)(struct feed *feed, double delay_s);
	/* Both or none: */
	bool (*judges)(const struct feed *feed);
	void (*set_thresholds)(struct feed *feed,
			       const struct sp_thresholds *t);
	const char *(*note)(struct feed *feed);
	const char *(*words)(const struct feed *feed, int error);
	bool (*caps)(const struct feed *feed, uint32_t *caps);
	int (*end)(struct feed *feed);
};

struct feed {
	const struct feed_ops *ops;
	bool elsewhere; /* tasks are not those of this machine now */
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
 * @frame: set; NULL after the first sample, which has no interval, and while
 *	a feed that has a descriptor has none. It belongs to the feed and
 *	holds until the next call
 *
 * Return: 0 or -errno when the source failed; then a frame that was given
 * before is gone, too.
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
 * feed_fd() - what tells when there is a sample
 *
 * Return: a descriptor that is readable when feed_sample() may have a frame,
 * and only then (but it is to be called about once a second, too); or -1:
 * samples are taken when one wants them. Another one at times.
 */
static inline int feed_fd(const struct feed *feed)
{
	return feed->ops->fd ? feed->ops->fd(feed) : -1;
}

/**
 * feed_set_delay() - want another delay from now on
 * @delay_s: 0: no frames for now
 *
 * Return: 0 or -errno.
 */
static inline int feed_set_delay(struct feed *feed, double delay_s)
{
	return feed->ops->set_delay ? feed->ops->set_delay(feed, delay_s) : 0;
}

/**
 * feed_judges() - are verdicts given here, by thresholds of ours?
 */
static inline bool feed_judges(const struct feed *feed)
{
	return feed->ops->judges && feed->ops->judges(feed);
}

/**
 * feed_set_thresholds() - judge by others from now on
 *
 * Only for a feed that judges.
 */
static inline void feed_set_thresholds(struct feed *feed,
				       const struct sp_thresholds *t)
{
	feed->ops->set_thresholds(feed, t);
}

/**
 * feed_note() - what there is to say to the user, once
 *
 * Return: a sentence, "" if there is nothing new. Owned by the feed.
 */
static inline const char *feed_note(struct feed *feed)
{
	return feed->ops->note ? feed->ops->note(feed) : "";
}

/**
 * feed_words() - why a sample failed
 * @error: as feed_sample() gave it
 */
static inline const char *feed_words(const struct feed *feed, int error)
{
	return feed->ops->words ? feed->ops->words(feed, error)
				: strerror(-error);
}

/**
 * feed_end() - before it is closed: what became of it
 *
 * Prints one line to stderr if that is not well.
 *
 * Return: an exit status.
 */
static inline int feed_end(struct feed *feed)
{
	return feed->ops->end ? feed->ops->end(feed) : EXIT_OK;
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

/**
 * feed_wants_cgroups() - is each task's control group asked for?
 */
bool feed_wants_cgroups(const struct options *o);

/**
 * feed_open_daemon() - sysperfd, of this machine or, by ssh, of another
 * @must: it or nothing: prints one line to stderr on failure. Else it is not
 *	opened either if it measures or judges otherwise than is asked for,
 *	and when it goes away later, a collector in this process goes on
 * @note: set if not @must and there is something to say of why it is not
 *	opened; of @len bytes
 *
 * Return: as feed_open().
 */
int feed_open_daemon(const struct options *o, bool must, struct feed **feed,
		     char *note, size_t len);

#endif /* SYSPERF_TUI_FEED_H */
