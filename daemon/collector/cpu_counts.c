// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters of CPUs that come and go (cpu_counts.h). Owns what each said last.
 */
#include "cpu_counts.h"

#include <stdlib.h>

#include "text.h"

/* No kernel has more; a larger number is garbage. */
#define MAX_CPUS 8192

void sp_cpu_counts_begin(struct sp_cpu_counts *c)
{
	c->first = !c->nr;
}

/* For want of memory a CPU is left out. */
static uint64_t *last_of(struct sp_cpu_counts *c, uint64_t cpu)
{
	uint64_t *last;

	if (cpu >= MAX_CPUS)
		return NULL;
	if (cpu < c->nr)
		return &c->last[cpu];
	last = reallocarray(c->last, cpu + 1, sizeof(*last));
	if (!last)
		return NULL;
	c->last = last;
	while (c->nr <= cpu)
		last[c->nr++] = SP_ABSENT;
	return &last[cpu];
}

void sp_cpu_counts_add(struct sp_cpu_counts *c, uint64_t cpu, uint64_t v)
{
	uint64_t *last = last_of(c, cpu);

	if (!last)
		return;
	if (*last != SP_ABSENT && v > *last)
		c->sum = sp_u64_add(c->sum, v - *last);
	else if (*last == SP_ABSENT && c->first)
		c->sum = sp_u64_add(c->sum, v);
	*last = v;
}

void sp_cpu_counts_forget(struct sp_cpu_counts *c)
{
	for (size_t i = 0; i < c->nr; i++)
		c->last[i] = SP_ABSENT;
}

void sp_cpu_counts_free(struct sp_cpu_counts *c)
{
	free(c->last);
	*c = (struct sp_cpu_counts){0};
}
