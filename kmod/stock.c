// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entries of the task table made in advance, for a fork probe that may not
 * allocate, which is with PREEMPT_RT before 7.0 only.
 *
 * Locking: stock_lock, raw, in which nothing nests.
 */
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "stock.h"

#define STOCK 512

static DEFINE_RAW_SPINLOCK(stock_lock);
static struct kmem_cache *cache;
static void *stock[STOCK]; /* under stock_lock */
static unsigned int nr_stock; /* under stock_lock */

static void fill(struct work_struct *work)
{
	unsigned long flags;
	void *object;

	while (READ_ONCE(nr_stock) < STOCK) {
		object = kmem_cache_zalloc(cache, GFP_KERNEL);
		if (!object)
			return;
		raw_spin_lock_irqsave(&stock_lock, flags);
		if (nr_stock < STOCK) {
			stock[nr_stock++] = object;
			object = NULL;
		}
		raw_spin_unlock_irqrestore(&stock_lock, flags);
		if (object)
			kmem_cache_free(cache, object);
	}
}

static DECLARE_WORK(work, fill);

void *sysperf_stock_take(void)
{
	unsigned long flags;
	void *object = NULL;
	bool low;

	raw_spin_lock_irqsave(&stock_lock, flags);
	if (nr_stock)
		object = stock[--nr_stock];
	low = nr_stock < STOCK / 2;
	raw_spin_unlock_irqrestore(&stock_lock, flags);
	if (low)
		schedule_work(&work);
	return object;
}

void sysperf_stock_init(struct kmem_cache *of)
{
	cache = of;
	fill(NULL);
}

void sysperf_stock_exit(void)
{
	cancel_work_sync(&work);
	while (nr_stock)
		kmem_cache_free(cache, stock[--nr_stock]);
}
