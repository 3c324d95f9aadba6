/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sections of the page of a task, drawn below each other on a sheet.
 */
#ifndef SYSPERF_TUI_TASK_SECTIONS_H
#define SYSPERF_TUI_TASK_SECTIONS_H

#include <sysperf/frame.h>

#include "history.h"
#include "screen.h"
#include "task_proc.h"

/* y goes down with what is drawn; the screen's limits say what is in sight. */
struct sheet {
	struct screen s;
	int y, x, width;
};

/**
 * sheet_printf() - a line of text
 */
void sheet_printf(struct sheet *sh, enum ink ink, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * sheet_heading() - a line that begins a section
 */
void sheet_heading(struct sheet *sh, const char *text);

/**
 * section_states() - where its time goes: now, and over the samples
 * @past: by field of the table of tasks
 * @delay_s: between two samples
 */
void section_states(struct sheet *sh, const struct sp_task *t,
		    const struct history *past, double delay_s);

/**
 * section_latency() - percentiles of its waits on a scale
 * @caps: of the source
 */
void section_latency(struct sheet *sh, const struct sp_task *t, uint32_t caps);

/**
 * section_threads() - its threads
 * @f: a frame whose rows are threads, NULL if they are not
 * @p: what /proc says
 */
void section_threads(struct sheet *sh, const struct sp_task *t,
		     const struct sp_frame *f, const struct task_proc *p);

/**
 * section_command() - all of its command line, over as many lines as it takes
 */
void section_command(struct sheet *sh, const struct task_proc *p);

/**
 * section_facts() - limits, and what else /proc has
 */
void section_facts(struct sheet *sh, const struct task_proc *p);

/**
 * section_files() - its open files
 */
void section_files(struct sheet *sh, const struct task_proc *p);

#endif /* SYSPERF_TUI_TASK_SECTIONS_H */
