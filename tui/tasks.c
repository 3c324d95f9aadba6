// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of tasks: owns the cursor, tags and the choice of columns. Rows
 * are put in order only as far as they are looked at: of 30,000 tasks a
 * screen needs 50.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tasks.h"

#define ORDER_STEP 128 /* rows put in order at a time when moving down */
#define PID_CELLS_MIN 5
#define GHOST_S 5 /* for which those that ended are shown */

void tasks_init(struct tasks *t, struct view *v)
{
	struct view def;

	memset(t, 0, sizeof(*t));
	t->view = v;
	t->pid_cells = PID_CELLS_MIN;
	t->ghosts.keep_s = GHOST_S;
	v->as_seen = true;
	view_init(&def);
	t->own_columns = def.nr_columns != v->nr_columns ||
			 memcmp(def.columns, v->columns,
				v->nr_columns * sizeof(v->columns[0])) != 0;
	view_free(&def);
}

void tasks_free(struct tasks *t)
{
	free(t->tags);
	free(t->depth);
	ghosts_free(&t->ghosts);
	t->view->extra = NULL;
	t->view->nr_extra = 0;
	t->tags = NULL;
	t->depth = NULL;
	t->nr_tags = t->cap_tags = t->cap_depth = 0;
}

void tasks_changed(struct tasks *t)
{
	t->ordered = 0;
	t->hold.on = false;
	t->hold.nr = 0;
}

void tasks_frame(struct tasks *t, const struct sp_frame *f)
{
	t->ordered = 0;
	if (f)
		ghosts_take(&t->ghosts, f);
	t->view->extra = t->ghosts.task;
	t->view->nr_extra = t->ghosts.nr;
}

static int order_tree(struct tasks *t)
{
	unsigned char *depth;

	if (t->view->nr_rows > t->cap_depth) {
		depth = realloc(t->depth, t->view->nr_rows);
		if (!depth)
			return -ENOMEM;
		t->depth = depth;
		t->cap_depth = t->view->nr_rows;
	}
	return tree_order(t->view, t->depth);
}

int tasks_order(struct tasks *t, const struct sp_frame *f, size_t n)
{
	struct view *v = t->view;
	bool all = !n || t->tree;
	int err;

	if (!f) {
		v->nr_rows = 0;
		return 0;
	}
	if (t->ordered &&
	    (t->ordered >= v->nr_rows || (!all && t->ordered >= n)))
		return 0;
	t->ordered = 0;
	n = all ? 0 : (n + ORDER_STEP - 1) / ORDER_STEP * ORDER_STEP;
	err = view_select(v, f, n);
	if (!err && t->tree)
		err = order_tree(t);
	else if (!err && t->hold.on)
		hold_apply(&t->hold, v->rows, v->nr_rows);
	else if (!err)
		hold_settle(&t->hold, v->rows, v->nr_rows, v->sort,
			    v->ascending);
	if (err) {
		v->nr_rows = 0;
		return err;
	}
	t->ordered = n && n < v->nr_rows ? n : v->nr_rows;
	if (!t->ordered)
		t->ordered = 1; /* none is all there are */
	return 0;
}

void tasks_move(struct tasks *t, long by)
{
	if (by < 0 && t->cursor < (size_t)-by)
		t->cursor = 0;
	else
		t->cursor += (size_t)by;
	if (t->cursor >= t->view->nr_rows)
		t->cursor = t->view->nr_rows ? t->view->nr_rows - 1 : 0;
	t->follow = false;
}

const struct sp_task *tasks_current(struct tasks *t, const struct sp_frame *f)
{
	if (tasks_order(t, f, t->cursor + 1) || t->cursor >= t->view->nr_rows)
		return NULL;
	return t->view->rows[t->cursor];
}

const struct sp_task *tasks_find(const struct sp_frame *f,
				 const struct task_id *id)
{
	size_t i;

	for (i = 0; f && i < f->nr_tasks; i++) {
		if (task_id_is(id, &f->tasks[i]))
			return &f->tasks[i];
	}
	return NULL;
}

const struct sp_task *tasks_by_id(const struct sp_frame *f, double tid,
				  double pid)
{
	const struct sp_task *process = NULL;
	size_t i;

	for (i = 0; f && i < f->nr_tasks; i++) {
		if (f->tasks[i].tid == tid)
			return &f->tasks[i];
		if (f->tasks[i].tid == pid)
			process = &f->tasks[i];
	}
	return process;
}

static bool matches(const struct sp_task *task, const char *text)
{
	char *end;
	unsigned long pid = strtoul(text, &end, 10);

	if (strcasestr(task->comm, text) || strcasestr(task->command, text))
		return true;
	return end != text && !*end &&
	       ((double)pid == task->pid || (double)pid == task->tid);
}

bool tasks_search(struct tasks *t, const struct sp_frame *f, const char *text,
		  bool skip)
{
	size_t i, n, at;

	if (!*text || tasks_order(t, f, 0))
		return false;
	n = t->view->nr_rows;
	for (i = 0; i < n; i++) {
		at = (t->cursor + i + skip) % n;
		if (!matches(t->view->rows[at], text))
			continue;
		t->cursor = at;
		t->follow = false;
		return true;
	}
	return false;
}

bool tasks_select(struct tasks *t, const struct sp_frame *f, double tid,
		  double pid)
{
	const struct sp_task *task = tasks_by_id(f, tid, pid);
	size_t i;

	if (!task || tasks_order(t, f, 0))
		return false;
	for (i = 0; i < t->view->nr_rows; i++) {
		if (t->view->rows[i] != task)
			continue;
		t->cursor = i;
		t->follow = false;
		return true;
	}
	return false;
}

bool tasks_tagged(const struct tasks *t, const struct sp_task *task)
{
	size_t i;

	for (i = 0; i < t->nr_tags; i++) {
		if (task_id_is(&t->tags[i], task))
			return true;
	}
	return false;
}

int tasks_tag(struct tasks *t, const struct sp_task *task)
{
	struct task_id *tags;
	size_t i;

	for (i = 0; i < t->nr_tags; i++) {
		if (task_id_is(&t->tags[i], task)) {
			t->tags[i] = t->tags[--t->nr_tags];
			return 0;
		}
	}
	if (t->nr_tags == t->cap_tags) {
		size_t cap = t->cap_tags ? t->cap_tags * 2 : 16;

		tags = realloc(t->tags, cap * sizeof(*tags));
		if (!tags)
			return -ENOMEM;
		t->tags = tags;
		t->cap_tags = cap;
	}
	t->tags[t->nr_tags++] = (struct task_id){task->tid, task->started};
	return 0;
}

/* Keep the cursor on the followed task and within the rows. */
static void place_cursor(struct tasks *t, const struct sp_frame *f, size_t rows)
{
	struct view *v = t->view;
	size_t i;

	if (t->follow && !tasks_order(t, f, 0)) {
		for (i = 0; i < v->nr_rows; i++) {
			if (task_id_is(&t->followed, v->rows[i])) {
				t->cursor = i;
				break;
			}
		}
	}
	if (tasks_order(t, f, t->cursor + rows))
		return;
	if (t->cursor >= v->nr_rows)
		t->cursor = v->nr_rows ? v->nr_rows - 1 : 0;
	if (t->top + rows > v->nr_rows)
		t->top = v->nr_rows > rows ? v->nr_rows - rows : 0;
	if (t->cursor < t->top)
		t->top = t->cursor;
	if (rows && t->cursor >= t->top + rows)
		t->top = t->cursor - rows + 1;
	tasks_order(t, f, t->top + rows);
}

static void choose_columns(struct tasks *t, struct columns *c, uint32_t caps,
			   int width)
{
	const struct view *v = t->view;
	size_t i, skip = 0;

	memset(c, 0, sizeof(*c));
	c->table = SP_TABLE_TASK;
	if (t->own_columns) {
		for (i = 0; i < v->nr_columns; i++)
			table_add(c, v->columns[i], (unsigned char)(250 - i));
	} else if (t->chosen.nr) {
		task_columns_chosen(c, &t->chosen, v->sort, t->threads);
	} else {
		task_columns_usual(c, v->sort, t->threads, caps);
	}
	/* The first column says whose row it is: it stays. */
	while (skip < (size_t)t->skip && c->nr > 3) {
		memmove(&c->col[1], &c->col[2],
			(c->nr - 2) * sizeof(c->col[0]));
		c->nr--;
		skip++;
	}
	t->skip = (int)skip;
	for (i = 0; i < c->nr; i++) {
		const struct sp_field *f = c->col[i].field;

		if (f && (!strcmp(f->key, "pid") || !strcmp(f->key, "tid")))
			c->col[i].cells = t->pid_cells;
	}
	table_fit(c, width);
}

/* What stands before a command: the tree's branch, how an exited one ended. */
static void row_prefix(const struct tasks *t, const struct screen *s,
		       const struct sp_frame *f, size_t i, char *buf,
		       size_t len)
{
	const struct sp_task *task = t->view->rows[i];
	const char *dead = screen_ended(s);
	int status = (int)task->exit_code, n = 0;
	double age;

	buf[0] = '\0';
	if (t->tree && t->depth[i])
		n = snprintf(buf, len, "%*s%s ", (t->depth[i] - 1) * 2, "",
			     s->utf8 ? "└" : "`-");
	if (!task->exited)
		return;
	if (task->oom_killed)
		n += snprintf(buf + n, len - (size_t)n, "%s out of memory",
			      dead);
	else if (WIFSIGNALED(status))
		n += snprintf(buf + n, len - (size_t)n, "%s signal %d", dead,
			      WTERMSIG(status));
	else
		n += snprintf(buf + n, len - (size_t)n, "%s exit %d", dead,
			      WEXITSTATUS(status));
	/* Not to the second, which would have them change all the time. */
	age = floor(ghosts_age(&t->ghosts, task, f) / 10) * 10;
	if (age > 0)
		snprintf(buf + n, len - (size_t)n, " %.0fs ago: ", age);
	else
		snprintf(buf + n, len - (size_t)n, ": ");
}

static void draw_row(const struct tasks *t, const struct screen *s,
		     const struct sp_frame *f, int y, size_t i)
{
	const struct sp_task *task = t->view->rows[i];
	struct screen row = *s;
	char prefix[600];

	if (tasks_tagged(t, task))
		row.over |= s->inks[INK_TAGGED];
	if (task->exited)
		row.over |= A_DIM;
	if (i == t->cursor)
		row.over |= A_REVERSE;
	screen_fill(&row, y, 0, s->cols, INK_PLAIN);
	row_prefix(t, s, f, i, prefix, sizeof(prefix));
	table_row(&t->shown, &row, y, 0, task, prefix);
}

static void widen_pids(struct tasks *t, size_t n)
{
	size_t i;
	int cells;

	for (i = t->top; i < n; i++) {
		cells = snprintf(NULL, 0, "%.0f", t->view->rows[i]->tid);
		if (cells > t->pid_cells)
			t->pid_cells = cells;
	}
}

int tasks_draw(struct tasks *t, const struct screen *s,
	       const struct sp_frame *f, int y, int rows)
{
	size_t i, end, room = rows > 1 ? (size_t)rows - 1 : 0;
	const struct view *v = t->view;
	struct columns *c = &t->shown;

	if (t->view->room != room) {
		t->view->room = room;
		t->ordered = 0;
	}
	place_cursor(t, f, room);
	end = t->top + room < v->nr_rows ? t->top + room : v->nr_rows;
	widen_pids(t, end);
	choose_columns(t, c, f ? f->source.caps : ~0U, s->cols);
	table_head(c, s, y++, 0, s->cols, v->sort, v->ascending);
	for (i = t->top; i < end; i++)
		draw_row(t, s, f, y++, i);
	hold_note(&t->hold, v->rows, t->top, end, v->sort, v->ascending);
	if (f && !v->nr_rows && room)
		screen_text(s, y, 0, s->cols, INK_DIM,
			    "no task matches; = clears the filters (\\ is for "
			    "text, o for KEY OP VALUE)");
	return (int)room;
}
