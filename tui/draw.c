// SPDX-License-Identifier: GPL-2.0-only
/*
 * The whole screen: owns which parts it has, by the rows there are, and the
 * lines that are not a part's own: title, tabs, keys.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "live.h"
#include "panel.h"
#include "replay.h"
#include "terminal.h"

#define PANEL_SCREEN 40 /* rows of a screen that shows devices unasked */
#define ROOMY 50 /* rows of one that has both, a page and what it repeats */

/* Lines of each part; those of least worth get none on a low screen. */
struct parts {
	int title, head, golden, summary, cpus, devices, tabs, table, keys;
};

static int take(int *left, int want)
{
	if (want > *left)
		return 0;
	*left -= want;
	return want;
}

/* In order of worth. The verdict has the first line of all. */
static void arrange(const struct live *l, struct parts *p)
{
	const struct sp_frame *f = l->frame;
	bool brief = page_defs[l->page].numbers && l->scr.rows < ROOMY;
	int left = l->scr.rows - 1, want;

	memset(p, 0, sizeof(*p));
	p->table = left < 3 ? left : 3;
	left -= p->table;
	p->golden = brief ? 0 : take(&left, 4);
	if (!p->golden)
		p->summary = take(&left, 1);
	p->title = take(&left, 1);
	if (left > 2) {
		left -= 2;
		p->table += 2;
	}
	p->keys = take(&left, 1);
	p->tabs = take(&left, 1);
	p->head = p->golden ? take(&left, 1) : 0;
	if (f && l->per_cpu) {
		want = panel_cpu_rows(&l->scr, f);
		p->cpus = want <= left / 2 ? want : left / 2;
		left -= p->cpus;
	}
	if (f && l->scr.rows >= PANEL_SCREEN && l->page == PAGE_TASKS)
		p->devices = take(&left, panel_device_rows(f));
	p->table += left;
}

/* A piece of the title; those of least weight go first. */
struct piece {
	char text[112];
	int weight;
	enum ink ink;
};

static const char *source_text(const struct live *l, char *buf, size_t len)
{
	const struct sp_source_info *src = &l->frame->source;

	if (!strcmp(src->name, "kmod"))
		snprintf(buf, len, "kmod %s", src->kmod_version);
	else if (!strcmp(src->name, "daemon"))
		snprintf(buf, len, "sysperfd, %s %s",
			 *src->kmod_version ? "kmod" : "procfs",
			 src->kmod_version);
	else if (strcmp(src->name, "procfs") != 0)
		snprintf(buf, len, "%s", src->name);
	else if (*feed_why_not_kmod(l->feed))
		snprintf(buf, len, "procfs: no module");
	else
		snprintf(buf, len, "procfs: module not used");
	return buf;
}

static void lost_text(const struct sp_source_info *src, char *buf, size_t len)
{
	size_t i, n = 0;

	buf[0] = '\0';
	for (i = 0; i < src->nr_lost && n < len; i++) {
		if (src->lost[i].count)
			n += (size_t)snprintf(
				buf + n, len - n, "%s %s %llu", n ? "" : "LOST",
				src->lost[i].name,
				(unsigned long long)src->lost[i].count);
	}
}

/* Those of sysperfd that fire; the worst comes first. */
static void alerts_text(const struct sp_frame *f, char *buf, size_t len)
{
	size_t n = 0;

	while (n < f->nr_alerts && !strcmp(f->alerts[n].state, "firing"))
		n++;
	if (n)
		snprintf(buf, len, "ALERT %s", f->alerts[0].name);
	if (n > 1)
		snprintf(buf + strlen(buf), len - strlen(buf), " +%zu", n - 1);
}

static size_t title_pieces(const struct live *l, struct piece *p)
{
	const struct sp_frame *f = l->frame;
	const size_t len = sizeof(p->text);
	size_t n = 0;
	struct tm tm;

	snprintf(p[n].text, len, "%s", f->host);
	p[n++].weight = 60;
	snprintf(p[n].text, len, "%s", f->kernel);
	p[n++].weight = 10;
	if (localtime_r(&f->time.tv_sec, &tm) &&
	    strftime(p[n].text, len, replay_is(l) ? "%F %T" : "%T", &tm)) {
		p[n].ink = INK_NUMBER;
		p[n++].weight = 50;
	}
	snprintf(p[n].text, len, "every %gs",
		 replay_is(l) ? round(f->interval_s * 10) / 10 : l->o->delay_s);
	p[n++].weight = 30;
	source_text(l, p[n].text, len);
	p[n].ink = INK_STRONG;
	p[n++].weight = 90;
	snprintf(p[n].text, len, "%zu %s", f->nr_tasks,
		 l->tasks.threads ? "threads" : "processes");
	p[n++].weight = 40;
	snprintf(p[n].text, len, "%u CPUs %.1f GiB", f->nr_cpus,
		 (double)f->mem_total_bytes / (1 << 30));
	p[n++].weight = 20;
	lost_text(&f->source, p[n].text, len);
	p[n].ink = INK_WARNING;
	p[n++].weight = 95;
	alerts_text(f, p[n].text, len);
	p[n].ink = INK_CRITICAL;
	p[n++].weight = 97;
	snprintf(p[n].text, len, "%s",
		 !l->paused	? ""
		 : replay_is(l) ? "RECORDED"
				: "PAUSED");
	p[n].ink = INK_WARNING;
	p[n++].weight = 100;
	return n;
}

#define PIECES_MAX 10

static void draw_title(const struct live *l, int y)
{
	struct piece p[PIECES_MAX];
	size_t i, n, least;
	int sum, x = 0;

	memset(p, 0, sizeof(p));
	if (!l->frame) {
		screen_text(&l->scr, y, 0, l->scr.cols, INK_STRONG, "sysperf");
		return;
	}
	n = title_pieces(l, p);
	for (;;) {
		for (i = 0, sum = -2, least = n; i < n; i++) {
			if (!*p[i].text)
				continue;
			sum += (int)strlen(p[i].text) + 2;
			if (least == n || p[i].weight < p[least].weight)
				least = i;
		}
		if (sum <= l->scr.cols || least == n)
			break;
		p[least].text[0] = '\0';
	}
	for (i = 0; i < n; i++) {
		if (*p[i].text)
			x += screen_text(&l->scr, y, x, l->scr.cols, p[i].ink,
					 p[i].text) +
			     2;
	}
}

/* What keeps tasks out of sight, so that nobody wonders where they are. */
static void choice_text(const struct live *l, char *buf, size_t len)
{
	const struct view *v = &l->o->view;
	size_t n = 0;

	buf[0] = '\0';
#define ADD(...)                                                               \
	do {                                                                   \
		if (n < len)                                                   \
			n += (size_t)snprintf(buf + n, len - n, __VA_ARGS__);  \
	} while (0)
	if (l->tasks.nr_tags)
		ADD("  %zu tagged", l->tasks.nr_tags);
	if (l->tasks.hold.on)
		ADD("  order held");
	if (l->tasks.follow)
		ADD("  following");
	if (*v->match)
		ADD("  only '%s'", v->match);
	for (size_t i = 0; i < v->nr_filters; i++)
		ADD("%s%s", i ? ", " : "  only by ", v->filters[i].field->key);
	if (v->has_uid)
		ADD("  only uid %u", v->uid);
	if (*v->user)
		ADD("  only %s", v->user);
	if (v->nr_pids)
		ADD("  only %zu pids", v->nr_pids);
	if (v->hide_idle)
		ADD("  no idle");
	if (v->hide_kthreads)
		ADD("  no kernel threads");
	if (v->sort)
		ADD("  by %s%s", v->sort->title,
		    v->ascending ? " ascending" : "");
#undef ADD
}

/* Where columns are few, names alone. */
static void tab_text(const struct live *l, enum page page, char *buf,
		     size_t len)
{
	const struct page_def *p = &page_defs[page];
	bool counted = p->count && l->scr.cols >= 110;

	if (page == PAGE_TASKS) /* the title counts them */
		snprintf(buf, len, " %s ",
			 l->tasks.threads ? "Threads" : p->name);
	else if (page == PAGE_TASK)
		snprintf(buf, len, " %s %.0f ", l->task_page.last.comm,
			 l->task_page.id.tid);
	else if (counted)
		snprintf(buf, len, " %s %zu ", p->name, p->count(l));
	else
		snprintf(buf, len, " %s ", p->name);
}

/* What is chosen has its room; tabs to the right give way to it. */
static void draw_tabs(struct live *l, int y)
{
	const struct screen *s = &l->scr;
	char text[400], choice[400] = "";
	int i, x = 0, n, room = s->cols;

	if (l->page == PAGE_TASKS) {
		choice_text(l, choice, sizeof(choice));
		n = (int)strlen(choice);
		room -= n < s->cols * 2 / 3 ? n : s->cols * 2 / 3;
	}
	l->layout.tabs_y = y;
	for (i = 0; i < (int)PAGES; i++) {
		l->layout.tab_x[i] = -1;
		if (!page_has(l, i))
			continue;
		tab_text(l, i, text, sizeof(text));
		if (x + (int)strlen(text) > room && i > (int)l->page)
			continue;
		l->layout.tab_x[i] = x;
		x += screen_text(s, y, x, s->cols,
				 i == (int)l->page ? INK_HEAD : INK_BAR, text);
		l->layout.tab_end[i] = x;
	}
	if (x < s->cols)
		screen_right(s, y, x, s->cols - x, INK_BAR, choice);
}

static void draw_keys(const struct live *l, int y)
{
	static const char *const of_list[] = {
		"h help",      "v verdict", "c culprit", "Enter task",
		"/ search",    "\\ filter", "P cpu",	 "M memory",
		"D disk",      "L wait",    "H threads", "t tree",
		"Tab screens", "k signal",  "1 CPUs",	 "z pause",
		"F2 setup",    "q quit",    NULL};
	static const char *const of_task[] = {
		"Esc back",	  "Up Down", "k signal", "F7 F8 nice", "a CPUs",
		"p I/O priority", "h help",  "z pause",	 NULL};
	static const char *const of_page[] = {
		"h help",  "Tab screens", "Up Down",  "v verdict", "c culprit",
		"d delay", "z pause",	  "F2 setup", "q quit",	   NULL};
	const char *const *hints = l->page == PAGE_TASK	   ? of_task
				   : l->page == PAGE_TASKS ? of_list
							   : of_page;
	int x = 0, n;
	size_t i;

	screen_fill(&l->scr, y, 0, l->scr.cols, INK_PLAIN);
	for (i = 0; hints[i]; i++) {
		if (x + (int)strlen(hints[i]) > l->scr.cols)
			break;
		n = (int)strcspn(hints[i], " ");
		screen_text(&l->scr, y, x, n, INK_STRONG, hints[i]);
		screen_text(&l->scr, y, x + n, l->scr.cols, INK_BAR,
			    hints[i] + n);
		x += (int)strlen(hints[i]) + 2;
	}
}

static void draw_bottom(struct live *l, bool keys)
{
	int y = l->scr.rows - 1;

	if (l->prompt.active) {
		prompt_draw(l, y);
	} else if (*l->message && monotonic_ns() < l->message_until) {
		enum ink ink = l->message_bad ? INK_WARNING : INK_STRONG;

		screen_fill(&l->scr, y, 0, l->scr.cols, INK_PLAIN);
		screen_text(&l->scr, y, 0, l->scr.cols, ink, l->message);
	} else if (keys) {
		draw_keys(l, y);
	}
}

static void draw_table(struct live *l, int y, int rows)
{
	l->page_height = page_defs[l->page].draw(l, y, rows);
}

static void draw_parts(struct live *l)
{
	const struct screen *s = &l->scr;
	struct parts p;
	int y = 0;

	arrange(l, &p);
	l->layout.tabs_y = l->layout.table_y = -1;
	if (p.title)
		draw_title(l, y++);
	if (p.golden) {
		golden_draw(&l->golden, s, l->frame, y, p.head, l->o->delay_s);
		y += p.head + p.golden;
	}
	if (l->failed)
		screen_printf(s, y++, 0, s->cols, INK_CRITICAL,
			      "no data, the source failed: %s",
			      feed_words(l->feed, -l->failed));
	else
		golden_verdict(s, l->frame, y++);
	if (p.summary)
		golden_summary(s, l->frame, y++);
	if (p.cpus)
		panel_cpus(s, l->frame, y, p.cpus);
	y += p.cpus;
	if (p.devices)
		panel_devices(s, l->frame, y, p.devices);
	y += p.devices;
	if (p.tabs)
		draw_tabs(l, y++);
	if (p.table && !l->menu.active && !l->setup.active)
		l->layout.table_y = y;
	if (l->menu.active)
		menu_draw(&l->menu, s, y, p.table);
	else if (l->setup.active)
		setup_draw(l, y, p.table);
	else if (p.table)
		draw_table(l, y, p.table);
	draw_bottom(l, p.keys);
}

void live_draw(struct live *l)
{
	erase();
	if (l->help)
		live_help(l);
	else
		draw_parts(l);
	refresh();
}
