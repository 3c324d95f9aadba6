// SPDX-License-Identifier: GPL-2.0-only
/*
 * The requests in flight: a hash table of fixed size, by the address of the
 * request.
 *
 * Locking: none. A slot is claimed by cmpxchg of its key, and is then only
 * touched by events of that request, which the block layer orders.
 */
#include <linux/module.h>
#include <linux/vmalloc.h>

#include "block_slots.h"

static uint max_requests = 8192;
module_param(max_requests, uint, 0444);
MODULE_PARM_DESC(max_requests,
		 "most block requests in flight to follow (default 8192)");

/* How far from its home a request may lie. */
#define REACH 64

struct sysperf_slot_table sysperf_slots __read_mostly;

static struct slot *slot_after(const struct slot *home, unsigned int distance)
{
	return &sysperf_slots.slots[(home - sysperf_slots.slots + distance) &
				    (sysperf_slots.nr - 1)];
}

struct slot *sysperf_slot_find(const void *key)
{
	struct slot *home = slot_home(key);
	unsigned int i;

	if (READ_ONCE(home->key) == key)
		return home;
	if (!atomic_read(&home->astray))
		return NULL;
	for (i = 1; i < REACH; i++) {
		struct slot *s = slot_after(home, i);

		if (READ_ONCE(s->key) == key)
			return s;
	}
	return NULL;
}

struct slot *sysperf_slot_claim(const void *key)
{
	struct slot *home = slot_home(key);
	unsigned int i;

	if (slot_try_claim(home, key))
		return home;
	for (i = 1; i < REACH; i++) {
		struct slot *s = slot_after(home, i);

		if (!slot_try_claim(s, key))
			continue;
		atomic_inc(&home->astray);
		s->flags = SLOT_STRAYED;
		return s;
	}
	return NULL;
}

int sysperf_slots_init(void)
{
	max_requests = roundup_pow_of_two(clamp(max_requests, 256U, 1U << 20));
	sysperf_slots.slots =
		vzalloc(array_size(max_requests, sizeof(struct slot)));
	if (!sysperf_slots.slots)
		return -ENOMEM;
	sysperf_slots.nr = max_requests;
	sysperf_slots.shift = 64 - ilog2(max_requests);
	return 0;
}

void sysperf_slots_exit(void)
{
	vfree(sysperf_slots.slots);
}
