/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was complained of since the screen was started.
 */
#ifndef SYSPERF_TUI_VERDICT_LOG_H
#define SYSPERF_TUI_VERDICT_LOG_H

#include <sysperf/frame.h>

struct live;

#define VERDICT_LOG_MAX 256

struct verdict_entry {
	struct timespec from, until;
	struct sp_verdict verdict; /* the last of its kind */
};

struct verdict_log {
	struct verdict_entry entry[VERDICT_LOG_MAX];
	uint64_t added; /* ever; the last is entry[(added - 1) % MAX] */
	bool going_on; /* the last one */
};

/**
 * verdict_log_add() - take up a frame's verdict
 *
 * One of the same resource, signal and severity as the last goes on.
 */
void verdict_log_add(struct verdict_log *log, const struct sp_frame *f);

/**
 * verdict_log_nr() - entries that are remembered
 */
size_t verdict_log_nr(const struct verdict_log *log);

/**
 * verdict_log_get() - an entry
 * @i: 0 is the newest
 */
const struct verdict_entry *verdict_log_get(const struct verdict_log *log,
					    size_t i);

/**
 * verdict_log_draw() - draw them, newest first
 *
 * Return: rows that there is room for.
 */
int verdict_log_draw(struct live *l, int y, int rows);

#endif /* SYSPERF_TUI_VERDICT_LOG_H */
