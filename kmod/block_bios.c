// SPDX-License-Identifier: GPL-2.0-only
/*
 * Errors of devices that have no requests (dm, md, zram, brd, the head of NVMe
 * multipath): those of the bios that they were given. Most come from a device
 * below, and count there as well; what a device mapper fails by itself, for
 * want of space or of a path, or because a checksum is wrong, shows only here.
 *
 * Locking: no locks. A bio is its completion's; the counters are atomic.
 */
#include <linux/blkdev.h>

#include "block_bios.h"
#include "block_ops.h"
#include "compat.h"
#include "counter.h"
#include "disks.h"

static unsigned int bio_kind(const struct bio *bio)
{
	/* How much of it is left says nothing any more. */
	if (bio->bi_opf & REQ_PREFLUSH && !bio->bi_io_vec)
		return SYSPERF_OP_FLUSH;
	return sysperf_disk_op(bio_op(bio));
}

/* bio_chain_endio(), which the block layer keeps to itself. */
static bio_end_io_t *chained;

/*
 * Nothing is lost when reading ahead is turned down, or what must not wait
 * (drivers/md/dm-raid1.c, block/blk-core.c), or what is not supported.
 */
static bool refused(const struct bio *bio, const struct gendisk *gd)
{
	return bio->bi_status == BLK_STS_AGAIN || bio->bi_opf & REQ_RAHEAD ||
	       sysperf_op_unsupported(gd->queue, bio_op(bio), bio->bi_status);
}

static noinline void bio_failed(const struct bio *bio)
{
	const struct gendisk *gd = sysperf_bio_disk(bio);
	struct sysperf_disk *rec;

	/*
	 * What has requests counts those; a part of another bio hands its
	 * error on to that.
	 */
	if (!gd->fops->submit_bio || bio->bi_end_io == chained ||
	    refused(bio, gd))
		return;
	rec = sysperf_disk_lookup(gd);
	if (rec)
		atomic64_inc(counter64(&rec->io[bio_kind(bio)].errors));
	else
		atomic64_inc(&sysperf_disks_lost);
}

void sysperf_bios_init(void)
{
	struct bio part = {}, whole = {};

	bio_chain(&part, &whole);
	chained = part.bi_end_io;
}

void sysperf_probe_bio(void *data, struct request_queue *q, struct bio *bio)
{
	/* NVMe told of flushes without one until 6.2 and its stable kernels. */
	if (unlikely(bio && bio->bi_status))
		bio_failed(bio);
}
