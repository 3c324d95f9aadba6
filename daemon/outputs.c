// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the recording, the engine of alerts with its hooks, and the port for
 * metrics, with the sums that it shows. In the loop's thread; what is recorded
 * is written by another (recordings.c).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <sysperf/hooks.h>

#include "outputs.h"
#include "recordings.h"
#include "serve/log.h"

#define COLUMNS_MAX 64
#define US_PER_MS 1000ULL
/* So long a recording may take to end, in milliseconds. */
#define RELOAD_MS 1000
#define END_MS 5000

struct outputs {
	struct consumer consumer; /* first */
	sd_event *event;
	struct collections *all;
	const struct server *server;
	struct settings settings;
	bool joined; /* to the collection, or trying to be */
	struct recordings *recordings; /* NULL: none */
	struct sp_alerts *alerts;
	struct sp_hooks *hooks;
	uint64_t fired;
	struct sp_http *http; /* NULL: none */
	int given; /* the socket that systemd passed on, or -1 */
	sd_event_source *http_io, *http_timer;
	struct sp_frame last; /* shallow; its rows are the collector's */
	bool has_last;
	struct sp_latencies latencies;
	struct sp_totals totals;
	uint64_t samples, late;
	double started; /* seconds since the epoch */
};

static void on_hook_failed(void *ctx, const char *alert, const char *why)
{
	(void)ctx;
	slog(LOG_WARNING, "hook-failed", "the hook of alert %s: %s", alert,
	     why);
}

/* Priorities as in syslog, by what the rule calls it. */
static int priority_of(const struct sp_alert_event *e)
{
	if (!e->firing)
		return LOG_NOTICE;
	return strcmp(e->rule->severity, "critical") ? LOG_WARNING : LOG_CRIT;
}

static void on_alert(void *ctx, const struct sp_alert_event *e)
{
	struct outputs *o = ctx;
	char text[512], name[96], state[48], severity[48], runbook[300];
	const char *const fields[] = {name, state, severity, runbook, NULL};

	o->fired += e->firing;
	sp_alert_text(text, sizeof(text), e);
	snprintf(name, sizeof(name), "SYSPERF_ALERT=%s", e->rule->name);
	snprintf(state, sizeof(state), "SYSPERF_STATE=%s",
		 e->firing ? "firing" : "resolved");
	snprintf(severity, sizeof(severity), "SYSPERF_SEVERITY=%s",
		 e->rule->severity);
	snprintf(runbook, sizeof(runbook), "SYSPERF_RUNBOOK=%s",
		 e->rule->runbook);
	slog_fields(priority_of(e), "alert", fields, "%s", text);
	sp_hooks_run(o->hooks, e);
}

void outputs_dress(struct outputs *o, const struct collection *c,
		   struct sp_frame *frame)
{
	if (c == o->consumer.collection && o->consumer.collection)
		sp_alerts_evaluate(o->alerts, frame, on_alert, o);
	frame->alerts = sp_alerts_rows(o->alerts, &frame->nr_alerts);
}

static void on_frame(struct consumer *c, const struct sp_frame *frame,
		     uint64_t serial)
{
	struct outputs *o = (struct outputs *)c;

	(void)serial;
	o->last = *frame;
	o->has_last = true;
	o->samples++;
	o->late += frame->interval_s > 2 * o->settings.delay;
	sp_totals_add(&o->totals, frame);
	collection_latencies(c->collection, &o->latencies);
	if (o->recordings)
		recordings_add(o->recordings, frame);
	if (o->http)
		sp_http_stale(o->http);
}

static void on_changed(struct consumer *c, bool source)
{
	struct outputs *o = (struct outputs *)c;

	if (!source)
		return;
	o->has_last = false;
	if (o->http)
		sp_http_stale(o->http);
}

static double resident_bytes(void)
{
	unsigned long size, pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f && fscanf(f, "%lu %lu", &size, &pages) != 2)
		pages = 0;
	if (f)
		fclose(f);
	return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static double seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

static void about_us(const struct outputs *o, struct sp_self *self)
{
	struct rec_thread_state state = {0};
	const struct sp_recorder_stats *stats = &state.stats;
	struct collections_count n;
	struct sp_hooks_count h;
	struct server_count v;
	struct rusage use;

	if (o->recordings)
		recordings_state(o->recordings, &state);
	collections_count(o->all, &n);
	server_count(o->server, &v);
	sp_hooks_count(o->hooks, &h);
	getrusage(RUSAGE_SELF, &use);
	*self = (struct sp_self){
		.version = SYSPERF_VERSION,
		.samples = (double)o->samples,
		.samples_failed = (double)n.failures,
		.samples_late = (double)o->late,
		.viewers = v.viewers,
		.viewers_total = (double)v.connected,
		.frames_lost = (double)v.lost,
		.recorded_bytes = (double)stats->bytes,
		.recorded_samples = (double)stats->samples,
		.unrecorded_samples = (double)stats->not_written,
		.alerts_fired = (double)o->fired,
		.hooks_started = (double)h.started,
		.hooks_failed = (double)h.failed,
		.hooks_dropped = (double)h.dropped,
		.pages = o->http ? (double)sp_http_pages(o->http) : 0,
		.cpu_seconds = seconds(&use.ru_utime) + seconds(&use.ru_stime),
		.resident_bytes = resident_bytes(),
		.started = o->started,
	};
}

static int render(void *ctx, FILE *f, enum sp_metrics_syntax syntax)
{
	struct outputs *o = ctx;
	unsigned int top = o->settings.metrics.tasks;
	const struct sp_field *columns[COLUMNS_MAX];
	const struct sp_task **tasks;
	struct sp_metrics_page page = {
		.frame = &o->last,
		.columns = columns,
		.nr_columns = sp_metrics_columns(columns, COLUMNS_MAX),
		.latencies = &o->latencies,
		.totals = &o->totals,
	};
	struct sp_self self;
	int ret;

	if (!o->has_last)
		return -ENODATA;
	tasks = calloc((size_t)top * SP_METRICS_SIGNALS + 1, sizeof(*tasks));
	if (!tasks)
		return -ENOMEM;
	about_us(o, &self);
	page.self = &self;
	page.tasks = tasks;
	page.nr_tasks = top ? sp_metrics_top(&o->last, top, tasks) : 0;
	ret = sp_metrics_write(f, syntax, &page);
	free(tasks);
	return ret;
}

static void run_http(struct outputs *o)
{
	int ms = sp_http_run(o->http);
	struct timespec t;

	sd_event_source_set_enabled(o->http_timer, SD_EVENT_OFF);
	if (ms < 0)
		return;
	clock_gettime(CLOCK_MONOTONIC, &t);
	sd_event_source_set_time(o->http_timer,
				 (uint64_t)t.tv_sec * 1000000 +
					 (uint64_t)t.tv_nsec / 1000 +
					 (uint64_t)ms * US_PER_MS);
	sd_event_source_set_enabled(o->http_timer, SD_EVENT_ONESHOT);
}

static int on_http(sd_event_source *s, int fd, uint32_t revents, void *arg)
{
	(void)s;
	(void)fd;
	(void)revents;
	run_http(arg);
	return 0;
}

static int on_http_timer(sd_event_source *s, uint64_t usec, void *arg)
{
	(void)s;
	(void)usec;
	run_http(arg);
	return 0;
}

static void http_end(struct outputs *o)
{
	o->http_io = sd_event_source_unref(o->http_io);
	o->http_timer = sd_event_source_unref(o->http_timer);
	sp_http_close(o->http);
	o->http = NULL;
}

/* Takes the port over. Return: 0 or -errno. */
static int http_begin(struct outputs *o, struct sp_http *http)
{
	int ret;

	http_end(o);
	o->http = http;
	ret = sd_event_add_io(o->event, &o->http_io, sp_http_fd(http), EPOLLIN,
			      on_http, o);
	if (ret >= 0)
		ret = sd_event_add_time(o->event, &o->http_timer,
					CLOCK_MONOTONIC, 0, 0, on_http_timer,
					o);
	if (ret < 0)
		http_end(o);
	else
		run_http(o);
	return ret < 0 ? ret : 0;
}

/* What the settings want that is not there yet; NULL where nothing. */
struct wanted {
	struct recordings *recordings;
	struct sp_http *http;
};

static bool wants_recordings(const struct settings *s)
{
	return s->delay > 0 && *s->directory;
}

static bool wants_http(const struct settings *s)
{
	return s->delay > 0 && *s->metrics.listen;
}

static int open_http(struct outputs *o, struct wanted *w,
		     const struct settings *s, char *err, size_t len)
{
	return sp_http_open(&w->http, &s->metrics, o->given, render, o, err,
			    len);
}

/* The collection of our own, at the delay of the settings. */
static void join(struct outputs *o)
{
	char err[512];

	collections_leave(&o->consumer);
	o->has_last = false;
	if (o->settings.delay > 0 &&
	    collections_join(o->all, &o->consumer,
			     (uint32_t)(o->settings.delay * 1e3 + 0.5), false,
			     err, sizeof(err)))
		slog(LOG_ERR, "collection",
		     "no recording, no alerts, no metrics: %s", err);
}

/* Nothing here can fail any more. */
static void take_over(struct outputs *o, const struct settings *s,
		      struct wanted *w)
{
	bool another = o->settings.delay != s->delay || !o->joined;

	if (o->recordings && (w->recordings || !wants_recordings(s))) {
		recordings_close(o->recordings, RELOAD_MS);
		o->recordings = NULL;
	}
	if (w->recordings)
		o->recordings = w->recordings;
	else if (o->recordings)
		recordings_configure(o->recordings, s);
	o->settings = *s;
	if (w->http && http_begin(o, w->http))
		slog(LOG_ERR, "metrics", "cannot serve metrics");
	else if (!wants_http(s))
		http_end(o);
	sp_alerts_set_config(o->alerts, &s->alerts, on_alert, o);
	sp_hooks_configure(o->hooks, s->alerts.hook, s->alerts.hook_limit_s,
			   (unsigned int)s->alerts.hooks_most);
	if (another)
		join(o);
	o->joined = true;
}

/* That the old one holds what the new one wants is no reason to refuse. */
static bool same_port(const struct outputs *o, const struct settings *s)
{
	return o->http &&
	       (o->given >= 0 ||
		!strcmp(o->settings.metrics.listen, s->metrics.listen)) &&
	       o->settings.metrics.connections == s->metrics.connections;
}

static bool same_directory(const struct outputs *o, const struct settings *s)
{
	struct rec_thread_state state;

	if (!o->recordings || strcmp(o->settings.directory, s->directory) != 0)
		return false;
	recordings_state(o->recordings, &state);
	return !state.ended;
}

int outputs_configure(struct outputs *o, const struct settings *s, char *err,
		      size_t len)
{
	struct wanted w = {0};
	int ret = 0;

	if (wants_recordings(s) && !same_directory(o, s))
		ret = recordings_open(&w.recordings, s, false, err, len);
	if (!ret && wants_http(s) && !same_port(o, s))
		ret = open_http(o, &w, s, err, len);
	if (ret && w.recordings)
		recordings_close(w.recordings, RELOAD_MS);
	if (!ret)
		take_over(o, s, &w);
	return ret;
}

int outputs_open(struct outputs **out, sd_event *event, struct collections *all,
		 const struct server *server, const struct settings *s,
		 int metrics_fd)
{
	struct outputs *o = calloc(1, sizeof(*o));
	struct wanted w = {0};
	char err[512];
	int ret = -ENOMEM;

	if (!o)
		return ret;
	o->event = sd_event_ref(event);
	o->all = all;
	o->server = server;
	o->given = metrics_fd;
	o->started = (double)time(NULL);
	o->consumer.frame = on_frame;
	o->consumer.changed = on_changed;
	o->consumer.cgroups = true;
	ret = sp_alerts_open(&o->alerts, &s->alerts);
	if (!ret)
		ret = sp_hooks_open(&o->hooks, event, on_hook_failed, o);
	if (ret) {
		outputs_close(o);
		return ret;
	}
	if (wants_recordings(s) &&
	    recordings_open(&w.recordings, s, true, err, sizeof(err)))
		slog(LOG_WARNING, "recording", "%s", err);
	if (wants_http(s) && open_http(o, &w, s, err, sizeof(err)))
		slog(LOG_WARNING, "metrics", "no metrics: %s", err);
	take_over(o, s, &w);
	*out = o;
	return 0;
}

static void recording_status(const struct recordings *r, FILE *f)
{
	struct rec_thread_state s;

	recordings_state(r, &s);
	fprintf(f,
		"recording=%s\nrecorded_samples=%llu\n"
		"recorded_bytes=%llu\nnot_recorded=%llu\n"
		"recording_waits=%zu\n",
		s.path, (unsigned long long)s.stats.samples,
		(unsigned long long)s.stats.bytes,
		(unsigned long long)s.stats.not_written, s.queued);
}

void outputs_status(const struct outputs *o, FILE *f)
{
	size_t nr;

	sp_alerts_rows(o->alerts, &nr);
	fprintf(f, "alerts=%zu\nalerts_fired=%llu\n", nr,
		(unsigned long long)o->fired);
	if (o->http)
		fprintf(f, "metrics_port=%u\nmetrics_pages=%llu\n",
			sp_http_port(o->http),
			(unsigned long long)sp_http_pages(o->http));
	if (o->recordings)
		recording_status(o->recordings, f);
}

void outputs_close(struct outputs *o)
{
	if (!o)
		return;
	collections_leave(&o->consumer);
	http_end(o);
	if (o->recordings)
		recordings_close(o->recordings, END_MS);
	sp_hooks_close(o->hooks);
	if (o->alerts)
		sp_alerts_close(o->alerts);
	sp_latencies_free(&o->latencies);
	sd_event_unref(o->event);
	free(o);
}
