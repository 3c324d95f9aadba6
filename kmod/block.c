// SPDX-License-Identifier: GPL-2.0-only
/*
 * Block requests: latency from issue to completion, by device and by the task
 * that submitted them, in fixed tables of requests in flight and of devices.
 *
 * A request is followed from the first of insertion (into the I/O scheduler)
 * and issue (to the driver) to its last completion. Whoever is current at the
 * first of them submitted it. A request that was merged away after insertion
 * never completes; its place is given up at block_rq_merge.
 *
 * Locking: no locks. A request's slot is claimed by cmpxchg of its rq and is
 * then only touched by events of that request, which the block layer orders;
 * snapshots only read. A device is published by cmpxchg and stays until the
 * module goes. Counters are atomic: completions come on any CPU. Probes may
 * run preemptible on 7.x and in interrupts on all; nothing here is per CPU.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/tracepoint.h>
#include <linux/vmalloc.h>
#include <trace/events/block.h>

#include <sysperf_hist.h>

#include "block.h"
#include "compat.h"
#include "probe.h"
#include "sched.h"
#include "tasks.h"

static bool block = true;
module_param(block, bool, 0444);
MODULE_PARM_DESC(block, "account block requests (default on)");

static uint max_requests = 8192;
module_param(max_requests, uint, 0444);
MODULE_PARM_DESC(max_requests,
		 "most block requests in flight to follow (default 8192)");

static uint max_disks = 256;
module_param(max_disks, uint, 0444);
MODULE_PARM_DESC(max_disks, "most block devices to follow (default 256)");

/* How far from its hash a request or device may lie. */
#define REACH 8

struct disk_io {
	atomic64_t requests, bytes, errors, latency_ns, latency_max_ns,
		queue_ns;
	atomic_t hist[SYSPERF_HIST_BUCKETS];
};

struct disk {
	dev_t dev;
	const struct gendisk *gd; /* the last that was it; not to be followed */
	char name[DISK_NAME_LEN];
	atomic_t inflight;
	struct disk_io io[SYSPERF_OPS];
};

struct slot {
	struct request *rq; /* whose slot it is; NULL: free */
	u64 inserted, issued; /* 0: not (yet) */
	struct disk *disk;
	struct sysperf_entry *submitter; /* a reference, or NULL */
	const struct bio *bio; /* of one that was requeued, to know it by */
	u32 bytes;
	u8 op;
	bool failed;
	bool requeued;
};

static struct slot *slots;
static struct disk **disks;
static unsigned int slot_bits, disk_bits;
static atomic64_t lost_requests, lost_disks;

static struct disk *disk_new(struct gendisk *gd)
{
	struct disk *d = NULL;

	if (sysperf_may_allocate())
		d = kzalloc(sizeof(*d), GFP_NOWAIT | __GFP_NOWARN);
	if (!d)
		return NULL;
	d->dev = disk_devt(gd);
	d->gd = gd;
	strscpy(d->name, gd->disk_name, sizeof(d->name));
	return d;
}

/* Numbers are given to other disks when one goes, so the name counts too. */
static bool disk_is(struct disk *d, const struct gendisk *gd, dev_t dev)
{
	if (d->dev != dev)
		return false;
	if (likely(READ_ONCE(d->gd) == gd))
		return true;
	if (strcmp(d->name, gd->disk_name))
		return false;
	WRITE_ONCE(d->gd, gd);
	return true;
}

static struct disk *disk_get(struct gendisk *gd)
{
	dev_t dev = disk_devt(gd);
	unsigned int h = hash_32(dev, disk_bits), i;
	struct disk *d, *old;

	for (i = 0; i < REACH; i++) {
		struct disk **place = &disks[(h + i) & (max_disks - 1)];

		d = READ_ONCE(*place);
		if (likely(d && disk_is(d, gd, dev)))
			return d;
		if (d)
			continue;
		d = disk_new(gd);
		if (!d)
			break;
		old = cmpxchg(place, NULL, d);
		if (!old)
			return d;
		kfree(d);
		if (disk_is(old, gd, dev))
			return old;
	}
	atomic64_inc(&lost_disks);
	return NULL;
}

static struct slot *slot_find(const struct request *rq)
{
	unsigned int h = hash_ptr(rq, slot_bits), i;

	for (i = 0; i < REACH; i++) {
		struct slot *s = &slots[(h + i) & (max_requests - 1)];

		if (READ_ONCE(s->rq) == rq)
			return s;
	}
	return NULL;
}

static void slot_release(struct slot *s)
{
	if (s->issued) {
		atomic_dec(&s->disk->inflight);
		if (s->submitter)
			atomic_dec(&s->submitter->io_inflight);
	}
	if (s->submitter)
		sysperf_entry_put(s->submitter);
	s->submitter = NULL;
	WRITE_ONCE(s->issued, 0);
	/* Only now may slot_claim() give it to another request. */
	smp_store_release(&s->rq, NULL);
}

static unsigned int rq_op(const struct request *rq)
{
	switch (req_op((struct request *)rq)) {
	case REQ_OP_READ:
		return SYSPERF_OP_READ;
	case REQ_OP_FLUSH:
		return SYSPERF_OP_FLUSH;
	case REQ_OP_DISCARD:
	case REQ_OP_SECURE_ERASE:
	case REQ_OP_WRITE_ZEROES:
		return SYSPERF_OP_DISCARD;
	default:
		return SYSPERF_OP_WRITE;
	}
}

/* A reference to the entry of the current task, which cannot go meanwhile. */
static struct sysperf_entry *current_entry(void)
{
	struct sysperf_entry *e;

	/* What an interrupt submits is not of the task that it interrupts. */
	if (!in_task())
		return NULL;
	e = sysperf_sched_current();
	if (unlikely(!e)) {
		rcu_read_lock(); /* for the others in its chain */
		e = sysperf_tasks_find(current);
		rcu_read_unlock();
	}
	if (e)
		refcount_inc(&e->ref);
	return e;
}

/* A slot for a request that is new to us; NULL if it cannot be followed. */
static struct slot *slot_claim(struct request *rq)
{
	unsigned int h = hash_ptr(rq, slot_bits), i;
	struct gendisk *gd = sysperf_rq_disk(rq);
	struct disk *d;

	/* Passthrough commands (SG_IO, NVMe admin) are no I/O of a disk. */
	if (!gd || blk_rq_is_passthrough(rq))
		return NULL;
	d = disk_get(gd);
	if (!d)
		return NULL;
	for (i = 0; i < REACH; i++) {
		struct slot *s = &slots[(h + i) & (max_requests - 1)];

		if (READ_ONCE(s->rq) || cmpxchg(&s->rq, NULL, rq))
			continue;
		s->disk = d;
		s->inserted = 0;
		s->failed = false;
		s->requeued = false;
		s->bytes = 0;
		s->op = rq_op(rq);
		s->submitter = current_entry();
		return s;
	}
	atomic64_inc(&lost_requests);
	return NULL;
}

/*
 * A request that the driver gave back comes again, maybe from a kworker, and
 * keeps its submitter; or it was freed without a word, and this is another
 * life of the same struct request.
 */
static bool came_back(const struct slot *s, const struct request *rq)
{
	return s->requeued && s->bio == rq->bio;
}

static void probe_insert(SYSPERF_RQ_ARGS)
{
	struct slot *s = slot_find(rq);

	if (s && (s->issued || came_back(s, rq)))
		return;
	if (s)
		slot_release(s);
	s = slot_claim(rq);
	if (s)
		s->inserted = ktime_get_ns();
}

static void probe_issue(SYSPERF_RQ_ARGS)
{
	struct slot *s = slot_find(rq);
	u64 now;

	if (s && s->requeued && !came_back(s, rq)) {
		slot_release(s);
		s = NULL;
	}
	if (!s)
		s = slot_claim(rq);
	if (!s)
		return;
	now = ktime_get_ns();
	if (!s->issued) {
		atomic_inc(&s->disk->inflight);
		if (s->submitter)
			atomic_inc(&s->submitter->io_inflight);
	}
	/* After a partial completion only the rest is issued. */
	if (!s->bytes)
		s->bytes = blk_rq_bytes(rq);
	s->requeued = false;
	WRITE_ONCE(s->issued, now);
}

static void probe_requeue(SYSPERF_RQ_ARGS)
{
	struct slot *s = slot_find(rq);

	if (!s || !s->issued)
		return;
	atomic_dec(&s->disk->inflight);
	if (s->submitter)
		atomic_dec(&s->submitter->io_inflight);
	s->requeued = true;
	s->bio = rq->bio;
	WRITE_ONCE(s->issued, 0);
}

static void probe_merge(SYSPERF_RQ_ARGS)
{
	struct slot *s = slot_find(rq);

	if (s)
		slot_release(s);
}

static void max_update(atomic64_t *max, u64 v)
{
	s64 old = atomic64_read(max);

	while ((s64)v > old && !atomic64_try_cmpxchg(max, &old, v))
		;
}

static void account(struct slot *s)
{
	u64 now = ktime_get_ns();
	u64 ns = now > s->issued ? now - s->issued : 0;
	unsigned int bucket = sysperf_hist_index(ns, SYSPERF_HIST_SUB);
	struct disk_io *io = &s->disk->io[s->op];
	struct sysperf_entry *e = s->submitter;

	atomic64_inc(&io->requests);
	atomic64_add(s->bytes, &io->bytes);
	atomic64_add(ns, &io->latency_ns);
	max_update(&io->latency_max_ns, ns);
	atomic_inc(&io->hist[bucket]);
	if (s->inserted && s->issued > s->inserted)
		atomic64_add(s->issued - s->inserted, &io->queue_ns);
	if (s->failed)
		atomic64_inc(&io->errors);
	if (!e)
		return;
	atomic64_inc(&e->ios);
	atomic64_add(s->bytes, &e->io_bytes);
	atomic64_add(ns, &e->io_ns);
	max_update(&e->io_max_ns, ns);
	atomic_inc(&e->io_hist[bucket >>
			       (SYSPERF_HIST_SUB - SYSPERF_HIST_TASK_SUB)]);
	if (s->failed)
		atomic64_inc(&e->io_errors);
}

static void probe_complete(void *data, struct request *rq,
			   sysperf_rq_error_t error, unsigned int nr_bytes)
{
	struct slot *s = slot_find(rq);

	if (!s)
		return;
	if (error)
		s->failed = true;
	/* A part of it; the rest is still to come. */
	if (nr_bytes < blk_rq_bytes(rq))
		return;
	if (s->issued)
		account(s);
	slot_release(s);
}

static struct sysperf_probe probes[] = {
	{"block_rq_complete", probe_complete}, {"block_rq_merge", probe_merge},
	{"block_rq_requeue", probe_requeue},   {"block_rq_issue", probe_issue},
	{"block_rq_insert", probe_insert},
};

bool sysperf_block_enabled(void)
{
	return block;
}

unsigned int sysperf_block_disks(void)
{
	return block ? max_disks : 0;
}

/* The age of the oldest request a device has in flight. */
static u64 oldest_age(const struct disk *d)
{
	u64 now = ktime_get_ns(), oldest = now;
	unsigned int i;

	for (i = 0; i < max_requests; i++) {
		u64 issued;

		if (!READ_ONCE(slots[i].rq) || slots[i].disk != d)
			continue;
		issued = READ_ONCE(slots[i].issued);
		if (issued && issued < oldest)
			oldest = issued;
	}
	return now - oldest;
}

bool sysperf_block_fill(unsigned int index, struct sysperf_disk *out)
{
	struct disk *d = READ_ONCE(disks[index]);
	unsigned int op, i;

	if (!d)
		return false;
	memset(out, 0, offsetof(struct sysperf_disk, io));
	out->rec.type = SYSPERF_REC_DISK;
	out->rec.size = sizeof(*out);
	out->major = MAJOR(d->dev);
	out->minor = MINOR(d->dev);
	strscpy(out->name, d->name, sizeof(out->name));
	out->inflight = max(atomic_read(&d->inflight), 0);
	if (out->inflight)
		out->oldest_ns = oldest_age(d);
	for (op = 0; op < SYSPERF_OPS; op++) {
		struct sysperf_disk_io *to = &out->io[op];
		struct disk_io *io = &d->io[op];

		to->requests = atomic64_read(&io->requests);
		to->bytes = atomic64_read(&io->bytes);
		to->errors = atomic64_read(&io->errors);
		to->latency_ns = atomic64_read(&io->latency_ns);
		to->latency_max_ns = atomic64_read(&io->latency_max_ns);
		to->queue_ns = atomic64_read(&io->queue_ns);
		for (i = 0; i < SYSPERF_HIST_BUCKETS; i++)
			to->hist[i] = atomic_read(&io->hist[i]);
	}
	return true;
}

void sysperf_block_info(u64 *requests, u64 *lost)
{
	*requests = atomic64_read(&lost_requests);
	*lost = atomic64_read(&lost_disks);
}

static void tables_free(void)
{
	unsigned int i;

	if (slots)
		for (i = 0; i < max_requests; i++)
			if (slots[i].rq)
				slot_release(&slots[i]);
	vfree(slots);
	if (disks)
		for (i = 0; i < max_disks; i++)
			kfree(disks[i]);
	kvfree(disks);
}

int sysperf_block_init(void)
{
	int ret = -ENOMEM;

	check_trace_callback_type_block_rq_complete(probe_complete);
	check_trace_callback_type_block_rq_merge(probe_merge);
	check_trace_callback_type_block_rq_requeue(probe_requeue);
	check_trace_callback_type_block_rq_issue(probe_issue);
	check_trace_callback_type_block_rq_insert(probe_insert);
	if (!block)
		return 0;
	max_requests = roundup_pow_of_two(clamp(max_requests, 256U, 1U << 20));
	max_disks = roundup_pow_of_two(clamp(max_disks, 16U, 4096U));
	slot_bits = ilog2(max_requests);
	disk_bits = ilog2(max_disks);
	slots = vzalloc(array_size(max_requests, sizeof(*slots)));
	disks = kvcalloc(max_disks, sizeof(*disks), GFP_KERNEL);
	if (slots && disks)
		ret = sysperf_probes_attach(probes, ARRAY_SIZE(probes));
	if (ret)
		tables_free();
	return ret;
}

void sysperf_block_exit(void)
{
	if (!block)
		return;
	sysperf_probes_detach(probes, ARRAY_SIZE(probes));
	tables_free();
}
