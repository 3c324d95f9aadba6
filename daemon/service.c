// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the loop and everything in it. One thread; signals come as events.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "listen.h"
#include "module.h"
#include "outputs.h"
#include "privileges.h"
#include "serve/log.h"
#include "serve/server.h"
#include "service.h"

#define TICK_US 1000000

struct service {
	const struct service_start *start; /* NULL: for one viewer */
	struct settings settings;
	sd_event *event;
	sd_event_source *tick;
	struct collections *collections;
	struct server *server;
	struct outputs *outputs; /* NULL: for one viewer */
	char socket[sizeof(((struct settings *)0)->socket)]; /* our own */
	char status[256]; /* as systemd was told last */
};

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void on_opening(void *ctx)
{
	(void)ctx;
	privileges_procfs(true);
}

/* What /proc takes is in effect only while it is read. */
static void on_changed(void *ctx)
{
	struct service *s = ctx;
	struct collections_count n;

	collections_count(s->collections, &n);
	privileges_procfs(n.without_kmod > 0);
}

static void on_dress(void *ctx, const struct collection *c,
		     struct sp_frame *frame)
{
	struct service *s = ctx;

	if (s->outputs)
		outputs_dress(s->outputs, c, frame);
}

static void on_status(void *ctx, FILE *f)
{
	struct service *s = ctx;
	char caps[200];

	privileges_text(caps, sizeof(caps));
	fprintf(f, "module=%s\ncapabilities=%s\n",
		module_is_there() ? "loaded" : "not loaded", caps);
	if (s->outputs)
		outputs_status(s->outputs, f);
}

static void on_ended(void *ctx)
{
	struct service *s = ctx;

	if (!s->start)
		sd_event_exit(s->event, EXIT_SUCCESS);
}

static void tell_status(struct service *s)
{
	char status[sizeof(s->status)];
	struct collections_count n;
	struct server_count v;

	collections_count(s->collections, &n);
	server_count(s->server, &v);
	snprintf(status, sizeof(status),
		 "STATUS=%u viewers, %zu collections, source %s, %llu frames "
		 "lost to slow viewers",
		 v.viewers, n.collections, *n.source ? n.source : "none open",
		 (unsigned long long)v.lost);
	if (!strcmp(status, s->status))
		return;
	snprintf(s->status, sizeof(s->status), "%s", status);
	sd_notify(0, status);
}

static int on_tick(sd_event_source *source, uint64_t usec, void *arg)
{
	struct service *s = arg;

	(void)usec;
	server_tick(s->server);
	collections_look(s->collections);
	if (s->start)
		tell_status(s);
	sd_event_source_set_time(source, now_us() + TICK_US);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static int on_end(sd_event_source *source, const struct signalfd_siginfo *si,
		  void *arg)
{
	struct service *s = arg;

	(void)source;
	slog(LOG_INFO, "ending", "ending on %s",
	     si->ssi_signo == SIGTERM ? "SIGTERM" : "SIGINT");
	return sd_event_exit(s->event, EXIT_SUCCESS);
}

static void server_settings(const struct settings *s, struct server_config *cfg)
{
	memset(cfg, 0, sizeof(*cfg));
	snprintf(cfg->group, sizeof(cfg->group), "%s", s->group);
	cfg->viewers_max = (unsigned int)s->viewers;
}

/* What cannot be changed at work. */
static void tell_restart(const struct settings *old, const struct settings *new)
{
	if (strcmp(old->socket, new->socket) != 0 ||
	    strcmp(old->source, new->source) != 0)
		slog(LOG_NOTICE, "reload-restart",
		     "another socket or source takes effect with a restart");
}

/* All of it or, if anything is wrong, nothing. */
static int on_reload(sd_event_source *source, const struct signalfd_siginfo *si,
		     void *arg)
{
	struct service *s = arg;
	struct server_config cfg;
	struct settings new;
	char err[512];
	int ret;

	(void)source;
	(void)si;
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu",
		   (unsigned long long)now_us());
	ret = settings_load(&new, s->start->config, err, sizeof(err));
	if (!ret)
		ret = outputs_configure(s->outputs, &new, err, sizeof(err));
	if (ret) {
		slog(LOG_ERR, "reload-failed",
		     "%s; the configuration stays as it was", err);
	} else {
		tell_restart(&s->settings, &new);
		s->settings = new;
		server_settings(&new, &cfg);
		server_configure(s->server, &cfg);
		collections_thresholds(s->collections, &new.judge);
		slog(LOG_NOTICE, "reloaded", "the configuration was reloaded");
	}
	sd_notify(0, "READY=1");
	return 0;
}

static enum sp_source_choice source_of(const struct settings *s)
{
	if (!strcmp(s->source, "kmod"))
		return SP_SOURCE_KMOD;
	if (!strcmp(s->source, "procfs"))
		return SP_SOURCE_PROCFS;
	return SP_SOURCE_AUTO;
}

static int catch_signals(struct service *s)
{
	sigset_t set;
	int ret;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (s->start)
		sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	ret = sd_event_add_signal(s->event, NULL, SIGTERM, on_end, s);
	if (ret >= 0)
		ret = sd_event_add_signal(s->event, NULL, SIGINT, on_end, s);
	if (ret >= 0 && s->start)
		ret = sd_event_add_signal(s->event, NULL, SIGHUP, on_reload, s);
	return ret;
}

static int open_parts(struct service *s)
{
	const struct collections_hooks ch = {on_opening, on_changed, on_dress,
					     s};
	const struct server_hooks sh = {on_ended, on_status, s};
	struct sp_collector_config cfg = {
		.source = source_of(&s->settings),
		.thresholds = &s->settings.judge,
		.let_go = true,
		.hurry = true,
	};
	struct server_config sc;
	int ret;

	server_settings(&s->settings, &sc);
	s->collections = collections_open(s->event, &cfg, &ch);
	if (!s->collections)
		return -ENOMEM;
	ret = server_open(&s->server, s->event, s->collections, &sc, &sh);
	if (ret)
		return ret;
	return sd_event_add_time(s->event, &s->tick, CLOCK_MONOTONIC,
				 now_us() + TICK_US, 0, on_tick, s);
}

static int prepare(struct service *s)
{
	int ret = privileges_start();

	if (ret)
		slog(LOG_WARNING, "privileges", "cannot give up privileges: %s",
		     strerror(-ret));
	ret = sd_event_new(&s->event);
	if (ret >= 0)
		ret = catch_signals(s);
	if (ret >= 0)
		ret = open_parts(s);
	return ret < 0 ? ret : 0;
}

static void finish(struct service *s)
{
	outputs_close(s->outputs);
	server_close(s->server);
	collections_close(s->collections);
	sd_event_source_unref(s->tick);
	sd_event_unref(s->event);
	if (*s->socket)
		unlink(s->socket);
}

static int loop(struct service *s)
{
	int ret = sd_event_loop(s->event);

	if (ret < 0)
		slog(LOG_ERR, "loop", "the loop failed: %s", strerror(-ret));
	return ret < 0 ? EXIT_FAILURE : ret;
}

/* Before privileges are given up: it may take them. Return: as listen_open(). */
static int open_socket(struct service *s, struct listen_given *given)
{
	const char *path =
		s->start->socket ? s->start->socket : s->settings.socket;
	char err[512];
	int ret = listen_given(given, err, sizeof(err));

	if (!ret && given->viewers >= 0)
		return given->viewers;
	if (!ret)
		ret = listen_open(path, s->settings.group, err, sizeof(err));
	if (ret < 0)
		slog(LOG_ERR, "listen", "%s", err);
	else
		snprintf(s->socket, sizeof(s->socket), "%s", path);
	return ret;
}

static int start(struct service *s)
{
	struct listen_given given;
	int fd = open_socket(s, &given), ret;

	if (fd < 0)
		return fd;
	ret = prepare(s);
	if (ret)
		close(fd);
	else
		ret = server_listen(s->server, fd);
	if (ret) {
		slog(LOG_ERR, "start", "cannot start: %s", strerror(-ret));
		return ret;
	}
	if (s->settings.load)
		module_load();
	else
		privileges_load(false);
	ret = outputs_open(&s->outputs, s->event, s->collections, s->server,
			   &s->settings, given.metrics);
	if (ret) {
		slog(LOG_ERR, "start", "cannot start: %s", strerror(-ret));
		return ret;
	}
	sd_event_set_watchdog(s->event, true);
	sd_notify(0, "READY=1");
	slog(LOG_INFO, "started", "sysperfd %s, viewers at %s", SYSPERF_VERSION,
	     *s->socket ? s->socket : "the socket of systemd");
	return 0;
}

int service_run(const struct service_start *how,
		const struct settings *settings)
{
	struct service s = {.start = how, .settings = *settings};
	int ret = start(&s) ? EXIT_FAILURE : loop(&s);

	sd_notify(0, "STOPPING=1");
	finish(&s);
	return ret;
}

int service_one(int fd, const struct settings *settings)
{
	struct service s = {.settings = *settings};
	int ret = prepare(&s);

	privileges_load(false);
	if (ret)
		close(fd);
	else
		ret = server_adopt(s.server, fd);
	if (ret)
		slog(LOG_ERR, "start", "cannot start: %s", strerror(-ret));
	ret = ret ? EXIT_FAILURE : loop(&s);
	finish(&s);
	return ret;
}
