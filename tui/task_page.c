// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page of one task: owns what is remembered of it and the order of its
 * sections. Sections are drawn below each other on a sheet that scrolls; on a
 * wide screen there are two sheets beside each other.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "live.h"
#include "numbers.h"
#include "task_proc.h"
#include "task_sections.h"

#define TWO_SHEETS 150 /* columns of a screen that has them */

static bool drawn_elsewhere(const struct sp_field *f)
{
	static const char *const keys[] = {"tid",     "pid",  "ppid",	"cpu",
					   "threads", "nice", "started"};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!strcmp(f->key, keys[i]))
			return true;
	}
	return f->unit == SP_UNIT_TEXT;
}

void task_page_close(struct task_page *p)
{
	free(p->past);
	free(p->proc);
	memset(p, 0, sizeof(*p));
}

static void look(struct live *l, const struct sp_task *t)
{
	const struct sp_table *table = &sp_tables[SP_TABLE_TASK];
	struct task_page *p = &l->task_page;
	size_t i;

	p->last = *t;
	p->proc->here = false;
	for (i = 0; i < table->nr_fields; i++) {
		const struct sp_field *f = &table->fields[i];

		if (f->unit != SP_UNIT_TEXT)
			history_add(&p->past[i], sp_field_num(f, t));
	}
	/* Of another machine, or another time, /proc here says nothing. */
	if (!t->exited && !l->feed->elsewhere)
		task_proc_read(p->proc, (pid_t)t->pid, (pid_t)t->tid,
			       t->started);
}

void task_page_open(struct live *l, const struct sp_task *t)
{
	struct task_page *p = &l->task_page;

	task_page_close(p);
	p->past = calloc(sp_tables[SP_TABLE_TASK].nr_fields, sizeof(*p->past));
	p->proc = calloc(1, sizeof(*p->proc));
	if (!p->past || !p->proc) {
		task_page_close(p);
		live_say(l, true, "no memory for its page");
		return;
	}
	p->open = true;
	p->id = (struct task_id){t->tid, t->started};
	look(l, t);
	if (l->page != PAGE_TASK)
		l->back = l->page;
	l->page = PAGE_TASK;
}

void task_page_sample(struct live *l)
{
	struct task_page *p = &l->task_page;
	const struct sp_task *t;

	if (!p->open || !l->frame)
		return;
	t = tasks_find(l->frame, &p->id);
	p->gone = !t;
	if (t)
		look(l, t);
	else
		p->proc->here = false;
}

/* How it ended, as far as is known. */
static void draw_ended(struct sheet *sh, const struct task_page *p)
{
	const struct sp_task *t = &p->last;
	int status = (int)t->exit_code;

	if (!t->exited && !p->gone)
		return;
	if (!t->exited)
		sheet_printf(sh, INK_WARNING,
			     "It is no longer there; below is how it was.");
	else if (t->oom_killed)
		sheet_printf(sh, INK_WARNING,
			     "It was killed for want of memory.");
	else if (WIFSIGNALED(status))
		sheet_printf(sh, INK_WARNING, "It was ended by signal %d.",
			     WTERMSIG(status));
	else
		sheet_printf(sh, INK_WARNING, "It ended with status %d.",
			     WEXITSTATUS(status));
}

static void draw_identity(struct sheet *sh, const struct task_page *p)
{
	const struct sp_task *t = &p->last;
	char started[32] = "-", nice[16] = "-", cpu[16] = "-";
	time_t at = (time_t)t->started;
	struct tm tm;

	if (isfinite(t->started) && localtime_r(&at, &tm))
		strftime(started, sizeof(started), "%Y-%m-%d %H:%M:%S", &tm);
	if (isfinite(t->nice))
		snprintf(nice, sizeof(nice), "%.0f", t->nice);
	if (isfinite(t->cpu))
		snprintf(cpu, sizeof(cpu), "%.0f", t->cpu);
	sheet_printf(sh, INK_STRONG, "%s  %s %.0f of %s, parent %.0f", t->comm,
		     t->tid == t->pid ? "process" : "thread", t->tid,
		     *t->user ? t->user : "?", t->ppid);
	sheet_printf(sh, INK_PLAIN, "%s", t->command);
	sheet_printf(sh, INK_PLAIN,
		     "started %s  state %s  on CPU %s  nice %s  threads %.0f",
		     started, *t->state ? t->state : "-", cpu, nice,
		     t->threads);
	if (*t->cgroup)
		sheet_printf(sh, INK_PLAIN, "control group %s", t->cgroup);
	draw_ended(sh, p);
}

/* Every other number of it, in as many columns as fit. */
static void draw_numbers(struct sheet *sh, const struct task_page *p,
			 uint32_t caps)
{
	const struct sp_table *table = &sp_tables[SP_TABLE_TASK];
	struct number n[128];
	size_t nr = 0, i, each;
	int columns = sh->width / NUMBER_CELLS, width, c;

	for (i = 0; i < table->nr_fields && nr < 128; i++) {
		const struct sp_field *f = &table->fields[i];

		if (drawn_elsewhere(f) || !table_usable(f, caps))
			continue;
		n[nr++] = (struct number){
			f->title, f, sp_field_num(f, &p->last), &p->past[i]};
	}
	columns = columns < 1 ? 1 : columns;
	width = sh->width / columns;
	each = (nr + (size_t)columns - 1) / (size_t)columns;
	sheet_heading(sh, "NUMBERS, and what they were since it was opened");
	for (c = 0; c < columns; c++) {
		size_t from = (size_t)c * each;

		if (from < nr)
			numbers_draw(&sh->s, sh->y, sh->x + c * width,
				     width - 2, (int)each, n + from,
				     nr - from < each ? nr - from : each);
	}
	sh->y += (int)each + 1;
}

static void draw_left(struct sheet *sh, const struct live *l)
{
	const struct task_page *p = &l->task_page;

	draw_identity(sh, p);
	sh->y++;
	section_states(sh, &p->last, p->past, l->o->delay_s);
	section_latency(sh, &p->last, l->frame ? l->frame->source.caps : ~0U);
	draw_numbers(sh, p, l->frame ? l->frame->source.caps : ~0U);
}

static void draw_right(struct sheet *sh, const struct live *l)
{
	const struct task_page *p = &l->task_page;

	section_threads(sh, &p->last, l->tasks.threads ? l->frame : NULL,
			p->proc);
	section_command(sh, p->proc);
	section_facts(sh, p->proc);
	section_files(sh, p->proc);
}

int task_page_draw(struct live *l, int y, int rows)
{
	struct task_page *p = &l->task_page;
	struct sheet left = {l->scr, 0, 0, l->scr.cols}, right;
	int lines, most;

	left.s.first = y;
	left.s.rows = y + rows;
	left.y = y - p->top;
	right = left;
	if (l->scr.cols >= TWO_SHEETS) {
		left.width = l->scr.cols / 2 - 1;
		right.x = left.width + 2;
		right.width = l->scr.cols - right.x;
		left.s.cols = left.width;
		draw_left(&left, l);
		draw_right(&right, l);
	} else {
		draw_left(&left, l);
		right.y = left.y;
		draw_right(&right, l);
	}
	lines = (left.y > right.y ? left.y : right.y) - (y - p->top) - 1;
	most = lines > rows ? lines - rows : 0;
	if (p->top > most) { /* moved too far, or the screen grew */
		int r;

		p->top = most;
		for (r = y; r < y + rows; r++)
			screen_fill(&l->scr, r, 0, l->scr.cols, INK_PLAIN);
		return task_page_draw(l, y, rows);
	}
	return rows;
}
