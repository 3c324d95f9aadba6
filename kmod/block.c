// SPDX-License-Identifier: GPL-2.0-only
/*
 * Block requests: latency from issue to completion, by device and by the task
 * that submitted them. Who is in flight is in block_slots.h, for how long in
 * block_ages.c, what they are in block_ops.c, which device has which record in
 * disks.c; the errors of devices that have no requests (dm, md, zram) are in
 * block_bios.c; here are the probes and the accounting.
 *
 * A request is followed from the first of insertion (into the I/O scheduler)
 * and issue (to the driver) to its last completion, and counted once: parts
 * that complete early, attempts that the driver gave back (requeue) and errors
 * of several parts make no more of it. What a device tried for a while, in vain
 * or in part, stays in the device: a request that succeeds after a timeout of
 * 30 s took 30 s. What the driver had no room for stays queued. A request that
 * was merged away after insertion never completes; its slot is given up at
 * block_rq_merge.
 *
 * Whoever is current at the first of them submitted it, with two exceptions.
 *  - A bio that wants the device's cache flushed is sent on by whatever ran
 *    when the step before it was done. So its submitter is noted when it gets
 *    its request, under the bio's address, as that is all there is to know it
 *    by. The flush itself may serve several: it counts once for the device and
 *    is nobody's, and each task that asked for nothing else has a request of
 *    its own that lasts until that is answered.
 *  - The clone that request-based dm (multipath) makes of a request for the
 *    device below is nobody's; the request itself is its submitter's.
 * What kernel threads do on behalf of others is theirs: writeback, dm-crypt,
 * raid5, raid1's writes unless they are plugged, loop devices (whose own
 * requests are the submitter's).
 *
 * Locking: no locks. A slot is touched only by events of its request, which
 * the block layer orders; snapshots only read. Counters are atomic:
 * completions come on any CPU. Probes may run preemptible on 7.x and in
 * interrupts on all; nothing here is per CPU.
 */
#include <linux/module.h>
#include <linux/timekeeping.h>
#include <linux/tracepoint.h>
#include <trace/events/block.h>

#include <sysperf_hist.h>

#include "block.h"
#include "block_ages.h"
#include "block_bios.h"
#include "block_ops.h"
#include "block_slots.h"
#include "compat.h"
#include "counter.h"
#include "current.h"
#include "disks.h"
#include "events.h"
#include "probe.h"
#include "tasks.h"

static bool block = true;
module_param(block, bool, 0444);
MODULE_PARM_DESC(block, "account block requests (default on)");

/* A driver that has no room says so at once: after this the device had it. */
#define TRIED_NS (4 * NSEC_PER_MSEC)

/* Stands in for the device of a bio that is never issued itself. */
static struct sysperf_disk nowhere;

/* Requests for which there was no room. */
static atomic64_t lost_requests;

static __always_inline u64 block_clock(void)
{
	return ktime_get_ns();
}

/* The bio by which a request that flushes is followed, or NULL. */
static const struct bio *flush_bio(const struct request *rq)
{
	const struct bio *bio = rq->bio;

	return bio && op_is_flush(bio->bi_opf) ? bio : NULL;
}

static noinline struct slot *slot_search(const struct request *rq)
{
	struct slot *s = sysperf_slot_find(rq);
	const struct bio *bio = flush_bio(rq);

	return s || !bio ? s : sysperf_slot_find(bio);
}

/* The slot of a request that was seen before. */
static __always_inline struct slot *request_slot(const struct request *rq)
{
	struct slot *home = slot_home(rq);

	return likely(READ_ONCE(home->key) == rq) ? home : slot_search(rq);
}

/* The entry of the current task, with a reference, or NULL. */
static __always_inline struct sysperf_entry *submitter_get(void)
{
	struct sysperf_entry *e = sysperf_current_entry();

	if (likely(e)) {
		refcount_inc(&e->ref);
		atomic_inc(&e->io_inflight);
	}
	return e;
}

/* Give up a slot, and what it holds. */
static __always_inline void request_forget(struct slot *s)
{
	struct sysperf_entry *e = s->submitter;

	if (likely(s->issued))
		atomic_dec(counter32(&s->rec->inflight));
	slot_release(s);
	if (likely(e)) {
		atomic_dec(&e->io_inflight);
		sysperf_entry_put(e);
	}
}

/*
 * A slot for a request that is new to us; NULL if it cannot be followed. That
 * is a loss, but if it is inserted only, it comes again. So does one that the
 * driver gives back: there is nothing to know it by.
 */
static struct slot *request_follow(struct request *rq, bool insert)
{
	const struct gendisk *gd = sysperf_rq_disk(rq);
	unsigned int op = sysperf_rq_op(rq);
	struct sysperf_disk *rec;
	struct slot *s;

	if (!gd || op == SYSPERF_OPS)
		return NULL;
	rec = sysperf_disk_lookup(gd);
	s = rec ? sysperf_slot_claim(rq) : NULL;
	if (!s) {
		if (!insert)
			atomic64_inc(rec ? &lost_requests
					 : &sysperf_disks_lost);
		return NULL;
	}
	s->rec = rec;
	s->bytes = blk_rq_bytes(rq);
	s->op = op;
	/* Clones of dm, flushes, and data between flushes all have one. */
	s->submitter = rq->end_io ? NULL : submitter_get();
	return s;
}

/* A request that flushes is inserted or issued: it began with its bio. */
static struct slot *request_follow_flush(struct slot *s, struct request *rq,
					 bool insert)
{
	struct slot *begun = s;
	const struct gendisk *gd = sysperf_rq_disk(rq);
	struct sysperf_disk *rec = gd ? sysperf_disk_lookup(gd) : NULL;

	if (!rec) {
		if (gd && !insert)
			atomic64_inc(&sysperf_disks_lost);
		return NULL;
	}
	/* By its request, which stays, where its bio may be taken elsewhere. */
	s = sysperf_slot_claim(rq);
	if (s) {
		s->submitter = begun->submitter;
		slot_release(begun);
	} else {
		s = begun;
	}
	s->rec = rec;
	s->bytes = blk_rq_bytes(rq);
	s->op = sysperf_rq_op(rq);
	return s;
}

/* The slot of a request that is inserted or issued, as new or again. */
static noinline struct slot *request_get(struct request *rq, bool insert)
{
	struct slot *s = slot_search(rq);
	bool known;

	if (!s)
		return request_follow(rq, insert);
	if (s->rec == &nowhere)
		return request_follow_flush(s, rq, insert);
	/*
	 * If the driver gave it back it may come again from a kworker, and
	 * keeps its submitter; or it was freed without a word, and this is
	 * another life of the same struct request.
	 */
	known = s->flags & SLOT_REQUEUED ? s->bio == rq->bio : !insert;
	if (!known && (!s->issued || s->flags & SLOT_REQUEUED)) {
		request_forget(s);
		return request_get(rq, insert);
	}
	/* It may have grown while it was queued; or a part of it be done. */
	if (!(s->flags & SLOT_REQUEUED))
		s->bytes = blk_rq_bytes(rq);
	return s;
}

/*
 * The same for the most common: a read or write that is new and is issued at
 * once, to a device that is in use. NULL if it is anything else.
 */
static __always_inline struct slot *request_get_plain(struct request *rq)
{
	const struct gendisk *gd = sysperf_rq_disk(rq);
	const struct bio *bio = rq->bio;
	struct slot *s = slot_home(rq);
	struct sysperf_disk *rec;
	unsigned int op = (__force unsigned int)req_op(rq);

	BUILD_BUG_ON((__force int)REQ_OP_READ != SYSPERF_OP_READ ||
		     (__force int)REQ_OP_WRITE != SYSPERF_OP_WRITE);
	if (unlikely(op > SYSPERF_OP_WRITE || !gd || rq->end_io || !bio ||
		     op_is_flush(bio->bi_opf) || atomic_read(&s->astray)))
		return NULL;
	rec = sysperf_disk_recent(gd);
	if (unlikely(!rec || !slot_try_claim(s, rq)))
		return NULL;
	s->rec = rec;
	s->bytes = blk_rq_bytes(rq);
	s->op = op;
	s->submitter = submitter_get();
	return s;
}

static noinline void flush_begin(const struct bio *bio)
{
	struct slot *s = sysperf_slot_find(bio);

	if (s)
		request_forget(s);
	s = sysperf_slot_claim(bio);
	if (!s) {
		/* Its data would be a request that comes yet. */
		if (!bio_has_data((struct bio *)bio))
			atomic64_inc(&lost_requests);
		return;
	}
	s->rec = &nowhere;
	s->asked = sysperf_disk_lookup(sysperf_bio_disk(bio)) ?: &nowhere;
	s->bytes = 0;
	s->op = SYSPERF_OP_FLUSH;
	s->submitter = submitter_get();
	if (bio_has_data((struct bio *)bio))
		return;
	atomic_inc(counter32(&s->rec->inflight));
	WRITE_ONCE(s->issued, block_clock());
}

static void probe_getrq(SYSPERF_GETRQ_ARGS)
{
	if (unlikely(op_is_flush(bio->bi_opf)))
		flush_begin(bio);
}

static void probe_insert(SYSPERF_RQ_ARGS)
{
	struct slot *s = request_get(rq, true);

	if (!s || s->flags & SLOT_INSERTED)
		return;
	s->inserted = block_clock();
	s->flags |= SLOT_INSERTED;
}

static void probe_issue(SYSPERF_RQ_ARGS)
{
	struct slot *s = request_get_plain(rq);
	u64 now = block_clock();

	if (unlikely(!s)) {
		s = request_get(rq, false);
		if (!s)
			return;
		/* It may be another's, who sleeps. */
		if (s->submitter)
			WRITE_ONCE(s->submitter->io_changed, now);
		if (s->issued && s->flags & SLOT_REQUEUED)
			return;
	}
	if (likely(!s->issued))
		atomic_inc(counter32(&s->rec->inflight));
	WRITE_ONCE(s->issued, now);
}

static void probe_requeue(SYSPERF_RQ_ARGS)
{
	struct slot *s = request_slot(rq);

	if (!s || !s->issued)
		return;
	s->bio = rq->bio;
	s->flags |= SLOT_REQUEUED;
	/* The clones of dm are not sure to be seen again; flushes are. */
	if ((!rq->end_io || rq->rq_flags & RQF_FLUSH_SEQ) &&
	    block_clock() - s->issued >= TRIED_NS)
		return;
	atomic_dec(counter32(&s->rec->inflight));
	if (!(s->flags & SLOT_INSERTED))
		s->inserted = s->issued;
	s->flags |= SLOT_INSERTED;
	WRITE_ONCE(s->issued, 0);
}

static void probe_merge(SYSPERF_RQ_ARGS)
{
	struct slot *s = request_slot(rq);

	if (s)
		request_forget(s);
}

/* What not every request has. */
static noinline void account_more(const struct slot *s, u64 start)
{
	struct sysperf_disk_io *io = &s->rec->io[s->op];

	if (s->flags & SLOT_INSERTED && start > s->inserted)
		atomic64_add(start - s->inserted, counter64(&io->queue_ns));
	if (s->flags & SLOT_FAILED) {
		atomic64_inc(counter64(&io->errors));
		if (s->submitter)
			atomic64_inc(&s->submitter->io_errors);
	}
}

/* A request is done at @now, on its way since @start. */
static __always_inline void account(const struct slot *s, u64 start, u64 now)
{
	struct sysperf_disk_io *io = &s->rec->io[s->op];
	struct sysperf_entry *e = s->submitter;
	u64 ns = now - start, bytes = s->bytes;
	unsigned int bucket = sysperf_hist_index(ns, SYSPERF_HIST_SUB);

	atomic64_inc(counter64(&io->requests));
	atomic64_add(bytes, counter64(&io->bytes));
	atomic64_add(ns, counter64(&io->latency_ns));
	counter_max(counter64(&io->latency_max_ns), ns);
	atomic_inc(counter32(&io->hist[bucket]));
	if (likely(e)) {
		WRITE_ONCE(e->io_changed, now);
		atomic64_inc(&e->ios);
		atomic64_add(bytes, &e->io_bytes);
		atomic64_add(ns, &e->io_ns);
		counter_max(&e->io_max_ns, ns);
		bucket >>= SYSPERF_HIST_SUB - SYSPERF_HIST_TASK_SUB;
		atomic_inc(&e->io_hist[bucket]);
	}
	sysperf_events_slow_io(e, s->rec == &nowhere ? s->asked : s->rec, s->op,
			       bytes, ns);
	if (unlikely(s->flags))
		account_more(s, start);
}

/* It ended in error, and no driver saw it: its device may be offline. */
static noinline void failed_unissued(struct slot *s)
{
	u64 now = block_clock();

	account(s, s->flags & SLOT_INSERTED ? s->inserted : now, now);
	request_forget(s);
}

/*
 * Nor did anything else see it, if it was to be issued at once. One that the
 * driver has, has been counted as lost when it was issued.
 */
static noinline void failed_unseen(struct request *rq, sysperf_rq_error_t error)
{
	struct slot *s;

	if (blk_mq_request_started(rq) || sysperf_rq_unsupported(rq, error))
		return;
	s = request_follow(rq, false);
	if (!s)
		return;
	s->flags |= SLOT_FAILED;
	failed_unissued(s);
}

static void probe_complete(void *data, struct request *rq,
			   sysperf_rq_error_t error, unsigned int nr_bytes)
{
	struct slot *s = request_slot(rq);

	if (unlikely(!s)) {
		if (error && nr_bytes)
			failed_unseen(rq, error);
		return;
	}
	if (unlikely(error) && !sysperf_rq_unsupported(rq, error))
		s->flags |= SLOT_FAILED;
	/* A part of it; the rest is still to come. */
	if (unlikely(nr_bytes < blk_rq_bytes(rq)))
		return;
	if (unlikely(!s->issued)) {
		if (s->flags & SLOT_FAILED)
			failed_unissued(s);
		else
			request_forget(s);
		return;
	}
	/* Without its bios, those were taken to another path (NVMe). */
	if (likely(rq->bio || !s->bytes))
		account(s, s->issued, block_clock());
	request_forget(s);
}

/* The last is attached last: it begins slots that only the others end. */
static struct sysperf_probe probes[] = {
	{"block_bio_complete", sysperf_probe_bio},
	{"block_rq_complete", probe_complete},
	{"block_rq_merge", probe_merge},
	{"block_rq_requeue", probe_requeue},
	{"block_rq_issue", probe_issue},
	{"block_rq_insert", probe_insert},
	{"block_getrq", probe_getrq},
};

bool sysperf_block_enabled(void)
{
	return block;
}

static bool record_complete(struct sysperf_rec *copy, unsigned int index)
{
	struct sysperf_disk *d = (struct sysperf_disk *)copy;

	if ((s32)d->inflight < 0)
		d->inflight = 0;
	if (d->inflight)
		d->oldest_ns = sysperf_age(index);
	return true;
}

void sysperf_block_info(u64 *requests, u64 *disks)
{
	*requests = atomic64_read(&lost_requests);
	*disks = atomic64_read(&sysperf_disks_lost);
}

static void tables_free(void)
{
	struct slot *s;

	for_each_slot(s)
		if (s->key)
			request_forget(s);
	sysperf_slots_exit();
	sysperf_disks_exit();
	sysperf_ages_exit();
}

int sysperf_block_init(void)
{
	int ret;

	check_trace_callback_type_block_bio_complete(sysperf_probe_bio);
	check_trace_callback_type_block_rq_complete(probe_complete);
	check_trace_callback_type_block_rq_merge(probe_merge);
	check_trace_callback_type_block_rq_requeue(probe_requeue);
	check_trace_callback_type_block_rq_issue(probe_issue);
	check_trace_callback_type_block_rq_insert(probe_insert);
	check_trace_callback_type_block_getrq(probe_getrq);
	if (!block)
		return 0;
	ret = sysperf_disks_init(record_complete);
	if (ret)
		return ret;
	ret = sysperf_slots_init();
	if (ret)
		goto disks;
	sysperf_bios_init();
	ret = sysperf_ages_init();
	if (!ret)
		ret = sysperf_probes_attach(probes, ARRAY_SIZE(probes));
	if (ret)
		tables_free();
	return ret;

disks:
	sysperf_disks_exit();
	return ret;
}

void sysperf_block_exit(void)
{
	if (!block)
		return;
	sysperf_probes_detach(probes, ARRAY_SIZE(probes));
	tables_free();
}
