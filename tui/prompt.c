// SPDX-License-Identifier: GPL-2.0-only
/*
 * Line input: owns editing of one line, at its end only.
 */
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "live.h"
#include "prompt.h"

#define CTRL(c) ((c)&0x1f)

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
		break;
	}
	if (p->changed && p->len != before)
		p->changed(l, p->text);
}

void prompt_draw(const struct prompt *p, const struct screen *s, int y)
{
	int x, room;
	const char *text = p->text;

	screen_fill(s, y, 0, s->cols, INK_PLAIN);
	x = screen_printf(s, y, 0, s->cols, INK_STRONG, "%s: ", p->label);
	/* The end of what is typed matters more than its beginning. */
	room = s->cols - x - 1;
	if (room > 0 && p->len > (size_t)room)
		text += p->len - (size_t)room;
	x += screen_text(s, y, x, room, INK_PLAIN, text);
	screen_text(s, y, x, 1, INK_HEAD, " ");
}
