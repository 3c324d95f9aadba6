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
 * snapshots only read. A device is put in use under disks_lock and stays until
 * the module goes. Counters are atomic: completions come on any CPU. Probes may
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
#include "events.h"
#include "map.h"
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

static uint max_disks = 128;
module_param(max_disks, uint, 0444);
MODULE_PARM_DESC(max_disks,
		 "most block devices to follow (default 128, 14 KiB each)");

/* How far from its hash a request or device may lie. */
#define REACH 8

struct disk {
	bool used; /* the rest is set; never unset */
	dev_t dev;
	const struct gendisk *gd; /* the last that was it; not to be followed */
	struct sysperf_disk *rec;
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
static struct disk *disks;
static const struct sysperf_region *region; /* their records */
static DEFINE_RAW_SPINLOCK(disks_lock); /* to put one in use */
static unsigned int slot_bits, disk_bits;
static atomic64_t lost_requests, lost_disks;

/* Counters of the records are written by any CPU: they are all atomic. */
static_assert(sizeof(atomic64_t) == sizeof(u64));
static_assert(sizeof(atomic_t) == sizeof(u32));
#define counter64(p) ((atomic64_t *)(p))
#define counter32(p) ((atomic_t *)(p))

/* Numbers are given to other disks when one goes, so the name counts too. */
static bool disk_is(struct disk *d, const struct gendisk *gd, dev_t dev)
{
	if (d->dev != dev)
		return false;
	if (likely(READ_ONCE(d->gd) == gd))
		return true;
	if (strcmp(d->rec->name, gd->disk_name))
		return false;
	WRITE_ONCE(d->gd, gd);
	return true;
}

/* Put a place in use. Return: false if another was faster. */
static bool disk_use(struct disk *d, const struct gendisk *gd, dev_t dev)
{
	unsigned long flags;
	bool mine;

	raw_spin_lock_irqsave(&disks_lock, flags);
	mine = !d->used;
	if (mine) {
		d->dev = dev;
		d->gd = gd;
		d->rec = sysperf_region_at(region, d - disks);
		d->rec->major = MAJOR(dev);
		d->rec->minor = MINOR(dev);
		strscpy(d->rec->name, gd->disk_name, sizeof(d->rec->name));
		sysperf_region_use(region, d - disks);
		smp_store_release(&d->used, true);
	}
	raw_spin_unlock_irqrestore(&disks_lock, flags);
	return mine;
}

static struct disk *disk_get(struct gendisk *gd)
{
	dev_t dev = disk_devt(gd);
	unsigned int h = hash_32(dev, disk_bits), i;

	for (i = 0; i < REACH; i++) {
		struct disk *d = &disks[(h + i) & (max_disks - 1)];

		if (unlikely(!smp_load_acquire(&d->used)) &&
		    disk_use(d, gd, dev))
			return d;
		if (likely(disk_is(d, gd, dev)))
			return d;
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
		atomic_dec(counter32(&s->disk->rec->inflight));
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
		atomic_inc(counter32(&s->disk->rec->inflight));
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
	atomic_dec(counter32(&s->disk->rec->inflight));
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
	struct sysperf_disk_io *io = &s->disk->rec->io[s->op];
	struct sysperf_entry *e = s->submitter;

	atomic64_inc(counter64(&io->requests));
	atomic64_add(s->bytes, counter64(&io->bytes));
	atomic64_add(ns, counter64(&io->latency_ns));
	max_update(counter64(&io->latency_max_ns), ns);
	atomic_inc(counter32(&io->hist[bucket]));
	if (s->inserted && s->issued > s->inserted)
		atomic64_add(s->issued - s->inserted, counter64(&io->queue_ns));
	if (s->failed)
		atomic64_inc(counter64(&io->errors));
	sysperf_events_slow_io(e, s->disk->rec, s->op, s->bytes, ns);
	if (!e)
		return;
	WRITE_ONCE(e->io_changed, now);
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

static bool record_complete(struct sysperf_rec *copy, unsigned int index)
{
	struct sysperf_disk *d = (struct sysperf_disk *)copy;

	if ((s32)d->inflight < 0)
		d->inflight = 0;
	if (d->inflight)
		d->oldest_ns = oldest_age(&disks[index]);
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
	region = sysperf_map_add(SYSPERF_REC_DISK, max_disks,
				 sizeof(struct sysperf_disk), record_complete);
	if (slots && disks && region)
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
