// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machine's counters made into golden signals and rows: rates, counters
 * that fall or are absent, CPUs and disks that come and go, the module's
 * histograms.
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

#include <sysperf_hist.h>

#include "pair.h"

#define SEC 1000000000ULL

static int setup(void **state)
{
	struct pair *f = calloc(1, sizeof(*f));

	pair_init(f, 2);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct pair *f = *state;

	/* Those that a test put there are its own, not the heap's. */
	f->prev.kcpus = f->cur.kcpus = NULL;
	f->prev.kdisks = f->cur.kdisks = NULL;
	f->prev.ktcps = f->cur.ktcps = NULL;
	pair_free(f);
	free(f);
	return 0;
}

static struct sp_raw_cpu *cpu(struct sp_snapshot *s, uint64_t nr, uint64_t user,
			      uint64_t idle)
{
	struct sp_raw_cpu *c = sp_snapshot_add_cpu(s);

	c->cpu = nr;
	c->user_ns = user;
	c->idle_ns = idle;
	c->nice_ns = c->system_ns = c->iowait_ns = 0;
	c->irq_ns = c->softirq_ns = c->steal_ns = 0;
	return c;
}

static void cpu_time_and_waits(void **state)
{
	struct pair *f = *state;
	struct sp_golden *g = &f->frame.golden;

	cpu(&f->prev, 0, 0, 0)->run_delay_ns = 0;
	cpu(&f->prev, 2, 0, 0)->run_delay_ns = 0;
	cpu(&f->cur, 0, 2 * SEC, 0)->run_delay_ns = SEC;
	cpu(&f->cur, 2, SEC, SEC)->run_delay_ns = 0;
	for (int i = 0; i < 2; i++) {
		f->prev.cpus[i].run_count = 0;
		f->cur.cpus[i].run_count = 500;
	}
	f->prev.sys.switches = 1000;
	f->cur.sys.switches = 3000;
	f->prev.sys.psi_cpu_some_ns = 0;
	f->cur.sys.psi_cpu_some_ns = SEC;
	assert_int_equal(cpu_rows(&f->iv, &f->totals), 0);
	near(g->cpu_util_pct, 75);
	near(g->cpu_context_switches_per_s, 1000);
	near(g->cpu_psi_some_pct, 50);
	near(g->cpu_runq_wait_mean_us, 1000);
	near(g->cpu_runnable_per_cpu, 1); /* 3 s run, 1 s waited, of 2 x 2 s */
	assert_true(isnan(g->cpu_runq_wait_p99_us));
	assert_true(isnan(g->cpu_machine_checks_per_s));
	near(f->frame.cpus[0].user_pct, 100);
	near(f->frame.cpus[1].cpu, 2);
	near(f->frame.cpus[1].idle_pct, 50);
}

/* The modes add up to half of the 2 s, as in a guest that loses ticks. */
static void waits_where_ticks_are_lost(void **state)
{
	struct pair *f = *state;

	cpu(&f->prev, 0, 0, 0)->run_delay_ns = 0;
	cpu(&f->cur, 0, SEC, 0)->run_delay_ns = 4 * SEC;
	assert_int_equal(cpu_rows(&f->iv, &f->totals), 0);
	near(f->frame.golden.cpu_util_pct, 100);
	near(f->frame.golden.cpu_runnable_per_cpu, 3); /* one runs, two wait */
}

/* A kernel without /proc/schedstat: what the tasks tell. */
static void waits_without_schedstat(void **state)
{
	struct pair *f = *state;

	cpu(&f->prev, 0, 0, 0);
	cpu(&f->cur, 0, 2 * SEC, 0);
	f->totals.runq_ns = 1e9;
	f->totals.runs = 2000;
	assert_int_equal(cpu_rows(&f->iv, &f->totals), 0);
	near(f->frame.golden.cpu_runq_wait_mean_us, 500);
	near(f->frame.golden.cpu_runnable_per_cpu, 1.5);
}

/* idle goes back a little in some kernels; a CPU comes, another goes. */
static void cpu_oddities(void **state)
{
	struct pair *f = *state;

	cpu(&f->prev, 0, 0, 10 * SEC);
	cpu(&f->prev, 1, 0, 0);
	cpu(&f->cur, 0, SEC, 10 * SEC - 20000000);
	cpu(&f->cur, 3, 5 * SEC, 5 * SEC);
	assert_int_equal(cpu_rows(&f->iv, &f->totals), 0);
	assert_int_equal(f->frame.nr_cpu_rows, 2);
	near(f->frame.cpus[0].user_pct, 100);
	near(f->frame.golden.cpu_util_pct, 100);
	assert_true(isnan(f->frame.cpus[1].user_pct));
}

static void memory(void **state)
{
	struct pair *f = *state;
	struct sp_golden *g = &f->frame.golden;

	f->cur.sys.mem_total_bytes = 1000;
	f->cur.sys.mem_available_bytes = 250;
	f->prev.sys.faults = 100;
	f->cur.sys.faults = 300;
	f->prev.sys.refaults = 50;
	f->cur.sys.refaults = 250;
	f->prev.sys.oom_kills = 7;
	f->cur.sys.oom_kills = 3; /* fell: reset */
	memory_signals(&f->iv);
	near(g->memory_used_pct, 75);
	near(g->memory_faults_per_s, 100);
	near(g->memory_refaults_per_s, 100);
	assert_true(isnan(g->memory_oom_kills_per_s));
	assert_true(isnan(g->memory_ecc_errors_per_s));
	assert_int_equal(f->frame.mem_total_bytes, 1000);
}

static struct sp_raw_disk *disk(struct sp_snapshot *s, const char *name,
				uint64_t minor, uint64_t reads, uint64_t ns)
{
	struct sp_raw_disk *d = sp_snapshot_add_disk(s);

	snprintf(d->name, sizeof(d->name), "%s", name);
	d->major = 8;
	d->minor = minor;
	d->reads = reads;
	d->read_bytes = reads * 4096;
	d->read_ns = ns;
	d->writes = d->write_bytes = d->write_ns = 0;
	d->busy_ns = d->queue_ns = ns;
	return d;
}

static void disks_and_what_stands_on_them(void **state)
{
	struct pair *f = *state;
	struct sp_golden *g = &f->frame.golden;

	disk(&f->prev, "sda", 0, 0, 0);
	disk(&f->prev, "dm-0", 1, 0, 0);
	disk(&f->cur, "sda", 0, 200, SEC);
	disk(&f->cur, "dm-0", 1, 200, SEC);
	disk(&f->cur, "sdb", 2, 1000000, SEC); /* just plugged in */
	assert_int_equal(disk_rows(&f->iv), 0);
	assert_int_equal(f->frame.nr_disks, 3);
	near(g->disk_reads_per_s, 100); /* not 200: dm-0 is sda again */
	near(g->disk_read_bytes_per_s, 409600);
	near(g->disk_mean_us, 5000);
	near(g->disk_util_pct, 50);
	near(g->disk_queue_depth, 0.5);
	assert_true(isnan(g->disk_p99_us));
	assert_true(isnan(g->disk_errors_per_s));
	near(f->frame.disks[1].reads_per_s, 100);
	assert_true(isnan(f->frame.disks[2].reads_per_s));
}

static void nvme_by_two_paths(void **state)
{
	static const struct {
		const char *name;
		uint64_t reads;
	} disks[] = {{"nvme1c0n1", 60}, {"nvme1c11n1", 40}, {"nvme1n1", 100},
		     {"nvme1n11", 20},	{"nvme11n1", 6},    {"nvme2c0n3", 8},
		     {"nvme2n1", 1000}};
	struct pair *f = *state;

	for (size_t i = 0; i < sizeof(disks) / sizeof(*disks); i++) {
		disk(&f->prev, disks[i].name, i, 0, 0);
		disk(&f->cur, disks[i].name, i, 2 * disks[i].reads, 0);
	}
	assert_int_equal(disk_rows(&f->iv), 0);
	/* All but the head of the first two. */
	near(f->frame.golden.disk_reads_per_s, 60 + 40 + 20 + 6 + 8 + 1000);
	near(f->frame.disks[2].reads_per_s, 100);
}

static void a_request_that_does_not_end(void **state)
{
	struct pair *f = *state;

	/* All the time; begun or ended within it; one of many ends. */
	for (uint64_t i = 0; i < 4; i++) {
		disk(&f->prev, "sda", i, 5, 0)->in_flight = i != 1;
		disk(&f->cur, "sda", i, 5 + (i == 3), 0)->in_flight = i != 2;
	}
	assert_int_equal(disk_rows(&f->iv), 0);
	assert_true(f->frame.disks[0].stuck);
	for (int i = 1; i < 4; i++)
		assert_false(f->frame.disks[i].stuck);
}

static void disks_with_the_module(void **state)
{
	static struct sysperf_disk before, after;
	const struct sysperf_disk *was = &before, *is = &after;
	struct pair *f = *state;
	struct sysperf_disk_io *io = &after.io[SYSPERF_OP_READ];

	before.major = after.major = 8;
	memcpy(before.name, "sda", 4);
	memcpy(after.name, "sda", 4);
	io->requests = 100;
	io->errors = 4;
	io->latency_ns = 99 * 2000000ULL + 50000000;
	io->latency_max_ns = 50000000;
	io->hist[sysperf_hist_index(2000000, SYSPERF_HIST_SUB)] = 99;
	io->hist[sysperf_hist_index(50000000, SYSPERF_HIST_SUB)] = 1;
	io->queue_ns = 100 * 30000ULL;
	io = &after.io[SYSPERF_OP_FLUSH];
	io->latency_ns = 8 * 500000ULL;
	io->latency_max_ns = 500000;
	io->hist[sysperf_hist_index(500000, SYSPERF_HIST_SUB)] = 8;
	disk(&f->prev, "sda", 0, 0, 0);
	disk(&f->cur, "sda", 0, 100, 0);
	f->prev.kdisks = &was;
	f->cur.kdisks = &is;
	f->prev.nr_kdisks = f->cur.nr_kdisks = 1;
	f->cur.info.caps = 1U << SP_CAP_KMOD | 1U << SP_CAP_BLOCK;
	after.inflight = 1;
	after.oldest_ns = 3 * SEC;
	assert_int_equal(disk_rows(&f->iv), 0);
	near(f->frame.golden.disk_errors_per_s, 2);
	assert_true(fabs(f->frame.golden.disk_p50_us - 2000) <= 32);
	assert_true(fabs(f->frame.disks[0].read_p99_us - 2000) <= 32);
	near(f->frame.disks[0].read_max_us, 50000);
	near(f->frame.golden.disk_mean_us, 2480);
	near(f->frame.golden.disk_max_us, 3e6); /* the one in flight */
	assert_true(isnan(f->frame.disks[0].write_p50_us));
	near(f->frame.disks[0].queue_mean_us, 30);
	near(f->frame.disks[0].flushes_per_s, 4);
	near(f->frame.disks[0].flush_mean_us, 500);
	near(f->frame.disks[0].flush_p99_us, 500);
	near(f->frame.disks[0].discards_per_s, 0);
	assert_true(isnan(f->frame.disks[0].discard_mean_us));
}

/* Before 6.1 a path of NVMe multipath is 0:0 in /proc/diskstats. */
static void errors_of_a_hidden_disk(void **state)
{
	static struct sysperf_disk path = {
		.major = 259, .minor = 3, .name = "nvme0c0n1"};
	const struct sysperf_disk *is = &path;
	struct pair *f = *state;

	path.io[SYSPERF_OP_READ].errors = 6;
	disk(&f->prev, "nvme0c0n1", 0, 0, 0)->major = 0;
	disk(&f->cur, "nvme0c0n1", 0, 100, 0)->major = 0;
	f->cur.kdisks = &is;
	f->cur.nr_kdisks = 1;
	f->cur.info.caps = 1U << SP_CAP_KMOD | 1U << SP_CAP_BLOCK;
	assert_int_equal(disk_rows(&f->iv), 0);
	near(f->frame.disks[0].errors_per_s, 3);
	near(f->frame.golden.disk_errors_per_s, 3);
}

/* A device mapper's errors: those below, passed on, or else its own. */
static void errors_of_a_device_mapper(void **state)
{
	static struct sysperf_disk below, above;
	const struct sysperf_disk *is[] = {&below, &above};
	struct pair *f = *state;
	struct sp_golden *g = &f->frame.golden;

	below.major = above.major = 8;
	above.minor = 1;
	memcpy(below.name, "sda", 4);
	memcpy(above.name, "dm-0", 5);
	above.io[SYSPERF_OP_WRITE].errors = 8;
	disk(&f->prev, "sda", 0, 0, 0);
	disk(&f->prev, "dm-0", 1, 0, 0);
	disk(&f->cur, "sda", 0, 100, SEC);
	disk(&f->cur, "dm-0", 1, 100, SEC);
	f->cur.kdisks = is;
	f->cur.nr_kdisks = 2;
	f->cur.info.caps = 1U << SP_CAP_KMOD | 1U << SP_CAP_BLOCK;
	assert_int_equal(disk_rows(&f->iv), 0);
	near(f->frame.disks[1].errors_per_s, 4);
	near(f->frame.disks[1].read_mean_us, 10000); /* of /proc/diskstats */
	near(g->disk_errors_per_s, 4);
	below.io[SYSPERF_OP_WRITE].errors = 2; /* in which 8 were merged */
	sp_field_row_clear(SP_TABLE_GOLDEN, g);
	assert_int_equal(disk_rows(&f->iv), 0);
	near(g->disk_errors_per_s, 1);
}

static struct sp_raw_net *net(struct sp_snapshot *s, const char *name,
			      uint64_t ifindex, bool physical, uint64_t bytes)
{
	struct sp_raw_net *n = sp_snapshot_add_net(s);

	snprintf(n->name, sizeof(n->name), "%s", name);
	n->ifindex = ifindex;
	n->physical = physical;
	n->rx_bytes = n->tx_bytes = bytes;
	n->rx_drops = n->tx_drops = 0;
	return n;
}

/* The middle of the highest bucket may lie over the longest wait of all. */
static void percentile_is_at_most_max(void **state)
{
	static struct sysperf_cpu before, after;
	const struct sysperf_cpu *was = &before, *is = &after;
	struct pair *f = *state;
	const struct sp_golden *g = &f->frame.golden;

	after.runq_wait_max_ns = after.runq_wait_ns = 1000001;
	after.runq_hist[sysperf_hist_index(1000001, SYSPERF_HIST_SUB)] = 1;
	cpu(&f->prev, 0, 0, 0);
	cpu(&f->cur, 0, 0, SEC);
	f->prev.kcpus = &was;
	f->cur.kcpus = &is;
	f->prev.nr_kcpus = f->cur.nr_kcpus = 1;
	assert_int_equal(cpu_rows(&f->iv, &f->totals), 0);
	near(g->cpu_runq_wait_max_us, 1000.001);
	near(g->cpu_runq_wait_p99_us, 1000.001);
	near(f->frame.cpus[0].runq_wait_p99_us, 1000.001);
	near(g->cpu_runq_wait_mean_us, 1000.001);
}

/* Counters of two CPUs; one had to share its counters for half of the time. */
static void hardware_counters(void **state)
{
	static struct sysperf_cpu before[2], after[2];
	const struct sysperf_cpu *was[] = {&before[0], &before[1]};
	const struct sysperf_cpu *is[] = {&after[0], &after[1]};
	struct pair *f = *state;
	const struct sp_golden *g = &f->frame.golden;

	for (uint32_t i = 0; i < 2; i++) {
		cpu(&f->prev, i, 0, 0);
		cpu(&f->cur, i, 0, SEC);
		before[i].cpu = after[i].cpu = i;
		before[i].pmu.enabled_ns = 100;
		after[i].pmu.enabled_ns = 100 + 2000;
		for (int k = 0; k < SYSPERF_PMU_EVENTS; k++) {
			after[i].pmu.event[k].count = 1000;
			after[i].pmu.event[k].running_ns = i ? 1000 : 2000;
		}
		after[i].pmu.event[SYSPERF_PMU_INSTRUCTIONS].count = 500;
	}
	f->cur.kpmu_events = 1 << SYSPERF_PMU_CYCLES |
			     1 << SYSPERF_PMU_INSTRUCTIONS |
			     1 << SYSPERF_PMU_CACHE_MISSES;
	f->prev.kcpus = was;
	f->cur.kcpus = is;
	f->prev.nr_kcpus = f->cur.nr_kcpus = 2;
	/* The module was read late, and counted until then. */
	f->iv.kmod_s = 3;
	assert_int_equal(cpu_rows(&f->iv, &f->totals), 0);
	near(g->cpu_ipc, 0.5);
	near(g->cpu_cache_misses_per_s, 1000); /* 1000 + 2000, in 3 s */
	/* Only what there is. */
	sp_field_row_clear(SP_TABLE_GOLDEN, &f->frame.golden);
	f->cur.kpmu_events = 1 << SYSPERF_PMU_CYCLES;
	assert_int_equal(cpu_rows(&f->iv, &f->totals), 0);
	assert_true(isnan(g->cpu_ipc));
	assert_true(isnan(g->cpu_cache_misses_per_s));
}

static void reclaim_stalls(void **state)
{
	static struct sysperf_memory before, after;
	struct pair *f = *state;
	const struct sp_golden *g = &f->frame.golden;

	f->prev.kmemory = &before;
	f->cur.kmemory = &after;
	memory_signals(&f->iv);
	assert_true(isnan(g->memory_reclaim_stall_p99_us)); /* there was none */
	before.reclaim_max_ns = 90000000;
	after.reclaim_max_ns = 90000000;
	after.reclaim_hist[sysperf_hist_index(3000000, SYSPERF_HIST_SUB)] = 10;
	memory_signals(&f->iv);
	assert_true(fabs(g->memory_reclaim_stall_p99_us - 3000) <= 48);
	f->prev.kmemory = NULL;
	memory_signals(&f->iv);
	assert_true(isnan(g->memory_reclaim_stall_p99_us));
}

/* Samples of two CPUs; the sum that netlink gives is another thing. */
static void round_trips(void **state)
{
	static struct sysperf_tcp before[2], after[2];
	const struct sysperf_tcp *was[] = {&before[0], &before[1]};
	const struct sysperf_tcp *is[] = {&after[0], &after[1]};
	struct pair *f = *state;
	const struct sp_golden *g = &f->frame.golden;

	f->cur.sys.rtt_ns = 5000000;
	assert_int_equal(net_rows(&f->iv), 0);
	near(g->network_rtt_mean_us, 5000);
	f->cur.info.caps = 1U << SP_CAP_TCP;
	f->prev.ktcps = was;
	f->cur.ktcps = is;
	f->prev.nr_ktcps = f->cur.nr_ktcps = 2;
	for (uint32_t i = 0; i < 2; i++) {
		before[i].cpu = after[i].cpu = i;
		before[i].rtt_ns = 77;
		after[i].rtt_ns = 77;
	}
	assert_int_equal(net_rows(&f->iv), 0);
	assert_true(isnan(g->network_rtt_mean_us));
	assert_true(isnan(g->network_rtt_p50_us));
	after[0].rtt_hist[sysperf_hist_index(1000000, SYSPERF_HIST_SUB)] = 97;
	after[0].rtt_ns += 97 * 1000000ULL;
	after[0].rtt_max_ns = 1000000;
	after[1].rtt_hist[sysperf_hist_index(40000000, SYSPERF_HIST_SUB)] = 3;
	after[1].rtt_ns += 3 * 40000000ULL;
	after[1].rtt_max_ns = 40000000;
	assert_int_equal(net_rows(&f->iv), 0);
	near(g->network_rtt_mean_us, 2170);
	/* It is told of when it has seen its first one. */
	after[0].rtt_ns -= 77;
	f->prev.ktcps = was + 1;
	f->prev.nr_ktcps = 1;
	assert_int_equal(net_rows(&f->iv), 0);
	near(g->network_rtt_mean_us, 2170);
	assert_true(fabs(g->network_rtt_p50_us - 1000) <= 16);
	assert_true(fabs(g->network_rtt_p95_us - 1000) <= 16);
	assert_true(fabs(g->network_rtt_p99_us - 40000) <= 640);
}

static void networks(void **state)
{
	struct pair *f = *state;
	struct sp_golden *g = &f->frame.golden;

	net(&f->prev, "eth0", 2, true, 1000);
	net(&f->prev, "lo", 1, false, 0);
	net(&f->prev, "eth1", 3, true, 0);
	net(&f->cur, "eth0", 2, true, 2000)->speed_bits_per_s = 40000;
	net(&f->cur, "lo", 1, false, 1000000);
	net(&f->cur, "eth1", 4, true, 77); /* another card of that name */
	f->prev.sys.tcp_retransmits = 10;
	f->cur.sys.tcp_retransmits = 30;
	assert_int_equal(net_rows(&f->iv), 0);
	near(g->network_rx_bits_per_s, 4000);
	near(g->network_util_pct, 10);
	near(g->network_retransmits_per_s, 10);
	near(g->network_drops_per_s, 0);
	assert_true(isnan(g->network_errors_per_s));
	near(f->frame.nets[1].rx_bits_per_s, 4000000);
	assert_true(isnan(f->frame.nets[2].rx_bits_per_s));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(cpu_time_and_waits),
		T(waits_where_ticks_are_lost),
		T(waits_without_schedstat),
		T(cpu_oddities),
		T(memory),
		T(disks_and_what_stands_on_them),
		T(nvme_by_two_paths),
		T(a_request_that_does_not_end),
		T(disks_with_the_module),
		T(errors_of_a_hidden_disk),
		T(errors_of_a_device_mapper),
		T(percentile_is_at_most_max),
		T(networks),
		T(hardware_counters),
		T(reclaim_stalls),
		T(round_trips),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
