/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_BLOCK_SLOTS_H
#define SYSPERF_BLOCK_SLOTS_H

#include <linux/atomic.h>
#include <linux/blk_types.h>
#include <linux/hash.h>

#include <sysperf.h>

struct sysperf_entry;

/*
 * A request in flight. It lies in its key's home slot, or if that is taken in
 * one of the next ones; the home then counts it as astray, so that for one that
 * is not there, a single look at a home from which none strayed says so.
 *
 * All but @key and @astray belong to whoever claimed it.
 */
struct slot {
	const void *key; /* request or bio; NULL: free */
	u64 issued; /* 0: not (yet) */
	u64 inserted; /* with SLOT_INSERTED */
	struct sysperf_disk *rec;
	struct sysperf_entry *submitter; /* a reference, or NULL */
	union {
		const struct bio *bio; /* with SLOT_REQUEUED: to know it by */
		const struct sysperf_disk *asked; /* of a flush to come */
	};
	u32 bytes;
	u8 op; /* enum sysperf_disk_op */
	u8 flags; /* SLOT_*; none of them in the plainest life of a request */
	atomic_t astray; /* how many this is the home of lie elsewhere */
};

#define SLOT_STRAYED 1 /* this is not its key's home */
#define SLOT_INSERTED 2 /* it waited in a queue */
#define SLOT_REQUEUED 4 /* the driver gave it back */
#define SLOT_FAILED 8

struct sysperf_slot_table {
	struct slot *slots;
	unsigned int nr;
	unsigned int shift; /* 64 - log2 of that */
};

extern struct sysperf_slot_table sysperf_slots;

/**
 * slot_home() - where a key is to be looked for first
 */
static __always_inline struct slot *slot_home(const void *key)
{
	return &sysperf_slots.slots[(u64)(unsigned long)key * GOLDEN_RATIO_64 >>
				    sysperf_slots.shift];
}

/**
 * slot_try_claim() - claim a free slot
 *
 * Return: true if it is the key's now, with @issued and @flags 0 and the rest
 * for the caller to set.
 */
static __always_inline bool slot_try_claim(struct slot *s, const void *key)
{
	if (unlikely(READ_ONCE(s->key) || cmpxchg(&s->key, NULL, key)))
		return false;
	s->flags = 0;
	return true;
}

/**
 * sysperf_slot_find() - the slot that was claimed for a key
 *
 * Return: NULL if there is none.
 */
struct slot *sysperf_slot_find(const void *key);

/**
 * sysperf_slot_claim() - a slot for a key that has none
 *
 * Return: as from slot_try_claim(), but that @flags may have SLOT_STRAYED;
 * NULL if there is no room.
 */
struct slot *sysperf_slot_claim(const void *key);

/**
 * slot_release() - free a slot; what it refers to is the caller's business
 */
static __always_inline void slot_release(struct slot *s)
{
	if (unlikely(s->flags & SLOT_STRAYED))
		atomic_dec(&slot_home(s->key)->astray);
	WRITE_ONCE(s->issued, 0);
	/* Only now may slot_claim() give it to another request. */
	smp_store_release(&s->key, NULL);
}

#define for_each_slot(s)                                                       \
	for ((s) = sysperf_slots.slots;                                        \
	     (s) < sysperf_slots.slots + sysperf_slots.nr; (s)++)

/**
 * sysperf_slots_init() - make the table (parameter max_requests)
 *
 * Return: 0 or -ENOMEM.
 */
int sysperf_slots_init(void);

/**
 * sysperf_slots_exit() - free it
 */
void sysperf_slots_exit(void);

#endif /* SYSPERF_BLOCK_SLOTS_H */
