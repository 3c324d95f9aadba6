// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sections of the page of a task: own what each looks like.
 */
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fmt.h"
#include "table.h"
#include "task_sections.h"

#define CHART_ROWS 6
#define CHART_LABEL 5
#define SCALE_DECADES 7 /* 1 us to 10 s */
#define LATENCY_LABEL 14
#define LATENCY_VALUES 27 /* three of nine */
#define FRAME_THREADS_MAX 1024

/* A task's states: which field has the share, how it is drawn. */
static const struct {
	const char *key, *name;
	enum ink ink;
	char mark;
} states[] = {
	{"run_pct", "running", INK_RUN, 'R'},
	{"runq_pct", "waiting for a CPU", INK_QUEUE, 'Q'},
	{"iowait_pct", "waiting for I/O", INK_IO, 'I'},
	{"blocked_pct", "blocked", INK_BLOCKED, 'B'},
	{"sleep_pct", "sleeping", INK_DIM, '.'},
};
#define STATES ((int)(sizeof(states) / sizeof(states[0])))

static const struct sp_field *task_field(const char *key)
{
	return sp_field_find(SP_TABLE_TASK, key, strlen(key));
}

void sheet_printf(struct sheet *sh, enum ink ink, const char *fmt, ...)
{
	char buf[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	screen_text(&sh->s, sh->y++, sh->x, sh->width, ink, buf);
}

void sheet_heading(struct sheet *sh, const char *text)
{
	sheet_printf(sh, INK_BAR, "%s", text);
}

/* One sample as a column, from the bottom up; sums are rounded, not parts. */
static void draw_column(const struct sheet *sh, int x, const double *share)
{
	int from = 0, to, k, i;
	double sum = 0;

	for (k = 0; k < STATES; k++) {
		if (isnan(share[k]))
			continue;
		sum = fmin(sum + fmax(share[k], 0) / 100, 1);
		to = (int)(sum * CHART_ROWS + 0.5);
		for (i = from; i < to; i++)
			screen_printf(&sh->s, sh->y + CHART_ROWS - 1 - i, x, 1,
				      states[k].ink, "%c", states[k].mark);
		from = to > from ? to : from;
	}
}

static void draw_chart(struct sheet *sh, const struct history *past)
{
	const struct sp_field *first = sp_tables[SP_TABLE_TASK].fields;
	int cells = sh->width - CHART_LABEL - 1, k, i;
	double *v[STATES], share[STATES], *all;

	if (cells < 1)
		return;
	all = calloc((size_t)cells * STATES, sizeof(*all));
	if (!all)
		return;
	for (k = 0; k < STATES; k++) {
		v[k] = all + (size_t)k * (size_t)cells;
		history_cells(&past[task_field(states[k].key) - first], v[k],
			      (size_t)cells, 1);
	}
	screen_text(&sh->s, sh->y, sh->x, CHART_LABEL, INK_LABEL, "100%");
	screen_text(&sh->s, sh->y + CHART_ROWS - 1, sh->x, CHART_LABEL,
		    INK_LABEL, "  0%");
	for (i = 0; i < cells; i++) {
		for (k = 0; k < STATES; k++)
			share[k] = v[k][i];
		draw_column(sh, sh->x + CHART_LABEL + i, share);
	}
	free(all);
	sh->y += CHART_ROWS;
}

void section_states(struct sheet *sh, const struct sp_task *t,
		    const struct history *past, double delay_s)
{
	struct bar_part parts[STATES];
	int k, x = 0;

	sheet_heading(sh, "TIME, on average of its threads");
	for (k = 0; k < STATES; k++) {
		double pct = sp_field_num(task_field(states[k].key), t);
		char text[64], value[24];

		parts[k] = (struct bar_part){pct / 100, states[k].ink,
					     states[k].mark};
		fmt_value(value, sizeof(value), task_field(states[k].key), pct,
			  6);
		snprintf(text, sizeof(text), "%c %s %s%s", states[k].mark,
			 states[k].name, value, isfinite(pct) ? "%" : "");
		if (x && x + (int)strlen(text) > sh->width) {
			sh->y++;
			x = 0;
		}
		x += 2 + screen_text(&sh->s, sh->y, sh->x + x, sh->width - x,
				     states[k].ink, text);
	}
	sh->y++;
	screen_bar(&sh->s, sh->y++, sh->x, sh->width - 1, parts, STATES,
		   isnan(t->sleep_pct) ? '-' : '.');
	sheet_printf(sh, INK_BAR, "the same over time, %gs a column", delay_s);
	draw_chart(sh, past);
	sh->y++;
}

/* Where a latency lies on a scale of so many cells. */
static int scale_at(double us, int cells)
{
	double at = us > 1 ? log10(us) / SCALE_DECADES : 0;

	return (int)(fmin(at, 1) * (cells - 1) + 0.5);
}

static void draw_mark(const struct sheet *sh, int x, int cells, double us,
		      enum ink ink, const char *mark)
{
	if (isfinite(us))
		screen_text(&sh->s, sh->y, x + scale_at(us, cells), 1, ink,
			    mark);
}

/* Half of all lie left of 5, one in a hundred right of 9, none beyond M. */
static void draw_scale(const struct sheet *sh, int x, int cells, double p50,
		       double p99, double max)
{
	int i, half, most, all;

	if (cells < SCALE_DECADES * 2)
		return;
	half = isfinite(p50) ? scale_at(p50, cells) : 0;
	most = isfinite(p99) ? scale_at(p99, cells) : half;
	all = isfinite(max) ? scale_at(max, cells) : most;
	for (i = 0; i < cells; i++)
		screen_text(&sh->s, sh->y, x + i, 1, INK_DIM,
			    i > half && i < most  ? "="
			    : i > most && i < all ? "-"
						  : ".");
	draw_mark(sh, x, cells, max, INK_WARNING, "M");
	draw_mark(sh, x, cells, p99, INK_STRONG, "9");
	draw_mark(sh, x, cells, p50, INK_STRONG, "5");
}

static void draw_latency(struct sheet *sh, const char *label,
			 const struct sp_task *t, const char *const keys[3])
{
	int x = LATENCY_LABEL + LATENCY_VALUES + 1, i;
	double v[3];

	screen_text(&sh->s, sh->y, sh->x, LATENCY_LABEL, INK_LABEL, label);
	for (i = 0; i < 3; i++) {
		const struct sp_field *f = task_field(keys[i]);
		char text[32];

		v[i] = sp_field_num(f, t);
		fmt_value(text, sizeof(text), f, v[i], 8);
		screen_right(&sh->s, sh->y, sh->x + LATENCY_LABEL + i * 9, 9,
			     isnan(v[i]) ? INK_DIM : INK_STRONG, text);
	}
	draw_scale(sh, sh->x + x, sh->width - x - 1, v[0], v[1], v[2]);
	sh->y++;
}

void section_latency(struct sheet *sh, const struct sp_task *t, uint32_t caps)
{
	static const char *const wait[] = {
		"runq_wait_p50_us", "runq_wait_p99_us", "runq_wait_max_us"};
	static const char *const io[] = {"io_p50_us", "io_p99_us", "io_max_us"};
	static const char *const ticks[] = {"1us",  "10us",  "100us", "1ms",
					    "10ms", "100ms", "1s"};
	int x = LATENCY_LABEL + LATENCY_VALUES + 1;
	int cells = sh->width - x - 1, i;

	if (!table_usable(task_field(wait[1]), caps)) {
		sheet_printf(sh, INK_DIM,
			     "LATENCY: its percentiles need the kernel module");
		sh->y++;
		return;
	}
	screen_printf(&sh->s, sh->y, sh->x, sh->width, INK_BAR, "%-*s%9s%9s%9s",
		      LATENCY_LABEL, "LATENCY", "p50", "p99", "max");
	for (i = 0; cells >= SCALE_DECADES * 6 && i < SCALE_DECADES; i++)
		screen_text(&sh->s, sh->y,
			    sh->x + x + scale_at(pow(10, i), cells), 6, INK_BAR,
			    ticks[i]);
	sh->y++;
	draw_latency(sh, "run-queue wait", t, wait);
	draw_latency(sh, "block request", t, io);
	sh->y++;
}

static int busier_task(const void *a, const void *b)
{
	const struct sp_task *x = *(const struct sp_task *const *)a;
	const struct sp_task *y = *(const struct sp_task *const *)b;
	double u = fmax(x->cpu_pct, 0), v = fmax(y->cpu_pct, 0);

	return u > v ? -1 : u < v ? 1 : x->tid > y->tid ? 1 : -1;
}

/* A frame of threads has all of each. */
static void frame_threads(struct sheet *sh, const struct sp_task *t,
			  const struct sp_frame *f)
{
	static const char *const keys[] = {"tid",	    "comm",
					   "state",	    "cpu",
					   "cpu_pct",	    "runq_pct",
					   "iowait_pct",    "runq_wait_p99_us",
					   "switches_per_s"};
	const struct sp_task *rows[FRAME_THREADS_MAX];
	size_t nr = 0, i;
	struct columns c;

	for (i = 0; i < f->nr_tasks && nr < FRAME_THREADS_MAX; i++) {
		if (f->tasks[i].pid == t->pid)
			rows[nr++] = &f->tasks[i];
	}
	if (nr)
		qsort(rows, nr, sizeof(rows[0]), busier_task);
	memset(&c, 0, sizeof(c));
	c.table = SP_TABLE_TASK;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		table_add(&c, task_field(keys[i]), (unsigned char)(200 - i));
		if (i == 3)
			table_add(&c, NULL, 190);
	}
	table_fit(&c, sh->width);
	sheet_printf(sh, INK_BAR, "THREADS %zu", nr);
	table_head(&c, &sh->s, sh->y++, sh->x, sh->width, NULL, false);
	for (i = 0; i < nr; i++)
		table_row(&c, &sh->s, sh->y++, sh->x, rows[i], "");
	sh->y++;
}

static int busier_thread(const void *a, const void *b)
{
	const struct proc_thread *x = *(const struct proc_thread *const *)a;
	const struct proc_thread *y = *(const struct proc_thread *const *)b;
	double u = fmax(x->run_pct, 0), v = fmax(y->run_pct, 0);

	return u > v ? -1 : u < v ? 1 : x->tid - y->tid;
}

static void pct_text(char *buf, size_t len, double pct)
{
	if (isnan(pct))
		snprintf(buf, len, "-");
	else
		snprintf(buf, len, "%.1f", pct);
}

static void proc_threads(struct sheet *sh, const struct task_proc *p)
{
	const struct proc_thread *rows[PROC_THREADS_MAX];
	size_t i;

	for (i = 0; i < p->nr_threads; i++)
		rows[i] = &p->threads[i];
	if (p->nr_threads)
		qsort(rows, p->nr_threads, sizeof(rows[0]), busier_thread);
	sheet_printf(sh, INK_BAR, "THREADS %zu%s", p->nr_threads,
		     p->nr_threads == PROC_THREADS_MAX ? " and more" : "");
	screen_fill(&sh->s, sh->y, sh->x, sh->width, INK_HEAD);
	sheet_printf(sh, INK_HEAD, "%7s %-15s %s %3s %6s %6s", "TID", "COMM",
		     "S", "CPU", "CPU%", "RUNQ%");
	for (i = 0; i < p->nr_threads; i++) {
		char run[16], wait[16];

		pct_text(run, sizeof(run), rows[i]->run_pct);
		pct_text(wait, sizeof(wait), rows[i]->wait_pct);
		sheet_printf(sh, INK_PLAIN, "%7d %-15s %c %3d %6s %6s",
			     rows[i]->tid, rows[i]->comm, rows[i]->state,
			     rows[i]->cpu, run, wait);
	}
	sh->y++;
}

void section_threads(struct sheet *sh, const struct sp_task *t,
		     const struct sp_frame *f, const struct task_proc *p)
{
	if (f)
		frame_threads(sh, t, f);
	else if (p->here)
		proc_threads(sh, p);
}

void section_command(struct sheet *sh, const struct task_proc *p)
{
	/* Made safe it has no byte that takes another's place, so that what
	 * fits a line tells where the next begins.
	 */
	char safe[PROC_COMMAND_MAX], line[PROC_COMMAND_MAX];
	const char *at = safe;

	if (!p->here || !*p->command)
		return;
	sheet_heading(sh, "COMMAND LINE");
	fmt_text(safe, sizeof(safe), p->command, INT_MAX);
	while (*at) {
		fmt_text(line, sizeof(line), at, sh->width);
		if (!*line)
			break; /* too narrow for a wide character */
		sheet_printf(sh, INK_PLAIN, "%s", line);
		at += strlen(line);
	}
	sh->y++;
}

void section_facts(struct sheet *sh, const struct task_proc *p)
{
	size_t i;

	if (!p->here) {
		sheet_printf(sh, INK_DIM,
			     "LIMITS AND FILES: - (it is not in this "
			     "machine's /proc)");
		sh->y++;
		return;
	}
	sheet_heading(sh, "LIMITS AND THE LIKE");
	for (i = 0; i < p->nr_facts; i++) {
		screen_text(&sh->s, sh->y, sh->x, 16, INK_LABEL,
			    p->facts[i].name);
		screen_text(&sh->s, sh->y++, sh->x + 17, sh->width - 17,
			    INK_PLAIN, p->facts[i].text);
	}
	sh->y++;
}

void section_files(struct sheet *sh, const struct task_proc *p)
{
	size_t i;

	if (!p->here)
		return;
	if (p->files_refused) {
		sheet_printf(sh, INK_BAR, "FILES - (not permitted)");
		return;
	}
	sheet_printf(sh, INK_BAR, "FILES %zu", p->nr_files);
	for (i = 0; i < p->nr_files && i < PROC_FILES_MAX; i++)
		sheet_printf(sh, INK_PLAIN, "%5d %s", p->files[i].fd,
			     p->files[i].target);
	if (p->nr_files > PROC_FILES_MAX)
		sheet_printf(sh, INK_DIM, "      and %zu more",
			     p->nr_files - PROC_FILES_MAX);
	sh->y++;
}
