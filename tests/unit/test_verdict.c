// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verdict: the right resource and culprit, quiet when nothing waits, and
 * no flapping about a threshold.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../daemon/collector/verdict.h"

#define MIB (1024.0 * 1024)

struct fixture {
	struct sp_frame frame;
	struct task_totals totals;
	struct verdict_memory memory;
	struct sp_config config;
	struct verdict_lookup lookup;
	struct verdict_listener listener;
	struct sp_task tasks[3];
	struct sp_disk disks[2];
	struct sp_net nets[2];
};

static void cgroup_of(void *ctx, uint32_t pid, char *path, size_t len)
{
	(void)ctx;
	snprintf(path, len, "/group%u", pid);
}

static bool full_listener(void *ctx, struct verdict_listener *l)
{
	const struct fixture *f = ctx;

	*l = f->listener;
	return l->port;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const char *names[] = {"small", "large", "idle"};

	sp_field_row_clear(SP_TABLE_GOLDEN, &f->frame.golden);
	f->frame.interval_s = 1;
	f->frame.nr_cpus = 2;
	f->frame.tasks = f->tasks;
	f->frame.nr_tasks = 3;
	for (int i = 0; i < 3; i++) {
		sp_field_row_clear(SP_TABLE_TASK, &f->tasks[i]);
		f->tasks[i].pid = f->tasks[i].tid = 100 + i;
		f->tasks[i].state_threads = 1;
		snprintf(f->tasks[i].comm, sizeof(f->tasks[i].comm), "%s",
			 names[i]);
	}
	for (int i = 0; i < 2; i++) {
		sp_field_row_clear(SP_TABLE_DISK, &f->disks[i]);
		sp_field_row_clear(SP_TABLE_NET, &f->nets[i]);
		f->nets[i].physical = true;
	}
	strcpy(f->disks[0].name, "sda");
	strcpy(f->disks[1].name, "dm-0");
	strcpy(f->nets[0].name, "eth0");
	strcpy(f->nets[1].name, "eth1");
	f->frame.disks = f->disks;
	f->frame.nr_disks = 2;
	f->frame.nets = f->nets;
	f->frame.nr_nets = 2;
	f->totals = (struct task_totals){NAN, NAN, NAN, 0, false, 0};
	sp_config_init(&f->config);
	f->lookup = (struct verdict_lookup){f, cgroup_of, full_listener};
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static void judge(struct fixture *f)
{
	verdict_judge(&f->memory, &f->config.thresholds, &f->frame, &f->totals,
		      &f->lookup);
}

static void expect(const struct fixture *f, enum sp_status severity,
		   enum sp_resource res, enum sp_signal sig)
{
	assert_int_equal(f->frame.verdict.severity, severity);
	assert_int_equal(f->frame.verdict.resource, res);
	assert_int_equal(f->frame.verdict.signal, sig);
	assert_true(strlen(f->frame.verdict.text) >= 10);
	assert_true(f->frame.status[res] >= severity);
}

static void expect_ok(const struct fixture *f)
{
	if (f->frame.verdict.severity != SP_STATUS_OK)
		fail_msg("%s", f->frame.verdict.text);
	assert_string_equal(f->frame.verdict.text, "");
	assert_false(f->frame.verdict.has_culprit);
}

static void expect_text(const struct fixture *f, const char *part)
{
	if (!strstr(f->frame.verdict.text, part))
		fail_msg("no '%s' in: %s", part, f->frame.verdict.text);
}

static void expect_culprit(const struct fixture *f, const char *comm)
{
	assert_true(f->frame.verdict.has_culprit);
	assert_string_equal(f->frame.verdict.culprit.comm, comm);
}

static void nothing_known_is_no_complaint(void **state)
{
	struct fixture *f = *state;

	judge(f);
	expect_ok(f);
	for (int i = 0; i < SP_RESOURCES; i++)
		assert_int_equal(f->frame.status[i], SP_STATUS_OK);
}

static void busy_is_not_waiting(void **state)
{
	struct fixture *f = *state;
	struct sp_golden *g = &f->frame.golden;

	g->cpu_util_pct = 100;
	g->cpu_runnable_per_cpu = 1;
	g->disk_util_pct = f->disks[0].util_pct = 100;
	g->disk_psi_some_pct = 95;
	f->disks[0].reads_per_s = 10000;
	f->disks[0].read_mean_us = 90; /* an NVMe */
	g->memory_used_pct = 97;
	g->memory_psi_some_pct = 0;
	g->memory_swap_out_bytes_per_s = 1e9; /* put away, not come back */
	g->memory_swap_in_bytes_per_s = 0;
	f->nets[0].util_pct = 100;
	f->nets[0].speed_bits_per_s = f->nets[0].tx_bits_per_s = 1e9;
	f->nets[0].backlog_bytes = f->nets[0].queue_us = 0;
	f->totals.runq_ns = 1e9;
	f->totals.runq_urgent_ns = 1e7; /* all but this was niced */
	for (int i = 0; i < 3; i++) {
		judge(f);
		expect_ok(f);
	}
}

static void cpu_with_culprit(void **state)
{
	struct fixture *f = *state;

	f->totals.runq_urgent_ns = 1.5e9; /* 0.75 a CPU */
	f->tasks[0].cpu_pct = 50;
	f->tasks[1].cpu_pct = 150;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_CPU, SP_SIG_SATURATION);
	expect_culprit(f, "large");
	assert_int_equal(f->frame.verdict.culprit.pid, 101);
	assert_true(fabs(f->frame.verdict.culprit.share_pct - 75) < 0.01);
	assert_string_equal(f->frame.verdict.culprit.cgroup, "/group101");
	assert_int_equal(f->frame.status[SP_RES_DISK], SP_STATUS_OK);
	/* Who yields to all others is not why they wait. */
	f->tasks[1].yields = true;
	judge(f);
	expect_culprit(f, "small");
	f->tasks[0].cpu_pct = 0;
	judge(f);
	expect_culprit(f, "large");
}

/* In a container it is the machine's sums that tell, or nothing. */
static void hidden_tasks(void **state)
{
	struct fixture *f = *state;
	struct sp_golden *g = &f->frame.golden;

	f->totals.partial = true;
	f->totals.runq_urgent_ns = 1e7;
	f->totals.runq_ns = 3e7;
	judge(f);
	assert_int_equal(f->frame.status[SP_RES_CPU], SP_STATUS_NONE);
	assert_int_equal(f->frame.verdict.severity, SP_STATUS_NONE);
	g->cpu_util_pct = 100;
	g->cpu_steal_pct = 0;
	g->cpu_runnable_per_cpu = 1;
	judge(f);
	expect_ok(f);
	assert_int_equal(f->frame.status[SP_RES_CPU], SP_STATUS_OK);
	g->cpu_runnable_per_cpu = 2.01;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_CPU, SP_SIG_SATURATION);
	expect_text(f, "1.0 tasks");
	f->totals.runq_ns = 2.01e9; /* all of whom are niced */
	f->memory = (struct verdict_memory){0};
	judge(f);
	expect_ok(f);
}

static void group(struct sp_cgroup *g, const char *path, double cpu_pct)
{
	sp_field_row_clear(SP_TABLE_CGROUP, g);
	snprintf(g->path, sizeof(g->path), "%s", path);
	g->cpu_pct = cpu_pct;
}

/* Many small ones: the service that they are. */
static void group_is_culprit(void **state)
{
	struct fixture *f = *state;
	struct sp_cgroup rows[4];

	f->totals.runq_urgent_ns = 1.5e9;
	f->frame.golden.cpu_util_pct = 100;
	f->tasks[0].cpu_pct = f->tasks[2].cpu_pct = 30;
	f->tasks[1].cpu_pct = 40;
	group(&rows[0], "/", 200);
	group(&rows[1], "/group102", 165);
	group(&rows[2], "/group102/below", 5);
	group(&rows[3], "/group101", 40);
	f->frame.cgroups = rows;
	f->frame.nr_cgroups = 4;
	judge(f);
	expect_culprit(f, "idle");
	assert_string_equal(f->frame.verdict.culprit.cgroup, "/group102");
	assert_true(f->frame.verdict.culprit.share_pct == 30);
	assert_true(f->frame.verdict.culprit.cgroup_share_pct == 82.5);
	/* One that stands out is named for itself. */
	f->tasks[1].cpu_pct = 90;
	judge(f);
	expect_culprit(f, "large");
	assert_true(isnan(f->frame.verdict.culprit.cgroup_share_pct));
	/* What does most is no group that a large contributor is in. */
	f->tasks[1].cpu_pct = 40;
	group(&rows[1], "/group", 190);
	judge(f);
	expect_culprit(f, "large");
	assert_string_equal(f->frame.verdict.culprit.cgroup, "/group101");
	/* Nearly all of it is done below. */
	group(&rows[1], "/group101", 190);
	group(&rows[2], "/group101/below", 180);
	judge(f);
	assert_true(isnan(f->frame.verdict.culprit.cgroup_share_pct));
	group(&rows[2], "/group101/below", 100);
	judge(f);
	assert_true(f->frame.verdict.culprit.cgroup_share_pct == 95);
}

/* A quota is a group's: it is somebody in there, whoever waits elsewhere. */
static void throttled_group_is_culprit(void **state)
{
	struct fixture *f = *state;
	struct sp_cgroup row;

	f->frame.golden.cpu_throttled_per_s = 10;
	group(&row, "/group100", 20);
	row.throttled_pct = 80;
	f->frame.cgroups = &row;
	f->frame.nr_cgroups = 1;
	f->tasks[0].runq_pct = 40;
	f->tasks[1].runq_pct = 90;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_CPU, SP_SIG_ERRORS);
	expect_culprit(f, "small");
	assert_string_equal(f->frame.verdict.culprit.cgroup, "/group100");
}

static void worst_wins(void **state)
{
	struct fixture *f = *state;

	f->totals.runq_urgent_ns = 1.5e9; /* a warning */
	f->frame.golden.memory_oom_kills_per_s = 1; /* critical */
	judge(f);
	expect(f, SP_STATUS_CRITICAL, SP_RES_MEMORY, SP_SIG_ERRORS);
	assert_int_equal(f->frame.status[SP_RES_CPU], SP_STATUS_WARNING);
}

static void throttled_is_not_overcommitted(void **state)
{
	struct fixture *f = *state;
	struct sp_golden *g = &f->frame.golden;

	f->totals.runq_urgent_ns = 5e9; /* critical */
	g->cpu_throttled_per_s = 10;
	g->cpu_util_pct = 15;
	f->tasks[0].runq_pct = 80;
	f->tasks[0].cpu_pct = 20;
	f->tasks[1].runq_pct = 1;
	f->tasks[1].cpu_pct = 60;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_CPU, SP_SIG_ERRORS);
	expect_culprit(f, "small");
	g->cpu_util_pct = 100; /* both at once */
	judge(f);
	expect(f, SP_STATUS_CRITICAL, SP_RES_CPU, SP_SIG_SATURATION);
}

static void memory_culprits(void **state)
{
	struct fixture *f = *state;
	struct sp_golden *g = &f->frame.golden;

	g->memory_psi_some_pct = 30;
	g->memory_faults_per_s = 1000;
	f->tasks[0].rss_bytes = 400 * MIB;
	f->tasks[1].rss_bytes = 1000 * MIB;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_MEMORY, SP_SIG_SATURATION);
	expect_culprit(f, "large");
	f->tasks[0].minor_faults_per_s = 900; /* it takes more */
	judge(f);
	expect_culprit(f, "small");
	assert_true(fabs(f->frame.verdict.culprit.share_pct - 400 / 14.0) <
		    0.01);
	f->tasks[1].rss_bytes = 8000 * MIB; /* by far */
	judge(f);
	expect_culprit(f, "large");
}

static void kswapd_is_not_held_up(void **state)
{
	struct fixture *f = *state;
	struct sp_golden *g = &f->frame.golden;

	g->memory_psi_some_pct = 30;
	g->memory_reclaim_stalls_per_s = 0;
	g->memory_refaults_per_s = 200;
	f->totals.kswapd_ns = 0.35 * f->frame.interval_s * 1e9;
	judge(f);
	expect_ok(f);
	/* Others too are held up by more than it could. */
	g->memory_psi_some_pct = 50;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_MEMORY, SP_SIG_SATURATION);
	expect_text(f, "15 % of the time");
	g->memory_psi_some_pct = 30;
	judge(f);
	expect_ok(f);
	/* They reclaim, or wait for what was given up. */
	g->memory_reclaim_stalls_per_s = 3;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_MEMORY, SP_SIG_SATURATION);
	expect_text(f, "30 % of the time");
	g->memory_reclaim_stalls_per_s = 0;
	judge(f);
	expect_ok(f);
	g->memory_refaults_per_s = 2000;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_MEMORY, SP_SIG_SATURATION);
	/* On the brink it does not flap. */
	g->memory_refaults_per_s = 950;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_MEMORY, SP_SIG_SATURATION);
}

static void swap_storm(void **state)
{
	struct fixture *f = *state;
	struct sp_golden *g = &f->frame.golden;

	g->memory_psi_some_pct = 8;
	g->memory_swap_in_bytes_per_s = 5 * MIB;
	g->memory_swap_out_bytes_per_s = 30 * MIB;
	g->disk_psi_some_pct = 15; /* all of it for that */
	f->disks[0].util_pct = 100;
	f->disks[0].reads_per_s = 100;
	f->disks[0].read_mean_us = 200e3;
	g->cpu_psi_some_pct = 10;
	f->totals.runq_urgent_ns = 5e9;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_MEMORY, SP_SIG_SATURATION);
	expect_text(f, "5 MiB/s in and 30 MiB/s out");
	assert_int_equal(f->frame.status[SP_RES_DISK], SP_STATUS_CRITICAL);
	assert_int_equal(f->frame.status[SP_RES_CPU], SP_STATUS_CRITICAL);
	g->memory_psi_some_pct = 1; /* zram, and nobody notices */
	judge(f);
	assert_int_equal(f->frame.status[SP_RES_MEMORY], SP_STATUS_OK);
}

static void oom_culprits(void **state)
{
	struct fixture *f = *state;
	struct sp_golden *g = &f->frame.golden;

	f->tasks[0].rss_bytes = 10 * MIB;
	f->tasks[1].rss_bytes = 1000 * MIB;
	g->memory_used_pct = 99;
	judge(f);
	expect_ok(f);
	/* The largest is gone. */
	g->memory_oom_kills_per_s = 1;
	f->tasks[1] = f->tasks[2];
	judge(f);
	expect(f, SP_STATUS_CRITICAL, SP_RES_MEMORY, SP_SIG_ERRORS);
	expect_culprit(f, "large");
	assert_int_equal(f->frame.verdict.culprit.pid, 101);
	/* Or nobody has waited for it yet. */
	f->tasks[1].pid = f->memory.largest.pid;
	judge(f);
	assert_false(f->frame.verdict.has_culprit);
	f->memory.largest.pid = 101;
	strcpy(f->memory.largest.comm, "large");
	f->tasks[1].pid = 101;
	strcpy(f->tasks[1].state, "Z");
	judge(f);
	expect_culprit(f, "large");
	f->tasks[1] = f->tasks[2];
	/* One that ended by SIGKILL in this interval. */
	f->tasks[2].exited = true;
	f->tasks[2].exit_code = 9;
	judge(f);
	expect_culprit(f, "idle");
	/* The module knows, so that is what counts. */
	f->frame.source.caps = 1U << SP_CAP_RECLAIM;
	judge(f);
	assert_false(f->frame.verdict.has_culprit);
	f->tasks[0].exited = f->tasks[0].oom_killed = true;
	judge(f);
	expect_culprit(f, "small");
	expect_text(f, "1 task killed");
	/* One is one, whatever becomes of it as a rate. */
	f->frame.interval_s = 0.98;
	g->memory_oom_kills_per_s = nextafter(1 / 0.98, 0);
	judge(f);
	expect(f, SP_STATUS_CRITICAL, SP_RES_MEMORY, SP_SIG_ERRORS);
}

static void slow_disk_only_if_waited_for(void **state)
{
	struct fixture *f = *state;
	struct sp_golden *g = &f->frame.golden;
	struct sp_disk *d = &f->disks[0];

	d->reads_per_s = 3;
	d->writes_per_s = 1;
	d->read_mean_us = 250000;
	d->write_mean_us = 50000;
	d->util_pct = 90;
	g->disk_psi_some_pct = 2;
	judge(f);
	expect_ok(f);
	g->disk_psi_some_pct = 60;
	f->tasks[0].write_bytes_per_s = 1e6;
	judge(f);
	expect(f, SP_STATUS_CRITICAL, SP_RES_DISK, SP_SIG_LATENCY);
	expect_culprit(f, "small");
	expect_text(f, "sda: requests take 200 ms");
	/* Without PSI: a CPU idles for it. */
	g->disk_psi_some_pct = NAN;
	judge(f);
	expect_ok(f);
	f->frame.cpus = &(struct sp_cpu){.iowait_pct = 40};
	f->frame.nr_cpu_rows = 1;
	judge(f);
	expect(f, SP_STATUS_CRITICAL, SP_RES_DISK, SP_SIG_LATENCY);
}

static void which_disk(void **state)
{
	struct fixture *f = *state;

	f->frame.golden.disk_psi_some_pct = 50;
	for (int i = 0; i < 2; i++) {
		f->disks[i].util_pct = 95;
		f->disks[i].reads_per_s = 10;
		f->disks[i].read_mean_us = 50000;
	}
	judge(f);
	expect_text(f, "sda: "); /* what lies on it is only as slow */
	f->disks[0].read_mean_us = 100;
	judge(f);
	expect_text(f, "dm-0: "); /* it is slow by itself */
	f->disks[1].reads_per_s = f->disks[1].writes_per_s = 0;
	f->disks[1].read_mean_us = NAN;
	f->disks[1].util_pct = 0;
	judge(f);
	expect_ok(f);
	f->disks[1].stuck = true;
	judge(f);
	expect_ok(f); /* nobody waits for that one all the time */
	f->frame.golden.disk_psi_some_pct = 97;
	judge(f);
	expect_text(f, "dm-0: no request ends");
	f->disks[1].stuck = false;
	f->disks[0].reads_per_s = f->disks[0].util_pct = 0;
	f->disks[0].writes_per_s = 0;
	f->frame.golden.disk_psi_some_pct = 50;
	judge(f);
	expect_text(f, "no disk finishes a request, tasks wait for I/O 50 %");
	f->disks[0].reads_per_s = 10;
	f->disks[0].util_pct = 95;
	f->disks[0].queue_mean_us = 30000; /* the module's, before issue */
	judge(f);
	expect_text(f, "sda: requests take 30 ms");
}

static void who_does_the_io(void **state)
{
	struct fixture *f = *state;

	f->frame.golden.disk_psi_some_pct = 50;
	f->disks[0].util_pct = 95;
	f->disks[0].reads_per_s = 10;
	f->disks[0].read_mean_us = 50000;
	f->tasks[0].read_bytes_per_s = 4e6; /* 1000 small ones */
	f->tasks[0].ios_per_s = 1000;
	f->tasks[1].read_bytes_per_s = 20e6; /* 20 large ones */
	f->tasks[1].ios_per_s = 20;
	judge(f);
	expect_culprit(f, "small");
	/* The other is the one that waits for it. */
	f->tasks[0].iowait_pct = 2;
	f->tasks[1].iowait_pct = 95;
	judge(f);
	expect_culprit(f, "large");
	f->tasks[0].ios_per_s = f->tasks[0].read_bytes_per_s = 0;
	f->tasks[1].ios_per_s = f->tasks[1].read_bytes_per_s = 0;
	judge(f);
	expect_culprit(f, "large");
	f->tasks[0].iowait_pct = f->tasks[1].iowait_pct = NAN;
	f->tasks[0].read_bytes_per_s = 4e6;
	f->tasks[0].ios_per_s = 1000;
	f->tasks[1].read_bytes_per_s = 20e6;
	f->tasks[1].ios_per_s = 20;
	/* What writes for others is not to blame as long as those show. */
	f->tasks[0].kthread = true;
	judge(f);
	expect_culprit(f, "large");
	f->tasks[1].read_bytes_per_s = 1000;
	f->tasks[1].ios_per_s = 1;
	judge(f);
	expect_culprit(f, "small");
}

static void failing_disk(void **state)
{
	struct fixture *f = *state;

	f->disks[1].errors_per_s = 3;
	f->tasks[1].ios_per_s = 1000;
	f->tasks[2].io_errors_per_s = 3;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_DISK, SP_SIG_ERRORS);
	expect_text(f, "dm-0: 3 requests failed");
	expect_culprit(f, "idle");
	f->disks[0].errors_per_s = 30;
	judge(f);
	expect(f, SP_STATUS_CRITICAL, SP_RES_DISK, SP_SIG_ERRORS);
	expect_text(f, "sda: 30 requests failed");
}

static void saturated_link(void **state)
{
	struct fixture *f = *state;
	struct sp_net *n = &f->nets[1];

	n->speed_bits_per_s = 10e9;
	n->shaper_bits_per_s = 10e6;
	n->tx_bits_per_s = 9.7e6;
	n->tx_packets_per_s = 800;
	n->backlog_bytes = n->overlimits_per_s = 0;
	f->tasks[1].net_tx_bytes_per_s = 1.2e6;
	judge(f);
	expect_ok(f); /* nothing waits */
	n->overlimits_per_s = 500;
	/* What is dropped is its doing. */
	f->frame.golden.network_retransmits_per_s = 100;
	f->frame.golden.network_retransmits_pct = 12;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_NETWORK, SP_SIG_SATURATION);
	expect_text(f, "eth1 sends 9.7 Mbit/s, 97 % of what its shaper");
	expect_culprit(f, "large");
	n->shaper_bits_per_s = NAN;
	judge(f);
	expect(f, SP_STATUS_CRITICAL, SP_RES_NETWORK, SP_SIG_ERRORS);
}

static void standing_queue(void **state)
{
	struct fixture *f = *state;
	struct sp_net *n = &f->nets[0];

	n->tx_bits_per_s = 8e6;
	n->backlog_bytes = 150e3;
	n->queue_us = 150e3;
	judge(f);
	expect_ok(f); /* it may be gone by the next sample */
	judge(f);
	expect(f, SP_STATUS_CRITICAL, SP_RES_NETWORK, SP_SIG_SATURATION);
	expect_text(f, "eth0: packets wait 150 ms");
}

static void lossy_network(void **state)
{
	struct fixture *f = *state;
	struct sp_golden *g = &f->frame.golden;

	g->network_retransmits_per_s = 4;
	g->network_retransmits_pct = 30;
	judge(f);
	expect_ok(f); /* a handful */
	g->network_retransmits_per_s = 50;
	g->network_retransmits_pct = 2;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_NETWORK, SP_SIG_ERRORS);
	/* Hysteresis holds for the handful, too. */
	g->network_retransmits_per_s = 4.5;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_NETWORK, SP_SIG_ERRORS);
	g->network_retransmits_per_s = 3.9;
	judge(f);
	expect_ok(f);
	f->nets[0].rx_drops_per_s = 80;
	f->nets[0].rx_packets_per_s = 920;
	f->nets[0].tx_packets_per_s = 1000;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_NETWORK, SP_SIG_SATURATION);
	expect_text(f, "eth0: 4.0 % of packets dropped");
	f->nets[0].physical = false; /* a bridge drops what it has no use for */
	judge(f);
	expect_ok(f);
	f->nets[1].rx_errors_per_s = 10;
	f->nets[1].rx_packets_per_s = 1990;
	f->nets[1].tx_packets_per_s = 0;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_NETWORK, SP_SIG_ERRORS);
	expect_text(f, "eth1: errors in 0.5 % of packets");
}

static void listen_queue(void **state)
{
	struct fixture *f = *state;
	struct sp_golden *g = &f->frame.golden;

	g->network_listen_overflows_per_s = 30;
	g->network_retransmits_per_s = 30; /* their clients */
	g->network_retransmits_pct = 90;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_NETWORK, SP_SIG_ERRORS);
	expect_text(f, "30 connections a second dropped");
	assert_false(f->frame.verdict.has_culprit);
	f->listener = (struct verdict_listener){8080, 129, 128, 102, 75};
	judge(f);
	expect_text(f, "port 8080: 129 wait, 128 fit");
	expect_culprit(f, "idle");
	assert_true(f->frame.verdict.culprit.share_pct == 75);
	f->listener.pid = 999; /* in another pid namespace */
	judge(f);
	assert_false(f->frame.verdict.has_culprit);
}

static void hysteresis(void **state)
{
	struct fixture *f = *state;
	const double waiting[] = {0.45, 0.51, 0.45, 0.51, 0.41, 0.39, 0.45};
	const enum sp_status want[] = {
		SP_STATUS_OK,	   SP_STATUS_WARNING, SP_STATUS_WARNING,
		SP_STATUS_WARNING, SP_STATUS_WARNING, SP_STATUS_OK,
		SP_STATUS_OK,
	};

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		f->totals.runq_urgent_ns = waiting[i] * 2e9;
		judge(f);
		assert_int_equal(f->frame.status[SP_RES_CPU], want[i]);
	}
	f->config.thresholds.hysteresis_pct = 0;
	f->totals.runq_urgent_ns = 0.51 * 2e9;
	judge(f);
	assert_int_equal(f->frame.status[SP_RES_CPU], SP_STATUS_WARNING);
	f->totals.runq_urgent_ns = 0.49 * 2e9;
	judge(f);
	assert_int_equal(f->frame.status[SP_RES_CPU], SP_STATUS_OK);
}

/* Which of a row of samples complain, of one a second or ten. */
static void short_samples_are_confirmed(void **state)
{
	struct fixture *f = *state;
	const bool waits[] = {true, false, true, true, true, false, true};
	const bool want[] = {false, false, false, true, true, false, false};

	f->frame.interval_s = 0.1;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		f->totals.runq_urgent_ns = waits[i] ? 0.2e9 : 0;
		judge(f);
		assert_int_equal(f->frame.verdict.severity,
				 want[i] ? SP_STATUS_WARNING : SP_STATUS_OK);
	}
	/* What happened, happened. */
	f->frame.golden.memory_oom_kills_per_s = 10;
	judge(f);
	expect(f, SP_STATUS_CRITICAL, SP_RES_MEMORY, SP_SIG_ERRORS);
	/* And no interval at all says nothing. */
	f->frame.interval_s = 0.0001;
	judge(f);
	assert_int_equal(f->frame.verdict.severity, SP_STATUS_NONE);
	assert_int_equal(f->frame.status[SP_RES_CPU], SP_STATUS_NONE);
}

static void thresholds_are_those_given(void **state)
{
	struct fixture *f = *state;
	struct sp_threshold *t = &f->config.thresholds.rule[RULE_CPU_WAITING];

	f->totals.runq_urgent_ns = 6e9; /* 3 a CPU */
	judge(f);
	expect(f, SP_STATUS_CRITICAL, SP_RES_CPU, SP_SIG_SATURATION);
	*t = (struct sp_threshold){0.5, INFINITY};
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_CPU, SP_SIG_SATURATION);
	*t = (struct sp_threshold){INFINITY, 3};
	judge(f);
	expect(f, SP_STATUS_CRITICAL, SP_RES_CPU, SP_SIG_SATURATION);
	*t = (struct sp_threshold){INFINITY, INFINITY};
	judge(f);
	expect_ok(f);
}

/* Every rule by itself, with numbers as large as they get. */
static void texts_fit(void **state)
{
	struct fixture *f = *state;
	struct sp_golden *g = &f->frame.golden;
	struct evidence e = {.frame = &f->frame,
			     .g = g,
			     .totals = &f->totals,
			     .listener = &f->listener,
			     .ease = 1};
	double *numbers = (double *)g;

	for (size_t i = 0; i < sizeof(*g) / sizeof(*numbers); i++)
		numbers[i] = 123456789;
	for (int i = 0; i < 2; i++) {
		memset(f->disks[i].name, 'd', sizeof(f->disks[i].name) - 1);
		memset(f->nets[i].name, 'n', sizeof(f->nets[i].name) - 1);
		f->disks[i].reads_per_s = f->disks[i].read_mean_us = 123456789;
		f->disks[i].queue_depth = f->disks[i].errors_per_s = 123456789;
		f->disks[i].util_pct = 100;
		f->nets[i].tx_bits_per_s = f->nets[i].backlog_bytes = 123456789;
		f->nets[i].queue_us = f->nets[i].shaper_bits_per_s = 123456789;
		f->nets[i].rx_drops_per_s = f->nets[i].rx_errors_per_s =
			1234567;
		f->nets[i].rx_packets_per_s = f->nets[i].tx_packets_per_s = 1e9;
	}
	f->totals.runq_urgent_ns = 123456789e9;
	f->listener =
		(struct verdict_listener){65535, 4000000, 4000000, 1, 100};
	for (int i = 0; i < VERDICT_RULES; i++) {
		char text[512] = "";
		double v = verdict_rules[i].value(&e);

		if (isnan(v))
			fail_msg("%s has no value", verdict_rules[i].key);
		verdict_rules[i].text(text, sizeof(text), &e, v);
		if (strlen(text) < 10 ||
		    strlen(text) >= sizeof(f->frame.verdict.text))
			fail_msg("%s: %s", verdict_rules[i].key, text);
	}
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(nothing_known_is_no_complaint),
		T(busy_is_not_waiting),
		T(cpu_with_culprit),
		T(group_is_culprit),
		T(hidden_tasks),
		T(throttled_group_is_culprit),
		T(worst_wins),
		T(throttled_is_not_overcommitted),
		T(memory_culprits),
		T(kswapd_is_not_held_up),
		T(swap_storm),
		T(oom_culprits),
		T(slow_disk_only_if_waited_for),
		T(which_disk),
		T(who_does_the_io),
		T(failing_disk),
		T(saturated_link),
		T(standing_queue),
		T(lossy_network),
		T(listen_queue),
		T(hysteresis),
		T(short_samples_are_confirmed),
		T(thresholds_are_those_given),
		T(texts_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
