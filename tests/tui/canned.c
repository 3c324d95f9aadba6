// SPDX-License-Identifier: GPL-2.0-only
/*
 * The live screen on frames that are always the same, for its tests: this
 * program's feed_open() stands in for that of tui/start.c. The command line
 * is sysperf's. What is shown is chosen by the environment:
 *
 *   CANNED_SCENE    trouble (default), calm, procfs, chaos
 *   CANNED_TASKS    how many tasks there are (24)
 *   CANNED_SAMPLES  take so many at once, then no more, whatever the delay
 *   CANNED_DONE     a file that is made when they are taken
 *   CANNED_SEED     of chaos
 */
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../tui/feed.h"
#include "../../tui/terminal.h"

#define START 1735732800 /* 2025-01-01 12:00:00 UTC */
#define CPUS 4
#define DISKS 3
#define NETS 2
#define CGROUPS 6
#define NO_PID 5000000 /* beyond what pid_max can be */
#define TROUBLE_FROM 12 /* the sample in which the trouble begins */
#define FAR_NS 1000000000000000ULL
#define LATE_NS 100000000000ULL

struct canned {
	struct feed feed;
	const char *scene;
	unsigned long samples, taken;
	unsigned int seed;
	unsigned int first; /* number of the first task */
	bool threads;
	size_t nr_made;
	struct sp_frame f;
	struct sp_cpu cpus[CPUS];
	struct sp_disk disks[DISKS];
	struct sp_net nets[NETS];
	struct sp_node nodes[2];
	struct sp_cgroup cgroups[CGROUPS];
};

static unsigned long samples_left; /* of those to be taken at once */
static bool limited;

uint64_t __real_monotonic_ns(void);
uint64_t __wrap_monotonic_ns(void);

/* Deadlines lie in the past while samples are wanted, then far away. */
uint64_t __wrap_monotonic_ns(void)
{
	uint64_t now = __real_monotonic_ns();

	if (!limited)
		return now;
	return samples_left ? now - LATE_NS : now + FAR_NS;
}

static bool is(const struct canned *c, const char *scene)
{
	return !strcmp(c->scene, scene);
}

/* A wave: each number differs, none jumps. */
static double wave(const struct canned *c, unsigned int phase, double low,
		   double high)
{
	double at = sin((double)(c->taken + phase * 7) / 6);

	return low + (high - low) * (at + 1) / 2;
}

static void fill_golden(struct canned *c, bool trouble)
{
	struct sp_golden *g = &c->f.golden;
	const struct sp_table *t = &sp_tables[SP_TABLE_GOLDEN];
	double wait = trouble ? 20000 : 40;

	for (size_t i = 0; i < t->nr_fields; i++) {
		const struct sp_field *f = &t->fields[i];
		double *v = (double *)(void *)((char *)g + f->offset);

		*v = wave(c, (unsigned int)i, 1, 90);
		if (f->unit == SP_UNIT_BYTES_PER_S ||
		    f->unit == SP_UNIT_BITS_PER_S || f->unit == SP_UNIT_BYTES)
			*v *= 1e6;
		if (f->signal == SP_SIG_ERRORS)
			*v = 0;
		if (f->needs != SP_CAP_ANY &&
		    !(c->f.source.caps & 1U << f->needs))
			*v = NAN;
	}
	g->cpu_runq_wait_mean_us = wave(c, 1, wait / 4, wait / 2);
	if (c->f.source.caps & 1U << SP_CAP_SCHED) {
		g->cpu_runq_wait_p50_us = wave(c, 1, wait / 8, wait / 4);
		g->cpu_runq_wait_p95_us = wave(c, 1, wait / 3, wait / 2);
		g->cpu_runq_wait_p99_us = wave(c, 1, wait / 2, wait);
		g->cpu_runq_wait_max_us = wave(c, 1, wait * 2, wait * 4);
	}
	g->cpu_util_pct = trouble ? 99.7 : wave(c, 2, 12, 30);
	g->cpu_ipc = g->cpu_ipc / 60;
	g->cpu_runnable_per_cpu = trouble ? 1.9 : wave(c, 3, 0.1, 0.4);
	g->cpu_psi_some_pct = trouble ? wave(c, 2, 60, 80) : 1.3;
	g->cpu_steal_pct = 0;
	g->disk_errors_per_s = c->f.source.caps & 1U << SP_CAP_BLOCK ? 0 : NAN;
	g->memory_used_pct = wave(c, 9, 40, 44);
}

static void fill_row(struct canned *c, enum sp_table_id table, void *row,
		     unsigned int phase)
{
	const struct sp_table *t = &sp_tables[table];

	sp_field_row_clear(table, row);
	for (size_t i = 0; i < t->nr_fields; i++) {
		const struct sp_field *f = &t->fields[i];
		double *v = (double *)(void *)((char *)row + f->offset);
		unsigned int p = phase * 13 + (unsigned int)i;

		if (f->unit == SP_UNIT_TEXT ||
		    (f->needs != SP_CAP_ANY &&
		     !(c->f.source.caps & 1U << f->needs)))
			continue;
		*v = wave(c, p, 0, 100.0 / (1 + phase));
		if (f->unit == SP_UNIT_BYTES_PER_S ||
		    f->unit == SP_UNIT_BITS_PER_S || f->unit == SP_UNIT_BYTES)
			*v = floor(*v * 1e5);
		if (strstr(f->key, "err") || strstr(f->key, "oom"))
			*v = 0;
	}
}

static void fill_devices(struct canned *c)
{
	static const char *const disks[] = {"nvme0n1", "sda", "dm-0"};
	static const char *const types[] = {"nvme", "hdd", "dm"};
	static const char *const nets[] = {"eth0", "lo"};
	static const char *const paths[] = {
		"/system.slice",
		"/system.slice/db.service",
		"/system.slice/cron.service",
		"/user.slice",
		"/user.slice/user-1000.slice",
		"/init.scope",
	};
	struct sp_frame *f = &c->f;

	for (unsigned int i = 0; i < CPUS; i++) {
		struct sp_cpu *p = &c->cpus[i];

		fill_row(c, SP_TABLE_CPU, p, i);
		p->cpu = i;
		p->user_pct = wave(c, i, 10, 50);
		p->system_pct = wave(c, i, 5, 20);
		p->nice_pct = p->irq_pct = p->steal_pct = 0;
		p->softirq_pct = p->iowait_pct = 2;
		p->idle_pct = 96 - p->user_pct - p->system_pct;
		p->freq_hz = 2.4e9;
		p->node = i / 2;
	}
	for (unsigned int i = 0; i < DISKS; i++) {
		fill_row(c, SP_TABLE_DISK, &c->disks[i], i);
		strcpy(c->disks[i].name, disks[i]);
		strcpy(c->disks[i].type, types[i]);
		strcpy(c->disks[i].model, "Model 1");
		c->disks[i].size_bytes = 1e12;
	}
	for (unsigned int i = 0; i < NETS; i++) {
		fill_row(c, SP_TABLE_NET, &c->nets[i], i);
		strcpy(c->nets[i].name, nets[i]);
		c->nets[i].physical = !i;
		c->nets[i].speed_bits_per_s = i ? NAN : 1e9;
	}
	for (unsigned int i = 0; i < 2; i++) {
		fill_row(c, SP_TABLE_NODE, &c->nodes[i], i);
		c->nodes[i].node = i;
		c->nodes[i].cpus = 2;
	}
	for (unsigned int i = 0; i < CGROUPS; i++) {
		fill_row(c, SP_TABLE_CGROUP, &c->cgroups[i], i);
		strcpy(c->cgroups[i].path, paths[i]);
		strcpy(c->cgroups[i].name, strrchr(paths[i], '/') + 1);
		c->cgroups[i].id = i + 2;
	}
	f->cpus = c->cpus;
	f->nr_cpu_rows = f->nr_cpus = CPUS;
	f->disks = c->disks;
	f->nr_disks = DISKS;
	f->nets = c->nets;
	f->nr_nets = NETS;
	f->nodes = c->nodes;
	f->nr_nodes = 2;
	f->cgroups = c->cgroups;
	f->nr_cgroups = CGROUPS;
	f->mem_total_bytes = 64ULL << 30;
}

static void fill_task(struct canned *c, struct sp_task *t, unsigned int i)
{
	static const char *const names[] = {
		"systemd",	"postgres", "backup",	   "nginx",
		"redis-server", "sshd",	    "kworker/0:1", "日本語-daemon",
	};
	static const char *const states[] = {"S", "R", "D", "S"};
	unsigned int n = sizeof(names) / sizeof(names[0]);
	const char *name = names[i % n];
	double share;

	memset(t, 0, sizeof(*t));
	fill_row(c, SP_TABLE_TASK, t, i);
	t->tid = t->pid = i ? c->first + i : is(c, "chaos") ? c->first : 1;
	if (c->threads && i > 3)
		t->pid = c->first + i / 4 * 4;
	t->ppid = i > 7 ? 1001 : i ? 1 : 0;
	t->uid = i % 3 ? 1000 : 0;
	strcpy(t->user, i % 3 ? "alice" : "root");
	snprintf(t->comm, sizeof(t->comm), "%s", name);
	snprintf(t->command, sizeof(t->command), "/usr/bin/%s --number %u",
		 name, i);
	strcpy(t->state, states[i % 4]);
	strcpy(t->cgroup, c->cgroups[i % CGROUPS].path);
	t->started = 946728000 + i;
	t->threads = 1 + i % 5;
	t->cpu = i % CPUS;
	t->nice = i == 2 ? 10 : 0;
	share = 100.0 / (1 + i);
	t->cpu_pct = wave(c, i, share * 0.9, share);
	t->run_pct = t->cpu_pct;
	t->runq_pct = (100 - t->run_pct) * 0.2;
	if (c->f.source.caps & 1U << SP_CAP_SCHED) {
		t->iowait_pct = (100 - t->run_pct) * 0.1;
		t->blocked_pct = (100 - t->run_pct) * 0.05;
		t->sleep_pct = 100 - t->run_pct - t->runq_pct - t->iowait_pct -
			       t->blocked_pct;
		t->runq_wait_p50_us = wave(c, i, 10, 50);
		t->runq_wait_p99_us = wave(c, i, 200, 900);
		t->runq_wait_max_us = wave(c, i, 2000, 9000);
		t->io_p50_us = wave(c, i, 80, 120);
		t->io_p99_us = wave(c, i, 800, 1200);
		t->io_max_us = wave(c, i, 5000, 9000);
	}
	t->state_threads = t->threads;
	t->kthread = i % n == 6;
	if (i == 5 && c->taken % 4 == 0) {
		t->exited = true;
		strcpy(t->state, "X");
		t->exit_code = 3 << 8;
	}
}

static unsigned int any(struct canned *c, unsigned int below)
{
	return (unsigned int)rand_r(&c->seed) % below;
}

/* Numbers that no machine has, names that mean ill. */
static void spoil(struct canned *c, enum sp_table_id table, void *row)
{
	static const double odd[] = {0,	   -1,	1e-300, 1e300, 1e18,
				     99.9, 100, 12345,	-0.0,  5e5};
	static const char *const texts[] = {
		"",	    "\033[2J\033[31m", "日本語日本語日本語日本語",
		"\x80\xff", "a\tb\nc\x7f",     "e\u0301e\u0301\u200b\u202e",
		"%s%n%d",
	};
	const struct sp_table *t = &sp_tables[table];

	for (unsigned int k = any(c, 6); k; k--) {
		const struct sp_field *f =
			&t->fields[any(c, (unsigned int)t->nr_fields)];
		char *at = (char *)row + f->offset;

		if (f->unit == SP_UNIT_TEXT)
			snprintf(
				at, f->size, "%s",
				texts[any(c, sizeof(texts) / sizeof(texts[0]))]);
		else if (strcmp(f->key, "tid") && strcmp(f->key, "pid"))
			*(double *)(void *)at = any(c, 4)   ? odd[any(c, 10)]
						: any(c, 2) ? NAN
							    : INFINITY;
	}
}

static void chaos(struct canned *c)
{
	struct sp_frame *f = &c->f;
	struct sp_verdict *v = &f->verdict;

	f->nr_tasks = any(c, 3) ? any(c, (unsigned int)c->nr_made) : 0;
	f->nr_disks = any(c, DISKS + 1);
	f->nr_nets = any(c, NETS + 1);
	f->nr_nodes = any(c, 3);
	f->nr_cgroups = any(c, CGROUPS + 1);
	f->nr_cpu_rows = any(c, CPUS + 1);
	f->source.caps = (uint32_t)rand_r(&c->seed) & ((1U << SP_CAPS) - 1);
	spoil(c, SP_TABLE_GOLDEN, &f->golden);
	for (size_t i = 0; i < f->nr_tasks; i++) {
		spoil(c, SP_TABLE_TASK, &f->tasks[i]);
		f->tasks[i].exited = !any(c, 20);
		f->tasks[i].exit_code = any(c, 65536);
	}
	for (size_t i = 0; i < f->nr_disks; i++)
		spoil(c, SP_TABLE_DISK, &f->disks[i]);
	for (size_t i = 0; i < f->nr_cgroups; i++)
		spoil(c, SP_TABLE_CGROUP, &f->cgroups[i]);
	for (size_t i = 0; i < SP_RESOURCES; i++)
		f->status[i] = (enum sp_status)any(c, 4);
	v->severity = (enum sp_status)any(c, 4);
	v->resource = (enum sp_resource)any(c, SP_RESOURCES);
	v->signal = (enum sp_signal)any(c, SP_SIGNALS);
	v->has_culprit = any(c, 2);
	v->culprit.pid = v->culprit.tid = c->first + any(c, 40);
	snprintf(v->culprit.comm, sizeof(v->culprit.comm), "\033[2J日本%u",
		 any(c, 100000));
}

static void judge(struct canned *c, bool trouble)
{
	struct sp_frame *f = &c->f;
	struct sp_verdict *v = &f->verdict;

	memset(v, 0, sizeof(*v));
	for (size_t i = 0; i < SP_RESOURCES; i++)
		f->status[i] = SP_STATUS_OK;
	v->severity = SP_STATUS_OK;
	if (!trouble)
		return;
	f->status[SP_RES_CPU] = SP_STATUS_WARNING;
	v->severity = SP_STATUS_WARNING;
	v->resource = SP_RES_CPU;
	v->signal = SP_SIG_SATURATION;
	strcpy(v->text, "0.9 tasks a CPU wait to run, run-queue wait 20 ms, "
			"CPUs 100 % in use");
	v->has_culprit = true;
	v->culprit.pid = v->culprit.tid = 1002;
	strcpy(v->culprit.comm, "backup");
	v->culprit.share_pct = 46;
	v->culprit.cgroup_share_pct = NAN;
}

static int canned_sample(struct feed *feed, const struct sp_frame **frame)
{
	struct canned *c = (struct canned *)feed;
	bool trouble = is(c, "trouble") && c->taken >= TROUBLE_FROM;
	struct sp_frame *f = &c->f;

	c->taken++;
	*frame = NULL;
	if (c->taken == 1)
		return 0;
	if (is(c, "chaos") && !any(c, 15))
		return any(c, 2) ? -EIO : 0;
	f->time.tv_sec = START + (time_t)c->taken;
	f->interval_s = 1;
	f->nr_tasks = c->nr_made;
	f->source.caps = is(c, "procfs") ? 1U << SP_CAP_IO | 1U << SP_CAP_PSI |
						   1U << SP_CAP_EXITS
					 : (1U << SP_CAPS) - 1;
	f->source.name = is(c, "procfs") ? "procfs" : "kmod";
	strcpy(f->source.kmod_version, is(c, "procfs") ? "" : "0.1.0");
	strcpy(f->host, "db1");
	strcpy(f->kernel, "6.1.0-1-amd64");
	fill_devices(c);
	fill_golden(c, trouble);
	for (unsigned int i = 0; i < c->nr_made; i++)
		fill_task(c, &f->tasks[i], i);
	judge(c, trouble);
	if (is(c, "chaos"))
		chaos(c);
	*frame = f;
	if (samples_left && !--samples_left && getenv("CANNED_DONE")) {
		FILE *done = fopen(getenv("CANNED_DONE"), "w");

		if (done)
			fclose(done);
	}
	return 0;
}

static int canned_set_threads(struct feed *feed, bool threads)
{
	((struct canned *)feed)->threads = threads;
	return 0;
}

static const char *canned_why_not_kmod(const struct feed *feed)
{
	const struct canned *c = (const struct canned *)feed;

	return is(c, "procfs") ? "the module is not loaded" : "";
}

static void canned_close(struct feed *feed)
{
	free(((struct canned *)feed)->f.tasks);
	free(feed);
}

static const struct feed_ops canned_ops = {
	.sample = canned_sample,
	.set_threads = canned_set_threads,
	.why_not_kmod = canned_why_not_kmod,
	.close = canned_close,
};

static unsigned long number(const char *name, unsigned long usual)
{
	const char *s = getenv(name);

	return s ? strtoul(s, NULL, 10) : usual;
}

int feed_open(const struct options *o, struct feed **feed)
{
	struct canned *c = calloc(1, sizeof(*c));

	if (!c)
		return EXIT_SOURCE;
	c->feed.ops = &canned_ops;
	c->scene = getenv("CANNED_SCENE") ? getenv("CANNED_SCENE") : "trouble";
	c->nr_made = number("CANNED_TASKS", 24);
	c->seed = (unsigned int)number("CANNED_SEED", 1);
	/* What random keys do to tasks must not find one. */
	c->first = is(c, "chaos") ? NO_PID : 1000;
	c->threads = o->collector.threads;
	samples_left = number("CANNED_SAMPLES", 0);
	limited = samples_left > 0;
	c->f.tasks = calloc(c->nr_made + 1, sizeof(*c->f.tasks));
	if (!c->f.tasks) {
		free(c);
		return EXIT_SOURCE;
	}
	*feed = &c->feed;
	return EXIT_OK;
}

int main(int argc, char **argv)
{
	struct options o;
	int status;

	setlocale(LC_CTYPE, "");
	if (options_parse(&o, argc, argv))
		return EXIT_USAGE;
	sp_config_init(&o.config);
	status = live_run(&o);
	view_free(&o.view);
	return status;
}
