/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Questions whose answers may be long in coming, asked by threads: reading
 * /proc/PID/cmdline waits for whoever holds that process's memory (mmap_lock
 * in get_mm_cmdline(), fs/proc/base.c of Linux 6.1), a user's name may come
 * from a directory server. Who asks waits a bounded time, and no answer is
 * lost for that: it is there at a later time.
 */
#ifndef SYSPERF_LOOKUP_H
#define SYSPERF_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

struct lookup;

struct lookup_item {
	struct lookup_item *next;
	uint64_t start; /* the asker's */
	uint32_t id;
	char *text; /* the answer; NULL: there is none */
};

/**
 * lookup_fn - find an answer, in a thread
 * @root: as given to lookup_open()
 * @id: what is asked for
 *
 * Return: text for free(), or NULL.
 */
typedef char *lookup_fn(const char *root, uint32_t id);

/**
 * lookup_open() - nothing asked yet, no thread started
 * @fn: who answers
 * @root: copied
 * @threads: at most; so many answers that never come are survived
 *
 * Return: NULL for want of memory.
 */
struct lookup *lookup_open(lookup_fn *fn, const char *root,
			   unsigned int threads);

/**
 * lookup_ask() - ask, at the next lookup_wait()
 *
 * Return: 0 or -ENOMEM.
 */
int lookup_ask(struct lookup *l, uint32_t id, uint64_t start);

/**
 * lookup_wait() - wait for all that was asked
 * @l: the threads
 * @ms: so long at most. Those who are at work then are not waited for another
 *	time
 * @patience_ms: without any answer no longer than this
 *
 * Return: the answers that came since the last time, for lookup_free().
 */
struct lookup_item *lookup_wait(struct lookup *l, unsigned int ms,
				unsigned int patience_ms);

/**
 * lookup_free() - the first of a list of answers
 *
 * Return: the next.
 */
struct lookup_item *lookup_free(struct lookup_item *item);

/**
 * lookup_close() - without waiting; NULL is none
 */
void lookup_close(struct lookup *l);

#endif /* SYSPERF_LOOKUP_H */
