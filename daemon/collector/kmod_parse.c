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

static int header(struct sp_snapshot *s, const struct sysperf_header *h)
{
	if (h->abi_version != SYSPERF_ABI_VERSION)
		return -EPROTONOSUPPORT;
	s->know_ns = h->now_ns;
	s->info.caps |= 1U << SP_CAP_ANY | 1U << SP_CAP_IO | 1U << SP_CAP_KMOD;
	memcpy(s->info.kmod_version, h->version, sizeof(h->version) - 1);
	add_lost(&s->info, "tasks", h->lost_tasks);
	add_lost(&s->info, "exited", h->lost_exited);
	add_lost(&s->info, "requests", h->lost_requests);
	add_lost(&s->info, "disks", h->lost_disks);
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
	r->exit_code = t->exit_code;
	r->cpu = t->cpu;
	r->threads = t->threads;
	r->nice = t->nice;
	r->state = t->state_char;
	memcpy(r->comm, t->comm, sizeof(r->comm));
	r->comm[sizeof(r->comm) - 1] = '\0';
	r->start_ns = t->start_ns;
	r->now_ns = t->now_ns;
	memcpy(r->state_ns, t->state_ns, sizeof(r->state_ns));
	r->cpu_ns = t->state_ns[SYSPERF_RUNNING];
	r->switches = t->nvcsw + t->nivcsw;
	r->minor_faults = t->min_flt;
	r->major_faults = t->maj_flt;
	r->rss_bytes = t->rss_bytes;
	r->read_bytes = t->read_bytes;
	r->write_bytes = t->write_bytes;
	if (t->state == SYSPERF_RUNQ && t->now_ns > t->since_ns)
		r->runq_open_ns = t->now_ns - t->since_ns;
	r->runq_wait_max_ns = t->runq_wait_max_ns;
	r->ios = t->ios;
	r->io_max_ns = t->io_max_ns;
	r->runq_hist = t->runq_hist;
	r->io_hist = t->io_hist;
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
