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
#define MANY_COLOURS 16 /* with bright ones */
#define GREY 8
#define BRIGHT 8 /* added to a colour */

const char *const theme_names[THEMES] = {"usual", "light", "classic", "mono"};
const char *const theme_help[THEMES] = {
	"told apart by all who see colours less well",
	"for a bright background",
	"green, yellow, red",
	"no colours",
};

/* Attributes with colours and without them. */
static const struct {
	attr_t attr, mono;
} looks[INKS] = {
	[INK_PLAIN] = {A_NORMAL, A_NORMAL},
	[INK_DIM] = {A_DIM, A_DIM},
	[INK_STRONG] = {A_BOLD, A_BOLD},
	[INK_LABEL] = {A_DIM, A_NORMAL},
	[INK_NUMBER] = {A_BOLD, A_BOLD},
	[INK_HEAD] = {A_REVERSE, A_REVERSE},
	[INK_SORT] = {A_REVERSE | A_BOLD, A_REVERSE | A_BOLD},
	[INK_BAR] = {A_NORMAL, A_NORMAL},
	[INK_OK] = {A_BOLD, A_NORMAL},
	[INK_WARNING] = {A_BOLD, A_BOLD},
	[INK_CRITICAL] = {A_REVERSE | A_BOLD, A_REVERSE | A_BOLD},
	[INK_RUN] = {A_BOLD, A_BOLD},
	[INK_QUEUE] = {A_BOLD, A_BOLD},
	[INK_IO] = {A_BOLD, A_BOLD},
	[INK_BLOCKED] = {A_BOLD, A_BOLD},
	[INK_TAGGED] = {A_BOLD, A_BOLD},
};

/*
 * Colours by theme. Those of the usual one are told apart by people who do not
 * see red or green: cyan, yellow and a reversed red; and no meaning rests on
 * colour alone. 0 stands for the terminal's own: nothing is black.
 */
static const short colours[THEMES][INKS] = {
	[THEME_USUAL] = {[INK_BAR] = COLOR_CYAN,
			 [INK_OK] = COLOR_CYAN,
			 [INK_WARNING] = COLOR_YELLOW,
			 [INK_CRITICAL] = COLOR_RED,
			 [INK_RUN] = COLOR_CYAN,
			 [INK_QUEUE] = COLOR_YELLOW,
			 [INK_IO] = COLOR_MAGENTA,
			 [INK_BLOCKED] = COLOR_RED,
			 [INK_TAGGED] = COLOR_YELLOW},
	[THEME_LIGHT] = {[INK_BAR] = COLOR_BLUE,
			 [INK_OK] = COLOR_BLUE,
			 [INK_WARNING] = COLOR_MAGENTA,
			 [INK_CRITICAL] = COLOR_RED,
			 [INK_RUN] = COLOR_BLUE,
			 [INK_QUEUE] = COLOR_MAGENTA,
			 [INK_IO] = COLOR_GREEN,
			 [INK_BLOCKED] = COLOR_RED,
			 [INK_TAGGED] = COLOR_MAGENTA},
	[THEME_CLASSIC] = {[INK_BAR] = COLOR_CYAN,
			   [INK_OK] = COLOR_GREEN,
			   [INK_WARNING] = COLOR_YELLOW,
			   [INK_CRITICAL] = COLOR_RED,
			   [INK_RUN] = COLOR_GREEN,
			   [INK_QUEUE] = COLOR_YELLOW,
			   [INK_IO] = COLOR_MAGENTA,
			   [INK_BLOCKED] = COLOR_RED,
			   [INK_TAGGED] = COLOR_YELLOW},
};

static const char spark_ascii[] = "_.:-=+*#";
static const char *const spark_utf8[] = {"▁", "▂", "▃", "▄",
					 "▅", "▆", "▇", "█"};
#define SPARK_LEVELS 8

/*
 * Where there are bright colours, those stand for bold, and grey for dim: to
 * switch an attribute off again takes three times the bytes, and cells of a
 * table change all the time.
 */
static bool by_colour(struct screen *s, enum theme theme, int i)
{
	short colour = colours[theme][i];

	switch (looks[i].attr) {
	case A_DIM:
		colour = GREY;
		break;
	case A_BOLD:
		if (colour && theme != THEME_LIGHT)
			colour = (short)(colour + BRIGHT);
		else if (!colour && i != INK_NUMBER)
			return false;
		break;
	case A_NORMAL:
		break;
	default:
		return false;
	}
	/* The terminal's own as a colour, too, or attributes are reset. */
	if (!colour)
		colour = -1;
	init_pair((short)(i + 1), colour, -1);
	s->inks[i] = (attr_t)COLOR_PAIR(i + 1);
	return true;
}

void screen_look(struct screen *s, enum theme theme, bool ascii)
{
	bool colour = s->colour && theme != THEME_MONO;
	int i;

	s->utf8 = !ascii && !strcmp(nl_langinfo(CODESET), "UTF-8");
	for (i = 0; i < INKS; i++) {
		if (!colour) {
			s->inks[i] = looks[i].mono;
			continue;
		}
		s->inks[i] = looks[i].attr;
		if (COLORS >= MANY_COLOURS && by_colour(s, theme, i))
			continue;
		if (!colours[theme][i])
			continue;
		init_pair((short)(i + 1), colours[theme][i], -1);
		s->inks[i] |= (attr_t)COLOR_PAIR(i + 1);
	}
}

void screen_init(struct screen *s)
{
	const char *no_color = getenv("NO_COLOR");

	memset(s, 0, sizeof(*s));
	s->colour = !(no_color && *no_color) && has_colors();
	if (s->colour && (start_color() == ERR || use_default_colors() == ERR))
		s->colour = false;
	screen_look(s, THEME_USUAL, false);
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
