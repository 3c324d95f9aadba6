/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Batch output: what a format is, and what the formats share. A format only
 * writes; whoever runs it looks for write errors and flushes.
 */
#ifndef SYSPERF_TUI_OUT_H
#define SYSPERF_TUI_OUT_H

#include <stdio.h>

#include "options.h"

struct out {
	FILE *f;
	const struct options *o;
	const struct view *view; /* its rows are selected before a frame */
	size_t rows; /* of those, how many to print */
	int width; /* of text, in cells */
	bool no_module; /* the source is procfs for want of the module */
};

struct out_format {
	size_t top; /* rows without --top; 0 for all */
	void (*begin)(struct out *out); /* or NULL */
	/* 0 or -errno; what it wrote by then may be cut short */
	int (*frame)(struct out *out, const struct sp_frame *frame);
};

extern const struct out_format out_text, out_csv, out_json, out_openmetrics;

#define OUT_TIME_MAX 32

/**
 * out_rfc3339() - a moment as RFC 3339, UTC, with milliseconds
 * @buf: of OUT_TIME_MAX bytes
 *
 * Return: @buf.
 */
char *out_rfc3339(char *buf, const struct timespec *t);

/**
 * out_epoch() - the same of seconds since the epoch
 */
char *out_epoch(char *buf, double seconds);

#endif /* SYSPERF_TUI_OUT_H */
