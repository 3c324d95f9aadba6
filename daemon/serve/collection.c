// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the collectors, their timers and the lists of who takes their frames.
 * Of one thread, that of the loop. Samples are due at whole multiples of the
 * delay after the first; those that were missed are left out.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <sysperf.h>

#include "collection.h"
#include "log.h"

#define US_PER_MS 1000ULL
#define ACCURACY_US 1000
#define LINGER_US 2000000
#define DEVICE "/dev/" SYSPERF_DEVICE

struct collection {
	struct collections *all;
	struct collection *next;
	uint32_t delay_ms;
	bool threads;
	struct sp_collector *collector; /* NULL: it could not be opened again */
	bool failed; /* and that was told */
	sd_event_source *timer;
	uint64_t due_us, last_us; /* of samples, CLOCK_MONOTONIC */
	struct consumer *consumers;
};

struct collections {
	sd_event *event;
	struct sp_collector_config cfg;
	struct sp_thresholds thresholds;
	struct collections_hooks hooks;
	struct collection *first;
	struct timespec device; /* when it was last changed; 0: there is none */
	uint64_t samples, failures, frames;
};

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* It changes with each load of the module, and with its mode and group. */
static struct timespec device_changed(void)
{
	struct stat st;

	if (stat(DEVICE, &st))
		return (struct timespec){0};
	return st.st_ctim;
}

struct collections *collections_open(sd_event *event,
				     const struct sp_collector_config *cfg,
				     const struct collections_hooks *hooks)
{
	struct collections *all = calloc(1, sizeof(*all));

	if (!all)
		return NULL;
	all->event = sd_event_ref(event);
	all->cfg = *cfg;
	all->thresholds = *cfg->thresholds;
	all->cfg.thresholds = &all->thresholds;
	all->hooks = *hooks;
	all->device = device_changed();
	return all;
}

static void collection_free(struct collection *c)
{
	struct collection **p;

	for (p = &c->all->first; *p; p = &(*p)->next) {
		if (*p == c) {
			*p = c->next;
			break;
		}
	}
	sd_event_source_unref(c->timer);
	sp_collector_close(c->collector);
	free(c);
}

void collections_close(struct collections *all)
{
	if (!all)
		return;
	while (all->first)
		collection_free(all->first);
	sd_event_unref(all->event);
	free(all);
}

static bool want_cgroups(const struct collection *c)
{
	for (const struct consumer *u = c->consumers; u; u = u->next)
		if (u->cgroups)
			return true;
	return false;
}

/* A collector with its first sample taken. Return: 0 or -errno. */
static int collector_open(const struct collection *c, struct sp_collector **out,
			  char *err, size_t len)
{
	struct sp_collector_config cfg = c->all->cfg;
	const struct sp_frame *frame;
	int ret;

	cfg.threads = c->threads;
	cfg.task_cgroups = want_cgroups(c);
	if (c->all->hooks.opening)
		c->all->hooks.opening(c->all->hooks.ctx);
	ret = sp_collector_open(out, &cfg, err, len);
	if (ret)
		return ret;
	ret = sp_collector_sample(*out, &frame);
	if (!ret)
		return 0;
	snprintf(err, len, "the source failed: %s", strerror(-ret));
	sp_collector_close(*out);
	*out = NULL;
	return ret;
}

static void tell_changed(struct collection *c, bool source)
{
	for (struct consumer *u = c->consumers; u; u = u->next)
		if (u->changed)
			u->changed(u, source);
	if (c->all->hooks.changed)
		c->all->hooks.changed(c->all->hooks.ctx);
}

/* Another collector in place of what is there. */
static void replace(struct collection *c, struct sp_collector *new)
{
	const char *name;

	sp_collector_close(c->collector);
	c->collector = new;
	c->failed = false;
	c->last_us = now_us();
	name = sp_collector_source(new)->name;
	slog(LOG_NOTICE, "source", "the source is now %s%s%s", name,
	     *sp_collector_why_not_kmod(new) ? ": " : "",
	     sp_collector_why_not_kmod(new));
	tell_changed(c, true);
}

/* The source has failed, as it does when the module is unloaded. */
static void recover(struct collection *c, int error)
{
	struct sp_collector *new;
	char err[512];

	if (error && !c->failed)
		slog(LOG_NOTICE, "source-failed", "the source failed: %s",
		     strerror(-error));
	c->all->failures++;
	if (!collector_open(c, &new, err, sizeof(err))) {
		replace(c, new);
		return;
	}
	if (!c->failed)
		slog(LOG_ERR, "source-failed", "%s; trying again every %g s",
		     err, c->delay_ms / 1e3);
	sp_collector_close(c->collector);
	c->collector = NULL;
	if (!c->failed)
		tell_changed(c, true);
	c->failed = true;
}

static void hand_out(struct collection *c, const struct sp_frame *collected,
		     uint64_t began_us)
{
	struct sp_frame dressed = *collected;
	const struct sp_frame *frame = &dressed;

	if (c->all->hooks.dress)
		c->all->hooks.dress(c->all->hooks.ctx, c, &dressed);
	c->all->frames++;
	for (struct consumer *u = c->consumers; u; u = u->next) {
		u->early = began_us < u->joined_us;
		u->frame(u, frame, c->all->frames);
	}
}

static void sample(struct collection *c)
{
	const struct sp_frame *frame = NULL;
	uint64_t began_us = c->last_us;
	int ret;

	c->last_us = now_us();
	c->all->samples++;
	ret = c->collector ? sp_collector_sample(c->collector, &frame) : 0;
	if (ret || !c->collector)
		recover(c, ret);
	else if (frame)
		hand_out(c, frame, began_us);
}

static int on_timer(sd_event_source *s, uint64_t usec, void *arg)
{
	struct collection *c = arg;
	uint64_t delay = c->delay_ms * US_PER_MS, now;

	(void)usec;
	if (!c->consumers) {
		collection_free(c);
		return 0;
	}
	sample(c);
	now = now_us();
	c->due_us += delay;
	if (c->due_us <= now)
		c->due_us += (now - c->due_us) / delay * delay + delay;
	sd_event_source_set_time(s, c->due_us);
	return sd_event_source_set_enabled(s, SD_EVENT_ONESHOT);
}

static struct collection *collection_new(struct collections *all,
					 uint32_t delay_ms, bool threads,
					 char *err, size_t len, int *ret)
{
	struct collection *c = calloc(1, sizeof(*c));

	*ret = -ENOMEM;
	snprintf(err, len, "out of memory");
	if (!c)
		return NULL;
	c->all = all;
	c->delay_ms = delay_ms;
	c->threads = threads;
	c->next = all->first;
	all->first = c;
	c->last_us = now_us();
	c->due_us = c->last_us + delay_ms * US_PER_MS;
	*ret = collector_open(c, &c->collector, err, len);
	all->samples++;
	if (!*ret)
		*ret = sd_event_add_time(all->event, &c->timer, CLOCK_MONOTONIC,
					 c->due_us, ACCURACY_US, on_timer, c);
	tell_changed(c, true);
	if (!*ret)
		return c;
	if (c->collector)
		snprintf(err, len, "no timer: %s", strerror(-*ret));
	collection_free(c);
	return NULL;
}

/* The one of that delay or, when there are too many, of the nearest. */
static struct collection *find(struct collections *all, uint32_t delay_ms,
			       bool threads)
{
	struct collection *nearest = NULL;
	double least = INFINITY;
	unsigned int n = 0;

	for (struct collection *c = all->first; c; c = c->next) {
		double off = fabs(log((double)c->delay_ms / delay_ms));

		if (c->threads != threads)
			continue;
		n++;
		if (off < least) {
			least = off;
			nearest = c;
		}
	}
	if (nearest && nearest->delay_ms == delay_ms)
		return nearest;
	return n >= COLLECTIONS_MAX ? nearest : NULL;
}

int collections_join(struct collections *all, struct consumer *consumer,
		     uint32_t delay_ms, bool threads, char *err, size_t len)
{
	struct collection *c = find(all, delay_ms, threads);
	struct consumer **end;
	int ret;

	consumer->joined_us = now_us();
	if (!c)
		c = collection_new(all, delay_ms, threads, err, len, &ret);
	if (!c)
		return ret;
	/* In the order in which they came: first come, first served. */
	for (end = &c->consumers; *end; end = &(*end)->next)
		;
	*end = consumer;
	consumer->next = NULL;
	consumer->collection = c;
	sd_event_source_set_time(c->timer, c->due_us); /* it may linger */
	if (c->collector)
		sp_collector_set_cgroups(c->collector, want_cgroups(c));
	return 0;
}

/* For whoever comes back soon, or comes often and stays for a moment. */
static void linger(struct collection *c)
{
	uint64_t until = now_us() + LINGER_US;

	if (until < c->due_us)
		sd_event_source_set_time(c->timer, until);
}

void collections_leave(struct consumer *consumer)
{
	struct collection *c = consumer->collection;
	struct consumer **p;

	if (!c)
		return;
	for (p = &c->consumers; *p != consumer; p = &(*p)->next)
		;
	*p = consumer->next;
	consumer->collection = NULL;
	consumer->next = NULL;
	if (!c->consumers)
		linger(c);
	else if (c->collector)
		sp_collector_set_cgroups(c->collector, want_cgroups(c));
}

void collections_thresholds(struct collections *all,
			    const struct sp_thresholds *t)
{
	all->thresholds = *t;
	for (struct collection *c = all->first; c; c = c->next) {
		if (c->collector)
			sp_collector_set_thresholds(c->collector, t);
		tell_changed(c, false);
	}
}

void collections_look(struct collections *all)
{
	struct timespec now = device_changed();
	char err[512];

	if (!memcmp(&now, &all->device, sizeof(now)))
		return;
	all->device = now;
	if (!now.tv_sec || all->cfg.source != SP_SOURCE_AUTO)
		return;
	for (struct collection *c = all->first; c; c = c->next) {
		struct sp_collector *new;

		if (!c->collector || !*collection_why_not_kmod(c))
			continue;
		if (collector_open(c, &new, err, sizeof(err)))
			continue;
		if (!*sp_collector_why_not_kmod(new)) {
			replace(c, new);
			continue;
		}
		sp_collector_close(new); /* not yet, or not for us */
		tell_changed(c, false);
	}
}

uint32_t collection_delay_ms(const struct collection *c)
{
	return c->delay_ms;
}

bool collection_threads(const struct collection *c)
{
	return c->threads;
}

const struct sp_source_info *collection_source(const struct collection *c)
{
	static const struct sp_source_info none = {.name = ""};

	return c->collector ? sp_collector_source(c->collector) : &none;
}

const char *collection_why_not_kmod(const struct collection *c)
{
	return c->collector ? sp_collector_why_not_kmod(c->collector)
			    : "the source failed";
}

int collection_latencies(const struct collection *c, struct sp_latencies *sum)
{
	return c->collector ? sp_collector_latencies(c->collector, sum) : 0;
}

void collections_count(const struct collections *all,
		       struct collections_count *n)
{
	*n = (struct collections_count){.samples = all->samples,
					.failures = all->failures,
					.source = ""};
	for (const struct collection *c = all->first; c; c = c->next) {
		n->collections++;
		n->without_kmod +=
			strcmp(collection_source(c)->name, "kmod") != 0;
		if (!*n->source)
			n->source = collection_source(c)->name;
		for (const struct consumer *u = c->consumers; u; u = u->next)
			n->consumers++;
	}
}

const struct sp_thresholds *
collections_thresholds_now(const struct collections *all)
{
	return &all->thresholds;
}
