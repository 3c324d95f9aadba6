// SPDX-License-Identifier: GPL-2.0-only
/*
 * What machines are made of and what is put into them while they run: disks
 * that come back as others, CPUs that go and come, nodes, counters that wrap.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <sysperf/system.h>

#include "../../daemon/collector/cpufreq.h"
#include "../../daemon/collector/hwerr.h"
#include "../../daemon/collector/numa.h"
#include "pair.h"
#include "tree.h"

#define SEC 1000000000ULL
#define CPU_DIR "sys/devices/system/cpu/"
#define NODE_DIR "sys/devices/system/node/"

struct fixture {
	char *tree;
	struct sp_system *sys;
	struct pair p;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->tree = tree_new();
	tree_write(f->tree, "proc/stat", "cpu0 1\ncpu1 1\n");
	assert_int_equal(sp_system_open(&f->sys, f->tree), 0);
	pair_init(&f->p, 1);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	sp_system_close(f->sys);
	pair_free(&f->p);
	tree_remove(f->tree);
	free(f);
	return 0;
}

/* The next snapshot; the one before becomes prev. */
static void read_next(struct fixture *f)
{
	assert_int_equal(sp_system_read(f->sys, pair_next(&f->p)), 0);
}

static void disk(struct fixture *f, const char *name, const char *serial)
{
	char path[128];

	snprintf(path, sizeof(path), "sys/block/%s/size", name);
	tree_write(f->tree, path, "2048\n");
	snprintf(path, sizeof(path), "sys/block/%s/device/model", name);
	tree_write(f->tree, path, "Big Disk         \n");
	snprintf(path, sizeof(path), "sys/block/%s/device/wwid", name);
	tree_write(f->tree, path, serial);
	snprintf(path, sizeof(path), "sys/block/%s/queue/rotational", name);
	tree_write(f->tree, path, "1\n");
}

static void what_disks_are(void **state)
{
	struct fixture *f = *state;
	const struct sp_raw_disk *d;

	disk(f, "sda", "  naa.5000\n");
	disk(f, "sdb", "\n");
	tree_write(f->tree, "sys/block/sdb/queue/rotational", "0\n");
	tree_write(f->tree, "sys/block/dm-0/dm/name", "vg-root\n");
	tree_write(f->tree, "sys/block/nvme0n1/serial", "");
	tree_write(f->tree, "proc/diskstats",
		   "8 0 sda 1\n8 16 sdb 1\n253 0 dm-0 1\n259 0 nvme0n1 1\n");
	read_next(f);
	assert_int_equal(f->p.cur.nr_disks, 4);
	d = f->p.cur.disks;
	assert_string_equal(d[0].type, "hdd");
	assert_string_equal(d[0].model, "Big Disk");
	assert_string_equal(d[0].serial, "naa.5000");
	assert_int_equal(d[0].size_bytes, 1 << 20);
	assert_string_equal(d[1].type, "ssd");
	assert_string_equal(d[1].serial, "");
	assert_string_equal(d[2].type, "dm");
	assert_string_equal(d[2].model, "vg-root");
	assert_string_equal(d[3].type, "nvme");
	assert_string_equal(d[3].serial, "");
	assert_true(d[3].size_bytes == SP_ABSENT);
}

/* Between two readings one was pulled out and another put in. */
static void another_disk_of_that_name(void **state)
{
	struct fixture *f = *state;

	disk(f, "sda", "one\n");
	tree_write(f->tree, "proc/diskstats",
		   "8 0 sda 1000 0 8000 5 2000 0 16000 9 0 7 9\n");
	read_next(f);
	disk(f, "sda", "two\n");
	tree_write(f->tree, "proc/diskstats",
		   "8 0 sda 3 0 24 1 2500 0 99999 9 0 7 9\n");
	read_next(f);
	assert_string_equal(f->p.prev.disks[0].serial, "one");
	assert_string_equal(f->p.cur.disks[0].serial, "two");
	assert_int_equal(disk_rows(&f->p.iv), 0);
	assert_string_equal(f->p.frame.disks[0].serial, "two");
	/* Also of what happens to be more. */
	assert_true(isnan(f->p.frame.disks[0].writes_per_s));
	assert_true(isnan(f->p.frame.disks[0].util_pct));
	tree_write(f->tree, "proc/diskstats",
		   "8 0 sda 5 0 40 1 2500 0 99999 9 0 7 9\n");
	read_next(f);
	assert_int_equal(disk_rows(&f->p.iv), 0);
	assert_true(f->p.frame.disks[0].reads_per_s == 2);
	assert_true(f->p.frame.disks[0].writes_per_s == 0);
}

/* Its times are of 32 bits, in milliseconds, and wrap after 49 days. */
static void times_wrap(void **state)
{
	struct fixture *f = *state;

	disk(f, "sda", "one\n");
	tree_write(f->tree, "proc/diskstats",
		   "8 0 sda 10 0 80 4294967290 0 0 0 0 0 4294967290 "
		   "4294967290\n");
	read_next(f);
	tree_write(f->tree, "proc/diskstats",
		   "8 0 sda 20 0 160 4 0 0 0 0 0 4 4\n");
	read_next(f);
	assert_int_equal(disk_rows(&f->p.iv), 0);
	assert_true(f->p.frame.disks[0].reads_per_s == 10);
	assert_true(isnan(f->p.frame.disks[0].read_mean_us));
	assert_true(isnan(f->p.frame.disks[0].util_pct));
	assert_true(isnan(f->p.frame.disks[0].queue_depth));
}

static void frequency(struct fixture *f, unsigned int cpu, const char *khz)
{
	char path[128];

	snprintf(path, sizeof(path), CPU_DIR "cpu%u/cpufreq/scaling_cur_freq",
		 cpu);
	tree_write(f->tree, path, khz);
}

static void cpus(struct sp_snapshot *s, unsigned int from, unsigned int to)
{
	sp_snapshot_reset(s);
	for (; from < to; from++)
		sp_snapshot_add_cpu(s)->cpu = from;
}

/* So many have their turn, and then others; who was away has none. */
static void frequencies_in_turns(void **state)
{
	struct fixture *f = *state;
	struct sp_cpufreq freq = {0};
	int root = sp_root_open(f->tree);
	size_t known = 0;

	for (unsigned int i = 0; i < 100; i++)
		frequency(f, i, "2400000\n");
	cpus(&f->p.cur, 0, 100);
	sp_cpufreq_read(&freq, root, &f->p.cur);
	for (size_t i = 0; i < 100; i++)
		known += f->p.cur.cpus[i].freq_hz == 2400000000;
	assert_in_range(known, 1, 64);
	for (int i = 0; i < 1000 && f->p.cur.cpus[99].freq_hz == SP_ABSENT;
	     i++) {
		freq.pace.due_ns = 0;
		cpus(&f->p.cur, 0, 100);
		sp_cpufreq_read(&freq, root, &f->p.cur);
	}
	assert_int_equal(f->p.cur.cpus[99].freq_hz, 2400000000);
	freq.pace.due_ns = UINT64_MAX;
	cpus(&f->p.cur, 0, 99);
	sp_cpufreq_read(&freq, root, &f->p.cur);
	assert_int_equal(f->p.cur.cpus[98].freq_hz, 2400000000);
	cpus(&f->p.cur, 0, 100);
	sp_cpufreq_read(&freq, root, &f->p.cur);
	assert_true(f->p.cur.cpus[99].freq_hz == SP_ABSENT);
	sp_cpufreq_free(&freq);
	close(root);
}

static void node(struct fixture *f, unsigned int nr, const char *cpulist,
		 unsigned int misses)
{
	char path[64], text[160];

	snprintf(path, sizeof(path), NODE_DIR "node%u/cpulist", nr);
	tree_write(f->tree, path, cpulist);
	snprintf(path, sizeof(path), NODE_DIR "node%u/numastat", nr);
	snprintf(text, sizeof(text), "numa_hit 5\nnuma_miss %u\n", misses);
	tree_write(f->tree, path, text);
	snprintf(path, sizeof(path), NODE_DIR "node%u/meminfo", nr);
	tree_write(f->tree, path,
		   "Node 0 MemTotal: 1000 kB\nNode 0 MemFree: 300 kB\n"
		   "Node 0 FilePages: 250 kB\nNode 0 Shmem: 50 kB\n"
		   "Node 0 SReclaimable: 100 kB\n");
}

static void nodes(void **state)
{
	struct fixture *f = *state;

	tree_write(f->tree, NODE_DIR "online", "0,2\n");
	tree_write(f->tree, "proc/stat",
		   "cpu0 0 0 0 0 0 0 0 0\ncpu1 0 0 0 0 0 0 0 0\ncpu5 0 0 0 0 0 "
		   "0 0 0\n");
	node(f, 0, "0-1\n", 100);
	node(f, 2, "2-4,5\n", 7);
	read_next(f);
	tree_write(f->tree, "proc/stat",
		   "cpu0 50 0 0 50 0 0 0 0\ncpu1 0 0 0 100 0 0 0 0\ncpu5 100 0 "
		   "0 0 0 0 0 0\n");
	node(f, 0, "0-1\n", 300);
	node(f, 2, "2-4,5\n", 5); /* fell */
	read_next(f);
	f->p.cur.nodes_ns = f->p.prev.nodes_ns + 2 * SEC;
	f->p.cur.nodes[0].misses = 300;
	f->p.cur.nodes[1].misses = 5;
	assert_int_equal(cpu_rows(&f->p.iv, &f->p.totals), 0);
	assert_int_equal(node_rows(&f->p.iv), 0);
	assert_int_equal(f->p.frame.nr_nodes, 2);
	assert_true(f->p.frame.cpus[2].node == 2);
	assert_true(f->p.frame.nodes[1].node == 2);
	assert_true(f->p.frame.nodes[0].cpus == 2);
	assert_true(fabs(f->p.frame.nodes[0].util_pct - 25) < 1e-6);
	assert_true(fabs(f->p.frame.nodes[1].util_pct - 100) < 1e-6);
	assert_true(f->p.frame.nodes[0].mem_total_bytes == 1024000);
	assert_true(fabs(f->p.frame.nodes[0].mem_used_pct - 40) < 1e-6);
	assert_true(f->p.frame.nodes[0].numa_miss_per_s == 100);
	assert_true(isnan(f->p.frame.nodes[1].numa_miss_per_s));
	assert_true(isnan(f->p.frame.nodes[0].numa_foreign_per_s));
	/* A CPU went; the node is still there. */
	tree_write(f->tree, "proc/stat",
		   "cpu0 50 0 0 50 0 0 0 0\ncpu1 0 0 0 100 0 0 0 0\n");
	node(f, 2, "\n", 9);
	read_next(f);
	assert_int_equal(cpu_rows(&f->p.iv, &f->p.totals), 0);
	assert_int_equal(node_rows(&f->p.iv), 0);
	assert_true(f->p.frame.nodes[1].cpus == 0);
	assert_true(isnan(f->p.frame.nodes[1].util_pct));
}

static void ranges(void **state)
{
	static const char list[] = "0-3,8,10-11\n";
	struct sp_text t = sp_text_of(list, strlen(list));
	uint64_t from, to;

	(void)state;
	assert_true(sp_parse_range(&t, &from, &to) && from == 0 && to == 3);
	assert_true(sp_parse_range(&t, &from, &to) && from == 8 && to == 8);
	assert_true(sp_parse_range(&t, &from, &to) && from == 10 && to == 11);
	assert_false(sp_parse_range(&t, &from, &to));
}

/* A CPU that was away, and whose clock went on, is no load of this interval. */
static void cpus_go_and_come(void **state)
{
	struct fixture *f = *state;

	tree_write(f->tree, "proc/stat",
		   "cpu0 0 0 0 0 0 0 0 0\ncpu1 0 0 0 0 0 0 0 0\n");
	read_next(f);
	tree_write(f->tree, "proc/stat", "cpu0 0 0 0 100 0 0 0 0\n");
	read_next(f);
	assert_int_equal(cpu_rows(&f->p.iv, &f->p.totals), 0);
	assert_int_equal(f->p.frame.nr_cpu_rows, 1);
	tree_write(f->tree, "proc/stat",
		   "cpu0 0 0 0 200 0 0 0 0\ncpu1 90000 0 0 5 0 0 0 0\n");
	read_next(f);
	assert_int_equal(cpu_rows(&f->p.iv, &f->p.totals), 0);
	assert_int_equal(f->p.frame.nr_cpu_rows, 2);
	assert_true(isnan(f->p.frame.cpus[1].user_pct));
	assert_true(f->p.frame.golden.cpu_util_pct == 0);
}

static void interrupts(struct fixture *f, const char *text)
{
	tree_write(f->tree, "proc/interrupts", text);
}

/*
 * What one that was away did at its time was told then, or before anyone
 * looked; what it did since it was last seen is news.
 */
static void counts_of_cpus_that_come(void **state)
{
	struct fixture *f = *state;
	struct sp_hwerr h = {0};
	struct sp_buf buf = {0};
	int root = sp_root_open(f->tree);
	static const struct {
		const char *text;
		uint64_t sum;
	} steps[] = {
		{"  CPU0 CPU2\nMCE: 1 2 Machine\n", 3},
		{"  CPU0\nMCE: 1 Machine\n", 3},
		{"  CPU0 CPU2\nMCE: 1 2 Machine\n", 3},
		{"  CPU0 CPU1 CPU2\nMCE: 1 70 3 Machine\n", 4},
		{"  CPU1 CPU2\nMCE: 71 3 Machine\n", 5},
		{"  CPU0 CPU1\nMCE: 3 71 Machine\n", 7},
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		interrupts(f, steps[i].text);
		h.rare.due_ns = 0;
		sp_hwerr_read(&h, root, &buf, pair_next(&f->p));
		assert_int_equal(f->p.cur.sys.machine_checks, steps[i].sum);
	}
	sp_hwerr_close(&h);
	sp_buf_free(&buf);
	close(root);
}

/* That it could not be read once says nothing of its lines. */
static void interrupts_come_later(void **state)
{
	struct fixture *f = *state;
	struct sp_hwerr h = {0};
	struct sp_buf buf = {0};
	int root = sp_root_open(f->tree);

	sp_hwerr_read(&h, root, &buf, pair_next(&f->p));
	assert_true(f->p.cur.sys.machine_checks == SP_ABSENT);
	interrupts(f, "  CPU0\nMCE: 1 Machine\n");
	h.rare.due_ns = 0;
	sp_hwerr_read(&h, root, &buf, pair_next(&f->p));
	assert_int_equal(f->p.cur.sys.machine_checks, 1);
	sp_hwerr_close(&h);
	sp_buf_free(&buf);
	close(root);
}

static void softnet(struct fixture *f, const char *text, uint64_t sum)
{
	tree_write(f->tree, "proc/net/softnet_stat", text);
	read_next(f);
	assert_int_equal(f->p.cur.sys.softnet_squeezed, sum);
}

#define LINE(squeezed, cpu) "9 0 " squeezed " 0 0 0 0 0 0 0 0 0 " cpu " 0 0\n"

static void squeezes_of_cpus_that_come(void **state)
{
	struct fixture *f = *state;

	softnet(f, LINE("1", "0") LINE("a", "1"), 11);
	softnet(f, LINE("1", "0"), 11);
	softnet(f, LINE("2", "0") LINE("b", "1"), 13);
	softnet(f, LINE("b", "1") LINE("ff", "2"), 13);
	softnet(f, LINE("2", "0") LINE("ff", "2"), 13);
	softnet(f, LINE("2", "0") LINE("100", "2"), 14);
}

/* As older kernels have it. */
static void squeezes_without_numbers(void **state)
{
	struct fixture *f = *state;

	softnet(f, "9 0 1 0\n9 0 a 0\n", 11);
	softnet(f, "9 0 a 0\n", 11);
	softnet(f, "9 0 b 0\n", 12);
	softnet(f, "9 0 1 0\n9 0 b 0\n", 12);
	softnet(f, "9 0 2 0\n9 0 c 0\n", 14);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(what_disks_are),
		T(another_disk_of_that_name),
		T(times_wrap),
		T(frequencies_in_turns),
		T(nodes),
		T(ranges),
		T(cpus_go_and_come),
		T(counts_of_cpus_that_come),
		T(interrupts_come_later),
		T(squeezes_of_cpus_that_come),
		T(squeezes_without_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
