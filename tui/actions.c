// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keys that move about and change what is shown as a whole.
 */
#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "actions.h"
#include "live.h"
#include "resource.h"
#include "terminal.h"

#define DELAY_MIN 0.1
#define DELAY_MAX 86400.0
#define HOLD_NS 5000000000ULL

void act_quit(struct live *l)
{
	if (l->page == PAGE_TASK)
		act_back(l);
	else
		l->quit = true;
}

void act_help(struct live *l)
{
	l->help = true;
	l->help_top = 0;
}

void act_redraw(struct live *l)
{
	(void)l;
	clearok(curscr, TRUE);
}

/*
 * Who moves among the rows reads them: they keep their places until that was
 * some time ago. At the top, what is first is what one wants to see.
 */
void live_hold(struct live *l)
{
	uint64_t ns = (uint64_t)(l->o->delay_s * 3e9);

	l->tasks.hold.on = l->tasks.cursor > 0;
	l->hold_until = monotonic_ns() + (ns > HOLD_NS ? ns : HOLD_NS);
}

static void move_by(struct live *l, long by)
{
	size_t *top = page_defs[l->page].cursor ? &l->page_cursor[l->page]
						: &l->page_top[l->page];

	if (l->page == PAGE_TASKS) {
		tasks_move(&l->tasks, by);
		live_hold(l);
		return;
	}
	if (l->page == PAGE_TASK) {
		l->task_page.top += (int)by; /* drawing clips it */
		if (l->task_page.top < 0)
			l->task_page.top = 0;
		return;
	}
	if (by < 0 && *top < (size_t)-by)
		*top = 0;
	else
		*top += (size_t)by; /* drawing clips it */
}

void act_up(struct live *l)
{
	move_by(l, -1);
}

void act_down(struct live *l)
{
	move_by(l, 1);
}

static long page_rows(const struct live *l)
{
	return l->page_height > 1 ? l->page_height - 1 : 1;
}

void act_page_up(struct live *l)
{
	move_by(l, -page_rows(l));
}

void act_page_down(struct live *l)
{
	move_by(l, page_rows(l));
}

void act_home(struct live *l)
{
	move_by(l, -1000000000L);
}

void act_end(struct live *l)
{
	move_by(l, 1000000000L);
}

void act_left(struct live *l)
{
	if (l->tasks.skip)
		l->tasks.skip--;
}

void act_right(struct live *l)
{
	l->tasks.skip++; /* drawing clips it */
}

/* Of the verdict that the cursor is on. */
static const struct sp_task *culprit_then(struct live *l)
{
	size_t at = l->page_cursor[PAGE_VERDICTS];
	const struct sp_verdict *v;
	const struct sp_task *t;

	if (at >= verdict_log_nr(&l->log))
		return NULL;
	v = &verdict_log_get(&l->log, at)->verdict;
	t = v->has_culprit
		    ? tasks_by_id(l->frame, v->culprit.tid, v->culprit.pid)
		    : NULL;
	if (!v->has_culprit)
		live_say(l, false, "that verdict named no task");
	else if (!t)
		live_say(l, true, "%s (%u) has ended", v->culprit.comm,
			 v->culprit.pid);
	return t;
}

/* The task's own page, and back from there. */
void act_enter(struct live *l)
{
	const struct sp_task *t = NULL;

	if (l->page == PAGE_TASK) {
		act_back(l);
		return;
	}
	if (l->page == PAGE_CGROUPS) {
		act_cgroup_tasks(l);
		return;
	}
	if (l->page == PAGE_VERDICTS)
		t = culprit_then(l);
	else if (l->page == PAGE_TASKS)
		t = tasks_current(&l->tasks, l->frame);
	if (t)
		task_page_open(l, t);
}

void act_back(struct live *l)
{
	if (l->page != PAGE_TASK)
		return;
	l->page = l->back;
	task_page_close(&l->task_page);
}

/* What the verdict is about; of all that is well, the CPUs. */
void act_verdict(struct live *l)
{
	const struct sp_verdict *v = l->frame ? &l->frame->verdict : NULL;
	bool bad = v && v->severity > SP_STATUS_OK;

	l->page = resource_page(bad ? v->resource : SP_RES_CPU);
}

void act_next_page(struct live *l)
{
	do
		l->page = (l->page + 1) % PAGES;
	while (!page_has(l, l->page));
}

void act_prev_page(struct live *l)
{
	do
		l->page = (l->page + PAGES - 1) % PAGES;
	while (!page_has(l, l->page));
}

void act_pause(struct live *l)
{
	l->paused = !l->paused;
	feed_set_delay(l->feed, l->paused ? 0 : l->o->delay_s);
	if (!l->paused)
		l->sample_now = true;
}

void live_set_delay(struct live *l, double delay_s)
{
	l->o->delay_s = delay_s;
	if (!l->paused)
		feed_set_delay(l->feed, delay_s);
	if (l->last_ns)
		l->deadline_ns = l->last_ns + (uint64_t)(delay_s * 1e9);
}

static void set_delay(struct live *l, const char *text)
{
	char *end;
	double s = strtod(text, &end);

	while (isspace((unsigned char)*end))
		end++;
	if (end == text || *end || !isfinite(s)) {
		live_say(l, true, "'%s' is no number of seconds", text);
		return;
	}
	if (s < DELAY_MIN || s > DELAY_MAX) {
		live_say(l, true, "a delay is %.1f to %.0f seconds", DELAY_MIN,
			 DELAY_MAX);
		return;
	}
	live_set_delay(l, s);
}

void act_delay(struct live *l)
{
	char label[64];

	snprintf(label, sizeof(label), "seconds between samples [%g]",
		 l->o->delay_s);
	prompt_open(&l->prompt, label, "", NULL, set_delay);
}

void act_setup(struct live *l)
{
	setup_open(l);
}

void act_write(struct live *l)
{
	setup_save(l);
}

void act_per_cpu(struct live *l)
{
	l->per_cpu = !l->per_cpu;
}

void act_threads(struct live *l)
{
	bool threads = !l->tasks.threads;
	int err = feed_set_threads(l->feed, threads);

	if (err) {
		live_say(l, true, "cannot show threads: %s", strerror(-err));
		return;
	}
	l->tasks.threads = threads;
	live_say(l, false, "%s from the next sample on",
		 threads ? "threads" : "processes");
}
