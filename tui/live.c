// SPDX-License-Identifier: GPL-2.0-only
/*
 * The live screen's loop: owns when samples are taken and where keys go. A
 * key is answered by drawing the last frame anew, never by a sample.
 */
#include <errno.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "keys.h"
#include "live.h"
#include "replay.h"
#include "terminal.h"

#define MESSAGE_NS 5000000000ULL
#define LOOK_NS 1000000000ULL

void live_say(struct live *l, bool bad, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(l->message, sizeof(l->message), fmt, ap);
	va_end(ap);
	l->message_bad = bad;
	l->message_until = monotonic_ns() + MESSAGE_NS;
}

void live_say_not_measured(struct live *l)
{
	const struct sp_field *f =
		l->frame ? view_not_measured(&l->o->view, l->frame) : NULL;

	if (f)
		live_say(l, true,
			 "%s is not measured here (sysperf doctor says why)",
			 f->key);
}

static uint64_t delay_ns(const struct live *l)
{
	return (uint64_t)(l->o->delay_s * 1e9);
}

/*
 * Deadlines are a fixed distance apart, whatever a sample takes; when one was
 * missed (stopped, asleep), the count begins anew.
 */
static void schedule(struct live *l)
{
	uint64_t now = monotonic_ns();

	l->last_ns = now;
	l->deadline_ns += delay_ns(l);
	if (l->deadline_ns <= now || l->deadline_ns > now + delay_ns(l))
		l->deadline_ns = now + delay_ns(l);
}

/* A feed with a rhythm of its own is looked at now and then all the same. */
static void look_again(struct live *l)
{
	l->deadline_ns = monotonic_ns() + LOOK_NS;
}

void live_remember(struct live *l, const struct sp_frame *f)
{
	golden_add(&l->golden, f);
	heat_add(&l->heat, f);
	verdict_log_add(&l->log, f);
}

void live_forget(struct live *l)
{
	golden_init(&l->golden);
	memset(&l->heat, 0, sizeof(l->heat));
	memset(&l->log, 0, sizeof(l->log));
}

void live_show(struct live *l, const struct sp_frame *f)
{
	l->tasks.hold.on = l->tasks.hold.on && monotonic_ns() < l->hold_until;
	tasks_frame(&l->tasks, f);
	l->frame = f;
	if (!f)
		return;
	l->failed = 0;
	if (!l->frames++)
		live_say_not_measured(l);
	task_page_sample(l);
}

static void sample(struct live *l)
{
	const struct sp_frame *f = NULL;
	int err = feed_sample(l->feed, &f);
	const char *note = feed_note(l->feed);

	l->sample_now = false;
	if (*note)
		live_say(l, true, "%s", note);
	if (!err && !f && feed_fd(l->feed) >= 0) {
		look_again(l); /* what it gave before still holds */
		return;
	}
	schedule(l);
	if (err == -ENODATA && replay_is(l)) {
		replay_ended(l);
		return;
	}
	l->failed = -err;
	if (err) {
		/* The last frame is not promised to live on. */
		live_show(l, NULL);
		live_say(l, true, "trying again in %gs", l->o->delay_s);
		return;
	}
	if (f)
		live_remember(l, f);
	live_show(l, f);
}

static void help_key(struct live *l, int key)
{
	int page = l->scr.rows > 2 ? l->scr.rows - 2 : 1;

	switch (key) {
	case -KEY_UP:
		l->help_top--;
		break;
	case -KEY_DOWN:
		l->help_top++;
		break;
	case -KEY_PPAGE:
		l->help_top -= page;
		break;
	case -KEY_NPAGE:
	case ' ':
		l->help_top += page;
		break;
	case -KEY_HOME:
		l->help_top = 0;
		break;
	case -KEY_END:
		l->help_top = 1000; /* drawing clips it */
		break;
	default:
		l->help = false;
		break;
	}
	if (l->help_top < 0)
		l->help_top = 0;
}

static void one_key(struct live *l, int key)
{
	if (l->prompt.active)
		prompt_key(l, key);
	else if (l->menu.active)
		menu_key(l, key);
	else if (l->setup.active)
		setup_key(l, key);
	else if (l->help)
		help_key(l, key);
	else
		keys_run(l, key);
}

/* All that was typed; the screen is drawn once for it. */
static void read_keys(struct live *l)
{
	wint_t c;

	while (!l->quit) {
		switch (get_wch(&c)) {
		case OK:
			one_key(l, (int)c);
			break;
		case KEY_CODE_YES:
			if (c != KEY_RESIZE)
				one_key(l, -(int)c);
			break;
		default:
			return;
		}
	}
}

static void resize(struct live *l)
{
	terminal_resized();
	getmaxyx(stdscr, l->scr.rows, l->scr.cols);
}

static void loop(struct live *l)
{
	uint64_t never = monotonic_ns() + 1000000000ULL * 86400 * 365;
	unsigned int wake;

	l->deadline_ns = monotonic_ns();
	sample(l);
	live_draw(l);
	while (!l->quit) {
		wake = terminal_wait(l->paused ? never : l->deadline_ns,
				     l->paused ? -1 : feed_fd(l->feed));
		if (wake & WAKE_END)
			return;
		if (wake & WAKE_SIZE)
			resize(l);
		if (wake & WAKE_KEY)
			read_keys(l);
		if ((wake & (WAKE_TIME | WAKE_FEED) && !l->paused) ||
		    l->sample_now)
			sample(l);
		live_draw(l);
		if (l->o->iterations && l->frames >= l->o->iterations)
			return;
	}
}

static void start(struct live *l)
{
	const char *why = feed_why_not_kmod(l->feed);

	screen_init(&l->scr);
	tasks_init(&l->tasks, &l->o->view);
	l->tasks.threads = l->o->collector.threads;
	setup_load(l);
	golden_init(&l->golden);
	view_init(&l->who);
	if (*why)
		live_say(l, false, "%s", why);
	if (replay_is(l))
		replay_start(l);
}

int live_run(struct options *o)
{
	static struct live live; /* too large for the stack */
	char err[256];
	int status;

	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C"); /* points, as in the other outputs */
	memset(&live, 0, sizeof(live));
	live.o = o;
	if (terminal_check(err, sizeof(err))) {
		fprintf(stderr, "sysperf: %s\n", err);
		return EXIT_USAGE;
	}
	status = feed_open(o, &live.feed);
	if (status != EXIT_OK)
		return status;
	if (terminal_open(err, sizeof(err))) {
		feed_close(live.feed);
		fprintf(stderr, "sysperf: %s\n", err);
		return EXIT_USAGE;
	}
	start(&live);
	loop(&live);
	terminal_close();
	tasks_free(&live.tasks);
	task_page_close(&live.task_page);
	view_free(&live.who);
	status = feed_end(live.feed);
	feed_close(live.feed);
	return status;
}
