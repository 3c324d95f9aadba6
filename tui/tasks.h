/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The list of tasks: which row the cursor is on, what is tagged, whether it
 * is a tree, and its drawing.
 */
#ifndef SYSPERF_TUI_TASKS_H
#define SYSPERF_TUI_TASKS_H

#include <stdbool.h>
#include <stddef.h>

#include "ghosts.h"
#include "hold.h"
#include "screen.h"
#include "task_columns.h"
#include "view.h"

struct tasks {
	struct view *view; /* what is chosen and its order */
	size_t ordered; /* rows of view in order; 0: choose again */
	size_t cursor, top;
	struct hold hold; /* rows that keep their places */
	struct ghosts ghosts; /* those that ended */
	int skip; /* columns moved out to the left */
	bool follow; /* the cursor stays on followed */
	struct task_id followed;
	struct task_id *tags;
	size_t nr_tags, cap_tags;
	bool tree;
	unsigned char *depth; /* of view's rows, when tree */
	size_t cap_depth;
	int pid_cells; /* widest pid seen */
	bool threads; /* rows are threads */
	bool own_columns; /* the command line named columns */
	struct task_columns chosen; /* else these, if there are any */
	struct columns shown; /* as last drawn */
};

/**
 * tasks_init() - start a list of what a view shows
 */
void tasks_init(struct tasks *t, struct view *v);

/**
 * tasks_changed() - what is to be shown of the frame is another
 */
void tasks_changed(struct tasks *t);

/**
 * tasks_frame() - the frame is another
 * @f: it, NULL if there is none
 */
void tasks_frame(struct tasks *t, const struct sp_frame *f);

/**
 * tasks_order() - have rows of the view in order
 * @f: the frame, may be NULL
 * @n: how many at least; 0: all
 *
 * Return: 0 or -ENOMEM; there are no rows then.
 */
int tasks_order(struct tasks *t, const struct sp_frame *f, size_t n);

/**
 * tasks_draw() - draw head and rows
 * @rows: lines there are, the head's included
 *
 * Return: task rows that there is room for.
 */
int tasks_draw(struct tasks *t, const struct screen *s,
	       const struct sp_frame *f, int y, int rows);

/**
 * tasks_move() - move the cursor
 * @by: rows down; clipped at both ends
 */
void tasks_move(struct tasks *t, long by);

/**
 * tasks_current() - the task that the cursor is on
 *
 * Return: it, NULL if there is none.
 */
const struct sp_task *tasks_current(struct tasks *t, const struct sp_frame *f);

/**
 * tasks_find() - the task of a frame that is the same as one before
 * @f: the frame, may be NULL
 *
 * Return: it, NULL if it is no longer there.
 */
const struct sp_task *tasks_find(const struct sp_frame *f,
				 const struct task_id *id);

/**
 * tasks_by_id() - a thread of a frame, or else its process
 * @f: the frame, may be NULL
 *
 * Return: it, NULL if neither is there.
 */
const struct sp_task *tasks_by_id(const struct sp_frame *f, double tid,
				  double pid);

/**
 * tasks_search() - move the cursor to a task that matches
 * @text: part of comm or command, any case, or a pid
 * @skip: whether to leave out the one that the cursor is on
 *
 * Return: whether there is one.
 */
bool tasks_search(struct tasks *t, const struct sp_frame *f, const char *text,
		  bool skip);

/**
 * tasks_select() - move the cursor to a thread, or else its process
 *
 * Return: whether one of them is among the rows.
 */
bool tasks_select(struct tasks *t, const struct sp_frame *f, double tid,
		  double pid);

/**
 * tasks_tag() - tag a task or take its tag away
 *
 * Return: 0 or -ENOMEM.
 */
int tasks_tag(struct tasks *t, const struct sp_task *task);

bool tasks_tagged(const struct tasks *t, const struct sp_task *task);

/**
 * tasks_free() - free what the list owns, not the view
 */
void tasks_free(struct tasks *t);

/**
 * tree_order() - put rows of a view in the order of a tree, in tree.c
 * @v: its rows are all in the order that siblings are to have
 * @depth: set to each row's depth; as many as there are rows
 *
 * Return: 0 or -ENOMEM, the rows as they were then.
 */
int tree_order(struct view *v, unsigned char *depth);

#endif /* SYSPERF_TUI_TASKS_H */
