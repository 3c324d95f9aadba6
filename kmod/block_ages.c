// SPDX-License-Identifier: GPL-2.0-only
/*
 * How old the oldest request in flight is, by device. Whoever asks pays for it,
 * not the requests: all slots are looked at, once for all devices of a snapshot.
 *
 * Locking: ages_lock guards the table; slots are only read.
 */
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>

#include "block_ages.h"
#include "block_slots.h"
#include "disks.h"

static DEFINE_MUTEX(ages_lock);
static u64 *oldest; /* when it was issued, by place of the device; 0: none */
static u64 oldest_at; /* when that was seen */

static void look(void)
{
	const struct slot *s;

	memset(oldest, 0, array_size(sysperf_disks_max(), sizeof(*oldest)));
	for_each_slot(s) {
		unsigned long at;
		u64 issued;

		if ((s - sysperf_slots.slots) % 4096 == 4095)
			cond_resched();
		if (!READ_ONCE(s->issued))
			continue;
		at = sysperf_disks_index(READ_ONCE(s->rec));
		/* If another takes the slot, the younger is the disk's. */
		smp_rmb();
		issued = READ_ONCE(s->issued);
		if (at < sysperf_disks_max() && issued &&
		    (!oldest[at] || issued < oldest[at]))
			oldest[at] = issued;
	}
}

u64 sysperf_age(unsigned int disk)
{
	u64 now, age;

	mutex_lock(&ages_lock);
	now = ktime_get_ns();
	if ((s64)(now - oldest_at) > NSEC_PER_MSEC) {
		look();
		oldest_at = ktime_get_ns(); /* it may take long */
	}
	age = oldest[disk] && oldest[disk] < now ? now - oldest[disk] : 0;
	mutex_unlock(&ages_lock);
	return age;
}

int sysperf_ages_init(void)
{
	oldest = kvcalloc(sysperf_disks_max(), sizeof(*oldest), GFP_KERNEL);
	return oldest ? 0 : -ENOMEM;
}

void sysperf_ages_exit(void)
{
	kvfree(oldest);
}
