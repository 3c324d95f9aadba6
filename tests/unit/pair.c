// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pair.h"

void pair_init(struct pair *p, double seconds)
{
	sp_snapshot_init(&p->prev);
	sp_snapshot_init(&p->cur);
	sp_snapshot_reset(&p->prev);
	sp_snapshot_reset(&p->cur);
	sp_field_row_clear(SP_TABLE_GOLDEN, &p->frame.golden);
	p->iv = (struct interval_frame){&p->cur, &p->prev, seconds * 1e9,
					seconds, seconds,  seconds,
					seconds, &p->frame};
	p->totals = (struct task_totals){NAN, NAN, NAN, 0, false, 0};
}

struct sp_snapshot *pair_next(struct pair *p)
{
	const struct sp_snapshot s = p->prev;

	p->prev = p->cur;
	p->cur = s;
	sp_snapshot_reset(&p->cur);
	return &p->cur;
}

void pair_free(struct pair *p)
{
	sp_snapshot_free(&p->prev);
	sp_snapshot_free(&p->cur);
	free(p->frame.cpus);
	free(p->frame.disks);
	free(p->frame.nets);
	free(p->frame.nodes);
	free(p->frame.cgroups);
}

void near(double got, double want)
{
	if (!(fabs(got - want) <= 1e-6 * (1 + fabs(want))))
		fail_msg("got %g, want %g", got, want);
}
