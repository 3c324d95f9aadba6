// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory of tasks (task_cache.h): a dense array of entries and an
 * open-addressing index of it. Entries leave only at the end of a refresh,
 * all together, when the index is made anew: so that there are no deleted
 * slots to step over.
 */
#include "task_cache.h"

#include <errno.h>
#include <stdlib.h>

#define FIRST_ENTRIES 256

void sp_task_cache_begin(struct sp_task_cache *c)
{
	c->refresh++;
	c->nr_seen = 0;
}

/* The slot of a task, or the empty one where it would go. */
static uint32_t *find_slot(const struct sp_task_cache *c, uint32_t tid)
{
	/* Knuth's multiplier spreads numbers that follow one another. */
	const uint32_t hash = tid * 2654435761U;
	size_t i = hash;

	for (;; i++) {
		uint32_t *slot = &c->index[i & (c->index_size - 1)];

		if (!*slot || c->entries[*slot - 1].tid == tid)
			return slot;
	}
}

static void reindex(struct sp_task_cache *c)
{
	size_t i;

	memset(c->index, 0, c->index_size * sizeof(*c->index));
	for (i = 0; i < c->nr; i++)
		*find_slot(c, c->entries[i].tid) = (uint32_t)i + 1;
}

static int grow(struct sp_task_cache *c)
{
	size_t cap = c->cap ? c->cap * 2 : FIRST_ENTRIES;
	struct sp_task_entry *entries;
	uint32_t *index;

	entries = reallocarray(c->entries, cap, sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	c->entries = entries;
	index = reallocarray(c->index, cap * 2, sizeof(*index));
	if (!index)
		return -ENOMEM;
	c->index = index;
	c->index_size = cap * 2;
	c->cap = cap;
	reindex(c);
	return 0;
}

struct sp_task_entry *sp_task_cache_get(struct sp_task_cache *c, uint32_t tid)
{
	struct sp_task_entry *e;
	uint32_t *slot;

	if (c->nr == c->cap && grow(c))
		return NULL;
	slot = find_slot(c, tid);
	if (!*slot) {
		e = &c->entries[c->nr++];
		memset(e, 0, sizeof(*e));
		e->tid = tid;
		*slot = (uint32_t)c->nr;
	}
	e = &c->entries[*slot - 1];
	if (e->seen != c->refresh) {
		e->seen = c->refresh;
		c->nr_seen++;
	}
	return e;
}

struct sp_task_entry *sp_task_cache_find(const struct sp_task_cache *c,
					 uint32_t tid)
{
	const uint32_t *slot = c->nr ? find_slot(c, tid) : NULL;

	return slot && *slot ? &c->entries[*slot - 1] : NULL;
}

void sp_task_cache_forget(struct sp_task_entry *e)
{
	uint32_t tid = e->tid;
	unsigned int seen = e->seen;

	free(e->threads);
	sp_task_file_close(&e->fds);
	memset(e, 0, sizeof(*e));
	e->tid = tid;
	e->seen = seen;
}

void sp_task_cache_drop(struct sp_task_cache *c, struct sp_task_entry *e)
{
	e->seen = c->refresh - 1;
	c->nr_seen--;
}

void sp_task_cache_end(struct sp_task_cache *c)
{
	size_t i, kept = 0;

	if (c->nr_seen == c->nr)
		return;
	for (i = 0; i < c->nr; i++) {
		struct sp_task_entry *e = &c->entries[i];

		if (e->seen != c->refresh)
			sp_task_cache_forget(e);
		else if (kept++ != i)
			c->entries[kept - 1] = *e;
	}
	c->nr = kept;
	reindex(c);
}

void sp_task_cache_free(struct sp_task_cache *c)
{
	size_t i;

	for (i = 0; i < c->nr; i++)
		sp_task_cache_forget(&c->entries[i]);
	free(c->entries);
	free(c->index);
	*c = (struct sp_task_cache){0};
}
