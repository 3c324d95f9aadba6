// SPDX-License-Identifier: GPL-2.0-only
/*
 * The setup screen: owns the lists of settings and columns, and how a setting
 * becomes what the live screen does.
 */
#include <limits.h>
#include <string.h>

#include "live.h"
#include "setup.h"
#include "terminal.h"

#define KEY_CELLS 16
#define VALUE_CELLS 12
#define WHOLE_ROWS 2 /* for an explanation that its row has no room for */
#define WHOLE_FROM 6 /* rows */

/* The screen as it is, as settings. */
static void gather(struct live *l, struct prefs *s)
{
	const struct view *v = &l->o->view;

	s->delay_s = l->o->delay_s;
	s->ended_s = l->tasks.ghosts.keep_s;
	s->cpu_meters = l->per_cpu;
	s->tree = l->tasks.tree;
	s->kernel_threads = !v->hide_kthreads;
	s->idle = !v->hide_idle;
	s->sort = v->sort;
	s->ascending = v->ascending;
	s->columns = l->tasks.chosen;
	s->thresholds = l->o->config.thresholds;
}

static void apply(struct live *l, const struct prefs *s)
{
	struct view *v = &l->o->view;

	if (s->delay_s != l->o->delay_s)
		live_set_delay(l, s->delay_s);
	l->tasks.ghosts.keep_s = s->ended_s;
	if (s->ended_s > 0)
		l->ended_s = s->ended_s;
	l->per_cpu = s->cpu_meters;
	l->tasks.tree = s->tree;
	v->hide_kthreads = !s->kernel_threads;
	v->hide_idle = !s->idle;
	v->sort = s->sort;
	v->ascending = s->ascending;
	l->tasks.chosen = s->columns;
	screen_look(&l->scr, s->theme, s->ascii);
	terminal_mouse(s->mouse);
	tasks_changed(&l->tasks);
}

void setup_load(struct live *l)
{
	struct prefs *s = &l->setup.now;
	const struct options *o = l->o;
	char err[300];

	prefs_init(s);
	prefs_read(s, o, err, sizeof(err));
	if (o->delay_given)
		s->delay_s = o->delay_s;
	if (o->sort_given) {
		s->sort = o->view.sort;
		s->ascending = o->view.ascending;
	}
	if (o->view.hide_idle)
		s->idle = false;
	apply(l, s);
	if (*err)
		live_say(l, true, "%s", err);
}

void setup_save(struct live *l)
{
	char path[PATH_MAX], err[PATH_MAX + 100];

	gather(l, &l->setup.now);
	if (prefs_path(l->o, path, sizeof(path)))
		live_say(l, true, "there is no home to save it in; set HOME");
	else if (prefs_save(&l->setup.now, path, err, sizeof(err)))
		live_say(l, true, "%s", err);
	else
		live_say(l, false, "saved in %s", path);
}

/* Chosen columns, or those that are shown unasked; then all others. */
static void list_columns(struct live *l)
{
	const struct sp_table *t = &sp_tables[SP_TABLE_TASK];
	struct setup *s = &l->setup;
	struct task_columns *c = &s->now.columns;
	struct columns usual;
	size_t i, k;

	s->nr_fields = 0;
	if (!c->nr) {
		memset(&usual, 0, sizeof(usual));
		task_columns_usual(&usual, NULL, l->tasks.threads,
				   l->frame ? l->frame->source.caps : ~0U);
		for (i = 0; i < usual.nr; i++)
			s->field[s->nr_fields++] = usual.col[i].field;
	} else {
		for (i = 0; i < c->nr; i++)
			s->field[s->nr_fields++] = c->field[i];
	}
	s->nr_chosen = s->nr_fields;
	for (i = 0; i <= t->nr_fields; i++) {
		const struct sp_field *f =
			i < t->nr_fields ? &t->fields[i] : NULL;

		for (k = 0; k < s->nr_chosen && s->field[k] != f; k++)
			;
		if (k == s->nr_chosen && s->nr_fields < TABLE_COLUMNS_MAX)
			s->field[s->nr_fields++] = f;
	}
}

static void take_columns(struct live *l)
{
	struct setup *s = &l->setup;

	s->now.columns.nr = s->nr_chosen;
	memcpy(s->now.columns.field, s->field,
	       s->nr_chosen * sizeof(s->field[0]));
	l->tasks.own_columns = false; /* what one does now is stronger */
	apply(l, &s->now);
}

void setup_open(struct live *l)
{
	struct setup *s = &l->setup;

	gather(l, &s->now);
	s->active = true;
	l->page = PAGE_TASKS; /* what is changed is to be seen */
	list_columns(l);
}

static size_t nr_rows(const struct setup *s)
{
	if (s->list == LIST_RULES)
		return setup_rules();
	/* Columns are the last setting, and have a list of their own. */
	return s->list == LIST_COLUMNS ? s->nr_fields : nr_prefs - 1;
}

/* Put the column that the cursor is on to another place among the chosen. */
static void move_column(struct live *l, long by)
{
	struct setup *s = &l->setup;
	size_t *at = &s->cursor[LIST_COLUMNS], to = *at + (size_t)by;
	const struct sp_field *f = s->field[*at];

	if (*at >= s->nr_chosen || to >= s->nr_chosen)
		return;
	s->field[*at] = s->field[to];
	s->field[to] = f;
	*at = to;
	take_columns(l);
}

/* In or out; the cursor stays, so that one goes through the list. */
static void toggle_column(struct live *l)
{
	struct setup *s = &l->setup;
	size_t at = s->cursor[LIST_COLUMNS], to;
	const struct sp_field *f = s->field[at];
	bool in = at < s->nr_chosen;

	if (in && s->nr_chosen == 1)
		return; /* a table needs one */
	if (in)
		s->nr_chosen--;
	to = s->nr_chosen;
	if (in)
		memmove(&s->field[at], &s->field[at + 1],
			(to - at) * sizeof(f));
	else
		memmove(&s->field[to + 1], &s->field[to],
			(at - to) * sizeof(f));
	s->field[to] = f;
	if (!in)
		s->nr_chosen++;
	take_columns(l);
}

static void typed(struct live *l, const char *text)
{
	struct setup *s = &l->setup;
	char err[160];

	if (prefs_set(&s->now, &prefs_table[s->cursor[LIST_SETTINGS]], text,
		      err, sizeof(err)))
		live_say(l, true, "%s", err);
	else
		apply(l, &s->now);
}

/* The next value of what has few; others are asked for. */
static void change_setting(struct live *l)
{
	struct setup *s = &l->setup;
	const struct pref *which = &prefs_table[s->cursor[LIST_SETTINGS]];
	char text[64];

	switch (which->kind) {
	case PREF_BOOL:
		prefs_text(&s->now, which, text, sizeof(text));
		typed(l, strcmp(text, "yes") ? "yes" : "no");
		break;
	case PREF_THEME:
		typed(l, theme_names[(s->now.theme + 1) % THEMES]);
		break;
	default:
		prefs_text(&s->now, which, text, sizeof(text));
		prompt_open(&l->prompt, which->help, text, NULL, typed);
		break;
	}
}

static void change(struct live *l)
{
	switch (l->setup.list) {
	case LIST_COLUMNS:
		toggle_column(l);
		break;
	case LIST_RULES:
		setup_rule_change(l, false);
		break;
	default:
		change_setting(l);
		break;
	}
}

static void move_by(struct setup *s, long by)
{
	size_t *at = &s->cursor[s->list];

	if (by < 0 && *at < (size_t)-by)
		*at = 0;
	else
		*at += (size_t)by;
	if (*at >= nr_rows(s))
		*at = nr_rows(s) - 1;
}

void setup_key(struct live *l, int key)
{
	struct setup *s = &l->setup;

	switch (key) {
	case 27:
	case 'q':
	case -KEY_F(10):
	case -KEY_F(2):
		s->active = false;
		break;
	case '\t':
	case -KEY_RIGHT:
		s->list = (s->list + 1) % SETUP_LISTS;
		break;
	case -KEY_BTAB:
	case -KEY_LEFT:
		s->list = (s->list + SETUP_LISTS - 1) % SETUP_LISTS;
		break;
	case -KEY_UP:
		move_by(s, -1);
		break;
	case -KEY_DOWN:
		move_by(s, 1);
		break;
	case -KEY_PPAGE:
		move_by(s, -10);
		break;
	case -KEY_NPAGE:
		move_by(s, 10);
		break;
	case -KEY_HOME:
		s->cursor[s->list] = 0;
		break;
	case -KEY_END:
		s->cursor[s->list] = nr_rows(s) - 1;
		break;
	case ' ':
	case '\r':
	case '\n':
	case -KEY_ENTER:
		change(l);
		break;
	case '+':
	case '-':
		if (s->list == LIST_COLUMNS)
			move_column(l, key == '+' ? 1 : -1);
		else
			change(l);
		break;
	case '0':
		if (s->list == LIST_COLUMNS) {
			s->now.columns.nr = 0;
			apply(l, &s->now);
			list_columns(l);
		} else if (s->list == LIST_RULES) {
			setup_rule_change(l, true);
		}
		break;
	case 'W':
		setup_save(l);
		break;
	default:
		break;
	}
}

/* Rows return the column at which their explanation goes on. */
static int draw_column(const struct screen *s, int y, const struct setup *u,
		       size_t i, char *help, size_t len)
{
	const struct sp_field *f = u->field[i];

	screen_printf(s, y, 1, KEY_CELLS, INK_STRONG, "[%c] %s",
		      i < u->nr_chosen ? 'x' : ' ', f ? f->title : "STATES");
	snprintf(help, len, "%s",
		 f ? f->help
		   : "a task's time: running, waiting, blocked, asleep");
	return KEY_CELLS;
}

static int draw_setting(const struct screen *s, int y, const struct setup *u,
			size_t i, char *help, size_t len)
{
	const struct pref *which = &prefs_table[i];
	char text[64];

	prefs_text(&u->now, which, text, sizeof(text));
	screen_text(s, y, 1, KEY_CELLS - 2, INK_LABEL, which->key);
	screen_text(s, y, KEY_CELLS, VALUE_CELLS, INK_STRONG, text);
	snprintf(help, len, "%s",
		 which->kind == PREF_THEME ? theme_help[u->now.theme]
					   : which->help);
	return KEY_CELLS + VALUE_CELLS + 1;
}

/* In lines that end with words. */
static void draw_whole(const struct screen *s, int y, int rows,
		       const char *text)
{
	for (; rows && *text; rows--, y++) {
		size_t len = strlen(text), end = (size_t)s->cols - 2;

		if (len > end)
			for (len = end; len && text[len] != ' '; len--)
				;
		if (!len)
			len = end;
		screen_printf(s, y, 1, s->cols, INK_PLAIN, "%.*s", (int)len,
			      text);
		text += len;
		text += *text == ' ';
	}
}

static void draw_head(const struct live *l, int y, enum setup_list list)
{
	const struct screen *s = &l->scr;
	static const char *const text[SETUP_LISTS] = {
		[LIST_SETTINGS] = "Setup  Space: change  W: save  Tab: "
				  "columns, thresholds  Esc: leave",
		[LIST_COLUMNS] = "Columns  Space: in, out  + -: later, "
				 "earlier  0: usual  W: save  Tab  Esc",
		[LIST_RULES] = "Thresholds: warning, critical  Space: change  "
			       "0: usual  W: save  Tab  Esc",
	};

	screen_fill(s, y, 0, s->cols, INK_HEAD);
	screen_text(s, y, 0, s->cols, INK_HEAD,
		    list == LIST_RULES && setup_judged_elsewhere(l)
			    ? setup_judged_elsewhere(l)
			    : text[list]);
}

void setup_draw(struct live *l, int y, int rows)
{
	static int (*const draw[SETUP_LISTS])(const struct screen *s, int y,
					      const struct setup *u, size_t i,
					      char *help, size_t len) = {
		[LIST_SETTINGS] = draw_setting,
		[LIST_COLUMNS] = draw_column,
		[LIST_RULES] = setup_rule_draw,
	};
	struct setup *u = &l->setup;
	size_t *cursor = &u->cursor[u->list], *top = &u->top[u->list];
	int x, whole = rows >= WHOLE_FROM ? WHOLE_ROWS : 0, below;
	size_t nr = nr_rows(u), i, room;
	struct screen row = l->scr;
	char help[192];

	below = y + rows - whole;
	room = rows > 1 ? (size_t)(rows - whole) - 1 : 1;
	page_place(cursor, top, nr, room);
	if (rows > 1)
		draw_head(l, y++, u->list);
	for (i = *top; i < nr && i < *top + room; i++, y++) {
		row.over = i == *cursor ? A_REVERSE : A_NORMAL;
		screen_fill(&row, y, 0, row.cols, INK_PLAIN);
		x = draw[u->list](&row, y, u, i, help, sizeof(help));
		screen_text(&row, y, x, row.cols, INK_PLAIN, help);
		if (i == *cursor && x + (int)strlen(help) > row.cols)
			draw_whole(&l->scr, below, whole, help);
	}
}
