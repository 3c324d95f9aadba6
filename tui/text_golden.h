/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The golden signals as text.
 */
#ifndef SYSPERF_TUI_TEXT_GOLDEN_H
#define SYSPERF_TUI_TEXT_GOLDEN_H

#include <stdio.h>

#include <sysperf/frame.h>

/**
 * text_golden_write() - a head line, then a line a resource
 * @width: cells to make good use of; narrow ones are exceeded rather than
 *	leaving a signal out
 */
void text_golden_write(FILE *f, const struct sp_frame *frame, int width);

#endif /* SYSPERF_TUI_TEXT_GOLDEN_H */
