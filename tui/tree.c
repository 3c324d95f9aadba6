// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trees of tasks: owns the way from rows in an order to the same rows below
 * their parents, siblings in that order.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tasks.h"

#define NONE SIZE_MAX
#define DEPTH_MAX 24 /* of what is indented */

struct node {
	size_t first, last, next; /* child, child, sibling */
};

struct tree {
	const struct sp_task **rows; /* as they were */
	struct node *nodes; /* one a row, then the root */
	size_t *by_pid; /* hash table of rows that are parents */
	size_t mask, n;
};

static size_t hash(double pid)
{
	return (size_t)((uint64_t)pid * 0x9e3779b97f4a7c15ULL >> 20);
}

static void remember(struct tree *t, size_t i)
{
	size_t h = hash(t->rows[i]->tid) & t->mask;

	while (t->by_pid[h] != NONE)
		h = (h + 1) & t->mask;
	t->by_pid[h] = i;
}

static size_t find(const struct tree *t, double pid)
{
	size_t h = hash(pid) & t->mask;

	while (t->by_pid[h] != NONE && t->rows[t->by_pid[h]]->tid != pid)
		h = (h + 1) & t->mask;
	return t->by_pid[h];
}

/* A thread hangs below its process's leader, that below its parent. */
static size_t parent_of(const struct tree *t, size_t i)
{
	const struct sp_task *task = t->rows[i];
	size_t p = find(t, task->tid != task->pid ? task->pid : task->ppid);

	return p == NONE || p == i ? t->n : p;
}

static void adopt(struct tree *t, size_t parent, size_t child)
{
	struct node *p = &t->nodes[parent];

	if (p->first == NONE)
		p->first = child;
	else
		t->nodes[p->last].next = child;
	p->last = child;
}

/*
 * Without recursion: a chain of parents may be as long as there are tasks.
 * stack holds what is yet to be shown, the next one on top.
 */
static size_t walk(struct tree *t, struct view *v, unsigned char *depth,
		   size_t *stack, unsigned char *level)
{
	size_t nr = 0, out = 0;

	if (t->nodes[t->n].first != NONE) {
		stack[nr] = t->nodes[t->n].first;
		level[nr++] = 0;
	}
	while (nr) {
		size_t i = stack[--nr];
		unsigned char d = level[nr];

		v->rows[out] = t->rows[i];
		depth[out++] = d;
		if (t->nodes[i].next != NONE) {
			stack[nr] = t->nodes[i].next;
			level[nr++] = d;
		}
		if (t->nodes[i].first != NONE) {
			stack[nr] = t->nodes[i].first;
			level[nr++] = d < DEPTH_MAX ? d + 1 : d;
		}
	}
	return out;
}

static void build(struct tree *t)
{
	size_t i;

	memset(t->by_pid, 0xff, (t->mask + 1) * sizeof(*t->by_pid));
	for (i = 0; i <= t->n; i++)
		t->nodes[i] = (struct node){NONE, NONE, NONE};
	for (i = 0; i < t->n; i++)
		remember(t, i);
	for (i = 0; i < t->n; i++)
		adopt(t, parent_of(t, i), i);
}

int tree_order(struct view *v, unsigned char *depth)
{
	struct tree t = {.n = v->nr_rows, .mask = 1};
	unsigned char *level;
	size_t *stack;
	int err = -ENOMEM;

	if (!t.n)
		return 0;
	while (t.mask < 2 * t.n)
		t.mask *= 2;
	t.mask--;
	t.rows = malloc((t.n + 1) * sizeof(*t.rows));
	t.nodes = malloc((t.n + 1) * sizeof(*t.nodes));
	t.by_pid = malloc((t.mask + 1) * sizeof(*t.by_pid));
	stack = malloc((t.n + 1) * sizeof(*stack));
	level = malloc(t.n + 1);
	if (t.rows && t.nodes && t.by_pid && stack && level) {
		memcpy(t.rows, v->rows, t.n * sizeof(*t.rows));
		build(&t);
		/* Rows of a loop of parents hang nowhere and are not shown. */
		v->nr_rows = walk(&t, v, depth, stack, level);
		err = 0;
	}
	free(t.rows);
	free(t.nodes);
	free(t.by_pid);
	free(stack);
	free(level);
	return err;
}
