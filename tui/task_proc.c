// SPDX-License-Identifier: GPL-2.0-only
/*
 * One task's /proc: owns the reading of it. All of it may vanish or be refused
 * at any moment; what cannot be read is "-".
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ioprio.h"
#include "task_proc.h"
#include "terminal.h"

/* Of /proc/PID/status, and what people call it. */
static const struct {
	const char *key, *name;
} status_facts[] = {
	{"VmHWM", "memory, most"},
	{"VmSize", "address space"},
	{"VmSwap", "swapped out"},
	{"VmLck", "locked memory"},
	{"Cpus_allowed_list", "CPUs allowed"},
	{"Mems_allowed_list", "nodes allowed"},
};

/* Of /proc/PID/limits: the soft one and the hard one. */
static const struct {
	const char *key, *name;
} limit_facts[] = {
	{"Max open files", "open files"},
	{"Max processes", "processes"},
	{"Max address space", "address space"},
	{"Max locked memory", "locked memory"},
	{"Max core file size", "core file"},
	{"Max stack size", "stack"},
	{"Max cpu time", "CPU time"},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Return: bytes read, 0 if it cannot be. */
static size_t read_at(int dir, const char *name, char *buf, size_t len)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	size_t n = 0;
	ssize_t r;

	buf[0] = '\0';
	if (fd < 0)
		return 0;
	while (n + 1 < len && (r = read(fd, buf + n, len - 1 - n)) > 0)
		n += (size_t)r;
	buf[n] = '\0';
	close(fd);
	return n;
}

static void add_fact(struct task_proc *p, const char *name, const char *text,
		     size_t n)
{
	struct proc_fact *f = &p->facts[p->nr_facts];

	if (p->nr_facts == PROC_FACTS_MAX)
		return;
	p->nr_facts++;
	f->name = name;
	if (n >= sizeof(f->text))
		n = sizeof(f->text) - 1;
	memcpy(f->text, text, n);
	f->text[n] = '\0';
	if (!n)
		snprintf(f->text, sizeof(f->text), "-");
}

static void add_link(struct task_proc *p, int dir, const char *link,
		     const char *name)
{
	char target[200];
	ssize_t n = readlinkat(dir, link, target, sizeof(target));

	add_fact(p, name, target, n > 0 ? (size_t)n : 0);
}

static void add_policy(struct task_proc *p, pid_t tid)
{
	static const char *const names[] = {"other",   "FIFO", "round robin",
					    "batch",   "",     "idle",
					    "deadline"};
	struct sched_param param = {0};
	int policy = sched_getscheduler(tid) & ~SCHED_RESET_ON_FORK;
	char text[64];
	int n = 0;

	text[0] = '\0';
	if (policy >= 0 && policy < (int)COUNT(names) &&
	    !sched_getparam(tid, &param))
		n = snprintf(text, sizeof(text), "%s, priority %d",
			     names[policy], param.sched_priority);
	add_fact(p, "scheduler", text, (size_t)n);
	n = ioprio_text(tid, text, sizeof(text));
	add_fact(p, "I/O priority", text, n > 0 ? (size_t)n : 0);
}

static void add_status(struct task_proc *p, int dir)
{
	char buf[8192], *at;
	size_t i;

	read_at(dir, "status", buf, sizeof(buf));
	for (i = 0; i < COUNT(status_facts); i++) {
		char key[40];

		snprintf(key, sizeof(key), "\n%s:", status_facts[i].key);
		at = strstr(buf, key);
		if (!at)
			continue; /* kernel threads have no memory */
		at += strlen(key);
		at += strspn(at, " \t");
		add_fact(p, status_facts[i].name, at, strcspn(at, "\n"));
	}
}

/* Rows of the table have its beginning; what tells one Java from another is
 * far behind.
 */
static void read_command(struct task_proc *p, int dir)
{
	size_t n = read_at(dir, "cmdline", p->command, sizeof(p->command)), i;

	while (n && !p->command[n - 1])
		n--;
	for (i = 0; i < n; i++)
		if (!p->command[i])
			p->command[i] = ' ';
}

static void add_limits(struct task_proc *p, int dir)
{
	char buf[4096], text[100];
	size_t i;

	read_at(dir, "limits", buf, sizeof(buf));
	for (i = 0; i < COUNT(limit_facts); i++) {
		char *at = strstr(buf, limit_facts[i].key);
		char soft[32], hard[32];
		int n = 0;

		if (at && sscanf(at + strlen(limit_facts[i].key), "%31s %31s",
				 soft, hard) == 2)
			n = snprintf(text, sizeof(text),
				     strcmp(soft, hard)
					     ? "at most %s, may raise it to %s"
					     : "at most %s",
				     soft, hard);
		add_fact(p, limit_facts[i].name, text, (size_t)n);
	}
}

static void read_files(struct task_proc *p, int dir)
{
	int fd = openat(dir, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	p->nr_files = 0;
	p->files_refused = !d;
	if (!d) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(d))) {
		struct proc_file *f = &p->files[p->nr_files];
		ssize_t n;

		if (*e->d_name == '.')
			continue;
		if (p->nr_files++ >= PROC_FILES_MAX)
			continue; /* counted all the same */
		f->fd = atoi(e->d_name);
		n = readlinkat(dirfd(d), e->d_name, f->target,
			       sizeof(f->target) - 1);
		f->target[n > 0 ? n : 0] = '\0';
	}
	closedir(d);
}

/* The fields of stat that are of use; false if it is none. */
static bool parse_stat(const char *buf, struct proc_thread *t,
		       unsigned long long *start)
{
	const char *open = strchr(buf, '('), *close = strrchr(buf, ')');
	size_t n;

	*start = 0;
	if (!open || !close || close < open)
		return false;
	n = (size_t)(close - open) - 1;
	if (n >= sizeof(t->comm))
		n = sizeof(t->comm) - 1;
	memcpy(t->comm, open + 1, n);
	t->comm[n] = '\0';
	t->cpu = -1;
	return sscanf(close + 1,
		      " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u "
		      "%*d %*d %*d %*d %*d %*d %llu %*u %*d %*u %*u %*u %*u "
		      "%*u %*u %*u %*u %*u %*u %*u %*u %*u %*d %d",
		      &t->state, start, &t->cpu) >= 2;
}

static void rates(struct proc_thread *t, const struct proc_thread *old,
		  size_t nr_old, uint64_t passed_ns)
{
	size_t i;

	t->run_pct = t->wait_pct = NAN;
	for (i = 0; i < nr_old && passed_ns; i++) {
		if (old[i].tid != t->tid || t->run_ns < old[i].run_ns)
			continue;
		t->run_pct = 100.0 * (double)(t->run_ns - old[i].run_ns) /
			     (double)passed_ns;
		t->wait_pct = 100.0 * (double)(t->wait_ns - old[i].wait_ns) /
			      (double)passed_ns;
		return;
	}
}

static void read_threads(struct task_proc *p, int dir, uint64_t passed_ns)
{
	struct proc_thread *old = malloc(sizeof(p->threads));
	int fd = openat(dir, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	size_t nr_old = old ? p->nr_threads : 0;
	struct dirent *e;

	if (old)
		memcpy(old, p->threads, nr_old * sizeof(*old));
	p->nr_threads = 0;
	while (d && p->nr_threads < PROC_THREADS_MAX && (e = readdir(d))) {
		struct proc_thread *t = &p->threads[p->nr_threads];
		unsigned long long start;
		char name[300], buf[1024];

		if (*e->d_name == '.')
			continue;
		memset(t, 0, sizeof(*t));
		t->tid = atoi(e->d_name);
		snprintf(name, sizeof(name), "%s/stat", e->d_name);
		read_at(dirfd(d), name, buf, sizeof(buf));
		if (!parse_stat(buf, t, &start))
			continue;
		snprintf(name, sizeof(name), "%s/schedstat", e->d_name);
		read_at(dirfd(d), name, buf, sizeof(buf));
		if (sscanf(buf, "%" SCNu64 " %" SCNu64, &t->run_ns,
			   &t->wait_ns) == 2)
			rates(t, old, nr_old, passed_ns);
		else
			t->run_pct = t->wait_pct = NAN;
		p->nr_threads++;
	}
	if (d)
		closedir(d);
	else if (fd >= 0)
		close(fd);
	free(old);
}

/* Is it the very task, and not another one of its number? */
static bool same_task(int dir, pid_t tid, double started)
{
	struct timespec now, up;
	struct proc_thread t;
	unsigned long long start;
	char name[64], buf[1024];
	double at;

	snprintf(name, sizeof(name), "task/%d/stat", tid);
	read_at(dir, name, buf, sizeof(buf));
	if (!parse_stat(buf, &t, &start))
		return false;
	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_BOOTTIME, &up);
	at = (double)(now.tv_sec - up.tv_sec) +
	     (double)(now.tv_nsec - up.tv_nsec) / 1e9 +
	     (double)start / (double)sysconf(_SC_CLK_TCK);
	return !(fabs(at - started) > 2);
}

void task_proc_read(struct task_proc *p, pid_t pid, pid_t tid, double started)
{
	uint64_t now = monotonic_ns();
	char name[32];
	int dir;

	snprintf(name, sizeof(name), "/proc/%d", pid);
	dir = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	p->nr_facts = 0;
	p->here = dir >= 0 && same_task(dir, tid, started);
	if (p->here) {
		read_threads(p, dir, p->read_ns ? now - p->read_ns : 0);
		read_files(p, dir);
		read_command(p, dir);
		add_link(p, dir, "exe", "program");
		add_link(p, dir, "cwd", "works in");
		add_policy(p, tid);
		add_status(p, dir);
		add_limits(p, dir);
		p->read_ns = now;
	}
	if (dir >= 0)
		close(dir);
}
