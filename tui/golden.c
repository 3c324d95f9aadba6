// SPDX-License-Identifier: GPL-2.0-only
/*
 * The header's golden signals and the verdict: owns how they are drawn.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "golden.h"
#include "numbers.h"

#define SPARK_SPAN_S 120 /* what a sparkline shows */
#define GROUP_COLUMNS 24 /* of its name, in the verdict */

static const char *const short_names[SP_RESOURCES] = {"CPU", "MEM", "DISK",
						      "NET"};
static const char *const status_words[] = {"-", "OK", "WARN", "CRIT"};
static const char *const heads[SP_SIGNALS] = {"LATENCY", "TRAFFIC", "ERRORS",
					      "SATURATION"};

/*
 * What a slot shows: the errors that happen come before those that do not,
 * so that one which is seldom seen is not hidden for want of columns.
 */
static const struct golden_number *slot_number(const struct golden *g,
					       const struct sp_golden *now,
					       int r, int sig, int slot)
{
	const struct golden_number *of = g->numbers.of[r][sig];
	int pass, i, at = 0;

	if (sig != SP_SIG_ERRORS)
		return of[slot].label ? &of[slot] : NULL;
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < GOLDEN_SLOTS && of[i].label; i++) {
			bool some = golden_value(&of[i], now) > 0;

			if (some == !pass && at++ == slot)
				return &of[i];
		}
	}
	return NULL;
}

static void draw_signals(const struct golden *g, const struct screen *s,
			 const struct golden_grid *grid,
			 const struct sp_frame *f, int r, int y)
{
	int sig, slot;

	for (sig = 0; sig < SP_SIGNALS; sig++) {
		bool blamed = f->verdict.severity > SP_STATUS_OK &&
			      (int)f->verdict.resource == r &&
			      (int)f->verdict.signal == sig;
		enum ink ink =
			blamed ? screen_ink(f->verdict.severity) : INK_LABEL;

		for (slot = 0; slot < GOLDEN_SLOTS; slot++) {
			int x = grid->x[sig][slot];
			int skip = grid->label[sig][slot] + 1;
			const struct golden_number *n;

			if (!grid->cells[sig][slot])
				continue;
			n = slot_number(g, &f->golden, r, sig, slot);
			/* What is least missed leaves no dash behind. */
			if (!n || (slot && !n->usable))
				continue;
			screen_text(s, y, x, skip - 1, ink, n->label);
			number_draw(s, y, x + skip, golden_value_cells[sig],
				    n->field, golden_value(n, &f->golden));
		}
	}
}

static unsigned int samples_a_cell(int cells, double delay_s)
{
	double per = SPARK_SPAN_S / (delay_s * cells) + 0.5;

	return per < 1 ? 1 : (unsigned int)fmin(per, (double)HISTORY_LEN);
}

/* Of a status's numbers and sentences, not its word: none of them reversed. */
static enum ink status_ink(enum sp_status status)
{
	switch (status) {
	case SP_STATUS_CRITICAL:
		return INK_BLOCKED;
	case SP_STATUS_WARNING:
		return INK_WARNING;
	default: /* a colour says something, and takes bytes */
		return INK_PLAIN;
	}
}

static void draw_sparks(const struct golden *g, const struct screen *s,
			const struct golden_grid *grid, int r, int y,
			enum ink ink, double delay_s)
{
	double v[SPARK_MAX], full;
	int k, i;

	for (k = 0; k < SPARKS; k++) {
		const struct golden_spark *spark = &golden_sparks[r][k];
		const struct history *h = &g->spark[r][k];
		int n = grid->spark_cells[k], x = grid->spark_x[k];
		unsigned int per;

		if (!n)
			continue;
		if (grid->spark_label) {
			screen_text(s, y, x, SPARK_LABEL - 1, INK_LABEL,
				    spark->item.label);
			x += SPARK_LABEL;
		}
		per = samples_a_cell(n, delay_s);
		history_cells(h, v, (size_t)n, per);
		full = spark->full;
		if (full <= 0)
			full = fmax(history_max(h, (size_t)n, per),
				    spark->least);
		for (i = 0; i < n; i++)
			v[i] /= full;
		screen_spark(s, y, x, n, ink, v);
	}
}

static void draw_heads(const struct screen *s, const struct golden_grid *grid,
		       int y, double delay_s)
{
	int sig, slot, n = grid->spark_cells[0];
	double span;

	for (sig = 0; sig < SP_SIGNALS; sig++) {
		for (slot = 0; slot < GOLDEN_SLOTS; slot++) {
			if (grid->cells[sig][slot])
				break;
		}
		if (slot < GOLDEN_SLOTS)
			screen_text(s, y, grid->x[sig][slot], s->cols, INK_BAR,
				    heads[sig]);
	}
	if (!n)
		return;
	span = n * delay_s * samples_a_cell(n, delay_s);
	screen_printf(s, y, grid->spark_x[0], s->cols, INK_BAR, "LAST %.0f%s",
		      span < 60 ? span : span / 60, span < 60 ? "s" : "m");
}

void golden_init(struct golden *g)
{
	memset(g, 0, sizeof(*g));
	golden_find(&g->numbers, ~0U);
}

void golden_add(struct golden *g, const struct sp_frame *f)
{
	int r, k;

	const struct sp_table *t = &sp_tables[SP_TABLE_GOLDEN];
	size_t i;

	if (g->numbers.caps != f->source.caps)
		golden_find(&g->numbers, f->source.caps);
	for (i = 0; i < t->nr_fields && i < GOLDEN_PAST; i++)
		history_add(&g->past[i],
			    sp_field_num(&t->fields[i], &f->golden));
	for (r = 0; r < SP_RESOURCES; r++) {
		for (k = 0; k < SPARKS; k++) {
			const struct golden_number *n = &g->numbers.spark[r][k];

			history_add(&g->spark[r][k],
				    n->label ? golden_value(n, &f->golden)
					     : NAN);
		}
	}
}

void golden_draw(const struct golden *g, const struct screen *s,
		 const struct sp_frame *f, int y, bool head, double delay_s)
{
	struct golden_grid grid;
	int r;

	golden_grid(&grid, &g->numbers, s->cols);
	if (head)
		draw_heads(s, &grid, y++, delay_s);
	for (r = 0; r < SP_RESOURCES; r++, y++) {
		enum sp_status status = f ? f->status[r] : SP_STATUS_NONE;

		screen_text(s, y, 0, 4,
			    status > SP_STATUS_OK ? screen_ink(status)
						  : INK_STRONG,
			    short_names[r]);
		screen_text(s, y, 5, 4, screen_ink(status),
			    status_words[status]);
		if (!f)
			continue;
		draw_signals(g, s, &grid, f, r, y);
		draw_sparks(g, s, &grid, r, y, status_ink(status), delay_s);
	}
}

void golden_summary(const struct screen *s, const struct sp_frame *f, int y)
{
	static const char *const marks[] = {"", "", "?", "!"};
	bool wide = s->cols >= 40;
	int r, x = 0;

	for (r = 0; r < SP_RESOURCES; r++) {
		enum sp_status status = f ? f->status[r] : SP_STATUS_NONE;
		double pct = NAN;

		x += screen_printf(s, y, x, s->cols, screen_ink(status), "%s%s",
				   short_names[r], marks[status]);
		if (f)
			pct = (double[]){f->golden.cpu_util_pct,
					 f->golden.memory_used_pct,
					 f->golden.disk_util_pct,
					 f->golden.network_util_pct}[r];
		if (wide && !isnan(pct))
			x += screen_printf(s, y, x, s->cols, INK_PLAIN,
					   " %.0f%%", pct);
		x += wide ? 2 : 1;
	}
}

static void draw_short_trouble(const struct screen *s,
			       const struct sp_verdict *v, int y)
{
	enum ink ink = screen_ink(v->severity);
	const char *who = v->has_culprit ? v->culprit.comm : v->text;

	if (s->cols < VERDICT_NARROW * 2 / 3)
		screen_printf(
			s, y, 0, s->cols, ink, "%s %s %s",
			status_words[v->severity], short_names[v->resource],
			v->has_culprit ? who : sp_signal_names[v->signal]);
	else
		screen_printf(s, y, 0, s->cols, ink, "%s %s %s: %s",
			      status_words[v->severity],
			      short_names[v->resource],
			      sp_signal_names[v->signal], who);
}

/* " — name (pid) 30 %", or " — group 90 %: name (pid) 2 %". Return: columns. */
static int culprit_text(char *text, size_t len, const struct sp_verdict *v,
			bool utf8, bool pid)
{
	const double group_share = v->culprit.cgroup_share_pct;
	const char *group = strrchr(v->culprit.cgroup, '/');
	char share[16] = "", whole[48] = "", id[16] = "";

	if (!v->has_culprit)
		return 0;
	if (!isnan(v->culprit.share_pct))
		snprintf(share, sizeof(share), " %.0f %%",
			 v->culprit.share_pct);
	if (group && !isnan(group_share))
		snprintf(whole, sizeof(whole), "%.*s %.0f %%: ", GROUP_COLUMNS,
			 group + 1, group_share);
	if (pid)
		snprintf(id, sizeof(id), " (%u)", v->culprit.pid);
	return snprintf(text, len, " %s %s%s%s%s", utf8 ? "—" : "-", whole,
			v->culprit.comm, id, share) -
	       (utf8 ? 2 : 0);
}

/* Where all does not fit, the evidence gives way to the culprit, but its first
 * part has the culprit do without its number. */
static void draw_trouble(const struct screen *s, const struct sp_verdict *v,
			 int y)
{
	static const char *const severities[] = {"", "ok", "WARNING",
						 "CRITICAL"};
	enum ink ink = status_ink(v->severity);
	char culprit[128] = "", text[sizeof(v->text)], *comma;
	int room = s->cols -
		   culprit_text(culprit, sizeof(culprit), v, s->utf8, true);
	int x = screen_printf(s, y, 0, room, screen_ink(v->severity),
			      "%s %s %s:", severities[v->severity],
			      sp_resource_names[v->resource],
			      sp_signal_names[v->signal]) +
		1;

	/* As many of its parts as fit, but the first in any case. */
	memcpy(text, v->text, sizeof(text));
	while ((int)strlen(text) > room - x && (comma = strrchr(text, ',')))
		*comma = '\0';
	if ((int)strlen(text) > room - x)
		room = s->cols - culprit_text(culprit, sizeof(culprit), v,
					      s->utf8, false);
	x += screen_text(s, y, x, room - x, ink, text);
	screen_text(s, y, x, s->cols, ink, culprit);
}

void golden_verdict(const struct screen *s, const struct sp_frame *f, int y)
{
	const char *text = "ok: nothing is waiting";
	enum ink ink = INK_OK;

	if (f && f->verdict.severity > SP_STATUS_OK) {
		if (s->cols < VERDICT_NARROW)
			draw_short_trouble(s, &f->verdict, y);
		else
			draw_trouble(s, &f->verdict, y);
		return;
	}
	if (!f) {
		text = s->utf8 ? "collecting…" : "collecting...";
		ink = INK_STRONG;
	} else if (f->status[SP_RES_MEMORY] == SP_STATUS_NONE) {
		text = "not judged yet";
		ink = INK_DIM;
	} else if (f->status[SP_RES_CPU] == SP_STATUS_NONE) {
		text = "tasks are hidden: whether any waits for a CPU is not "
		       "known";
		ink = INK_DIM;
	}
	screen_text(s, y, 0, s->cols, ink, text);
}
