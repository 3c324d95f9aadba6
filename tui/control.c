// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keys that do something to tasks: own tagging, signals, nice values, affinity
 * and I/O priorities. What is refused is said, with the reason.
 */
#include <ctype.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>

#include "actions.h"
#include "ioprio.h"
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

static bool use_tags(const struct live *l)
{
	return l->tasks.nr_tags && !l->aimed;
}

static size_t nr_chosen(const struct live *l)
{
	return use_tags(l) ? l->tasks.nr_tags : 1;
}

/* Remember now whom it is about: rows move while someone types. */
static bool aim(struct live *l)
{
	const struct sp_task *t = NULL;

	if (l->feed->elsewhere) {
		live_say(l, true, "these tasks are not of this machine now");
		return false;
	}
	if (l->o->readonly) {
		live_say(l, true, "tasks are only looked at (--readonly)");
		return false;
	}
	l->aimed = l->page == PAGE_TASK;
	if (l->aimed) {
		l->target = l->task_page.id;
		return true;
	}
	if (l->page == PAGE_TASKS)
		t = tasks_current(&l->tasks, l->frame);
	if (!t && (l->page != PAGE_TASKS || !l->tasks.nr_tags)) {
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

	if (use_tags(l)) {
		snprintf(buf, len, "%zu tagged tasks", l->tasks.nr_tags);
		return buf;
	}
	t = tasks_find(l->frame, &l->target);
	snprintf(buf, len, "%s (%.0f)", t ? t->comm : "?", l->target.tid);
	return buf;
}

static void refuse(struct live *l, const struct deed *d, const char *comm,
		   double tid, int err)
{
	const char *why = strerror(err);

	if (err == EPERM || err == EACCES)
		why = d->needs;
	else if (err == ESRCH)
		why = "it has ended";
	else if (err == EINVAL)
		why = "the kernel does not take this value";
	live_say(l, true, "%s %s (%.0f) failed: %s%s", d->what, comm, tid,
		 err == EPERM || err == EACCES ? "not permitted; " : "", why);
}

static bool do_to(struct live *l, const struct deed *d,
		  const struct task_id *id)
{
	const struct sp_task *t = tasks_find(l->frame, id);
	bool there = t && !t->exited && t->tid >= 1 && t->pid >= 1;
	int err = there ? d->run(t, d) : ESRCH;

	if (err)
		refuse(l, d, t ? t->comm : "task", id->tid, err);
	return !err;
}

static void do_all(struct live *l, const struct deed *d)
{
	size_t i, good = 0;
	char who[64];

	if (!use_tags(l))
		good = do_to(l, d, &l->target);
	for (i = 0; use_tags(l) && i < l->tasks.nr_tags; i++)
		good += do_to(l, d, &l->tasks.tags[i]);
	if (good == nr_chosen(l))
		live_say(l, false, "%s %s: done", d->what,
			 describe(l, who, sizeof(who)));
}

static void confirmed(struct live *l, const char *text)
{
	struct deed d = l->deed;

	if (!strcmp(text, "y") || !strcmp(text, "Y"))
		do_all(l, &d);
	else
		live_say(l, false, "nothing was done");
}

/*
 * One task that was named in the question is done with at once. Many, and the
 * one without which the machine stops, are asked about again.
 */
static void do_or_ask(struct live *l, const struct deed *d)
{
	char label[96], who[64];

	if (!use_tags(l) && l->target.tid != 1) {
		do_all(l, d);
		return;
	}
	l->deed = *d;
	snprintf(label, sizeof(label), "%s %s? y, or any other key", d->what,
		 describe(l, who, sizeof(who)));
	prompt_open(&l->prompt, label, "", NULL, confirmed);
	l->prompt.one_key = true;
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

static int send_signal(const struct sp_task *t, const struct deed *d)
{
	return kill((pid_t)t->pid, d->n) ? errno : 0;
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
	struct deed d = {.needs = "its owner may, or root",
			 .run = send_signal,
			 .n = parse_signal(text)};

	if (d.n < 0) {
		live_say(l, true, "'%s' is no signal", text);
		return;
	}
	snprintf(d.what, sizeof(d.what), "signal %d to", d.n);
	do_or_ask(l, &d);
}

static void complete_signal(const struct live *l, const char *text, size_t i,
			    const char **word)
{
	(void)l;
	(void)text;
	*word = i < sizeof(signals) / sizeof(signals[0]) ? signals[i].name
							 : NULL;
}

void act_signal(struct live *l)
{
	char label[96], who[64];

	if (!aim(l))
		return;
	snprintf(label, sizeof(label), "signal to %s, Esc: none [15 TERM]",
		 describe(l, who, sizeof(who)));
	prompt_open(&l->prompt, label, "", NULL, signal_done);
	l->prompt.complete = complete_signal;
}

static const char nice_needs[] = "less nice than it is needs root";

static int set_nice(const struct sp_task *t, const struct deed *d)
{
	return setpriority(PRIO_PROCESS, (id_t)t->tid, d->n) ? errno : 0;
}

static int add_nice(const struct sp_task *t, const struct deed *d)
{
	int nice;

	errno = 0;
	nice = getpriority(PRIO_PROCESS, (id_t)t->tid);
	if (errno)
		return errno;
	return setpriority(PRIO_PROCESS, (id_t)t->tid, nice + d->n) ? errno : 0;
}

static void nice_step(struct live *l, int by)
{
	struct deed d = {.needs = nice_needs, .run = add_nice, .n = by};

	snprintf(d.what, sizeof(d.what), "nice %s of", by > 0 ? "up" : "down");
	if (aim(l))
		do_or_ask(l, &d);
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
	struct deed d = {.needs = nice_needs, .run = set_nice, .n = (int)n};

	if (!*text)
		return;
	if (end == text || *end || n < -20 || n > 19) {
		live_say(l, true, "a nice value is -20 to 19");
		return;
	}
	snprintf(d.what, sizeof(d.what), "nice value %ld for", n);
	do_or_ask(l, &d);
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

static int set_affinity(const struct sp_task *t, const struct deed *d)
{
	return sched_setaffinity((pid_t)t->tid, sizeof(d->cpus), &d->cpus)
		       ? errno
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
	struct deed d = {.needs = "its owner may, or root",
			 .run = set_affinity};

	if (!*text)
		return;
	if (!parse_cpus(text, &d.cpus)) {
		live_say(l, true, "'%s' is no list of CPUs", text);
		return;
	}
	snprintf(d.what, sizeof(d.what), "CPUs %.40s for", text);
	do_or_ask(l, &d);
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

static int set_ioprio(const struct sp_task *t, const struct deed *d)
{
	return ioprio_change((pid_t)t->tid, d->n);
}

static void ioprio_done(struct live *l, const char *text)
{
	struct deed d = {.needs = "its owner may; realtime needs root",
			 .run = set_ioprio,
			 .n = ioprio_parse(text)};

	if (!*text)
		return;
	if (d.n < 0) {
		live_say(l, true, "'%s' is no I/O priority", text);
		return;
	}
	snprintf(d.what, sizeof(d.what), "I/O priority %.30s for", text);
	do_or_ask(l, &d);
}

static void complete_ioprio(const struct live *l, const char *text, size_t i,
			    const char **word)
{
	static const char *const words[] = {"idle", "best-effort ", "realtime ",
					    "none", NULL};

	(void)l;
	(void)text;
	*word = words[i];
}

void act_ioprio(struct live *l)
{
	char label[96], who[64];

	if (!aim(l))
		return;
	snprintf(label, sizeof(label),
		 "I/O priority of %s: idle, best-effort 0-7, realtime 0-7",
		 describe(l, who, sizeof(who)));
	prompt_open(&l->prompt, label, "", NULL, ioprio_done);
	l->prompt.complete = complete_ioprio;
}
