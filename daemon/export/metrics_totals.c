// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the sums over frames, as the daemon keeps them from its start on, and
 * how they are written.
 */
#include <math.h>

#include "metrics.h"

void sp_totals_add(struct sp_totals *t, const struct sp_frame *frame)
{
	const struct sp_table *golden = &sp_tables[SP_TABLE_GOLDEN];

	for (size_t i = 0; i < golden->nr_fields && i < SP_TOTALS_MAX; i++) {
		double v = sp_field_num(&golden->fields[i], &frame->golden);

		if (golden->fields[i].kind != SP_KIND_COUNTER || !isfinite(v))
			continue;
		t->sum[i] += v * frame->interval_s;
		t->known[i] = true;
	}
	for (int r = 0; r < SP_RESOURCES; r++)
		t->status_s[r][frame->status[r]] += frame->interval_s;
}

void metrics_totals(const struct metrics *m, const struct sp_totals *t)
{
	const struct sp_table *golden = &sp_tables[SP_TABLE_GOLDEN];
	char name[METRICS_NAME_MAX];

	for (size_t i = 0; i < golden->nr_fields && i < SP_TOTALS_MAX; i++) {
		const struct sp_field *f = &golden->fields[i];
		const struct metrics_unit *u = &metrics_units[f->unit];

		if (!t->known[i])
			continue;
		metrics_golden_name(name, f, u->total);
		metrics_single(m, name, METRICS_COUNTER, u->total, f->help,
			       t->sum[i] * u->factor);
	}
	metrics_head(m, "sysperf_status_seconds", METRICS_COUNTER, "seconds",
		     "time for which a resource had a status");
	for (int r = 0; r < SP_RESOURCES; r++)
		for (int s = SP_STATUS_OK; s <= SP_STATUS_CRITICAL; s++) {
			fputs_unlocked("sysperf_status_seconds_total", m->f);
			metrics_label(m, '{', "resource", sp_resource_names[r]);
			metrics_label(m, ',', "status", sp_status_names[s]);
			putc_unlocked('}', m->f);
			metrics_sum(m, t->status_s[r][s]);
		}
}
