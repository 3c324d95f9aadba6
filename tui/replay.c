// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the way through a recording on the live screen. What the screen shows
 * of the time before is made anew after each step that is not to the next
 * sample: from samples before it in the recording, not from those seen before.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed_file.h"
#include "live.h"
#include "replay.h"

#define HISTORY 60 /* samples; a key and its deltas, so decoded fast */

static struct sp_recording *recording(const struct live *l)
{
	return feed_recording(l->feed);
}

bool replay_is(const struct live *l)
{
	return recording(l);
}

static void say_time(const struct timespec *t, char *buf, size_t len)
{
	struct tm tm;

	*buf = '\0';
	if (localtime_r(&t->tv_sec, &tm))
		strftime(buf, len, "%F %T", &tm);
}

void replay_start(struct live *l)
{
	struct timespec first, last;
	char from[32], to[32];

	l->paused = true;
	if (sp_recording_times(recording(l), &first, &last))
		return;
	say_time(&first, from, sizeof(from));
	say_time(&last, to, sizeof(to));
	live_say(l, false, "%s to %s; t T step, b goes to a time, z plays",
		 from, to);
}

static void failed(struct live *l, int ret)
{
	l->frame = NULL;
	l->failed = -ret;
	live_say(l, true, "cannot read %s: %s", l->o->replay, strerror(-ret));
}

/* The frame at one end, for its own sake. */
static void stay_at(struct live *l, bool end)
{
	struct sp_recording *r = recording(l);
	const struct sp_frame *f;
	int ret = sp_recording_rewind(r, end);

	if (!ret)
		ret = end ? sp_recording_prev(r, &f) : sp_recording_next(r, &f);
	if (ret) {
		failed(l, ret);
		return;
	}
	l->frame = f;
	tasks_frame(&l->tasks, f);
	live_say(l, false, "this is the %s sample", end ? "last" : "first");
}

void replay_ended(struct live *l)
{
	l->paused = true;
	if (l->frames)
		stay_at(l, true);
	else
		l->quit = true;
}

/* With history, for a sample that was just given. */
static void arrive(struct live *l)
{
	struct sp_recording *r = recording(l);
	const struct sp_frame *f;
	unsigned int n = 0;
	int ret = 0;

	while (n < HISTORY && !sp_recording_prev(r, &f))
		n++;
	if (!n) {
		ret = sp_recording_rewind(r, false);
		n = 1;
	}
	live_forget(l);
	while (!ret && n--) {
		ret = sp_recording_next(r, &f);
		if (!ret)
			live_remember(l, f);
	}
	if (ret)
		failed(l, ret);
	else
		live_show(l, f);
}

void act_replay_next(struct live *l)
{
	const struct sp_frame *f;
	int ret = sp_recording_next(recording(l), &f);

	if (ret == -ENODATA) {
		replay_ended(l);
	} else if (ret) {
		failed(l, ret);
	} else {
		live_remember(l, f);
		live_show(l, f);
	}
}

void act_replay_prev(struct live *l)
{
	const struct sp_frame *f;
	int ret = sp_recording_prev(recording(l), &f);

	if (ret == -ENODATA)
		stay_at(l, false);
	else if (ret)
		failed(l, ret);
	else
		arrive(l);
}

/* The next one is given, or what is before the end. */
static void land(struct live *l, int ret)
{
	const struct sp_frame *f;
	bool end = false;

	if (!ret)
		ret = sp_recording_next(recording(l), &f);
	if (ret == -ENODATA) {
		end = true;
		ret = sp_recording_prev(recording(l), &f);
	}
	if (ret) {
		failed(l, ret);
		return;
	}
	arrive(l);
	if (end)
		live_say(l, false, "this is the last sample");
}

void act_replay_first(struct live *l)
{
	land(l, sp_recording_rewind(recording(l), false));
}

void act_replay_last(struct live *l)
{
	land(l, sp_recording_rewind(recording(l), true));
}

static void goto_done(struct live *l, const char *text)
{
	struct timespec t;
	struct when w;

	if (!*text || !l->frame)
		return;
	if (when_parse(&w, text)) {
		live_say(l, true,
			 "'%s' is no time (hh:mm[:ss], [YYYYMMDD]hhmm, "
			 "YYYY-MM-DD hh:mm)",
			 text);
		return;
	}
	t = when_at(&w, l->frame->time.tv_sec, 0, false);
	land(l, sp_recording_seek(recording(l), &t));
}

void act_replay_goto(struct live *l)
{
	prompt_open(&l->prompt, "go to (hh:mm[:ss], [YYYYMMDD]hhmm)", "", NULL,
		    goto_done);
}

double replay_parse_span(const char *s)
{
	static const struct {
		char unit;
		double s;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	char *end;
	double n = strtod(s, &end);

	if (end == s || !isfinite(n) || n <= 0)
		return 0;
	if (!*end)
		return n;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (*end == units[i].unit && !end[1])
			return n * units[i].s;
	return 0;
}

static void jump(struct live *l, const char *text, int sign)
{
	double by = replay_parse_span(text);
	struct timespec t;
	double whole;

	if (!*text || !l->frame)
		return;
	if (by <= 0 || by > 1e9) {
		live_say(l, true, "'%s' is no length of time (10s, 5m, 3h, 1d)",
			 text);
		return;
	}
	t = l->frame->time;
	by = sign * by + (double)t.tv_nsec / 1e9;
	whole = floor(by);
	t.tv_sec += (time_t)whole;
	t.tv_nsec = (long)((by - whole) * 1e9);
	land(l, sp_recording_seek(recording(l), &t));
}

static void forward_done(struct live *l, const char *text)
{
	jump(l, text, 1);
}

static void back_done(struct live *l, const char *text)
{
	jump(l, text, -1);
}

void act_replay_forward(struct live *l)
{
	prompt_open(&l->prompt, "forward by (10s, 5m, 3h, 1d)", "", NULL,
		    forward_done);
}

void act_replay_back(struct live *l)
{
	prompt_open(&l->prompt, "back by (10s, 5m, 3h, 1d)", "", NULL,
		    back_done);
}
