// SPDX-License-Identifier: GPL-2.0-only
/*
 * The records of the module's snapshot, checked and made into raw tasks.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kmod_parse.h"

/* Room for one more pointer in an array. */
static int grow(void *array, size_t nr, size_t *cap)
{
	void **p = array, *more;
	size_t want = *cap ? *cap * 2 : 16;

	if (nr < *cap)
		return 0;
	more = realloc(*p, want * sizeof(void *));
	if (!more)
		return -ENOMEM;
	*p = more;
	*cap = want;
	return 0;
}

static void add_lost(struct sp_source_info *info, const char *name,
		     uint64_t count)
{
	if (info->nr_lost < SP_LOST_MAX)
		info->lost[info->nr_lost++] = (struct sp_lost){name, count};
}

static uint32_t caps_of(uint32_t kernel)
{
	static const struct {
		uint32_t kernel;
		enum sp_cap cap;
	} names[] = {
		{SYSPERF_CAP_SCHED, SP_CAP_SCHED},
		{SYSPERF_CAP_BLOCK, SP_CAP_BLOCK},
		{SYSPERF_CAP_PMU, SP_CAP_PMU},
		{SYSPERF_CAP_NET, SP_CAP_NET},
		{SYSPERF_CAP_TCP, SP_CAP_TCP},
		{SYSPERF_CAP_MEMORY, SP_CAP_RECLAIM},
	};
	uint32_t caps = 1U << SP_CAP_ANY | 1U << SP_CAP_IO | 1U << SP_CAP_KMOD |
			1U << SP_CAP_EXITS;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (kernel & names[i].kernel)
			caps |= 1U << names[i].cap;
	return caps;
}

static int header(struct sp_snapshot *s, const struct sysperf_header *h)
{
	if (h->abi_version != SYSPERF_ABI_VERSION)
		return -EPROTONOSUPPORT;
	s->know_ns = h->now_ns;
	s->tasks_are_changes = h->flags & SYSPERF_SNAP_CHANGES;
	s->info.caps |= caps_of(h->caps);
	if (h->caps & SYSPERF_CAP_PMU)
		s->kpmu_events = h->pmu_events;
	memcpy(s->info.kmod_version, h->version, sizeof(h->version) - 1);
	add_lost(&s->info, "tasks", h->lost_tasks);
	add_lost(&s->info, "exited", h->lost_exited);
	add_lost(&s->info, "requests", h->lost_requests);
	add_lost(&s->info, "disks", h->lost_disks);
	add_lost(&s->info, "calls", h->lost_calls);
	add_lost(&s->info, "sockets", h->lost_sockets);
	add_lost(&s->info, "events", h->lost_events);
	return 0;
}

static int cpu(struct sp_snapshot *s, const struct sysperf_cpu *c)
{
	int ret = grow(&s->kcpus, s->nr_kcpus, &s->cap_kcpus);

	if (!ret)
		s->kcpus[s->nr_kcpus++] = c;
	return ret;
}

static int disk(struct sp_snapshot *s, const struct sysperf_disk *d)
{
	int ret = grow(&s->kdisks, s->nr_kdisks, &s->cap_kdisks);

	if (!ret)
		s->kdisks[s->nr_kdisks++] = d;
	return ret;
}

static int tcp(struct sp_snapshot *s, const struct sysperf_tcp *t)
{
	int ret = grow(&s->ktcps, s->nr_ktcps, &s->cap_ktcps);

	if (!ret)
		s->ktcps[s->nr_ktcps++] = t;
	return ret;
}

/* What the module was loaded without stays absent, as in the rest below. */
static void task_sched(const struct sp_snapshot *s, struct sp_raw_task *r,
		       const struct sysperf_task *t)
{
	if (!(s->info.caps & 1U << SP_CAP_SCHED)) {
		r->cpu_ns = t->utime_ns + t->stime_ns;
		return;
	}
	memcpy(r->state_ns, t->state_ns, sizeof(r->state_ns));
	r->cpu_ns = t->state_ns[SYSPERF_RUNNING];
	if (t->state == SYSPERF_RUNQ && t->now_ns > t->since_ns)
		r->runq_open_ns = t->now_ns - t->since_ns;
	r->runq_wait_max_ns = t->runq_wait_max_ns;
	r->runq_hist = t->runq_hist;
}

static void task_io(const struct sp_snapshot *s, struct sp_raw_task *r,
		    const struct sysperf_task *t)
{
	r->read_bytes = t->read_bytes;
	r->write_bytes = t->write_bytes;
	if (!(s->info.caps & 1U << SP_CAP_BLOCK))
		return;
	r->ios = t->ios;
	r->io_errors = t->io_errors;
	r->io_max_ns = t->io_max_ns;
	r->io_hist = t->io_hist;
}

static void task_net(const struct sp_snapshot *s, struct sp_raw_task *r,
		     const struct sysperf_task *t)
{
	const struct sysperf_net *a = &t->net[SYSPERF_TCP];
	const struct sysperf_net *b = &t->net[SYSPERF_UDP];

	if (!(s->info.caps & 1U << SP_CAP_NET))
		return;
	r->net_rx_bytes = a->rx_bytes + b->rx_bytes;
	r->net_tx_bytes = a->tx_bytes + b->tx_bytes;
	r->net_rx_packets = a->rx_packets + b->rx_packets;
	r->net_tx_packets = a->tx_packets + b->tx_packets;
}

static void task_pmu(const struct sp_snapshot *s, struct sp_raw_task *r,
		     const struct sysperf_task *t)
{
	r->pmu = t->pmu;
	for (int i = 0; i < SYSPERF_PMU_EVENTS; i++)
		if (!(s->kpmu_events & 1U << i))
			r->pmu.event[i].count = SP_ABSENT;
}

static int task(struct sp_snapshot *s, const struct sysperf_task *t)
{
	struct sp_raw_task *r;

	if (t->state >= SYSPERF_STATES)
		return -EPROTO;
	r = sp_snapshot_add_task(s);
	if (!r)
		return -ENOMEM;
	r->tid = t->tid;
	r->pid = t->pid;
	r->ppid = t->ppid;
	r->uid = t->uid;
	r->flags = t->flags;
	if (t->rec.type == SYSPERF_REC_EXITED)
		r->flags |= SYSPERF_TASK_EXITED;
	r->exit_code = t->exit_code;
	r->cpu = t->cpu;
	r->threads = t->threads;
	r->nice = t->nice;
	r->policy = t->policy;
	r->state = t->state_char;
	r->doing = t->state;
	memcpy(r->comm, t->comm, sizeof(r->comm));
	r->comm[sizeof(r->comm) - 1] = '\0';
	r->start_ns = t->start_ns;
	r->now_ns = t->now_ns;
	r->cpu_total_ns = t->utime_ns + t->stime_ns;
	r->ended_cpu_ns = t->ended_cpu_ns;
	r->switches = t->nvcsw + t->nivcsw;
	r->minor_faults = t->min_flt;
	r->major_faults = t->maj_flt;
	r->rss_bytes = t->rss_bytes;
	r->cgroup_id = t->cgroup_id;
	if (s->info.caps & 1U << SP_CAP_RECLAIM)
		r->reclaim_ns = t->reclaim_ns;
	task_sched(s, r, t);
	task_io(s, r, t);
	task_net(s, r, t);
	task_pmu(s, r, t);
	return 0;
}

/* The least size a record of a type may have; 0: a type not known here. */
static size_t least_size(uint32_t type)
{
	switch (type) {
	case SYSPERF_REC_HEADER:
		return sizeof(struct sysperf_header);
	case SYSPERF_REC_CPU:
		return sizeof(struct sysperf_cpu);
	case SYSPERF_REC_DISK:
		return sizeof(struct sysperf_disk);
	case SYSPERF_REC_TASK:
	case SYSPERF_REC_EXITED:
		return sizeof(struct sysperf_task);
	case SYSPERF_REC_END:
		return sizeof(struct sysperf_end);
	case SYSPERF_REC_TCP:
		return sizeof(struct sysperf_tcp);
	case SYSPERF_REC_MEMORY:
		return sizeof(struct sysperf_memory);
	default:
		return 0;
	}
}

static int record(struct sp_snapshot *s, const struct sysperf_rec *rec)
{
	const void *p = rec;

	switch (rec->type) {
	case SYSPERF_REC_HEADER:
		return header(s, p);
	case SYSPERF_REC_CPU:
		return cpu(s, p);
	case SYSPERF_REC_DISK:
		return disk(s, p);
	case SYSPERF_REC_TCP:
		return tcp(s, p);
	case SYSPERF_REC_MEMORY:
		s->kmemory = p;
		return 0;
	case SYSPERF_REC_TASK:
	case SYSPERF_REC_EXITED:
		return task(s, p);
	default:
		return 0;
	}
}

int sp_kmod_parse(struct sp_snapshot *snap, const char *buf, size_t len)
{
	size_t at = 0;

	while (len - at >= sizeof(struct sysperf_rec)) {
		const struct sysperf_rec *rec = (const void *)(buf + at);
		int ret;

		if (rec->size > len - at || rec->size % 8 ||
		    rec->size < sizeof(*rec) ||
		    rec->size < least_size(rec->type))
			return -EPROTO;
		/* Nothing before the header, nothing after the end. */
		if ((at == 0) != (rec->type == SYSPERF_REC_HEADER))
			return -EPROTO;
		ret = record(snap, rec);
		if (ret)
			return ret;
		at += rec->size;
		if (rec->type == SYSPERF_REC_END)
			return at == len ? 0 : -EPROTO;
	}
	return -EPROTO;
}
