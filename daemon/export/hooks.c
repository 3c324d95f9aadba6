// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the programs that alerts have run: a few at a time, the rest wait in
 * order, and of those that wait there are not too many either. One thread.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sysperf/hooks.h>

#include "hook_env.h"

struct job {
	struct job *next;
	struct sp_hooks *hooks;
	char alert[64];
	char **env;
	/* While it runs: */
	pid_t pid;
	bool killed;
	sd_event_source *child, *timer;
};

struct sp_hooks {
	sd_event *event;
	sp_hooks_failed *failed;
	void *ctx;
	char program[256];
	double limit_s;
	unsigned int most;
	struct job *running;
	struct job *waiting, **last; /* the longest first */
	struct sp_hooks_count count;
};

static void job_free(struct job *j)
{
	sd_event_source_disable_unref(j->child);
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

/* In the child: nothing of ours but stderr. */
static void become(const char *program, char **env)
{
	char *argv[] = {(char *)(uintptr_t)program, NULL};
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	sigset_t none;

	setpgid(0, 0);
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(null, STDIN_FILENO);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	if (!chdir("/"))
		execve(program, argv, env);
	_exit(127);
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

static int on_exit_of(sd_event_source *source, const siginfo_t *si, void *arg)
{
	struct job *j = arg;
	struct sp_hooks *h = j->hooks;

	(void)source;
	/* What it left behind, in its group, goes with it. */
	kill(-j->pid, SIGKILL);
	if (j->killed)
		tell(h, j, "took longer than %d ms and was killed",
		     (int)(h->limit_s * 1000));
	else if (si->si_code != CLD_EXITED)
		tell(h, j, "ended by signal %d", si->si_status);
	else if (si->si_status == 127)
		tell(h, j, "could not be run, or ended with status %d", 127);
	else if (si->si_status)
		tell(h, j, "ended with status %d", si->si_status);
	remove_running(h, j);
	job_free(j);
	start_waiting(h);
	return 0;
}

static int on_limit(sd_event_source *source, uint64_t usec, void *arg)
{
	struct job *j = arg;

	(void)source;
	(void)usec;
	j->killed = true;
	kill(-j->pid, SIGKILL);
	kill(j->pid, SIGKILL); /* it may have left the group */
	return 0;
}

/*
 * fork() and not posix_spawn(): that one waits for the child's exec, which is
 * as slow as the program's file system.
 */
static int start(struct sp_hooks *h, struct job *j)
{
	uint64_t now;
	int ret;

	j->pid = fork();
	if (j->pid < 0)
		return -errno;
	if (!j->pid)
		become(h->program, j->env);
	setpgid(j->pid, j->pid); /* whoever of us comes first */
	ret = sd_event_add_child(h->event, &j->child, j->pid, WEXITED,
				 on_exit_of, j);
	if (ret >= 0)
		ret = sd_event_now(h->event, CLOCK_MONOTONIC, &now);
	if (ret >= 0)
		ret = sd_event_add_time(h->event, &j->timer, CLOCK_MONOTONIC,
					now + (uint64_t)(h->limit_s * 1e6), 0,
					on_limit, j);
	if (ret < 0) {
		kill(j->pid, SIGKILL);
		waitpid(j->pid, NULL, 0);
		return ret;
	}
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
	sigset_t child;

	if (!h)
		return -ENOMEM;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
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
	for (struct job *j = h->running; j; j = j->next) {
		kill(-j->pid, SIGKILL);
		kill(j->pid, SIGKILL);
		waitpid(j->pid, NULL, 0);
	}
	free_all(h->running);
	free_all(h->waiting);
	sd_event_unref(h->event);
	free(h);
}
