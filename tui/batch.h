/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Samples at a rhythm, without a terminal.
 */
#ifndef SYSPERF_TUI_BATCH_H
#define SYSPERF_TUI_BATCH_H

#include "out.h"

/**
 * batch_frames() - take samples as the options say and give them to a format
 * @out: f NULL if what the format writes goes elsewhere; rows are not
 *	selected then
 *
 * Return: an exit status.
 */
int batch_frames(struct options *o, struct out *out,
		 const struct out_format *format);

/**
 * batch_width() - cells of a line of text
 */
int batch_width(const struct options *o);

#endif /* SYSPERF_TUI_BATCH_H */
