// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which block device has which record: a hash table of fixed size by device
 * number, and a small cache in front of it.
 *
 * Locking: a device is put in use under disks_lock and stays until the module
 * goes, so that its counters go on when it comes back. The cache holds pointers
 * to such places and is read and written without a lock.
 */
#include <linux/hash.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "disks.h"
#include "map.h"

static uint max_disks = 128;
module_param(max_disks, uint, 0444);
MODULE_PARM_DESC(max_disks,
		 "most block devices to follow (default 128, 14 KiB each)");

/* How far from its hash a device may lie. */
#define REACH 8

struct sysperf_disk_place *sysperf_disks_recent[SYSPERF_DISKS_RECENT];

atomic64_t sysperf_disks_lost;

static struct sysperf_disk_place *disks;
static const struct sysperf_region *region; /* their records */
static DEFINE_RAW_SPINLOCK(disks_lock); /* to put one in use */
static unsigned int disk_bits;

/* Numbers are given to other disks when one goes, so the name counts too. */
static bool disk_is(const struct sysperf_disk_place *d,
		    const struct gendisk *gd, dev_t dev)
{
	return d->dev == dev && !strcmp(d->rec->name, gd->disk_name);
}

/* Put a place in use. Return: false if another was faster. */
static bool disk_use(struct sysperf_disk_place *d, const struct gendisk *gd,
		     dev_t dev)
{
	unsigned long flags;
	bool mine;

	raw_spin_lock_irqsave(&disks_lock, flags);
	mine = !d->used;
	if (mine) {
		d->dev = dev;
		d->rec = sysperf_region_at(region, d - disks);
		d->rec->major = MAJOR(dev);
		d->rec->minor = MINOR(dev);
		strscpy(d->rec->name, gd->disk_name, sizeof(d->rec->name));
		sysperf_region_use(region, d - disks);
		/* With all of the above; pairs with sysperf_disk_lookup(). */
		smp_store_release(&d->used, true);
	}
	raw_spin_unlock_irqrestore(&disks_lock, flags);
	return mine;
}

struct sysperf_disk *sysperf_disk_lookup(const struct gendisk *gd)
{
	u64 life = sysperf_disk_life(gd);
	dev_t dev = disk_devt((struct gendisk *)gd);
	unsigned int h = hash_32(dev, disk_bits), i;

	for (i = 0; i < REACH; i++) {
		struct sysperf_disk_place *d =
			&disks[(h + i) & (max_disks - 1)];

		/* Pairs with disk_use(). */
		if ((smp_load_acquire(&d->used) || !disk_use(d, gd, dev)) &&
		    !disk_is(d, gd, dev))
			continue;
		WRITE_ONCE(d->life, life);
		/* A place in the cache is in use: its record can be read. */
		smp_store_release(
			&sysperf_disks_recent[life % SYSPERF_DISKS_RECENT], d);
		return d->rec;
	}
	return NULL;
}

unsigned long sysperf_disks_index(const struct sysperf_disk *rec)
{
	return ((unsigned long)rec - (unsigned long)region->base) /
	       region->stride;
}

unsigned int sysperf_disks_max(void)
{
	return max_disks;
}

int sysperf_disks_init(bool (*complete)(struct sysperf_rec *copy,
					unsigned int index))
{
	max_disks = roundup_pow_of_two(clamp(max_disks, 16U, 4096U));
	disk_bits = ilog2(max_disks);
	region = sysperf_map_add(SYSPERF_REC_DISK, max_disks,
				 sizeof(struct sysperf_disk), complete);
	if (!region)
		return -ENOMEM;
	disks = kvcalloc(max_disks, sizeof(*disks), GFP_KERNEL);
	return disks ? 0 : -ENOMEM;
}

void sysperf_disks_exit(void)
{
	kvfree(disks);
}
