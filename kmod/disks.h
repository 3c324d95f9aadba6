/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_DISKS_H
#define SYSPERF_DISKS_H

#include <sysperf.h>

#include "compat.h"

/* A device that has a record. */
struct sysperf_disk_place {
	bool used; /* the rest is set; never unset */
	dev_t dev;
	u64 life; /* sysperf_disk_life() of the last that was it */
	struct sysperf_disk *rec;
};

/* Devices that had requests of late, by their sysperf_disk_life(). */
#define SYSPERF_DISKS_RECENT 64
extern struct sysperf_disk_place *sysperf_disks_recent[SYSPERF_DISKS_RECENT];

/* Requests, and bios that failed, of devices for which there was no room. */
extern atomic64_t sysperf_disks_lost;

/**
 * sysperf_disk_recent() - the record of a device, if it had requests of late
 *
 * Return: NULL if it is to be looked up.
 */
static __always_inline struct sysperf_disk *
sysperf_disk_recent(const struct gendisk *gd)
{
	u64 life = sysperf_disk_life(gd);
	const struct sysperf_disk_place *d =
		READ_ONCE(sysperf_disks_recent[life % SYSPERF_DISKS_RECENT]);

	return likely(d && READ_ONCE(d->life) == life) ? d->rec : NULL;
}

/**
 * sysperf_disk_lookup() - the record of a device, made if it is new
 *
 * Return: the record, which stays; NULL if there is no room.
 */
struct sysperf_disk *sysperf_disk_lookup(const struct gendisk *gd);

/**
 * sysperf_disks_init() - make the table of devices (parameter max_disks)
 * @complete: as in struct sysperf_region
 *
 * Return: 0 or -ENOMEM.
 */
int sysperf_disks_init(bool (*complete)(struct sysperf_rec *copy,
					unsigned int index));

/**
 * sysperf_disks_exit() - free it
 */
void sysperf_disks_exit(void);

/**
 * sysperf_disks_index() - the place of a record among those of all devices
 *
 * Return: at least sysperf_disks_max() if it is none of them.
 */
unsigned long sysperf_disks_index(const struct sysperf_disk *rec);

/**
 * sysperf_disks_max() - how many places there are
 */
unsigned int sysperf_disks_max(void);

#endif /* SYSPERF_DISKS_H */
