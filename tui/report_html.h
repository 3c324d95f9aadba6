/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the page of HTML is made of: its plots, and text made safe.
 */
#ifndef SYSPERF_TUI_REPORT_HTML_H
#define SYSPERF_TUI_REPORT_HTML_H

#include "report.h"

/**
 * html_text() - text between tags, or in quotes
 * @s: bytes from outside: what is markup is escaped, what is not valid UTF-8
 *	or steers a screen becomes U+FFFD
 */
void html_text(FILE *f, const char *s);

/**
 * html_printf() - the same of a formatted text, of 1023 bytes at most
 */
void html_printf(FILE *f, const char *form, ...)
	__attribute__((format(printf, 2, 3)));

#define CHART_SERIES 5

/* Golden signals in one plot; all have the same unit. */
struct chart {
	size_t fields[CHART_SERIES]; /* of SP_TABLE_GOLDEN */
	size_t nr;
};

/**
 * svg_chart() - a plot: means as lines, least to most as areas around them
 * @c: its first field tells unit and resource; episodes of it are marked
 */
void svg_chart(FILE *f, const struct report *r, const struct chart *c);

/**
 * svg_status() - all resources' status over time
 */
void svg_status(FILE *f, const struct report *r);

/**
 * html_charts() - the plots of a resource's golden signals
 */
void html_charts(FILE *f, const struct report *r, enum sp_resource resource);

#endif /* SYSPERF_TUI_REPORT_HTML_H */
