// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the programs that alerts have run: a few at a time, the rest wait in
 * order, and of those that wait there are not too many either. Another process
 * starts and reaps them (hook_starter.h). One thread.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sysperf/hooks.h>

#include "hook_env.h"
#include "hook_starter.h"

struct job {
	struct job *next;
	struct sp_hooks *hooks;
	char alert[64];
	char **env;
	/* While it runs: */
	uint32_t id;
	bool killed;
	sd_event_source *timer;
};

struct sp_hooks {
	sd_event *event;
	sp_hooks_failed *failed;
	void *ctx;
	char program[256];
	double limit_s;
	unsigned int most;
	int starter; /* its socket, or -1 */
	pid_t starter_pid;
	sd_event_source *news; /* from there */
	uint32_t last_id;
	struct job *running;
	struct job *waiting, **last; /* the longest first */
	struct sp_hooks_count count;
};

static void job_free(struct job *j)
{
	sd_event_source_disable_unref(j->timer);
	hook_env_free(j->env);
	free(j);
}

static void tell(struct sp_hooks *h, const struct job *j, const char *form,
		 int number)
{
	char why[128];

	h->count.failed++;
	snprintf(why, sizeof(why), form, number);
	if (h->failed)
		h->failed(h->ctx, j->alert, why);
}

static void remove_running(struct sp_hooks *h, struct job *j)
{
	struct job **at = &h->running;

	while (*at != j)
		at = &(*at)->next;
	*at = j->next;
	h->count.running--;
}

static void start_waiting(struct sp_hooks *h);

static void job_ended(struct sp_hooks *h, struct job *j,
		      const struct hook_news *end)
{
	if (j->killed)
		tell(h, j, "took longer than %d ms and was killed",
		     (int)(h->limit_s * 1000));
	else if (!end->code)
		tell(h, j, "could not be started, or was lost: errno %d",
		     end->status);
	else if (end->code != CLD_EXITED)
		tell(h, j, "ended by signal %d", end->status);
	else if (end->status == 127)
		tell(h, j, "could not be run, or ended with status %d", 127);
	else if (end->status)
		tell(h, j, "ended with status %d", end->status);
	remove_running(h, j);
	job_free(j);
}

static void starter_close(struct sp_hooks *h)
{
	if (h->starter < 0)
		return;
	sd_event_source_disable_unref(h->news);
	h->news = NULL;
	close(h->starter);
	h->starter = -1;
	kill(h->starter_pid, SIGCONT); /* whoever stopped it */
	waitpid(h->starter_pid, NULL, 0);
}

/* Somebody ended it: those that it had started are not known any more. */
static void starter_lost(struct sp_hooks *h)
{
	const struct hook_news unknown = {.status = EPIPE};

	starter_close(h);
	while (h->running)
		job_ended(h, h->running, &unknown);
}

/* Before, it was the starter that took its time. */
static void job_started(const struct sp_hooks *h, const struct job *j)
{
	uint64_t now;

	if (sd_event_now(h->event, CLOCK_MONOTONIC, &now) >= 0)
		sd_event_source_set_time(j->timer,
					 now + (uint64_t)(h->limit_s * 1e6));
	sd_event_source_set_enabled(j->timer, SD_EVENT_ONESHOT);
}

static int on_news(sd_event_source *source, int fd, uint32_t revents, void *arg)
{
	struct sp_hooks *h = arg;
	struct hook_news news;
	struct job *j;
	ssize_t n;

	(void)source;
	(void)revents;
	while ((n = recv(fd, &news, sizeof(news), 0)) == sizeof(news)) {
		for (j = h->running; j && j->id != news.id;)
			j = j->next;
		if (j && news.code == HOOK_STARTED)
			job_started(h, j);
		else if (j)
			job_ended(h, j, &news);
	}
	if (n >= 0 || (errno != EAGAIN && errno != EINTR))
		starter_lost(h);
	start_waiting(h);
	return 0;
}

static int starter_get(struct sp_hooks *h)
{
	int ret;

	if (h->starter >= 0)
		return 0;
	ret = hook_starter_open(&h->starter_pid);
	if (ret < 0)
		return ret;
	h->starter = ret;
	ret = sd_event_add_io(h->event, &h->news, h->starter, EPOLLIN, on_news,
			      h);
	if (ret >= 0)
		return 0;
	starter_close(h);
	return ret;
}

static int send_order(const struct sp_hooks *h, const struct job *j, bool end)
{
	struct {
		struct hook_order order;
		char strings[HOOK_ORDER_MAX - sizeof(struct hook_order)];
	} out = {.order = {j->id, end}};
	char *at = out.strings, *const stop = at + sizeof(out.strings);

	if (!end)
		at = memccpy(at, h->program, '\0', (size_t)(stop - at));
	for (char **env = j->env; !end && at && *env; env++)
		at = memccpy(at, *env, '\0', (size_t)(stop - at));
	if (!at)
		return -E2BIG;
	if (send(h->starter, &out, (size_t)(at - (char *)&out), MSG_NOSIGNAL) <
	    0)
		return -errno;
	return 0;
}

static int on_limit(sd_event_source *source, uint64_t usec, void *arg)
{
	struct job *j = arg;

	(void)source;
	(void)usec;
	j->killed = true;
	send_order(j->hooks, j, true);
	return 0;
}

static int order_start(struct sp_hooks *h, const struct job *j)
{
	int ret = starter_get(h);

	return ret ? ret : send_order(h, j, false);
}

static int start(struct sp_hooks *h, struct job *j)
{
	int ret = sd_event_add_time(h->event, &j->timer, CLOCK_MONOTONIC,
				    UINT64_MAX, 0, on_limit, j);

	if (ret >= 0)
		ret = sd_event_source_set_enabled(j->timer, SD_EVENT_OFF);
	j->id = ++h->last_id;
	if (ret >= 0)
		ret = order_start(h, j);
	if (ret == -EPIPE || ret == -ECONNRESET) { /* nobody said so yet */
		starter_lost(h);
		ret = order_start(h, j);
	}
	if (ret < 0)
		return ret;
	h->count.started++;
	h->count.running++;
	j->next = h->running;
	h->running = j;
	return 0;
}

static void start_waiting(struct sp_hooks *h)
{
	while (h->waiting && h->count.running < h->most) {
		struct job *j = h->waiting;
		int ret;

		h->waiting = j->next;
		if (!h->waiting)
			h->last = &h->waiting;
		h->count.waiting--;
		ret = *h->program ? start(h, j) : -ENOENT;
		if (!ret)
			continue;
		tell(h, j, "could not be started: errno %d", -ret);
		job_free(j);
	}
}

void sp_hooks_run(struct sp_hooks *h, const struct sp_alert_event *event)
{
	struct job *j;

	if (!*h->program)
		return;
	if (h->count.waiting == SP_HOOKS_WAITING) {
		h->count.dropped++;
		return;
	}
	j = calloc(1, sizeof(*j));
	if (j)
		j->env = hook_env_make(event);
	if (!j || !j->env) {
		free(j);
		h->count.dropped++;
		return;
	}
	j->hooks = h;
	memcpy(j->alert, event->alert->name, sizeof(j->alert));
	*h->last = j;
	h->last = &j->next;
	h->count.waiting++;
	start_waiting(h);
}

int sp_hooks_open(struct sp_hooks **out, sd_event *event,
		  sp_hooks_failed *failed, void *ctx)
{
	struct sp_hooks *h = calloc(1, sizeof(*h));

	if (!h)
		return -ENOMEM;
	h->starter = -1;
	h->event = sd_event_ref(event);
	h->failed = failed;
	h->ctx = ctx;
	h->last = &h->waiting;
	*out = h;
	return 0;
}

void sp_hooks_configure(struct sp_hooks *h, const char *program, double limit_s,
			unsigned int most)
{
	snprintf(h->program, sizeof(h->program), "%s", program);
	h->limit_s = limit_s;
	h->most = most;
	/* Now, when nobody waits for us; what fails now fails again, and is
	 * told, when there is something to run. */
	if (*program)
		starter_get(h);
}

void sp_hooks_count(const struct sp_hooks *h, struct sp_hooks_count *n)
{
	*n = h->count;
}

static void free_all(struct job *j)
{
	while (j) {
		struct job *next = j->next;

		job_free(j);
		j = next;
	}
}

void sp_hooks_close(struct sp_hooks *h)
{
	if (!h)
		return;
	starter_close(h);
	free_all(h->running);
	free_all(h->waiting);
	sd_event_unref(h->event);
	free(h);
}
