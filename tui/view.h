/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which of a frame's tasks are shown, in which order and with which columns:
 * the part that the live screen and batch output share.
 */
#ifndef SYSPERF_TUI_VIEW_H
#define SYSPERF_TUI_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <sysperf/frame.h>

#define VIEW_COLUMNS_MAX 64
#define VIEW_PIDS_MAX 64
#define VIEW_FILTERS_MAX 8

enum filter_op {
	FILTER_EQ,
	FILTER_NE,
	FILTER_LT,
	FILTER_LE,
	FILTER_GT,
	FILTER_GE,
	FILTER_MATCH,
	FILTER_NOMATCH
};

/* KEY OP VALUE; a NaN value passes no filter. */
struct filter {
	const struct sp_field *field;
	enum filter_op op;
	double num;
	char text[128];
};

struct view {
	const struct sp_field *columns[VIEW_COLUMNS_MAX];
	size_t nr_columns;
	const struct sp_field *sort;
	bool ascending;
	struct filter filters[VIEW_FILTERS_MAX];
	size_t nr_filters; /* all must hold */
	char match[128]; /* part of comm or command, any case; "" for all */
	pid_t pids[VIEW_PIDS_MAX];
	size_t nr_pids; /* 0 for all */
	bool has_uid; /* only tasks of uid */
	uid_t uid;
	/* Only of a user of that name, as frames have it; "" for all. */
	char user[sizeof(((struct sp_task *)0)->user)];
	bool hide_idle; /* leave out tasks that did nothing */
	bool hide_kthreads;
	/* Rows besides those of the frame; they hold as long as it does. */
	const struct sp_task *extra;
	size_t nr_extra;
	/*
	 * Rows there is room for, 0 if it is without end: tasks that ended take
	 * a quarter of them, or what the others leave.
	 */
	size_t room;
	bool as_seen; /* order by what fmt_seen() leaves */
	/*
	 * Result of view_select(): all chosen rows of the frame it was given,
	 * the first of them in order (see there).
	 */
	const struct sp_task **rows;
	size_t nr_rows, cap_rows;
};

/**
 * view_init() - default columns, by CPU% descending, no filter
 */
void view_init(struct view *v);

/**
 * view_parse_columns() - set columns from "KEY,KEY,…"
 * @err: one sentence on failure, naming the key
 *
 * Return: 0 or -EINVAL, columns unchanged then.
 */
int view_parse_columns(struct view *v, const char *keys, char *err, size_t len);

/**
 * view_parse_sort() - set the sort key from "[+-]KEY"; + is ascending
 */
int view_parse_sort(struct view *v, const char *key, char *err, size_t len);

/**
 * view_parse_filter() - filter by "KEY OP VALUE" alone
 *
 * OP is one of = == != < <= > >= for numbers (VALUE may end in k M G T,
 * binary, or % us ms s) and = == != ~ !~ for text (~ is a case-insensitive
 * part). Spaces around OP are optional. "" is no filter.
 * On failure those that are there stay.
 */
int view_parse_filter(struct view *v, const char *expr, char *err, size_t len);

/**
 * view_add_filter() - filter by "KEY OP VALUE" besides
 */
int view_add_filter(struct view *v, const char *expr, char *err, size_t len);

/**
 * view_add_pids() - choose also these, from "PID,PID,…"
 */
int view_add_pids(struct view *v, const char *pids, char *err, size_t len);

/**
 * view_parse_user() - only tasks of a user, by name or number
 * @elsewhere: tasks are of another machine, or time, whose names of users are
 *	in the frames alone; then every name is taken
 */
int view_parse_user(struct view *v, const char *user, bool elsewhere, char *err,
		    size_t len);

/**
 * view_all_users() - tasks of any user
 */
void view_all_users(struct view *v);

/**
 * view_fields() - which fields of tasks it shows, or chooses and orders by
 *
 * Return: bit i for field i of tasks.
 */
uint64_t view_fields(const struct view *v);

/**
 * view_select() - choose and order the tasks of a frame
 * @top: how many rows will be shown, 0 for all; only so many are in order
 *
 * Sets nr_rows to the number of all chosen tasks, which may exceed @top.
 *
 * Numbers that could not be measured sort last in either direction; ties go
 * by tid, so that rows do not jump.
 *
 * Return: 0 or -ENOMEM.
 */
int view_select(struct view *v, const struct sp_frame *frame, size_t top);

/**
 * view_not_measured() - a key of the view that says nothing here
 *
 * Return: a number that rows are chosen or sorted by, which no task has and
 * the source does not measure; NULL if there is none.
 */
const struct sp_field *view_not_measured(const struct view *v,
					 const struct sp_frame *frame);

/**
 * view_free() - free the rows
 */
void view_free(struct view *v);

#endif /* SYSPERF_TUI_VIEW_H */
