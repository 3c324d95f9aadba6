/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The live screen's state, shared by the files that draw it and those that
 * act on keys.
 */
#ifndef SYSPERF_TUI_LIVE_H
#define SYSPERF_TUI_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control.h"
#include "feed.h"
#include "golden.h"
#include "heat.h"
#include "menu.h"
#include "options.h"
#include "pages.h"
#include "prompt.h"
#include "screen.h"
#include "setup.h"
#include "task_page.h"
#include "tasks.h"
#include "verdict_log.h"

/* Where things were when they were last drawn, for clicks. */
struct layout {
	int tabs_y, table_y; /* -1: not there */
	int tab_x[PAGES]; /* -1: not there */
	int tab_end[PAGES];
};

struct live {
	struct layout layout;
	struct options *o;
	struct feed *feed;
	const struct sp_frame *frame; /* NULL until the first, and when the
				       * source failed */
	uint64_t frames; /* shown so far */
	int failed; /* errno of the last sample, 0 if it was good */
	uint64_t last_ns, deadline_ns; /* of samples, CLOCK_MONOTONIC */
	struct screen scr;
	struct golden golden;
	struct tasks tasks;
	uint64_t hold_until; /* rows keep their places, CLOCK_MONOTONIC */
	enum page page;
	enum page back; /* where the task's page goes back to */
	size_t page_top[PAGES]; /* first row shown, of all but tasks */
	size_t page_cursor[PAGES]; /* row it is on, where there is one */
	struct heat heat;
	struct verdict_log log;
	struct view who; /* the tasks that a resource's page shows */
	struct task_page task_page;
	int page_height; /* rows that the table had when last drawn */
	struct prompt prompt;
	struct menu menu;
	struct setup setup;
	char search[128]; /* what n looks for */
	struct task_id target; /* whom the prompt asks about */
	bool aimed; /* at the target, whatever is tagged */
	struct deed deed; /* that is asked about once more */
	bool help;
	int help_top;
	double ended_s; /* for which tasks that ended are shown */
	bool per_cpu; /* the panel is shown */
	bool paused;
	bool quit;
	bool sample_now; /* do not wait for the deadline */
	char message[192];
	bool message_bad; /* it tells of a failure */
	uint64_t message_until; /* CLOCK_MONOTONIC */
};

/**
 * live_remember() - take a frame into what is shown of the time before
 */
void live_remember(struct live *l, const struct sp_frame *f);

/**
 * live_forget() - what live_remember() took
 */
void live_forget(struct live *l);

/**
 * live_show() - have a frame on the screen
 * @f: it holds until the feed is asked for another
 */
void live_show(struct live *l, const struct sp_frame *f);

/**
 * live_say_not_measured() - if rows are chosen or sorted by what is not
 */
void live_say_not_measured(struct live *l);

/**
 * live_say() - show a message for some seconds
 * @bad: it tells of a failure
 */
void live_say(struct live *l, bool bad, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * live_set_delay() - take samples this far apart from now on
 */
void live_set_delay(struct live *l, double delay_s);

/**
 * live_hold() - somebody moves among the tasks
 */
void live_hold(struct live *l);

/**
 * live_draw() - draw everything from the last frame
 */
void live_draw(struct live *l);

/**
 * live_help() - draw the help screen
 */
void live_help(struct live *l);

#endif /* SYSPERF_TUI_LIVE_H */
