// SPDX-License-Identifier: GPL-2.0-only
/*
 * Line input: owns editing of one line, at its end only.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>

#include "live.h"
#include "prompt.h"

#define CTRL(c) ((c)&0x1f)
#define TEXT_LEAST 16 /* cells for what is typed */

void prompt_open(struct prompt *p, const char *label, const char *text,
		 void (*changed)(struct live *, const char *),
		 void (*done)(struct live *, const char *))
{
	memset(p, 0, sizeof(*p));
	snprintf(p->label, sizeof(p->label), "%s", label);
	snprintf(p->text, sizeof(p->text), "%s", text);
	memcpy(p->before, p->text, sizeof(p->before));
	p->len = strlen(p->text);
	p->changed = changed;
	p->done = done;
	p->active = true;
}

static void erase_char(struct prompt *p)
{
	/* Back over the bytes of a sequence to its first one. */
	while (p->len && (p->text[p->len - 1] & 0xc0) == 0x80)
		p->len--;
	if (p->len)
		p->len--;
	p->text[p->len] = '\0';
}

static void erase_word(struct prompt *p)
{
	while (p->len && p->text[p->len - 1] == ' ')
		p->len--;
	while (p->len && p->text[p->len - 1] != ' ')
		p->len--;
	p->text[p->len] = '\0';
}

static void insert_char(struct prompt *p, int key)
{
	mbstate_t state = {0};
	char bytes[16];
	size_t n = wcrtomb(bytes, (wchar_t)key, &state);

	if (n == (size_t)-1 || p->len + n >= sizeof(p->text))
		return;
	memcpy(p->text + p->len, bytes, n);
	p->len += n;
	p->text[p->len] = '\0';
}

static void finish(struct live *l, bool accepted)
{
	struct prompt p = l->prompt; /* done() may open the next one */

	l->prompt.active = false;
	if (accepted && p.done)
		p.done(l, p.text);
	else if (!accepted && p.changed)
		p.changed(l, p.before);
}

/* Where the word begins that is being typed. */
static const char *last_word(const struct prompt *p)
{
	const char *at = strrchr(p->text, ' ');

	return at ? at + 1 : p->text;
}

/*
 * The words that go on as the text does: how many, the first of them, and how
 * many bytes all have in common.
 */
static size_t candidates(const struct live *l, const char **first,
			 size_t *common)
{
	const struct prompt *p = &l->prompt;
	const char *typed = last_word(p), *word;
	size_t i, k, n = strlen(typed), nr = 0;

	*first = NULL;
	*common = 0;
	if (!p->complete)
		return 0;
	for (i = 0; p->complete(l, p->text, i, &word), word; i++) {
		if (strncasecmp(word, typed, n) != 0)
			continue;
		if (!nr++) {
			*first = word;
			*common = strlen(word);
		}
		for (k = 0; k < *common && word[k] == (*first)[k]; k++)
			;
		*common = k;
	}
	return nr;
}

static void complete(struct live *l)
{
	struct prompt *p = &l->prompt;
	const char *word;
	size_t common, at = (size_t)(last_word(p) - p->text);

	if (!candidates(l, &word, &common) || at + common >= sizeof(p->text) ||
	    common < p->len - at)
		return;
	memcpy(p->text + at, word, common);
	p->len = at + common;
	p->text[p->len] = '\0';
}

void prompt_key(struct live *l, int key)
{
	struct prompt *p = &l->prompt;
	size_t before = p->len;

	switch (key) {
	case '\r':
	case '\n':
	case -KEY_ENTER:
		finish(l, true);
		return;
	case '\t':
		complete(l);
		break;
	case 27:
	case CTRL('g'):
	case -KEY_F(10):
		finish(l, false);
		return;
	case -KEY_BACKSPACE:
	case CTRL('h'):
	case 127:
		erase_char(p);
		break;
	case CTRL('u'):
		p->text[p->len = 0] = '\0';
		break;
	case CTRL('w'):
		erase_word(p);
		break;
	default:
		if (key >= ' ')
			insert_char(p, key);
		if (p->one_key) {
			finish(l, true);
			return;
		}
		break;
	}
	if (p->changed && p->len != before)
		p->changed(l, p->text);
}

/* In the cells that are left, what could be meant. */
static void draw_candidates(const struct live *l, int y, int x)
{
	const struct prompt *p = &l->prompt;
	const struct screen *s = &l->scr;
	const char *typed = last_word(p), *word, *first;
	size_t i, common;

	if (!*typed || !candidates(l, &first, &common))
		return;
	for (i = 0; p->complete(l, p->text, i, &word), word; i++) {
		if (strncasecmp(word, typed, strlen(typed)) == 0)
			x += 1 +
			     screen_text(s, y, x, s->cols - x, INK_DIM, word);
	}
}

void prompt_draw(const struct live *l, int y)
{
	const struct prompt *p = &l->prompt;
	const struct screen *s = &l->scr;
	const char *text = p->text;
	int most =
		s->cols > 2 * TEXT_LEAST ? s->cols - TEXT_LEAST : s->cols / 2;
	int x, room;

	screen_fill(s, y, 0, s->cols, INK_PLAIN);
	x = screen_printf(s, y, 0, most, INK_STRONG, "%s: ", p->label);
	/* The end of what is typed matters more than its beginning. */
	room = s->cols - x - 1;
	if (room > 0 && p->len > (size_t)room)
		text += p->len - (size_t)room;
	x += screen_text(s, y, x, room, INK_PLAIN, text);
	x += screen_text(s, y, x, 1, INK_HEAD, " ");
	draw_candidates(l, y, x + 1);
}
