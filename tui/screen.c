// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drawing primitives: own the choice of colours and of ASCII or UTF-8. All
 * text on the screen passes here, so that nothing can be drawn outside the
 * screen and no byte from outside reaches the terminal as it is.
 */
#include <langinfo.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fmt.h"
#include "screen.h"

#define TEXT_MAX 1024 /* bytes of one piece of text */

/*
 * Colours are told apart by people who do not see red or green: cyan, yellow
 * and a reversed red; and no meaning rests on colour alone.
 */
static const struct {
	short colour; /* -1: the terminal's own */
	attr_t attr; /* with the colour */
	attr_t mono; /* without colours */
} looks[INKS] = {
	[INK_PLAIN] = {-1, A_NORMAL, A_NORMAL},
	[INK_DIM] = {-1, A_DIM, A_DIM},
	[INK_STRONG] = {-1, A_BOLD, A_BOLD},
	[INK_LABEL] = {-1, A_DIM, A_NORMAL},
	[INK_HEAD] = {-1, A_REVERSE, A_REVERSE},
	[INK_SORT] = {-1, A_REVERSE | A_BOLD, A_REVERSE | A_BOLD},
	[INK_BAR] = {COLOR_CYAN, A_NORMAL, A_NORMAL},
	[INK_OK] = {COLOR_CYAN, A_BOLD, A_NORMAL},
	[INK_WARNING] = {COLOR_YELLOW, A_BOLD, A_BOLD},
	[INK_CRITICAL] = {COLOR_RED, A_REVERSE | A_BOLD, A_REVERSE | A_BOLD},
	[INK_RUN] = {COLOR_CYAN, A_BOLD, A_BOLD},
	[INK_QUEUE] = {COLOR_YELLOW, A_BOLD, A_BOLD},
	[INK_IO] = {COLOR_MAGENTA, A_BOLD, A_BOLD},
	[INK_BLOCKED] = {COLOR_RED, A_BOLD, A_BOLD},
	[INK_TAGGED] = {COLOR_YELLOW, A_BOLD, A_BOLD},
};

static const char spark_ascii[] = "_.:-=+*#";
static const char *const spark_utf8[] = {"▁", "▂", "▃", "▄",
					 "▅", "▆", "▇", "█"};
#define SPARK_LEVELS 8

void screen_init(struct screen *s)
{
	const char *no_color = getenv("NO_COLOR");
	int i;

	memset(s, 0, sizeof(*s));
	s->utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	s->colour = !(no_color && *no_color) && has_colors();
	if (s->colour && (start_color() == ERR || use_default_colors() == ERR))
		s->colour = false;
	for (i = 0; i < INKS; i++) {
		if (!s->colour) {
			s->inks[i] = looks[i].mono;
			continue;
		}
		s->inks[i] = looks[i].attr;
		if (looks[i].colour < 0)
			continue;
		init_pair((short)(i + 1), looks[i].colour, -1);
		s->inks[i] |= (attr_t)COLOR_PAIR(i + 1);
	}
	getmaxyx(stdscr, s->rows, s->cols);
}

const char *screen_ended(const struct screen *s)
{
	return s->utf8 ? "†" : "x";
}

enum ink screen_ink(enum sp_status status)
{
	switch (status) {
	case SP_STATUS_CRITICAL:
		return INK_CRITICAL;
	case SP_STATUS_WARNING:
		return INK_WARNING;
	case SP_STATUS_OK:
		return INK_OK;
	case SP_STATUS_NONE:
		break;
	}
	return INK_DIM;
}

/* How many cells of [x, x + width) are on the screen in row y. */
static int clip(const struct screen *s, int y, int x, int width)
{
	if (y < s->first || y < 0 || y >= s->rows || x < 0 || x >= s->cols ||
	    width <= 0)
		return 0;
	return width < s->cols - x ? width : s->cols - x;
}

static void ink_on(const struct screen *s, enum ink ink)
{
	attr_t a = s->inks[ink];

	/* A reversed ink in a reversed row would look like a plain one. */
	if (s->over & A_REVERSE)
		a &= ~(attr_t)(A_REVERSE | A_DIM);
	attrset((int)(a | s->over));
}

/* Replace each character that is not ASCII; the result is no longer. */
static int to_ascii(char *s)
{
	char *out = s;
	const char *in;

	for (in = s; *in; in++) {
		if (!(*in & 0x80))
			*out++ = *in;
		else if ((*in & 0xc0) != 0x80) /* the first of a sequence */
			*out++ = '?';
	}
	*out = '\0';
	return (int)(out - s);
}

int screen_text(const struct screen *s, int y, int x, int width, enum ink ink,
		const char *text)
{
	char buf[TEXT_MAX];
	int cells;

	width = clip(s, y, x, width);
	if (!width)
		return 0;
	cells = fmt_text(buf, sizeof(buf), text, width);
	if (!s->utf8)
		cells = to_ascii(buf);
	ink_on(s, ink);
	mvaddstr(y, x, buf);
	return cells;
}

void screen_right(const struct screen *s, int y, int x, int width, enum ink ink,
		  const char *text)
{
	char buf[TEXT_MAX];
	int cells = fmt_text(buf, sizeof(buf), text, width);

	screen_text(s, y, x + width - cells, cells, ink, text);
}

int screen_printf(const struct screen *s, int y, int x, int width, enum ink ink,
		  const char *fmt, ...)
{
	char buf[TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	return screen_text(s, y, x, width, ink, buf);
}

void screen_fill(const struct screen *s, int y, int x, int width, enum ink ink)
{
	width = clip(s, y, x, width);
	if (!width)
		return;
	ink_on(s, ink);
	mvhline(y, x, ' ' | (chtype)(s->inks[ink] | s->over), width);
}

void screen_spark(const struct screen *s, int y, int x, int n, enum ink ink,
		  const double *v)
{
	int i, level;

	n = clip(s, y, x, n);
	ink_on(s, ink);
	for (i = 0; i < n; i++) {
		if (isnan(v[i]))
			continue;
		level = (int)(fmin(fmax(v[i], 0), 1) * (SPARK_LEVELS - 1) +
			      0.5);
		if (s->utf8)
			mvaddstr(y, x + i, spark_utf8[level]);
		else
			mvaddch(y, x + i, (chtype)spark_ascii[level]);
	}
}

void screen_bar(const struct screen *s, int y, int x, int width,
		const struct bar_part *parts, size_t nr_parts, char rest)
{
	int cells = clip(s, y, x, width), from = 0, to, i;
	double sum = 0;
	size_t p;

	for (p = 0; p < nr_parts; p++) {
		if (isnan(parts[p].share))
			continue;
		/* Rounding the sum, not the part: no cell is lost or gained. */
		sum = fmin(sum + fmax(parts[p].share, 0), 1);
		to = (int)(sum * width + 0.5);
		ink_on(s, parts[p].ink);
		for (i = from; i < to && i < cells; i++)
			mvaddch(y, x + i, (chtype)parts[p].mark);
		from = to > from ? to : from;
	}
	ink_on(s, INK_DIM);
	for (i = from; i < cells; i++)
		mvaddch(y, x + i, (chtype)rest);
}
