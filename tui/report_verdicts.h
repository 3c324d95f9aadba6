/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Verdicts over time: samples that say the same of one resource and signal,
 * one after another, make an episode.
 */
#ifndef SYSPERF_TUI_REPORT_VERDICTS_H
#define SYSPERF_TUI_REPORT_VERDICTS_H

#include <stddef.h>

#include <sysperf/frame.h>

#define EPISODES_MAX 256 /* of more, the least are only counted */
#define CULPRITS_MAX 4 /* of an episode */

struct episode_culprit {
	uint32_t pid;
	char comm[16];
	double seconds; /* it was named; 0: the place is free */
	double share_pct; /* the most it contributed */
};

struct episode {
	enum sp_resource resource;
	enum sp_signal signal;
	enum sp_status worst; /* NONE: there is no such episode */
	double begin; /* seconds since the epoch, as the clock showed */
	double from, to; /* the same, in a time that only goes forward */
	double told_s; /* of it, the verdict was told */
	char text[160]; /* of the first sample of the worst severity */
	struct episode_culprit culprits[CULPRITS_MAX];
};

/* Zeroed: none. */
struct verdicts {
	struct episode open[SP_RESOURCES][SP_SIGNALS];
	struct episode list[EPISODES_MAX]; /* in the order of their ends */
	size_t nr;
	unsigned long left_out; /* there was no room for */
	double left_out_s;
};

/**
 * verdicts_add() - the verdict of a frame
 * @from: begin of its interval, in a time that only goes forward
 * @to: its end
 */
void verdicts_add(struct verdicts *v, const struct sp_frame *frame, double from,
		  double to);

/**
 * verdicts_end() - there are no more: end what is open, sort by begin
 */
void verdicts_end(struct verdicts *v);

/**
 * episode_culprit() - who was named longest
 *
 * Return: NULL if nobody was.
 */
const struct episode_culprit *episode_culprit(const struct episode *e);

#endif /* SYSPERF_TUI_REPORT_VERDICTS_H */
