// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks that ended: owns copies of them, and which are kept where there are
 * too many.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ghosts.h"

static double seconds(const struct sp_frame *f)
{
	return (double)f->time.tv_sec + (double)f->time.tv_nsec / 1e9;
}

static void forget(struct ghosts *g, double now)
{
	size_t i, out = 0;

	for (i = 0; i < g->nr_all; i++) {
		/* A clock that was set back forgets, too. */
		if (!(fabs(now - g->ended[i]) <= g->keep_s))
			continue;
		if (out != i) {
			g->task[out] = g->task[i];
			g->ended[out] = g->ended[i];
		}
		out++;
	}
	g->nr_all = g->nr = out;
}

/* Where there is no room, the one that did least makes it, if it did less. */
static size_t place_for(const struct ghosts *g, const struct sp_task *t)
{
	size_t i, least = 0;

	if (g->nr_all < GHOSTS_MAX)
		return g->nr_all;
	for (i = 1; i < g->nr_all; i++) {
		if (!(g->task[i].cpu_pct >= g->task[least].cpu_pct))
			least = i;
	}
	return g->task[least].cpu_pct < t->cpu_pct ? least : GHOSTS_MAX;
}

void ghosts_take(struct ghosts *g, const struct sp_frame *f)
{
	double now = seconds(f);
	size_t i, at;

	forget(g, now);
	if (g->keep_s <= 0)
		return;
	if (!g->task)
		g->task = malloc(GHOSTS_MAX * sizeof(*g->task));
	for (i = 0; g->task && i < f->nr_tasks; i++) {
		const struct sp_task *t = &f->tasks[i];

		if (!t->exited)
			continue;
		at = place_for(g, t);
		if (at == GHOSTS_MAX)
			continue;
		/* Those shown stay before those that are not yet. */
		if (at < g->nr) {
			g->nr--;
			g->task[at] = g->task[g->nr];
			g->ended[at] = g->ended[g->nr];
			at = g->nr;
		}
		g->task[at] = *t;
		g->ended[at] = now;
		if (at == g->nr_all)
			g->nr_all++;
	}
}

double ghosts_age(const struct ghosts *g, const struct sp_task *task,
		  const struct sp_frame *f)
{
	if (!f || !g->nr || task < g->task || task >= g->task + g->nr)
		return NAN;
	return seconds(f) - g->ended[task - g->task];
}

void ghosts_free(struct ghosts *g)
{
	free(g->task);
	g->task = NULL;
	g->nr = g->nr_all = 0;
}
