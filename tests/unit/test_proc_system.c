// SPDX-License-Identifier: GPL-2.0-only
/*
 * The system-wide counters, of canned trees of several kernels and of one that
 * changes while it is watched.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sysperf/system.h>

#include "tree.h"

#define TICK 10000000ULL /* 100 a second on all that Debian ships */

/* Read a canned tree; to be given back by sp_snapshot_free(). */
static void read_canned(const char *name, struct sp_snapshot *s)
{
	struct sp_system *sys;
	char path[512];

	tree_canned(path, sizeof(path), name);
	sp_snapshot_init(s);
	assert_int_equal(sp_system_open(&sys, path), 0);
	assert_int_equal(sp_system_read(sys, s), 0);
	sp_system_close(sys);
}

static void cpus_of_5_10(void **state)
{
	struct sp_snapshot s;

	(void)state;
	read_canned("linux-5.10", &s);
	assert_int_equal(s.nr_cpus, 2);
	assert_int_equal(s.cpus[0].cpu, 0);
	assert_int_equal(s.cpus[1].cpu, 2);
	assert_int_equal(s.cpus[1].user_ns, 20200 * TICK);
	assert_int_equal(s.cpus[1].nice_ns, 200 * TICK);
	assert_int_equal(s.cpus[1].system_ns, 4100 * TICK);
	assert_int_equal(s.cpus[1].idle_ns, 400400 * TICK);
	assert_int_equal(s.cpus[1].iowait_ns, 1000 * TICK);
	assert_int_equal(s.cpus[1].irq_ns, 0);
	assert_int_equal(s.cpus[1].softirq_ns, 100 * TICK);
	assert_int_equal(s.cpus[0].steal_ns, 20 * TICK);
	assert_int_equal(s.cpus[0].run_delay_ns, 50000000);
	assert_int_equal(s.cpus[1].run_delay_ns, 90000000);
	assert_int_equal(s.cpus[1].run_count, 9000);
	assert_int_equal(s.cpus[0].throttled, 5);
	assert_int_equal(s.cpus[1].throttled, 6);
	assert_int_equal(s.sys.switches, 1990473);
	assert_int_equal(s.sys.machine_checks, 3);
	assert_int_equal(s.sys.ecc_errors, 14);
	assert_int_equal(s.sys.cgroup_throttled, 0);
	sp_snapshot_free(&s);
}

static void memory_of_5_10(void **state)
{
	struct sp_snapshot s;
	const struct sp_raw_system *sys = &s.sys;
	const uint64_t page = 4096;

	(void)state;
	read_canned("linux-5.10", &s);
	assert_int_equal(sys->mem_total_bytes, 16384000ULL * 1024);
	assert_int_equal(sys->mem_available_bytes, 8192000ULL * 1024);
	assert_int_equal(sys->faults, 123456);
	assert_int_equal(sys->major_faults, 789);
	assert_int_equal(sys->allocated_bytes, 4321 * page);
	assert_int_equal(sys->reclaimed_bytes, 670 * page);
	assert_int_equal(sys->reclaim_stalls, 321);
	assert_int_equal(sys->refaults, 42);
	assert_int_equal(sys->oom_kills, 3);
	assert_int_equal(sys->swap_in_bytes, 7 * page);
	assert_int_equal(sys->swap_out_bytes, 9 * page);
	assert_int_equal(sys->psi_cpu_some_ns, 6832300000);
	assert_int_equal(sys->psi_memory_some_ns, 1000000);
	assert_int_equal(sys->psi_memory_full_ns, 400000);
	assert_int_equal(sys->psi_io_some_ns, 2000000);
	assert_int_equal(sys->psi_io_full_ns, 1500000);
	assert_true(s.info.caps & 1U << SP_CAP_PSI);
	sp_snapshot_free(&s);
}

static void disks_of_5_10(void **state)
{
	static const char *const names[] = {"loop1", "sda", "cciss/c0d0", "md0",
					    "dm-0"};
	const struct sp_raw_disk *sda;
	struct sp_snapshot s;

	(void)state;
	read_canned("linux-5.10", &s);
	assert_int_equal(s.nr_disks, 5);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(s.disks[i].name, names[i]);
	sda = &s.disks[1];
	assert_int_equal(sda->major, 8);
	assert_int_equal(sda->minor, 0);
	assert_int_equal(sda->reads, 1000);
	assert_int_equal(sda->read_bytes, 16000 * 512);
	assert_int_equal(sda->read_ns, 2000000000);
	assert_int_equal(sda->writes, 3000);
	assert_int_equal(sda->write_bytes, 48000 * 512);
	assert_int_equal(sda->write_ns, 9000000000);
	assert_int_equal(sda->busy_ns, 4000000000);
	assert_int_equal(sda->queue_ns, 11000000000);
	sp_snapshot_free(&s);
}

static void network_of_5_10(void **state)
{
	const struct sp_raw_net *net;
	struct sp_snapshot s;

	(void)state;
	read_canned("linux-5.10", &s);
	assert_int_equal(s.sys.tcp_retransmits, 8);
	assert_int_equal(s.sys.tcp_resets, 4 + 6 - 3);
	assert_int_equal(s.sys.listen_overflows, 17);
	assert_int_equal(s.sys.softnet_squeezed, 11);
	assert_true(s.sys.rtt_ns == SP_ABSENT);
	assert_int_equal(s.nr_nets, 3);
	net = &s.nets[1];
	assert_string_equal(net->name, "eno1");
	assert_true(net->physical);
	assert_int_equal(net->rx_bytes, 1608192902);
	assert_int_equal(net->rx_packets, 34511);
	assert_int_equal(net->rx_errors, 1);
	assert_int_equal(net->rx_drops, 2);
	assert_int_equal(net->tx_bytes, 1405470);
	assert_int_equal(net->tx_packets, 19173);
	assert_int_equal(net->tx_errors, 3);
	assert_int_equal(net->tx_drops, 4);
	assert_int_equal(net->speed_bits_per_s, 10000000000);
	assert_true(net->backlog_bytes == SP_ABSENT);
	assert_false(s.nets[0].physical);
	assert_false(s.nets[2].physical);
	assert_true(s.nets[2].speed_bits_per_s == SP_ABSENT);
	sp_snapshot_free(&s);
}

static void a_small_vm_of_6_1(void **state)
{
	struct sp_snapshot s;

	(void)state;
	read_canned("linux-6.1", &s);
	assert_int_equal(s.nr_cpus, 1);
	assert_int_equal(s.cpus[0].run_delay_ns, 22);
	assert_true(s.cpus[0].throttled == SP_ABSENT);
	assert_int_equal(s.sys.allocated_bytes, 15 * 4096);
	assert_int_equal(s.sys.reclaimed_bytes, 7 * 4096);
	assert_int_equal(s.sys.reclaim_stalls, 3);
	assert_int_equal(s.sys.oom_kills, 0);
	assert_true(s.sys.swap_in_bytes == SP_ABSENT);
	assert_true(s.sys.refaults == SP_ABSENT);
	assert_int_equal(s.sys.psi_cpu_some_ns, 77000);
	assert_true(s.sys.psi_memory_some_ns == SP_ABSENT);
	assert_true(s.sys.psi_io_some_ns == SP_ABSENT);
	assert_true(s.sys.ecc_errors == SP_ABSENT);
	assert_true(s.sys.machine_checks == SP_ABSENT);
	assert_true(s.sys.tcp_retransmits == SP_ABSENT);
	assert_true(s.sys.tcp_resets == SP_ABSENT);
	assert_true(s.sys.listen_overflows == SP_ABSENT);
	assert_int_equal(s.sys.softnet_squeezed, 3);
	assert_int_equal(s.nr_disks, 3);
	assert_string_equal(s.disks[0].name, "vda");
	assert_string_equal(s.disks[1].name, "zram0");
	assert_true(s.nets[1].physical);
	assert_true(s.nets[1].speed_bits_per_s == SP_ABSENT);
	sp_snapshot_free(&s);
}

static void odd_numbers_of_7_2(void **state)
{
	struct sp_snapshot s;

	(void)state;
	read_canned("linux-7.2", &s);
	/* cpu7 after cpu200 is out of order and left out. */
	assert_int_equal(s.nr_cpus, 2);
	assert_int_equal(s.cpus[0].cpu, 3);
	assert_true(s.cpus[0].user_ns == SP_ABSENT - 1);
	assert_int_equal(s.cpus[1].cpu, 200);
	assert_int_equal(s.cpus[1].iowait_ns, 50 * TICK);
	assert_true(s.cpus[1].irq_ns == SP_ABSENT);
	assert_true(s.cpus[0].run_delay_ns == SP_ABSENT - 1);
	assert_true(s.cpus[1].run_delay_ns == SP_ABSENT);
	assert_true(s.sys.switches == UINT64_MAX - 1);
	assert_true(s.sys.mem_total_bytes == SP_ABSENT - 1);
	assert_int_equal(s.sys.mem_available_bytes, 1024);
	assert_int_equal(s.sys.reclaimed_bytes, 10 * 4096);
	assert_true(s.sys.allocated_bytes == SP_ABSENT - 1);
	assert_int_equal(s.sys.faults, 4294967295);
	assert_true(s.sys.oom_kills == SP_ABSENT);
	assert_true(s.sys.psi_io_some_ns == SP_ABSENT - 1);
	assert_true(s.sys.psi_io_full_ns == SP_ABSENT);
	assert_int_equal(s.sys.tcp_retransmits, 4294967295);
	assert_int_equal(s.sys.tcp_resets, 0);
	assert_int_equal(s.sys.softnet_squeezed, 4294967295);
	assert_true(s.sys.cgroup_throttled == SP_ABSENT);
	assert_int_equal(s.nr_disks, 2);
	assert_int_equal(s.disks[0].read_bytes, 4294967296 * 512);
	assert_int_equal(s.disks[0].queue_ns, 4294967295 * 1000000);
	assert_true(s.disks[1].writes == SP_ABSENT);
	assert_int_equal(s.nr_nets, 1);
	assert_string_equal(s.nets[0].name, "enp1s0f0np0-way");
	assert_int_equal(s.nets[0].tx_drops, 12);
	sp_snapshot_free(&s);
}

/* The rows of two CPUs and two disks, of which one comes and goes. */
static void plug(const char *tree, bool all)
{
	tree_write(tree, "proc/stat",
		   all ? "cpu0 1\ncpu1 2\nctxt 1\n" : "cpu1 2\nctxt 1\n");
	tree_write(tree, "proc/diskstats",
		   all ? "8 0 sda 1\n8 16 sdb 2\n8 17 sdb1 3\n"
		       : "8 16 sdb 2\n8 17 sdb1 3\n");
	tree_write(tree, "proc/net/dev",
		   all ? "eth0: 1 2\neth1: 3 4\n" : "eth1: 3 4\n");
}

static void things_come_and_go(void **state)
{
	char *tree = tree_new();
	struct sp_system *sys;
	struct sp_snapshot s;

	(void)state;
	tree_write(tree, "sys/block/sda/size", "1\n");
	tree_write(tree, "sys/block/sdb/size", "1\n");
	tree_write(tree, "sys/class/net/eth1/speed", "100\n");
	tree_write(tree, "sys/class/net/eth0/speed", "10\n");
	plug(tree, true);
	sp_snapshot_init(&s);
	assert_int_equal(sp_system_open(&sys, tree), 0);
	for (int i = 0; i < 6; i++) {
		const size_t nr = i & 1 ? 1 : 2;

		plug(tree, nr == 2);
		sp_snapshot_reset(&s);
		assert_int_equal(sp_system_read(sys, &s), 0);
		assert_int_equal(s.nr_cpus, nr);
		assert_int_equal(s.cpus[nr - 1].cpu, 1);
		assert_int_equal(s.nr_disks, nr);
		assert_string_equal(s.disks[nr - 1].name, "sdb");
		assert_int_equal(s.nr_nets, nr);
		assert_string_equal(s.nets[nr - 1].name, "eth1");
		assert_int_equal(s.nets[nr - 1].speed_bits_per_s, 100000000);
	}
	sp_system_close(sys);
	sp_snapshot_free(&s);
	tree_remove(tree);
}

static void throttling_adds_up(void **state)
{
	static const char path[] = "sys/fs/cgroup/cpu/box/cpu.stat";
	char *tree = tree_new();
	struct sp_system *sys;
	struct sp_snapshot s;

	(void)state;
	tree_write(tree, "proc/stat", "cpu0 1\n");
	tree_write(tree, "sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
	tree_write(tree, "sys/fs/cgroup/cpu/box/cpu.cfs_quota_us", "20000\n");
	tree_write(tree, path, "nr_throttled 40\n");
	sp_snapshot_init(&s);
	assert_int_equal(sp_system_open(&sys, tree), 0);
	assert_int_equal(sp_system_read(sys, &s), 0);
	assert_int_equal(s.sys.cgroup_throttled, 0);
	tree_write(tree, path, "nr_throttled 47\n");
	assert_int_equal(sp_system_read(sys, &s), 0);
	assert_int_equal(s.sys.cgroup_throttled, 7);
	tree_write(tree, path, "");
	assert_int_equal(sp_system_read(sys, &s), 0);
	assert_int_equal(s.sys.cgroup_throttled, 7);
	sp_system_close(sys);
	sp_snapshot_free(&s);
	tree_remove(tree);
}

static void nothing_there(void **state)
{
	char *tree = tree_new();
	struct sp_system *sys;
	struct sp_snapshot s;

	(void)state;
	sp_snapshot_init(&s);
	assert_int_equal(sp_system_open(&sys, "/nonexistent/tree"), 0);
	assert_int_equal(sp_system_read(sys, &s), -ENOENT);
	sp_system_close(sys);
	assert_int_equal(sp_system_open(&sys, tree), 0);
	assert_int_equal(sp_system_read(sys, &s), -ENOENT);
	tree_write(tree, "proc/stat", "");
	assert_int_equal(sp_system_read(sys, &s), 0);
	assert_int_equal(s.nr_cpus, 0);
	assert_true(s.sys.switches == SP_ABSENT);
	assert_int_equal(s.info.caps, 0);
	sp_system_close(sys);
	sp_system_close(NULL);
	sp_snapshot_free(&s);
	tree_remove(tree);
}

/* Whatever machine this runs on has a CPU, memory and a loopback. */
static void this_machine(void **state)
{
	struct sp_system *sys;
	struct sp_snapshot s;
	bool has_lo = false;

	(void)state;
	sp_snapshot_init(&s);
	assert_int_equal(sp_system_open(&sys, ""), 0);
	for (int i = 0; i < 3; i++) {
		sp_snapshot_reset(&s);
		assert_int_equal(sp_system_read(sys, &s), 0);
	}
	assert_true(s.nr_cpus > 0);
	assert_true(s.cpus[0].idle_ns != SP_ABSENT);
	assert_true(s.sys.mem_total_bytes > s.sys.mem_available_bytes);
	assert_true(s.boot_ns >= s.mono_ns && s.time.tv_sec > 0);
	for (size_t i = 0; i < s.nr_nets; i++)
		if (strcmp(s.nets[i].name, "lo") == 0)
			has_lo = !s.nets[i].physical;
	assert_true(has_lo);
	sp_system_close(sys);
	sp_snapshot_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cpus_of_5_10),
		cmocka_unit_test(memory_of_5_10),
		cmocka_unit_test(disks_of_5_10),
		cmocka_unit_test(network_of_5_10),
		cmocka_unit_test(a_small_vm_of_6_1),
		cmocka_unit_test(odd_numbers_of_7_2),
		cmocka_unit_test(things_come_and_go),
		cmocka_unit_test(throttling_adds_up),
		cmocka_unit_test(nothing_there),
		cmocka_unit_test(this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
