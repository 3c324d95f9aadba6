/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two recordings compared: A, how it was, and B, how it is now.
 *
 * diff_series.c	numbers over time, as means of blocks
 * diff_side.c		the fold of one recording's frames into them
 * diff_stats.c		whether two samples differ
 * diff_judge.c		what got worse, better, or otherwise
 * diff_text.c		the outcome as text; diff_json.c as JSON
 * diff.c		the verb
 */
#ifndef SYSPERF_TUI_DIFF_H
#define SYSPERF_TUI_DIFF_H

#include <stdio.h>

#include "diff_series.h"
#include "report.h"

#define DIFF_THRESHOLD_PCT 10.0
/* The probability of one false alarm in all golden signals, and as much in all
 * tasks. */
#define DIFF_ALPHA 0.01
#define DIFF_TASKS 24 /* names that are compared, those that use most */

/* What of tasks is compared: their uses, and latencies. */
enum diff_latency { LAT_RUNQ, LAT_IO, LATENCIES };

struct diff_name {
	char name[TASK_NAME_MAX];
	struct diff_series use[USES]; /* of all of the name, 0 without one */
	struct diff_series latency[LATENCIES]; /* of the worst of them */
	double total[USES]; /* use x seconds */
	double now[USES], now_latency[LATENCIES]; /* in this frame; NaN */
	double score;
	UT_hash_handle hh;
};

/* One recording. */
struct diff_side {
	uint64_t frames;
	double begin, end, seconds; /* as in struct report */
	char host[65], kernel[65], source[16];
	struct report_damage damage; /* set by whoever reads */

	struct diff_axis axis;
	struct diff_series *golden; /* by field */
	struct diff_name *names; /* hash table */
	bool told[USES]; /* some task's use could be */
	double total[USES];
	unsigned long dropped; /* names, that used little */
};

/**
 * diff_side_new() - begin with an empty recording
 *
 * Return: to be freed by diff_side_free(); NULL without memory.
 */
struct diff_side *diff_side_new(void);

/**
 * diff_side_add() - the next frame
 *
 * Return: 0 or -ENOMEM.
 */
int diff_side_add(struct diff_side *s, const struct sp_frame *frame);

/**
 * diff_side_free() - give back its memory
 */
void diff_side_free(struct diff_side *s);

enum diff_outcome {
	DIFF_UNKNOWN, /* it cannot be judged, see why */
	DIFF_SAME, /* no difference, or one below the threshold */
	DIFF_CHANGED, /* to what is neither better nor worse */
	DIFF_BETTER,
	DIFF_WORSE,
	DIFF_OUTCOMES,
};

/* "unknown" "same" "changed" "better" "worse" */
extern const char *const diff_outcomes[DIFF_OUTCOMES];

/* One number compared. */
struct diff_row {
	char name[TASK_NAME_MAX]; /* of tasks; "" for a golden signal */
	struct sp_field field; /* what: of golden signals the table's */
	enum diff_outcome outcome;
	const char *why; /* it is unknown; else "" */
	double a, b; /* means of the recordings; NaN: not measured */
	double change; /* of what is typical, in the field's unit */
	double change_pct; /* of A; INFINITY: from 0 */
	double p; /* all comparisons taken together; NaN: not judged */
	double block_s; /* length of the blocks that were compared */
	size_t na, nb; /* their numbers */
};

struct diff_result {
	struct diff_row *rows; /* golden signals in the table's order, tasks */
	size_t nr;
	size_t count[DIFF_OUTCOMES];
};

/**
 * diff_judge() - compare two recordings
 * @r: set, to be freed by diff_result_free()
 * @threshold_pct: what changed by less is the same
 *
 * Return: 0 or -ENOMEM.
 */
int diff_judge(struct diff_result *r, const struct diff_side *a,
	       const struct diff_side *b, double threshold_pct);

/**
 * diff_result_free() - give back its memory
 */
void diff_result_free(struct diff_result *r);

/* What is told beside the rows. */
struct diff_head {
	const char *name_a, *name_b;
	const struct diff_side *a, *b;
	double threshold_pct;
};

/**
 * diff_text() - the outcome as text
 * @width: in cells
 */
void diff_text(FILE *f, const struct diff_head *h, const struct diff_result *r,
	       int width);

/**
 * diff_json() - the outcome as one object in a line
 *
 * Return: 0 or -errno.
 */
int diff_json(FILE *f, const struct diff_head *h, const struct diff_result *r);

#endif /* SYSPERF_TUI_DIFF_H */
