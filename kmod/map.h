/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_MAP_H
#define SYSPERF_MAP_H

#include <linux/mm_types.h>

#include <sysperf.h>

/* Records of one type, live, at a fixed distance from each other. */
struct sysperf_region {
	u32 type; /* enum sysperf_rec_type */
	u32 count;
	u32 size; /* of a record */
	u32 stride;
	u32 offset; /* in the mapping */
	void *base; /* whole pages, zeroed to begin with */
	/*
	 * Completes a copy of a record for a snapshot; false leaves it out.
	 * May be NULL.
	 */
	bool (*complete)(struct sysperf_rec *copy, unsigned int index);
};

/**
 * sysperf_region_at() - a record of a region
 * @index: 0 to count - 1
 */
static inline void *sysperf_region_at(const struct sysperf_region *r,
				      unsigned int index)
{
	return (char *)r->base + (size_t)index * r->stride;
}

/**
 * sysperf_region_use() - put a record in use
 *
 * From then on readers see it; what was written before is visible with it.
 */
void sysperf_region_use(const struct sysperf_region *r, unsigned int index);

/**
 * sysperf_map_init() - the start of the mapping
 *
 * Return: 0 or -ENOMEM.
 */
int sysperf_map_init(void);

/**
 * sysperf_map_exit() - free it and all regions; no probe runs any more
 */
void sysperf_map_exit(void);

/**
 * sysperf_map_add() - append a region; from module init only
 * @type: of its records
 * @count: how many, none of them in use yet
 * @size: of one
 * @complete: as in struct sysperf_region
 *
 * Return: the region, which stays until sysperf_map_exit(); NULL for want of
 * memory.
 */
struct sysperf_region *
sysperf_map_add(u32 type, u32 count, size_t size,
		bool (*complete)(struct sysperf_rec *copy, unsigned int index));

/**
 * sysperf_map_bytes() - the length of the mapping
 */
size_t sysperf_map_bytes(void);

/**
 * sysperf_map_region() - the regions one after the other
 * @i: 0 on; regions are in the order of a snapshot's records
 *
 * Return: NULL when there are no more.
 */
const struct sysperf_region *sysperf_map_region(unsigned int i);

/**
 * sysperf_map_copy() - copy a record for a snapshot
 * @to: room for r->size bytes
 *
 * Return: false if it is not in use or left out.
 */
bool sysperf_map_copy(const struct sysperf_region *r, unsigned int index,
		      struct sysperf_rec *to);

/**
 * sysperf_map_mmap() - map it all into a process, to be read only
 *
 * Return: 0, -EINVAL beyond its length, -EPERM if it could be written.
 */
int sysperf_map_mmap(struct vm_area_struct *vma);

#endif /* SYSPERF_MAP_H */
