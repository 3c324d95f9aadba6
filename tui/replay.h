/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The live screen over a recording: keys that go through it.
 */
#ifndef SYSPERF_TUI_REPLAY_H
#define SYSPERF_TUI_REPLAY_H

#include <stdbool.h>

struct live;

/**
 * replay_is() - is a recording shown?
 */
bool replay_is(const struct live *l);

/**
 * replay_start() - before the first sample
 */
void replay_start(struct live *l);

/**
 * replay_ended() - there was no further sample: stay at the last
 */
void replay_ended(struct live *l);

/**
 * replay_parse_span() - a length of time: 90, 10s, 5m, 3h, 1d
 *
 * Return: seconds, 0 if it is none.
 */
double replay_parse_span(const char *s);

/* What keys do. */
void act_replay_next(struct live *l);
void act_replay_prev(struct live *l);
void act_replay_first(struct live *l);
void act_replay_last(struct live *l);
void act_replay_goto(struct live *l);
void act_replay_forward(struct live *l);
void act_replay_back(struct live *l);

#endif /* SYSPERF_TUI_REPLAY_H */
