// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory of snapshots (sysperf/snapshot.h): arrays that grow and are
 * kept from one reading to the next.
 */
#include <sysperf/snapshot.h>

#include <stdlib.h>

/* The first allocation of an array, in rows. */
#define FIRST_ROWS 16

void sp_snapshot_init(struct sp_snapshot *s)
{
	memset(s, 0, sizeof(*s));
	sp_snapshot_reset(s);
}

void sp_snapshot_reset(struct sp_snapshot *s)
{
	/* All members of sys are uint64_t: all ones is SP_ABSENT. */
	memset(&s->sys, 0xff, sizeof(s->sys));
	memset(&s->info, 0, sizeof(s->info));
	s->time = (struct timespec){0};
	s->mono_ns = SP_ABSENT;
	s->boot_ns = SP_ABSENT;
	s->disks_ns = SP_ABSENT;
	s->nets_ns = SP_ABSENT;
	s->know_ns = SP_ABSENT;
	s->nr_cpus = 0;
	s->nr_disks = 0;
	s->nr_nets = 0;
	s->nr_nodes = 0;
	s->nodes_ns = SP_ABSENT;
	s->nr_cgroups = 0;
	s->cgroups_ns = SP_ABSENT;
	s->nr_tasks = 0;
	s->nr_kcpus = 0;
	s->nr_kdisks = 0;
	s->nr_ktcps = 0;
	s->kmemory = NULL;
	s->kpmu_events = 0;
	s->tasks_are_threads = false;
	s->tasks_are_changes = false;
	s->tasks_are_partial = false;
	s->want_all = false;
}

void sp_snapshot_free(struct sp_snapshot *s)
{
	free(s->cpus);
	free(s->disks);
	free(s->nets);
	free(s->nodes);
	free(s->cgroups);
	free(s->tasks);
	free(s->kcpus);
	free(s->kdisks);
	free(s->ktcps);
	free(s->buf);
	sp_snapshot_init(s);
}

/* Make room for one more row of an array; returns the array or NULL. */
static void *reserve(void *rows, size_t nr, size_t *cap, size_t row_size)
{
	size_t want = *cap ? *cap * 2 : FIRST_ROWS;
	void *more;

	if (nr < *cap)
		return rows;
	more = reallocarray(rows, want, row_size);
	if (more)
		*cap = want;
	return more;
}

struct sp_raw_cpu *sp_snapshot_add_cpu(struct sp_snapshot *s)
{
	struct sp_raw_cpu *rows =
		reserve(s->cpus, s->nr_cpus, &s->cap_cpus, sizeof(*rows));

	if (!rows)
		return NULL;
	s->cpus = rows;
	rows += s->nr_cpus++;
	memset(rows, 0xff, sizeof(*rows));
	return rows;
}

struct sp_raw_disk *sp_snapshot_add_disk(struct sp_snapshot *s)
{
	struct sp_raw_disk *rows =
		reserve(s->disks, s->nr_disks, &s->cap_disks, sizeof(*rows));

	if (!rows)
		return NULL;
	s->disks = rows;
	rows += s->nr_disks++;
	memset(rows, 0xff, sizeof(*rows));
	memset(rows->name, 0, sizeof(rows->name));
	rows->type[0] = rows->model[0] = rows->serial[0] = '\0';
	return rows;
}

struct sp_raw_net *sp_snapshot_add_net(struct sp_snapshot *s)
{
	struct sp_raw_net *rows =
		reserve(s->nets, s->nr_nets, &s->cap_nets, sizeof(*rows));

	if (!rows)
		return NULL;
	s->nets = rows;
	rows += s->nr_nets++;
	memset(rows, 0xff, sizeof(*rows));
	memset(rows->name, 0, sizeof(rows->name));
	rows->physical = false;
	rows->delays = false;
	return rows;
}

struct sp_raw_node *sp_snapshot_add_node(struct sp_snapshot *s)
{
	struct sp_raw_node *rows =
		reserve(s->nodes, s->nr_nodes, &s->cap_nodes, sizeof(*rows));

	if (!rows)
		return NULL;
	s->nodes = rows;
	rows += s->nr_nodes++;
	memset(rows, 0xff, sizeof(*rows));
	return rows;
}

struct sp_raw_cgroup *sp_snapshot_add_cgroup(struct sp_snapshot *s)
{
	struct sp_raw_cgroup *rows = reserve(s->cgroups, s->nr_cgroups,
					     &s->cap_cgroups, sizeof(*rows));

	if (!rows)
		return NULL;
	s->cgroups = rows;
	rows += s->nr_cgroups++;
	memset(rows, 0xff, sizeof(*rows));
	memset(rows->path, 0, sizeof(rows->path));
	return rows;
}

struct sp_raw_task *sp_snapshot_add_task(struct sp_snapshot *s)
{
	struct sp_raw_task *rows =
		reserve(s->tasks, s->nr_tasks, &s->cap_tasks, sizeof(*rows));
	const size_t numbers = offsetof(struct sp_raw_task, start_ns);

	if (!rows)
		return NULL;
	s->tasks = rows;
	rows += s->nr_tasks++;
	/* Ids and flags are 0; all 64-bit numbers are SP_ABSENT. */
	memset(rows, 0, numbers);
	memset((char *)rows + numbers, 0xff, sizeof(*rows) - numbers);
	rows->runq_open_ns = 0;
	rows->runq_hist = NULL;
	rows->io_hist = NULL;
	rows->doing = SYSPERF_SLEEPING;
	return rows;
}
