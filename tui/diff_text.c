// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the outcome of sysperf diff as text: what differs in a line each, worst
 * first, then what does not in a few.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "diff.h"
#include "fmt.h"

#define WIDTH_MAX 400

struct page {
	FILE *f;
	int width;
};

static void write_side(const struct page *p, char which, const char *name,
		       const struct diff_side *s)
{
	const struct report_damage *d = &s->damage;
	char begin[REPORT_TIME_MAX], zone[REPORT_TIME_MAX];
	char length[REPORT_TIME_MAX], sample[REPORT_TIME_MAX];

	fmt_line(p->f, p->width, "%c  %s", which, name);
	fmt_line(p->f, p->width,
		 "   %s, Linux %s, source %s; from %s %s, %s recorded", s->host,
		 s->kernel, s->source, report_time(begin, s->begin),
		 report_zone(zone, s->begin),
		 report_length(length, s->seconds));
	fmt_line(p->f, p->width, "   %" PRIu64 " samples of %s", s->frames,
		 report_length(sample, s->seconds / (double)s->frames));
	if (d->places)
		fmt_line(p->f, p->width,
			 "   DAMAGED in %" PRIu64 " place%s: %" PRIu64
			 " bytes skipped, %" PRIu64 " samples lost",
			 d->places, d->places == 1 ? "" : "s", d->bytes,
			 d->records);
}

static char *change_text(char *buf, size_t len, const struct diff_row *row)
{
	if (isnan(row->change_pct))
		snprintf(buf, len, "-");
	else if (isinf(row->change_pct))
		snprintf(buf, len, "from 0");
	else if (fabs(row->change_pct) >= 1000)
		/* of the means, which stand beside it */
		snprintf(buf, len, "x%.*f", row->b < 10 * row->a ? 1 : 0,
			 row->b / row->a);
	else
		snprintf(buf, len, "%+.0f%%", row->change_pct);
	return buf;
}

static char *p_text(char *buf, size_t len, double p)
{
	if (p < 0.0001)
		snprintf(buf, len, "<0.0001");
	else
		snprintf(buf, len, "%.4f", p);
	return buf;
}

static void what_text(char *buf, size_t len, const struct diff_row *row)
{
	if (*row->name)
		snprintf(buf, len, "%-.40s: %s", row->name,
			 row->field.signal == SP_SIG_LATENCY
				 ? row->field.key
				 : row->field.title);
	else
		snprintf(buf, len, "%-8s%-11s%s",
			 sp_resource_names[row->field.resource],
			 sp_signal_names[row->field.signal], row->field.title);
}

static void write_row(const struct page *p, const struct diff_row *row)
{
	char what[96], a[32], b[32], change[32], prob[32];

	what_text(what, sizeof(what), row);
	fmt_line(p->f, p->width, "%-8s %-44s %10s %10s %8s %9s",
		 diff_outcomes[row->outcome], what,
		 report_value(a, sizeof(a), &row->field, row->a),
		 report_value(b, sizeof(b), &row->field, row->b),
		 change_text(change, sizeof(change), row),
		 p_text(prob, sizeof(prob), row->p));
}

static void write_rows(const struct page *p, const struct diff_result *r,
		       bool tasks)
{
	static const enum diff_outcome order[] = {DIFF_WORSE, DIFF_BETTER,
						  DIFF_CHANGED};
	bool any = false;

	for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++)
		for (size_t i = 0; i < r->nr; i++) {
			const struct diff_row *row = &r->rows[i];

			if (row->outcome != order[k] || !*row->name == tasks)
				continue;
			if (!any) {
				fmt_line(p->f, p->width, "%s", "");
				fmt_line(p->f, p->width,
					 "%-53s %10s %10s %8s %9s",
					 tasks ? "TASKS, all of a name together"
					       : "GOLDEN SIGNALS",
					 "MEAN A", "MEAN B", "CHANGE", "P");
			}
			any = true;
			write_row(p, row);
		}
}

/* Golden signals of one outcome and reason, several a line. */
static void write_list(const struct page *p, const struct diff_result *r,
		       enum diff_outcome outcome, const char *why)
{
	char text[FMT_LINE_MAX];
	int at = snprintf(text, sizeof(text), "%s%s%s:", diff_outcomes[outcome],
			  *why ? ", " : "", why);
	bool any = false;

	for (size_t i = 0; i < r->nr; i++) {
		const struct diff_row *row = &r->rows[i];
		char item[96];
		int n;

		if (row->outcome != outcome || strcmp(row->why, why) != 0 ||
		    *row->name)
			continue;
		n = snprintf(item, sizeof(item), "%s %s %s", any ? "," : "",
			     sp_resource_names[row->field.resource],
			     row->field.key);
		if (any && at + n + 1 > p->width) {
			fmt_line(p->f, p->width, "%s,", text);
			text[0] = '\0';
			at = 0;
			n = snprintf(item, sizeof(item), "  %s %s",
				     sp_resource_names[row->field.resource],
				     row->field.key);
		}
		if (at + n >= FMT_LINE_MAX)
			break;
		memcpy(text + at, item, (size_t)n + 1);
		at += n;
		any = true;
	}
	if (any)
		fmt_line(p->f, p->width, "%s", text);
}

/* Each reason once. */
static void write_unknown(const struct page *p, const struct diff_result *r)
{
	for (size_t i = 0; i < r->nr; i++) {
		const char *why = r->rows[i].why;
		bool seen = false;

		if (r->rows[i].outcome != DIFF_UNKNOWN || *r->rows[i].name)
			continue;
		for (size_t k = 0; k < i && !seen; k++)
			seen = r->rows[k].outcome == DIFF_UNKNOWN &&
			       !strcmp(r->rows[k].why, why);
		if (!seen)
			write_list(p, r, DIFF_UNKNOWN, why);
	}
}

static void write_sum(const struct page *p, const struct diff_head *h,
		      const struct diff_result *r)
{
	size_t judged = r->nr - r->count[DIFF_UNKNOWN];

	fmt_line(p->f, p->width, "%s", "");
	if (!judged)
		fmt_line(p->f, p->width, "nothing can be judged");
	else if (r->count[DIFF_WORSE])
		fmt_line(p->f, p->width,
			 "%zu of %zu numbers got worse by %g %% or more",
			 r->count[DIFF_WORSE], judged, h->threshold_pct);
	else
		fmt_line(
			p->f, p->width,
			"no regression: of %zu numbers none got worse by %g %% "
			"or more",
			judged, h->threshold_pct);
	if (r->count[DIFF_UNKNOWN])
		fmt_line(p->f, p->width, "%zu numbers cannot be judged",
			 r->count[DIFF_UNKNOWN]);
}

void diff_text(FILE *f, const struct diff_head *h, const struct diff_result *r,
	       int width)
{
	const struct page p = {f, width < WIDTH_MAX ? width : WIDTH_MAX};

	write_side(&p, 'A', h->name_a, h->a);
	write_side(&p, 'B', h->name_b, h->b);
	write_rows(&p, r, false);
	write_rows(&p, r, true);
	fmt_line(p.f, p.width, "%s", "");
	write_list(&p, r, DIFF_SAME, "");
	write_unknown(&p, r);
	write_sum(&p, h, r);
}
