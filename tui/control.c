// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keys that do something to tasks: own tagging, signals, nice values and
 * affinity. What is refused is said, with the reason.
 */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>

#include "actions.h"
#include "live.h"

static const struct {
	const char *name;
	int sig;
} signals[] = {
	{"HUP", SIGHUP},   {"INT", SIGINT},	{"QUIT", SIGQUIT},
	{"ABRT", SIGABRT}, {"KILL", SIGKILL},	{"USR1", SIGUSR1},
	{"SEGV", SIGSEGV}, {"USR2", SIGUSR2},	{"PIPE", SIGPIPE},
	{"ALRM", SIGALRM}, {"TERM", SIGTERM},	{"CONT", SIGCONT},
	{"STOP", SIGSTOP}, {"TSTP", SIGTSTP},	{"TTIN", SIGTTIN},
	{"TTOU", SIGTTOU}, {"WINCH", SIGWINCH},
};

/* What is to be done to each task. */
struct deed {
	const char *what; /* "signal 15 to" */
	int (*run)(const struct sp_task *t, const void *arg); /* 0 or errno */
	const void *arg;
};

static size_t nr_chosen(const struct live *l)
{
	return l->tasks.nr_tags ? l->tasks.nr_tags : 1;
}

/* Remember now whom it is about: rows move while someone types. */
static bool aim(struct live *l)
{
	const struct sp_task *t = tasks_current(&l->tasks, l->frame);

	if (l->feed->elsewhere) {
		live_say(l, true, "these tasks are not of this machine");
		return false;
	}
	if (l->page != PAGE_TASKS || (!t && !l->tasks.nr_tags)) {
		live_say(l, true, "no task is selected");
		return false;
	}
	if (t)
		l->target = (struct task_id){t->tid, t->started};
	return true;
}

static const char *describe(const struct live *l, char *buf, size_t len)
{
	const struct sp_task *t;

	if (l->tasks.nr_tags) {
		snprintf(buf, len, "%zu tagged tasks", l->tasks.nr_tags);
		return buf;
	}
	t = tasks_find(l->frame, &l->target);
	snprintf(buf, len, "%s (%.0f)", t ? t->comm : "?", l->target.tid);
	return buf;
}

static const char *refusal(int err)
{
	switch (err) {
	case EPERM:
	case EACCES:
		return "not permitted; root may, or its owner";
	case ESRCH:
		return "it has ended";
	case EINVAL:
		return "the kernel does not take this value";
	default:
		return strerror(err);
	}
}

static bool do_to(struct live *l, const struct deed *d,
		  const struct task_id *id)
{
	const struct sp_task *t = tasks_find(l->frame, id);
	int err = !t || t->exited ? ESRCH : d->run(t, d->arg);

	if (err)
		live_say(l, true, "%s %s (%.0f) failed: %s", d->what,
			 t ? t->comm : "task", id->tid, refusal(err));
	return !err;
}

static void do_all(struct live *l, const struct deed *d)
{
	size_t i, good = 0;
	char who[64];

	if (!l->tasks.nr_tags)
		good = do_to(l, d, &l->target);
	for (i = 0; i < l->tasks.nr_tags; i++)
		good += do_to(l, d, &l->tasks.tags[i]);
	if (good == nr_chosen(l))
		live_say(l, false, "%s %s: done", d->what,
			 describe(l, who, sizeof(who)));
}

void act_tag(struct live *l)
{
	const struct sp_task *t = tasks_current(&l->tasks, l->frame);

	if (!t || l->page != PAGE_TASKS)
		return;
	if (tasks_tag(&l->tasks, t))
		live_say(l, true, "no memory to tag it");
	else
		tasks_move(&l->tasks, 1);
}

void act_untag(struct live *l)
{
	l->tasks.nr_tags = 0;
}

static int send_signal(const struct sp_task *t, const void *arg)
{
	return kill((pid_t)t->pid, *(const int *)arg) ? errno : 0;
}

/* By number or name, with SIG or without; nothing is 15. */
static int parse_signal(const char *s)
{
	char *end;
	long n = strtol(s, &end, 10);
	size_t i;

	if (!*s)
		return SIGTERM;
	if (end != s && !*end)
		return n > 0 && n <= SIGRTMAX ? (int)n : -1;
	if (!strncasecmp(s, "SIG", 3))
		s += 3;
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		if (!strcasecmp(s, signals[i].name))
			return signals[i].sig;
	}
	return -1;
}

static void signal_done(struct live *l, const char *text)
{
	int sig = parse_signal(text);
	char what[32];
	struct deed d = {what, send_signal, &sig};

	if (sig < 0) {
		live_say(l, true, "'%s' is no signal", text);
		return;
	}
	snprintf(what, sizeof(what), "signal %d to", sig);
	do_all(l, &d);
}

void act_signal(struct live *l)
{
	char label[96], who[64];

	if (!aim(l))
		return;
	snprintf(label, sizeof(label), "signal to %s, Esc: none [15 TERM]",
		 describe(l, who, sizeof(who)));
	prompt_open(&l->prompt, label, "", NULL, signal_done);
}

static int set_nice(const struct sp_task *t, const void *arg)
{
	int nice = *(const int *)arg;

	return setpriority(PRIO_PROCESS, (id_t)t->tid, nice) ? errno : 0;
}

static int add_nice(const struct sp_task *t, const void *arg)
{
	int nice;

	errno = 0;
	nice = getpriority(PRIO_PROCESS, (id_t)t->tid);
	if (errno)
		return errno;
	nice += *(const int *)arg;
	return set_nice(t, &nice);
}

static void nice_step(struct live *l, int by)
{
	struct deed d = {by > 0 ? "nice up of" : "nice down of", add_nice, &by};

	if (aim(l))
		do_all(l, &d);
}

void act_nice_down(struct live *l)
{
	nice_step(l, -1);
}

void act_nice_up(struct live *l)
{
	nice_step(l, 1);
}

static void renice_done(struct live *l, const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);
	int nice = (int)n;
	struct deed d = {"renice of", set_nice, &nice};

	if (!*text)
		return;
	if (end == text || *end || n < -20 || n > 19)
		live_say(l, true, "a nice value is -20 to 19");
	else
		do_all(l, &d);
}

void act_renice(struct live *l)
{
	char label[96], who[64];

	if (!aim(l))
		return;
	snprintf(label, sizeof(label), "nice value of %s (-20 to 19)",
		 describe(l, who, sizeof(who)));
	prompt_open(&l->prompt, label, "", NULL, renice_done);
}

static int set_affinity(const struct sp_task *t, const void *arg)
{
	return sched_setaffinity((pid_t)t->tid, sizeof(cpu_set_t), arg) ? errno
									: 0;
}

/* "0,2-3"; false if it is not such a list. */
static bool parse_cpus(const char *s, cpu_set_t *set)
{
	CPU_ZERO(set);
	for (;;) {
		char *end;
		unsigned long a, b;

		if (!isdigit((unsigned char)*s))
			return false;
		a = b = strtoul(s, &end, 10);
		if (*end == '-') {
			s = end + 1;
			if (!isdigit((unsigned char)*s))
				return false;
			b = strtoul(s, &end, 10);
		}
		if (b < a || b >= CPU_SETSIZE)
			return false;
		for (; a <= b; a++)
			CPU_SET(a, set);
		if (!*end)
			return true;
		if (*end != ',')
			return false;
		s = end + 1;
	}
}

static void affinity_done(struct live *l, const char *text)
{
	cpu_set_t set;
	struct deed d = {"CPUs of", set_affinity, &set};

	if (!*text)
		return;
	if (parse_cpus(text, &set))
		do_all(l, &d);
	else
		live_say(l, true, "'%s' is no list of CPUs", text);
}

void act_affinity(struct live *l)
{
	char label[96], who[64];

	if (!aim(l))
		return;
	snprintf(label, sizeof(label), "CPUs for %s, e.g. 0,2-3",
		 describe(l, who, sizeof(who)));
	prompt_open(&l->prompt, label, "", NULL, affinity_done);
}
