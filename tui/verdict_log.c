// SPDX-License-Identifier: GPL-2.0-only
/*
 * The history of verdicts: owns when one ends and the next begins.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "live.h"
#include "verdict_log.h"

static const char *const words[] = {"", "", "WARN", "CRIT"};

void verdict_log_add(struct verdict_log *log, const struct sp_frame *f)
{
	const struct sp_verdict *v = &f->verdict;
	struct verdict_entry *e =
		&log->entry[(log->added + VERDICT_LOG_MAX - 1) %
			    VERDICT_LOG_MAX];

	if (v->severity <= SP_STATUS_OK) {
		log->going_on = false;
		return;
	}
	if (!log->going_on || e->verdict.severity != v->severity ||
	    e->verdict.resource != v->resource ||
	    e->verdict.signal != v->signal) {
		e = &log->entry[log->added++ % VERDICT_LOG_MAX];
		e->from = f->time;
	}
	log->going_on = true;
	e->until = f->time;
	e->verdict = *v;
}

size_t verdict_log_nr(const struct verdict_log *log)
{
	return log->added < VERDICT_LOG_MAX ? log->added : VERDICT_LOG_MAX;
}

const struct verdict_entry *verdict_log_get(const struct verdict_log *log,
					    size_t i)
{
	return &log->entry[(log->added - 1 - i) % VERDICT_LOG_MAX];
}

static void lasted_text(const struct verdict_entry *e, char *buf, size_t len)
{
	long s = (long)(e->until.tv_sec - e->from.tv_sec) + 1;

	if (s < 120)
		snprintf(buf, len, "%lds", s);
	else if (s < 7200)
		snprintf(buf, len, "%ldmin", s / 60);
	else
		snprintf(buf, len, "%ldh", s / 3600);
}

static void draw_entry(const struct screen *s, int y,
		       const struct verdict_entry *e, bool now)
{
	const struct sp_verdict *v = &e->verdict;
	char at[16] = "-", lasted[24], who[64] = "";
	struct tm tm;
	int x;

	if (localtime_r(&e->from.tv_sec, &tm))
		strftime(at, sizeof(at), "%H:%M:%S", &tm);
	lasted_text(e, lasted, sizeof(lasted));
	if (v->has_culprit)
		snprintf(who, sizeof(who), "%s (%u)", v->culprit.comm,
			 v->culprit.pid);
	screen_fill(s, y, 0, s->cols, INK_PLAIN);
	x = screen_printf(s, y, 0, s->cols, INK_PLAIN, "%-8s %6s%c ", at,
			  lasted, now ? '+' : ' ');
	x += screen_printf(s, y, x, s->cols - x, screen_ink(v->severity),
			   "%-4s", words[v->severity]);
	x += screen_printf(s, y, x, s->cols - x, INK_STRONG, " %-7s %-10s ",
			   sp_resource_names[v->resource],
			   sp_signal_names[v->signal]);
	x += screen_printf(s, y, x, s->cols - x, INK_PLAIN, "%-22.22s ", who);
	screen_text(s, y, x, s->cols - x, INK_PLAIN, v->text);
}

int verdict_log_draw(struct live *l, int y, int rows)
{
	const struct verdict_log *log = &l->log;
	size_t nr = verdict_log_nr(log), i, room;
	size_t *top = &l->page_top[PAGE_VERDICTS];
	size_t *cursor = &l->page_cursor[PAGE_VERDICTS];
	struct screen row = l->scr;

	room = rows > 1 ? (size_t)rows - 1 : 0;
	page_place(cursor, top, nr, room);
	screen_fill(&l->scr, y, 0, l->scr.cols, INK_HEAD);
	screen_printf(&l->scr, y++, 0, l->scr.cols, INK_HEAD,
		      "%-8s %6s  %-4s %-7s %-10s %-22s %s", "FROM", "LASTED",
		      "", "WHAT", "", "WHO", "EVIDENCE");
	if (!nr && room)
		screen_text(&l->scr, y, 0, l->scr.cols, INK_DIM,
			    "nothing was complained of since the start");
	for (i = *top; i < nr && i < *top + room; i++) {
		row.over = i == *cursor ? A_REVERSE : A_NORMAL;
		draw_entry(&row, y++, verdict_log_get(log, i),
			   !i && log->going_on);
	}
	return (int)room;
}
