// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the report as a page of text.
 */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "fmt.h"
#include "report.h"

#define TOP 5 /* consumers of a list */
#define VERDICTS 20 /* of more, the longest of the most severe are shown */
#define EVENTS 12
#define BESIDE 116 /* cells in which two lists stand beside each other */
#define WIDTH_MAX 400 /* more is not filled */

struct page {
	FILE *f;
	const struct report *r;
	int width;
};

static void write_head(const struct page *p, const char *name)
{
	const struct report *r = p->r;
	struct sp_field bytes = {.unit = SP_UNIT_BYTES};
	char a[REPORT_TIME_MAX], b[REPORT_TIME_MAX], zone[REPORT_TIME_MAX];
	char span[REPORT_TIME_MAX], recorded[REPORT_TIME_MAX], memory[32];
	char sample[REPORT_TIME_MAX];

	fmt_line(p->f, p->width, "sysperf report of %s", name);
	fmt_line(p->f, p->width, "%s, Linux %s, %u CPU%s, %sB; source %s",
		 r->host, r->kernel, r->nr_cpus, r->nr_cpus == 1 ? "" : "s",
		 fmt_value(memory, sizeof(memory), &bytes,
			   (double)r->mem_total_bytes, 8),
		 r->source);
	fmt_line(p->f, p->width, "%s to %s %s", report_time(a, r->begin),
		 report_time(b, r->end), report_zone(zone, r->end));
	report_length(span, r->recorded_s + r->gaps_s);
	fmt_line(p->f, p->width,
		 "%s recorded of %s: %" PRIu64 " samples of %s on average",
		 report_length(recorded, r->recorded_s), span, r->frames,
		 report_length(sample, r->recorded_s / (double)r->frames));
}

static void write_events(const struct page *p)
{
	const struct report *r = p->r;
	char lost[FMT_LINE_MAX], text[160], when[REPORT_TIME_MAX];
	unsigned long all = 0;

	for (int i = 0; i < EVENT_KINDS; i++)
		all += r->count[i];
	if (*report_lost(lost, sizeof(lost), r))
		fmt_line(p->f, p->width, "LOST: %s", lost);
	for (size_t i = 0; i < r->nr_events && i < EVENTS; i++)
		fmt_line(p->f, p->width, "%s  %s",
			 report_time(when, r->events[i].time),
			 report_event_text(text, sizeof(text), &r->events[i]));
	if (all > EVENTS)
		fmt_line(p->f, p->width, "and %lu more of that kind",
			 all - EVENTS);
}

static void write_status(const struct page *p)
{
	static const enum sp_status order[] = {SP_STATUS_OK, SP_STATUS_WARNING,
					       SP_STATUS_CRITICAL,
					       SP_STATUS_NONE};

	fmt_line(p->f, p->width, "%s", "");
	fmt_line(p->f, p->width, "%-10s %11s %11s %11s %11s", "STATUS", "ok",
		 "warning", "critical", "not judged");
	for (int i = 0; i < SP_RESOURCES; i++) {
		char cell[4][REPORT_TIME_MAX];

		for (int k = 0; k < 4; k++) {
			double s = p->r->status_s[i][order[k]];

			report_length(cell[k], s);
			if (!(s > 0))
				strcpy(cell[k], ".");
		}
		fmt_line(p->f, p->width, "%-10s %11s %11s %11s %11s",
			 sp_resource_names[i], cell[0], cell[1], cell[2],
			 cell[3]);
	}
}

/* Of two, the first is to be shown rather. */
static bool weightier(const struct episode *a, const struct episode *b)
{
	if (a->worst != b->worst)
		return a->worst > b->worst;
	return a->told_s > b->told_s;
}

/* Whether fewer than VERDICTS are weightier. */
static bool shown(const struct verdicts *v, size_t i)
{
	size_t before = 0;

	for (size_t k = 0; k < v->nr; k++)
		if (k != i && (weightier(&v->list[k], &v->list[i]) ||
			       (k < i && !weightier(&v->list[i], &v->list[k]))))
			before++;
	return before < VERDICTS;
}

static void write_episode(const struct page *p, const struct episode *e)
{
	const struct episode_culprit *c = episode_culprit(e);
	char when[REPORT_TIME_MAX], length[REPORT_TIME_MAX];
	char what[32], who[64] = "-";

	snprintf(what, sizeof(what), "%s %s", sp_resource_names[e->resource],
		 sp_signal_names[e->signal]);
	if (c && isfinite(c->share_pct))
		snprintf(who, sizeof(who), "%s (%u) %.0f %%", c->comm, c->pid,
			 c->share_pct);
	else if (c)
		snprintf(who, sizeof(who), "%s (%u)", c->comm, c->pid);
	fmt_line(p->f, p->width, "%s %9s %-8s %-18s %-28s %s",
		 report_time(when, e->begin),
		 report_length(length, e->to - e->from),
		 sp_status_names[e->worst], what, who, e->text);
}

static void write_verdicts(const struct page *p)
{
	const struct verdicts *v = &p->r->verdicts;
	char length[REPORT_TIME_MAX];
	unsigned long hidden = v->left_out;

	fmt_line(p->f, p->width, "%s", "");
	if (!v->nr) {
		fmt_line(p->f, p->width,
			 "VERDICTS: none, no resource was in trouble");
		return;
	}
	fmt_line(p->f, p->width, "%-19s %9s %-8s %-18s %-28s %s", "VERDICTS",
		 "LASTED", "SEVERITY", "ABOUT", "WHO CONTRIBUTED MOST",
		 "WORST");
	for (size_t i = 0; i < v->nr; i++) {
		if (shown(v, i))
			write_episode(p, &v->list[i]);
		else
			hidden++;
	}
	if (hidden)
		fmt_line(p->f, p->width, "and %lu more, less severe or shorter",
			 hidden);
	if (v->left_out)
		fmt_line(p->f, p->width,
			 "%lu of them together were told for %s", v->left_out,
			 report_length(length, v->left_out_s));
}

static void write_signal(const struct page *p, const struct sp_field *f,
			 const struct spread *s)
{
	static const double pcts[] = {50, 95, 99};
	char cell[6][32], what[64];

	snprintf(what, sizeof(what), "%-8s %-10s %s",
		 sp_resource_names[f->resource], sp_signal_names[f->signal],
		 f->title);
	report_value(cell[0], sizeof(cell[0]), f, s->min);
	report_value(cell[1], sizeof(cell[1]), f, spread_mean(s));
	for (int i = 0; i < 3; i++)
		report_value(cell[2 + i], sizeof(cell[0]), f,
			     spread_percentile(s, pcts[i]));
	report_value(cell[5], sizeof(cell[5]), f, s->max);
	fmt_line(p->f, p->width, "%-38s %10s %10s %10s %10s %10s %10s", what,
		 cell[0], cell[1], cell[2], cell[3], cell[4], cell[5]);
}

/* ", cpu latency p50": what is the same as in the one before is left out. */
static int list_item(char *item, size_t len, const struct sp_field *f,
		     const struct sp_field *last)
{
	bool same = last && last->resource == f->resource;
	bool signal = same && last->signal == f->signal;

	return snprintf(item, len, "%s %s%s%s%s%s",
			!last	 ? ""
			: signal ? ","
				 : ";",
			same ? "" : sp_resource_names[f->resource],
			same ? "" : " ",
			signal ? "" : sp_signal_names[f->signal],
			signal ? "" : " ", f->title);
}

/* What was 0 all the time, or could not be measured. */
static void write_rest(const struct page *p, bool zero)
{
	const struct sp_table *t = &sp_tables[SP_TABLE_GOLDEN];
	const struct sp_field *last = NULL;
	char text[FMT_LINE_MAX], item[96];
	int at = snprintf(text, sizeof(text), "%s",
			  zero ? "0 all the time:" : "not measured:");

	for (size_t i = 0; i < t->nr_fields; i++) {
		const struct sp_field *f = &t->fields[i];
		const struct spread *s = &p->r->golden[i];
		int n;

		if (s->buckets || (s->seconds > 0) != zero)
			continue;
		n = list_item(item, sizeof(item), f, last);
		if (at + n > p->width) {
			fmt_line(p->f, p->width, "%s", text);
			n = list_item(item, sizeof(item), f, NULL);
			at = snprintf(text, sizeof(text), " ");
		}
		memcpy(text + at, item, (size_t)n + 1);
		at += n;
		last = f;
	}
	if (last)
		fmt_line(p->f, p->width, "%s", text);
}

static void write_golden(const struct page *p)
{
	const struct sp_table *t = &sp_tables[SP_TABLE_GOLDEN];

	fmt_line(p->f, p->width, "%s", "");
	fmt_line(p->f, p->width, "%-38s %10s %10s %10s %10s %10s %10s",
		 "GOLDEN SIGNALS, each sample as one value", "min", "mean",
		 "p50", "p95", "p99", "max");
	for (size_t i = 0; i < t->nr_fields; i++)
		if (p->r->golden[i].buckets)
			write_signal(p, &t->fields[i], &p->r->golden[i]);
	write_rest(p, true);
	write_rest(p, false);
}

/* TOP lines, of equal width, of tasks or of names. */
struct list {
	char lines[TOP + 1][FMT_LINE_MAX];
	size_t nr;
};

static void list_line(struct list *l, int width, const char *form, ...)
	__attribute__((format(printf, 3, 4)));
static void list_line(struct list *l, int width, const char *form, ...)
{
	char text[FMT_LINE_MAX], *to = l->lines[l->nr++];
	va_list ap;
	int cells;

	va_start(ap, form);
	vsnprintf(text, sizeof(text), form, ap);
	va_end(ap);
	cells = fmt_text(to, FMT_LINE_MAX - (size_t)width, text, width);
	/* What follows is 0. */
	memset(to + strlen(to), ' ', (size_t)(width - cells));
}

static void fill_list(struct list *l, const struct page *p, enum task_use use,
		      bool names, int width)
{
	const struct consumers *c = &p->r->consumers;
	const struct sp_field rate = {.unit = task_uses[use].rate,
				      .precision = 2};
	const struct consumer *top[TOP];
	size_t nr = consumers_top(names ? c->names : c->tasks, use, top, TOP);

	memset(l, 0, sizeof(*l));
	list_line(l, width, "%10s %6s %10s %7s %-9s %s",
		  use == USE_MEMORY ? "MEAN" : "SUM", "SHARE", "PEAK",
		  names ? "TASKS" : "PID", "USER",
		  names ? "ALL OF A NAME" : "TASK");
	for (size_t i = 0; i < nr; i++) {
		const struct consumer *e = top[i];
		char sum[32], peak[32], count[24];

		if (names)
			snprintf(count, sizeof(count), "%lu", e->tasks);
		else
			snprintf(count, sizeof(count), "%u", e->key.tid);
		list_line(l, width, "%10s %5.1f%% %10s %7s %-9.9s %s",
			  report_used(sum, sizeof(sum), p->r, use,
				      e->used[use]),
			  100 * e->used[use] / c->all[use],
			  report_value(peak, sizeof(peak), &rate, e->peak[use]),
			  count, *e->user ? e->user : "-", e->name);
	}
}

static void write_top(const struct page *p, enum task_use use)
{
	const struct consumers *c = &p->r->consumers;
	bool beside = p->width >= BESIDE;
	int width = beside ? (p->width - 2) / 2 : p->width;
	struct list tasks, names;
	char sum[32];

	fmt_line(p->f, p->width, "%s", "");
	if (!c->told[use] || !(c->all[use] > 0)) {
		fmt_line(p->f, p->width, "TOP %s: %s", task_uses[use].name,
			 c->told[use] ? "none" : "not measured");
		return;
	}
	fmt_line(p->f, p->width, "TOP %s: %s %s by all tasks",
		 task_uses[use].name,
		 report_used(sum, sizeof(sum), p->r, use, c->all[use]),
		 task_uses[use].total);
	fill_list(&tasks, p, use, false, width);
	fill_list(&names, p, use, true, width);
	for (size_t i = 0; i < tasks.nr || (beside && i < names.nr); i++)
		fmt_line(p->f, p->width, "%s%s%s", tasks.lines[i],
			 beside ? "  " : "", beside ? names.lines[i] : "");
	for (size_t i = 0; !beside && i < names.nr; i++)
		fmt_line(p->f, p->width, "%s", names.lines[i]);
}

void report_text(FILE *f, const struct report *r, const char *name, int width)
{
	const struct page p = {f, r, width < WIDTH_MAX ? width : WIDTH_MAX};

	write_head(&p, name);
	if (!r->frames)
		return;
	write_events(&p);
	write_status(&p);
	write_verdicts(&p);
	write_golden(&p);
	for (int i = 0; i < USES; i++)
		write_top(&p, (enum task_use)i);
	if (r->consumers.dropped_tasks || r->consumers.dropped_names)
		fmt_line(p.f, p.width,
			 "%lu tasks and %lu names that used little were not "
			 "told "
			 "apart to the end",
			 r->consumers.dropped_tasks,
			 r->consumers.dropped_names);
}
