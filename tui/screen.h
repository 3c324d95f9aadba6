/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Drawing on the terminal: text clipped by cells, inks instead of colours,
 * bars and sparklines that have an ASCII form.
 */
#ifndef SYSPERF_TUI_SCREEN_H
#define SYSPERF_TUI_SCREEN_H

#include <ncurses.h>
#include <stdbool.h>
#include <stddef.h>

#include <sysperf/frame.h>

/* What a piece of text means; screen.c decides what that looks like. */
enum ink {
	INK_PLAIN,
	INK_DIM, /* of little interest now */
	INK_STRONG,
	INK_LABEL, /* names of numbers */
	INK_NUMBER, /* what stands beside them */
	INK_HEAD, /* heads of columns */
	INK_SORT, /* head of the column sorted by */
	INK_BAR, /* the lines of tabs and keys */
	INK_OK,
	INK_WARNING,
	INK_CRITICAL,
	INK_RUN, /* a task's states */
	INK_QUEUE,
	INK_IO,
	INK_BLOCKED,
	INK_TAGGED,
	INKS
};

enum theme { THEME_USUAL, THEME_LIGHT, THEME_CLASSIC, THEME_MONO, THEMES };

/* As in the configuration, and what to say of them. */
extern const char *const theme_names[THEMES];
extern const char *const theme_help[THEMES];

struct screen {
	int rows, cols;
	int first; /* nothing is drawn in rows above this one */
	bool utf8; /* else ASCII alone */
	bool colour;
	attr_t inks[INKS];
	attr_t over; /* added to every ink, e.g. for the selected row */
};

/**
 * screen_init() - find out what the terminal can do; after terminal_open()
 */
void screen_init(struct screen *s);

/**
 * screen_look() - choose colours and characters
 * @ascii: ASCII alone, whatever the terminal can
 *
 * NO_COLOR and a terminal without colours are stronger than a theme.
 */
void screen_look(struct screen *s, enum theme theme, bool ascii);

/**
 * screen_ended() - the mark of a task that ended
 */
const char *screen_ended(const struct screen *s);

/**
 * screen_ink() - the ink of a status
 */
enum ink screen_ink(enum sp_status status);

/**
 * screen_text() - write text, made safe and clipped
 * @y: row; nothing is drawn outside the screen
 * @x: first cell
 * @width: most cells
 *
 * Return: cells used.
 */
int screen_text(const struct screen *s, int y, int x, int width, enum ink ink,
		const char *text);

/**
 * screen_right() - write text at the right end of a field
 */
void screen_right(const struct screen *s, int y, int x, int width, enum ink ink,
		  const char *text);

/**
 * screen_printf() - write formatted text
 *
 * Return: cells used.
 */
int screen_printf(const struct screen *s, int y, int x, int width, enum ink ink,
		  const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/**
 * screen_fill() - make cells blank in an ink
 */
void screen_fill(const struct screen *s, int y, int x, int width, enum ink ink);

/**
 * screen_spark() - a line of numbers over time
 * @v: @n numbers between 0 and 1, NaN where there is none; oldest first
 */
void screen_spark(const struct screen *s, int y, int x, int n, enum ink ink,
		  const double *v);

/* One of the parts of a bar. */
struct bar_part {
	double share; /* of the bar, 0 to 1; NaN if not known */
	enum ink ink;
	char mark; /* drawn in each of its cells */
};

/**
 * screen_bar() - a bar of parts, each rounded so that they fit together
 * @rest: drawn in cells that no part takes
 */
void screen_bar(const struct screen *s, int y, int x, int width,
		const struct bar_part *parts, size_t nr_parts, char rest);

#endif /* SYSPERF_TUI_SCREEN_H */
