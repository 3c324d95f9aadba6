// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every parser of /proc's and sysfs's text gets every input: none may read
 * past its end, crash, or give a name that does not end.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../daemon/collector/cgroup_parse.h"
#include "../../daemon/collector/hwerr.h"
#include "../../daemon/collector/numa.h"
#include "../../daemon/collector/proc_disk.h"
#include "../../daemon/collector/proc_mem.h"
#include "../../daemon/collector/proc_net.h"
#include "../../daemon/collector/proc_psi.h"
#include "../../daemon/collector/proc_stat.h"
#include "../../daemon/collector/proc_task.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void must_end(const char *s, size_t size)
{
	must(memchr(s, '\0', size) != NULL);
}

static void parse_task(const char *buf, size_t len)
{
	struct sp_task_sched sched;
	struct sp_task_stat st;
	uint64_t r, w;

	if (sp_parse_task_stat(buf, len, &st))
		must_end(st.comm, sizeof(st.comm));
	sp_parse_task_sched(buf, len, &sched);
	sp_parse_task_io(buf, len, &r, &w);
	sp_parse_loadavg(buf, len, &r, &w);
}

static void parse_system(const char *buf, size_t len, struct sp_snapshot *s)
{
	struct sp_cpu_counts squeezed = {0}, mce = {0};
	struct sp_tcp_counts counts = {0};
	struct sp_psi psi;

	must(!sp_parse_stat(buf, len, s));
	sp_parse_schedstat(buf, len, s);
	sp_parse_meminfo(buf, len, &s->sys);
	sp_parse_vmstat(buf, len, &s->sys);
	sp_parse_psi(buf, len, &psi);
	sp_parse_netstat(buf, len, &s->sys, &counts);
	sp_parse_snmp(buf, len, &s->sys, &counts);
	must(sp_tcp_resets(&counts) != SP_ABSENT);
	sp_parse_softnet(buf, len, &s->sys, &squeezed);
	sp_cpu_counts_free(&squeezed);
	must(!sp_parse_net_dev(buf, len, s));
	sp_parse_interrupts_mce(buf, len, &mce);
	sp_cpu_counts_free(&mce);
}

static void parse_cgroup(const char *buf, size_t len)
{
	const struct sp_stacked stacked = {.majors = {253}, .nr = 1};
	struct sp_text t = sp_text_of(buf, len);
	struct sp_raw_cgroup g;
	char path[64];

	sp_parse_cgroup_cpu(t, &g);
	sp_parse_cgroup_io(t, &g, &stacked);
	sp_parse_cgroup_oom(t, &g);
	sp_parse_cgroup_events(t);
	if (sp_parse_task_cgroup(t, path, sizeof(path)))
		must_end(path, sizeof(path));
}

static void parse_nodes(const char *buf, size_t len)
{
	struct sp_text t = sp_text_of(buf, len);
	struct sp_raw_node node;
	uint64_t from, to;

	sp_parse_node_meminfo(t, &node);
	while (sp_parse_range(&t, &from, &to))
		must(sp_text_len(&t) < len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sp_disks disks = {0};
	struct sp_snapshot s;
	/* A copy of that very size, for the sanitizer to see overruns. */
	char *buf = malloc(size ? size : 1);
	size_t i;

	if (!buf)
		return 0;
	memcpy(buf, data, size);
	sp_snapshot_init(&s);
	parse_task(buf, size);
	parse_system(buf, size, &s);
	parse_cgroup(buf, size);
	parse_nodes(buf, size);
	for (int round = 0; round < 2; round++)
		must(!sp_disks_parse(&disks, -1, buf, size, &s));
	for (i = 1; i < s.nr_cpus; i++)
		must(s.cpus[i - 1].cpu < s.cpus[i].cpu);
	for (i = 0; i < s.nr_disks; i++)
		must_end(s.disks[i].name, sizeof(s.disks[i].name));
	for (i = 0; i < s.nr_nets; i++)
		must_end(s.nets[i].name, sizeof(s.nets[i].name));
	sp_disks_free(&disks);
	sp_snapshot_free(&s);
	free(buf);
	return 0;
}
