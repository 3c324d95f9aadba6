// SPDX-License-Identifier: GPL-2.0-only
/*
 * The system-wide counters (sysperf/system.h): which file goes to which
 * parser, and the descriptors kept open in between. The order of reading is
 * part of it: CPUs before what is told of each, netstat before snmp, pressure
 * and disks before control groups.
 */
#include <sysperf/system.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "cgroup.h"
#include "cgroup_v1.h"
#include "cpufreq.h"
#include "file.h"
#include "hwerr.h"
#include "linkspeed.h"
#include "netlink.h"
#include "numa.h"
#include "pace.h"
#include "proc_disk.h"
#include "proc_mem.h"
#include "proc_net.h"
#include "proc_psi.h"
#include "proc_stat.h"
#include "text.h"

enum file_id {
	STAT,
	SCHEDSTAT,
	MEMINFO,
	VMSTAT,
	PSI_CPU,
	PSI_MEMORY,
	PSI_IO,
	DISKSTATS,
	NETSTAT,
	SNMP,
	SOFTNET,
	NET_DEV,
	FILES,
};

static const char *const paths[FILES] = {
	[STAT] = "proc/stat",
	[SCHEDSTAT] = "proc/schedstat",
	[MEMINFO] = "proc/meminfo",
	[VMSTAT] = "proc/vmstat",
	[PSI_CPU] = "proc/pressure/cpu",
	[PSI_MEMORY] = "proc/pressure/memory",
	[PSI_IO] = "proc/pressure/io",
	[DISKSTATS] = "proc/diskstats",
	[NETSTAT] = "proc/net/netstat",
	[SNMP] = "proc/net/snmp",
	[SOFTNET] = "proc/net/softnet_stat",
	[NET_DEV] = "proc/net/dev",
};

struct sp_system {
	int root; /* -1: there is no such directory */
	bool canned; /* a tree to read instead of this machine */
	struct sp_file files[FILES];
	struct sp_buf buf; /* one for all, as they are read in turn */
	struct sp_disks disks;
	struct sp_hwerr hwerr;
	struct sp_cpu_counts squeezed;
	struct sp_cpufreq cpufreq;
	struct sp_numa numa;
	struct sp_linkspeed linkspeed;
	struct sp_cgroups cgroups;
	struct sp_cgroups_v1 cgroups_v1;
	struct sp_netlink netlink;
	struct sp_pace rtt_pace;
	uint64_t rtt_ns; /* as last read */
	uint64_t established; /* TCP connections */
	uint64_t tcp_resets; /* the most ever seen */
};

int sp_system_open(struct sp_system **sys, const char *root)
{
	struct sp_system *s = calloc(1, sizeof(*s));
	size_t i;

	if (!s)
		return -ENOMEM;
	s->root = sp_root_open(root);
	s->canned = root[0] != '\0';
	for (i = 0; i < FILES; i++)
		s->files[i].fd = -1;
	*sys = s;
	return 0;
}

/* Read a file into s->buf; false if it cannot be read or is empty. */
static bool get(struct sp_system *s, enum file_id id)
{
	return sp_file_read(&s->files[id], s->root, paths[id], &s->buf) == 0 &&
	       s->buf.len;
}

static uint64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	if (clock_gettime(id, &ts))
		return SP_ABSENT;
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

static int read_cpus(struct sp_system *s, struct sp_snapshot *snap)
{
	int ret = sp_file_read(&s->files[STAT], s->root, paths[STAT], &s->buf);

	if (ret)
		return ret == -ENOMEM ? -ENOMEM : -ENOENT;
	ret = sp_parse_stat(s->buf.data, s->buf.len, snap);
	if (ret)
		return ret;
	if (get(s, SCHEDSTAT))
		sp_parse_schedstat(s->buf.data, s->buf.len, snap);
	return 0;
}

/* Version 1 is only asked about what version 2 does not do. */
static int read_cgroups(struct sp_system *s, struct sp_snapshot *snap)
{
	int ret = sp_cgroups_read(&s->cgroups, s->root, snap);

	if (snap->sys.cgroup_throttled == SP_ABSENT)
		snap->sys.cgroup_throttled =
			sp_cgroups_v1_throttled(&s->cgroups_v1, s->root);
	return ret;
}

static void read_memory(struct sp_system *s, struct sp_raw_system *sys)
{
	if (get(s, MEMINFO))
		sp_parse_meminfo(s->buf.data, s->buf.len, sys);
	if (get(s, VMSTAT))
		sp_parse_vmstat(s->buf.data, s->buf.len, sys);
}

static void read_psi(struct sp_system *s, struct sp_snapshot *snap)
{
	struct sp_psi psi[PSI_IO - PSI_CPU + 1];
	enum file_id id;

	for (id = PSI_CPU; id <= PSI_IO; id++) {
		const char *buf = get(s, id) ? s->buf.data : "";

		if (sp_parse_psi(buf, s->buf.len, &psi[id - PSI_CPU]))
			snap->info.caps |= 1U << SP_CAP_PSI;
	}
	/* What "full" says of CPUs system-wide is always 0. */
	snap->sys.psi_cpu_some_ns = psi[0].some_ns;
	snap->sys.psi_memory_some_ns = psi[PSI_MEMORY - PSI_CPU].some_ns;
	snap->sys.psi_memory_full_ns = psi[PSI_MEMORY - PSI_CPU].full_ns;
	snap->sys.psi_io_some_ns = psi[PSI_IO - PSI_CPU].some_ns;
	snap->sys.psi_io_full_ns = psi[PSI_IO - PSI_CPU].full_ns;
}

/*
 * Asking for connections makes the kernel walk its table of them, which is
 * large whether or not there are any.
 */
static void read_rtt(struct sp_system *s)
{
	if (s->canned || !s->established) {
		s->rtt_ns = SP_ABSENT;
		return;
	}
	if (!sp_pace_begin(&s->rtt_pace))
		return;
	if (sp_netlink_rtt(&s->rtt_ns))
		s->rtt_ns = SP_ABSENT;
	sp_pace_end(&s->rtt_pace, 0);
}

static void read_tcp(struct sp_system *s, struct sp_raw_system *sys)
{
	struct sp_tcp_counts counts = {0};
	uint64_t resets;

	if (get(s, NETSTAT))
		sp_parse_netstat(s->buf.data, s->buf.len, sys, &counts);
	if (get(s, SNMP))
		sp_parse_snmp(s->buf.data, s->buf.len, sys, &counts);
	s->established = counts.established;
	if (sys->tcp_retransmits == SP_ABSENT)
		return;
	/* It may go back by a few (sp_tcp_resets()); a counter may not. */
	resets = sp_tcp_resets(&counts);
	if (resets > s->tcp_resets)
		s->tcp_resets = resets;
	sys->tcp_resets = s->tcp_resets;
}

/* Without netlink: by /proc/net/dev and sysfs. */
static int read_net_dev(struct sp_system *s, struct sp_snapshot *snap)
{
	size_t i;
	int ret;

	if (!get(s, NET_DEV))
		return 0;
	ret = sp_parse_net_dev(s->buf.data, s->buf.len, snap);
	for (i = 0; !ret && i < snap->nr_nets; i++)
		snap->nets[i].physical =
			sp_net_has_device(s->root, snap->nets[i].name);
	return ret;
}

static int read_network(struct sp_system *s, struct sp_snapshot *snap)
{
	int ret = -ENOTSUP;

	snap->nets_ns = clock_ns(CLOCK_MONOTONIC);
	read_tcp(s, &snap->sys);
	if (get(s, SOFTNET))
		sp_parse_softnet(s->buf.data, s->buf.len, &snap->sys,
				 &s->squeezed);
	if (!s->canned) {
		ret = sp_netlink_links(&s->netlink, snap);
		if (!ret)
			sp_netlink_backlogs(&s->netlink, snap);
	}
	if (ret && ret != -ENOMEM)
		ret = read_net_dev(s, snap);
	if (!ret)
		sp_linkspeed_set(&s->linkspeed, s->root, snap);
	return ret;
}

int sp_system_read(struct sp_system *sys, struct sp_snapshot *snap)
{
	int ret;

	clock_gettime(CLOCK_REALTIME, &snap->time);
	snap->mono_ns = clock_ns(CLOCK_MONOTONIC);
	snap->boot_ns = clock_ns(CLOCK_BOOTTIME);
	if (sys->root < 0)
		return -ENOENT;
	ret = read_cpus(sys, snap);
	if (ret)
		return ret;
	read_memory(sys, &snap->sys);
	read_psi(sys, snap);
	snap->disks_ns = clock_ns(CLOCK_MONOTONIC);
	if (get(sys, DISKSTATS))
		ret = sp_disks_parse(&sys->disks, sys->root, sys->buf.data,
				     sys->buf.len, snap);
	if (ret)
		return ret;
	ret = read_network(sys, snap);
	if (ret)
		return ret;
	/*
	 * Last what may take long, the first time above all, when the kernel
	 * may have to load a module for it.
	 */
	sp_hwerr_read(&sys->hwerr, sys->root, &sys->buf, snap);
	sp_cpufreq_read(&sys->cpufreq, sys->root, snap);
	ret = sp_numa_read(&sys->numa, sys->root, &sys->buf, snap);
	if (ret)
		return ret;
	read_rtt(sys);
	snap->sys.rtt_ns = sys->rtt_ns;
	return read_cgroups(sys, snap);
}

void sp_system_close(struct sp_system *sys)
{
	size_t i;

	if (!sys)
		return;
	for (i = 0; i < FILES; i++)
		sp_file_close(&sys->files[i]);
	if (sys->root >= 0)
		close(sys->root);
	sp_buf_free(&sys->buf);
	sp_disks_free(&sys->disks);
	sp_hwerr_close(&sys->hwerr);
	sp_cpu_counts_free(&sys->squeezed);
	sp_cpufreq_free(&sys->cpufreq);
	sp_numa_close(&sys->numa);
	sp_linkspeed_free(&sys->linkspeed);
	sp_cgroups_close(&sys->cgroups);
	sp_cgroups_v1_close(&sys->cgroups_v1);
	sp_netlink_close(&sys->netlink);
	free(sys);
}
