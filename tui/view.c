// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the choice of a frame's tasks and their order. Orders only as many as
 * are shown: of 30,000 tasks a screen needs 50.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "fmt.h"
#include "view.h"

static const char *const default_columns[] = {
	"pid",
	"user",
	"state",
	"cpu_pct",
	"rss_bytes",
	"runq_pct",
	"runq_wait_p99_us",
	"iowait_pct",
	"blocked_pct",
	"read_bytes_per_s",
	"write_bytes_per_s",
	"io_p99_us",
	"command",
};

static const struct sp_field *task_field(const char *key)
{
	return sp_field_find(SP_TABLE_TASK, key, strlen(key));
}

void view_init(struct view *v)
{
	memset(v, 0, sizeof(*v));
	for (size_t i = 0;
	     i < sizeof(default_columns) / sizeof(default_columns[0]); i++) {
		const struct sp_field *f = task_field(default_columns[i]);

		if (f)
			v->columns[v->nr_columns++] = f;
	}
	v->sort = task_field("cpu_pct");
}

void view_free(struct view *v)
{
	free(v->rows);
	v->rows = NULL;
	v->nr_rows = v->cap_rows = 0;
}

static int order_tid(const struct sp_task *a, const struct sp_task *b)
{
	return (a->tid > b->tid) - (a->tid < b->tid);
}

/* Unknown text is as good as an absent number: last. */
static int order_text(const struct view *v, const struct sp_task *a,
		      const struct sp_task *b)
{
	const char *s = sp_field_str(v->sort, a);
	const char *t = sp_field_str(v->sort, b);
	int c;

	if (!*s || !*t)
		return !*s - !*t;
	c = strcasecmp(s, t);
	return v->ascending ? c : -c;
}

/*
 * By what programs are told: rows that look alike there are in order of their
 * ids, also when they come from a recording, which holds no more digits.
 */
static int compare(const struct sp_field *f, double x, double y)
{
	static const double tens[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
	unsigned int digits = sp_field_digits(f);

	if (digits < sizeof(tens) / sizeof(tens[0]) &&
	    fabs(x - y) * tens[digits] < 1) {
		x = floor(x * tens[digits] + 0.5);
		y = floor(y * tens[digits] + 0.5);
	}
	return (x > y) - (x < y);
}

/* Rows that look alike on the screen do not change places there. */
static int compare_seen(const struct sp_field *f, double x, double y)
{
	if (x != y) { /* most are 0 */
		x = fmt_in_row(f, x);
		y = fmt_in_row(f, y);
	}
	return (x > y) - (x < y);
}

static int order_num(const struct view *v, const struct sp_task *a,
		     const struct sp_task *b)
{
	double x = sp_field_num(v->sort, a), y = sp_field_num(v->sort, b);
	int c;

	if (isnan(x) || isnan(y))
		return !!isnan(x) - !!isnan(y);
	c = v->as_seen ? compare_seen(v->sort, x, y) : compare(v->sort, x, y);
	return v->ascending ? c : -c;
}

/* Negative if a comes before b. */
static int order(const struct view *v, const struct sp_task *a,
		 const struct sp_task *b)
{
	int c = 0;

	if (v->sort && v->sort->unit == SP_UNIT_TEXT)
		c = order_text(v, a, b);
	else if (v->sort)
		c = order_num(v, a, b);
	return c ? c : order_tid(a, b);
}

static int order_rows(const void *a, const void *b, void *view)
{
	return order(view, *(const struct sp_task *const *)a,
		     *(const struct sp_task *const *)b);
}

static void swap_rows(const struct sp_task **r, size_t i, size_t j)
{
	const struct sp_task *t = r[i];

	r[i] = r[j];
	r[j] = t;
}

/* Median of the ends and the middle, put at lo: sorted input stays fast. */
static void choose_pivot(const struct view *v, const struct sp_task **r,
			 size_t lo, size_t hi)
{
	size_t mid = lo + (hi - lo) / 2;

	if (order(v, r[mid], r[lo]) < 0)
		swap_rows(r, mid, lo);
	if (order(v, r[hi], r[lo]) < 0)
		swap_rows(r, hi, lo);
	if (order(v, r[hi], r[mid]) < 0)
		swap_rows(r, hi, mid);
	swap_rows(r, lo, mid);
}

/* Hoare's quickselect: the first n rows become those that come first. */
static void select_first(const struct view *v, const struct sp_task **r,
			 size_t nr, size_t n)
{
	size_t lo = 0, hi = nr - 1;

	while (lo < hi) {
		size_t i = lo, j = hi + 1;

		choose_pivot(v, r, lo, hi);
		for (;;) {
			while (order(v, r[++i], r[lo]) < 0)
				if (i == hi)
					break;
			while (order(v, r[lo], r[--j]) < 0)
				;
			if (i >= j)
				break;
			swap_rows(r, i, j);
		}
		swap_rows(r, lo, j);
		if (j >= n)
			hi = j - 1;
		else if (j + 1 < n)
			lo = j + 1;
		else
			return;
	}
}

/* NaN is no activity. */
static bool positive(double v)
{
	return v > 0;
}

static bool task_idle(const struct sp_task *t)
{
	/* A task stuck in D runs never and is what one looks for. */
	return !t->exited && *t->state != 'R' && *t->state != 'D' &&
	       !positive(t->cpu_pct) && !positive(t->runq_pct) &&
	       !positive(t->iowait_pct) && !positive(t->blocked_pct) &&
	       !positive(t->switches_per_s) && !positive(t->read_bytes_per_s) &&
	       !positive(t->write_bytes_per_s) && !positive(t->ios_per_s);
}

static uint64_t bit_of(const struct sp_field *f)
{
	return f ? 1ULL << (f - sp_tables[SP_TABLE_TASK].fields) : 0;
}

static uint64_t bits_of(const char *const *keys)
{
	uint64_t bits = 0;

	for (; *keys; keys++)
		bits |= bit_of(
			sp_field_find(SP_TABLE_TASK, *keys, strlen(*keys)));
	return bits;
}

uint64_t view_fields(const struct view *v)
{
	static const char *const names[] = {"pid",  "tid",     "user",
					    "comm", "command", NULL};
	/* Those of task_idle(). */
	static const char *const idle[] = {"state",
					   "cpu_pct",
					   "runq_pct",
					   "iowait_pct",
					   "blocked_pct",
					   "switches_per_s",
					   "read_bytes_per_s",
					   "write_bytes_per_s",
					   "ios_per_s",
					   NULL};
	uint64_t bits = bits_of(names) | bit_of(v->sort);

	for (size_t i = 0; i < v->nr_columns; i++)
		bits |= bit_of(v->columns[i]);
	for (size_t i = 0; i < v->nr_filters; i++)
		bits |= bit_of(v->filters[i].field);
	return v->hide_idle ? bits | bits_of(idle) : bits;
}

static bool has_pid(const struct view *v, const struct sp_task *t)
{
	for (size_t i = 0; i < v->nr_pids; i++)
		if ((double)v->pids[i] == t->pid ||
		    (double)v->pids[i] == t->tid)
			return true;
	return false;
}

static bool passes(const struct view *v, const struct sp_task *t)
{
	for (size_t i = 0; i < v->nr_filters; i++)
		if (!filter_pass(&v->filters[i], t))
			return false;
	return true;
}

static bool chosen(const struct view *v, const struct sp_task *t)
{
	if (v->hide_kthreads && t->kthread)
		return false;
	if (v->has_uid && t->uid != v->uid)
		return false;
	if (*v->user && strcmp(t->user, v->user) != 0)
		return false;
	if (v->nr_pids && !has_pid(v, t))
		return false;
	if (v->hide_idle && task_idle(t))
		return false;
	if (!passes(v, t))
		return false;
	return !*v->match || strcasestr(t->comm, v->match) ||
	       strcasestr(t->command, v->match);
}

static int grow_rows(struct view *v, size_t n)
{
	const struct sp_task **rows;

	if (n <= v->cap_rows)
		return 0;
	n += n / 4; /* tasks come and go */
	rows = realloc(v->rows, n * sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	v->rows = rows;
	v->cap_rows = n;
	return 0;
}

static void add_row(struct view *v, const struct sp_task *t, size_t *ended)
{
	if (!chosen(v, t))
		return;
	if (t->exited && v->room) /* from the end: see add_ended() */
		v->rows[v->cap_rows - ++*ended] = t;
	else
		v->rows[v->nr_rows++] = t;
}

/* Behind the living those of the dead that have a place. */
static void add_ended(struct view *v, size_t ended)
{
	const struct sp_task **r;
	size_t most = v->room / 4;

	if (!ended)
		return;
	r = v->rows + v->cap_rows - ended;
	if (v->room > v->nr_rows && v->room - v->nr_rows > most)
		most = v->room - v->nr_rows;
	if (most > ended)
		most = ended;
	if (most && most < ended)
		select_first(v, r, ended, most);
	memmove(v->rows + v->nr_rows, r, most * sizeof(*r));
	v->nr_rows += most;
}

int view_select(struct view *v, const struct sp_frame *frame, size_t top)
{
	size_t ended = 0;

	v->nr_rows = 0;
	if (grow_rows(v, frame->nr_tasks + v->nr_extra))
		return -ENOMEM;
	for (size_t i = 0; i < frame->nr_tasks; i++)
		add_row(v, &frame->tasks[i], &ended);
	for (size_t i = 0; i < v->nr_extra; i++)
		add_row(v, &v->extra[i], &ended);
	add_ended(v, ended);
	if (!top || top > v->nr_rows)
		top = v->nr_rows;
	if (!top)
		return 0;
	if (top < v->nr_rows)
		select_first(v, v->rows, v->nr_rows, top);
	qsort_r(v->rows, top, sizeof(*v->rows), order_rows, v);
	return 0;
}

/* What the source can measure may just not have happened. */
static bool measured(const struct sp_field *f, const struct sp_frame *frame)
{
	if (!frame->nr_tasks || f->unit == SP_UNIT_TEXT)
		return true;
	for (size_t i = 0; i < frame->nr_tasks; i++)
		if (!isnan(sp_field_num(f, &frame->tasks[i])))
			return true;
	return f->needs != SP_CAP_ANY && frame->source.caps & 1U << f->needs;
}

const struct sp_field *view_not_measured(const struct view *v,
					 const struct sp_frame *frame)
{
	for (size_t i = 0; i < v->nr_filters; i++)
		if (!measured(v->filters[i].field, frame))
			return v->filters[i].field;
	return v->sort && !measured(v->sort, frame) ? v->sort : NULL;
}
