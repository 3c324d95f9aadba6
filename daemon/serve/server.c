// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the listening socket, the list of viewers and of what they select. Of one
 * thread, that of the loop.
 */
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "viewer.h"

#define GROUPS_MAX 4096
#define COMPLAINTS 20 /* told of from one minute to the next */

struct server {
	sd_event *event;
	struct collections *all;
	struct server_config cfg;
	struct server_hooks hooks;
	int fd; /* listening, or -1 */
	sd_event_source *accept, *reap;
	bool deaf; /* no descriptors were left for another viewer */
	struct viewer *first;
	struct selection *selections;
	struct server_count count;
	unsigned int complaints; /* since the last refill */
	uint64_t refill_us;
};

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

struct selection **server_selections(struct server *s)
{
	return &s->selections;
}

void server_encoded(struct server *s)
{
	s->count.encoded++;
}

struct collections *server_collections(const struct server *s)
{
	return s->all;
}

void server_gave(struct server *s, bool lost)
{
	if (lost)
		s->count.lost++;
	else
		s->count.frames++;
}

void server_status(const struct server *s, struct sp_bytes *out)
{
	struct collections_count n;
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f) {
		out->failed = true;
		return;
	}
	collections_count(s->all, &n);
	fprintf(f,
		"version=%s\npid=%d\nsource=%s\ncollections=%zu\nsamples=%llu\n"
		"source_failures=%llu\nviewers=%u\nviewers_connected=%llu\n"
		"viewers_refused=%llu\nviewers_dropped=%llu\nframes=%llu\n"
		"frames_lost=%llu\nframes_encoded=%llu\n",
		SYSPERF_VERSION, (int)getpid(), n.source, n.collections,
		(unsigned long long)n.samples, (unsigned long long)n.failures,
		s->count.viewers, (unsigned long long)s->count.connected,
		(unsigned long long)s->count.refused,
		(unsigned long long)s->count.dropped,
		(unsigned long long)s->count.frames,
		(unsigned long long)s->count.lost,
		(unsigned long long)s->count.encoded);
	if (s->hooks.status)
		s->hooks.status(s->hooks.ctx, f);
	if (fclose(f))
		out->failed = true;
	else
		sp_bytes_add(out, text, len);
	free(text);
}

void server_reap(struct server *s)
{
	sd_event_source_set_enabled(s->reap, SD_EVENT_ONESHOT);
}

/* When nobody is at any of them. */
static int on_reap(sd_event_source *source, void *arg)
{
	struct server *s = arg;
	struct viewer **p = &s->first, *v;

	(void)source;
	while ((v = *p)) {
		if (!v->dead) {
			p = &v->next;
			continue;
		}
		*p = v->next;
		slog(LOG_DEBUG, "viewer-gone", "viewer %d of user %u is gone",
		     (int)v->pid, (unsigned int)v->uid);
		viewer_free(v);
		s->count.viewers--;
	}
	if (!s->first && s->hooks.ended)
		s->hooks.ended(s->hooks.ctx);
	return 0;
}

static bool in_group(int fd, const struct ucred *who, gid_t group)
{
	gid_t groups[GROUPS_MAX];
	socklen_t len = sizeof(groups);

	if (who->gid == group)
		return true;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len))
		return false;
	for (size_t i = 0; i < len / sizeof(groups[0]); i++)
		if (groups[i] == group)
			return true;
	return false;
}

static bool may_connect(const struct server *s, int fd, const struct ucred *who)
{
	const struct group *g;

	if (!who->uid || who->uid == geteuid())
		return true;
	g = *s->cfg.group ? getgrnam(s->cfg.group) : NULL;
	return g && in_group(fd, who, g->gr_gid);
}

static struct viewer *add(struct server *s, int fd, const struct ucred *who)
{
	struct viewer *v = viewer_new(s, s->event, fd, who->pid, who->uid);

	if (!v)
		return NULL;
	v->next = s->first;
	s->first = v;
	s->count.viewers++;
	return v;
}

/* Whoever comes again and again must not fill the disk with that. */
static void complain(struct server *s, const struct ucred *who, const char *why)
{
	char uid[48], pid[48];
	const char *const fields[] = {uid, pid, NULL};

	if (s->complaints == COMPLAINTS)
		return;
	s->complaints++;
	snprintf(uid, sizeof(uid), "SYSPERF_VIEWER_UID=%u", who->uid);
	snprintf(pid, sizeof(pid), "SYSPERF_VIEWER_PID=%d", (int)who->pid);
	slog_fields(LOG_NOTICE, "viewer-refused", fields,
		    "viewer refused: %s (process %d of user %u)", why,
		    (int)who->pid, who->uid);
}

static void greet(struct server *s, int fd)
{
	struct ucred who = {0};
	socklen_t len = sizeof(who);
	const char *why = NULL;
	struct viewer *v;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len)) {
		close(fd);
		return;
	}
	if (!may_connect(s, fd, &who))
		why = "only root and members of the group may watch";
	else if (s->count.viewers >= s->cfg.viewers_max)
		why = "there are too many viewers";
	v = add(s, fd, &who);
	if (!v)
		return;
	s->count.connected++;
	if (!why)
		return;
	s->count.refused++;
	complain(s, &who, why);
	viewer_refuse(v, why);
}

static int on_accept(sd_event_source *source, int fd, uint32_t revents,
		     void *arg)
{
	struct server *s = arg;
	int one = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)revents;
	if (one >= 0) {
		greet(s, one);
		return 0;
	}
	if (errno != EMFILE && errno != ENFILE && errno != ENOMEM &&
	    errno != ENOBUFS)
		return 0; /* it gave up meanwhile */
	if (!s->deaf)
		slog(LOG_WARNING, "viewers-too-many",
		     "cannot take another viewer: %s", strerror(errno));
	s->deaf = true; /* until the next tick, or this would be endless */
	return sd_event_source_set_enabled(source, SD_EVENT_OFF);
}

int server_open(struct server **out, sd_event *event, struct collections *all,
		const struct server_config *cfg,
		const struct server_hooks *hooks)
{
	struct server *s = calloc(1, sizeof(*s));
	int ret;

	if (!s)
		return -ENOMEM;
	s->event = sd_event_ref(event);
	s->all = all;
	s->cfg = *cfg;
	s->hooks = *hooks;
	s->fd = -1;
	ret = sd_event_add_defer(event, &s->reap, on_reap, s);
	if (ret >= 0)
		ret = sd_event_source_set_enabled(s->reap, SD_EVENT_OFF);
	if (ret < 0) {
		server_close(s);
		return ret;
	}
	*out = s;
	return 0;
}

void server_configure(struct server *s, const struct server_config *cfg)
{
	s->cfg = *cfg;
}

int server_listen(struct server *s, int fd)
{
	int ret = sd_event_add_io(s->event, &s->accept, fd, EPOLLIN, on_accept,
				  s);

	if (ret < 0)
		close(fd);
	else
		s->fd = fd;
	return ret < 0 ? ret : 0;
}

int server_adopt(struct server *s, int fd)
{
	const struct ucred us = {getpid(), geteuid(), getegid()};

	if (!add(s, fd, &us))
		return -ENOMEM;
	s->count.connected++;
	return 0;
}

void server_tick(struct server *s)
{
	uint64_t now = now_us();

	for (struct viewer *v = s->first; v; v = v->next) {
		bool dead = v->dead;

		viewer_tick(v, now);
		s->count.dropped += v->dead && !dead;
	}
	if (s->deaf) {
		s->deaf = false;
		sd_event_source_set_enabled(s->accept, SD_EVENT_ON);
	}
	if (now > s->refill_us + 60000000) {
		s->complaints = 0;
		s->refill_us = now;
	}
}

void server_count(const struct server *s, struct server_count *n)
{
	*n = s->count;
}

void server_close(struct server *s)
{
	if (!s)
		return;
	while (s->first) {
		struct viewer *v = s->first;

		s->first = v->next;
		viewer_free(v);
	}
	sd_event_source_unref(s->accept);
	sd_event_source_unref(s->reap);
	if (s->fd >= 0)
		close(s->fd);
	sd_event_unref(s->event);
	free(s);
}
