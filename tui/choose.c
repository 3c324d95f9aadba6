// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keys that choose which tasks are shown and in which order.
 */
#include <stdio.h>
#include <string.h>

#include "actions.h"
#include "cgroup_page.h"
#include "live.h"

static void changed(struct live *l)
{
	tasks_changed(&l->tasks);
	l->page = PAGE_TASKS; /* what was asked for is to be seen */
}

static void search_from_here(struct live *l, const char *text)
{
	if (*text && !tasks_search(&l->tasks, l->frame, text, false))
		live_say(l, true, "no task matches '%s'", text);
	else
		l->message[0] = '\0';
}

static void search_done(struct live *l, const char *text)
{
	snprintf(l->search, sizeof(l->search), "%s", text);
}

void act_search(struct live *l)
{
	l->page = PAGE_TASKS;
	prompt_open(&l->prompt, "search", "", search_from_here, search_done);
}

void act_search_next(struct live *l)
{
	if (!*l->search)
		live_say(l, true, "nothing to search for; / asks");
	else if (!tasks_search(&l->tasks, l->frame, l->search, true))
		live_say(l, true, "no task matches '%s'", l->search);
}

static void set_match(struct live *l, const char *text)
{
	snprintf(l->o->view.match, sizeof(l->o->view.match), "%s", text);
	changed(l);
}

void act_match(struct live *l)
{
	prompt_open(&l->prompt, "only with", l->o->view.match, set_match, NULL);
}

static void set_filter(struct live *l, const char *text)
{
	char err[160];

	if (view_parse_filter(&l->o->view, text, err, sizeof(err)))
		live_say(l, true, "%s", err);
	else
		live_say_not_measured(l);
	changed(l);
}

/* Keys, for the first word only. */
static void complete_key(const struct live *l, const char *text, size_t i,
			 const char **word)
{
	const struct sp_table *t = &sp_tables[SP_TABLE_TASK];

	(void)l;
	*word = i < t->nr_fields && !strchr(text, ' ') ? t->fields[i].key
						       : NULL;
}

void act_filter(struct live *l)
{
	prompt_open(&l->prompt, "only KEY OP VALUE", "", NULL, set_filter);
	l->prompt.complete = complete_key;
}

static void set_user(struct live *l, const char *text)
{
	char err[160];

	view_all_users(&l->o->view);
	if (*text && view_parse_user(&l->o->view, text, l->feed->elsewhere, err,
				     sizeof(err)))
		live_say(l, true, "%s", err);
	changed(l);
}

#define USERS_MAX 64 /* that are offered */

/* Those that have tasks, each once. */
static void complete_user(const struct live *l, const char *text, size_t i,
			  const char **word)
{
	const struct sp_frame *f = l->frame;
	uint32_t seen[USERS_MAX];
	size_t k, n, nr = 0;

	(void)text;
	*word = NULL;
	for (k = 0; f && k < f->nr_tasks && nr < USERS_MAX; k++) {
		for (n = 0; n < nr && seen[n] != f->tasks[k].uid; n++)
			;
		if (n < nr || !*f->tasks[k].user)
			continue;
		if (nr == i) {
			*word = f->tasks[k].user;
			return;
		}
		seen[nr++] = f->tasks[k].uid;
	}
}

void act_user(struct live *l)
{
	prompt_open(&l->prompt, "only user", "", NULL, set_user);
	l->prompt.complete = complete_user;
}

void act_clear(struct live *l)
{
	struct view *v = &l->o->view;

	v->nr_filters = 0;
	v->match[0] = '\0';
	view_all_users(v);
	v->nr_pids = 0;
	v->hide_idle = false;
	v->hide_kthreads = false;
	l->search[0] = '\0';
	l->tasks.nr_tags = 0;
	l->tasks.follow = false;
	changed(l);
}

void act_kthreads(struct live *l)
{
	l->o->view.hide_kthreads = !l->o->view.hide_kthreads;
	changed(l);
}

void act_idle(struct live *l)
{
	l->o->view.hide_idle = !l->o->view.hide_idle;
	changed(l);
}

/* 0 and back to what it was. */
void act_ended(struct live *l)
{
	struct ghosts *g = &l->tasks.ghosts;

	g->keep_s = g->keep_s > 0 ? 0 : l->ended_s;
	if (g->keep_s > 0)
		live_say(l, false, "tasks that end are shown for %gs",
			 g->keep_s);
	else
		live_say(l, false, "tasks that end are shown once");
}

void act_tree(struct live *l)
{
	l->tasks.tree = !l->tasks.tree;
	changed(l);
}

void act_follow(struct live *l)
{
	const struct sp_task *t = tasks_current(&l->tasks, l->frame);

	if (l->tasks.follow || !t) {
		l->tasks.follow = false;
		return;
	}
	l->tasks.followed = (struct task_id){t->tid, t->started};
	l->tasks.follow = true;
	live_say(l, false, "following %s (%.0f)", t->comm, t->tid);
}

/* The tasks of the control group that the cursor is on, and of those below. */
void act_cgroup_tasks(struct live *l)
{
	const struct sp_cgroup *g = cgroup_page_current(l);
	char text[300], err[160];

	if (!g)
		return;
	snprintf(text, sizeof(text), "cgroup ~ %s", g->path);
	if (view_parse_filter(&l->o->view, text, err, sizeof(err)))
		live_say(l, true, "%s", err);
	else
		live_say(l, false, "only tasks of %s; = shows all again",
			 g->path);
	changed(l);
}

/* The task that the verdict names, whatever else is shown. */
void act_culprit(struct live *l)
{
	const struct sp_verdict *v = l->frame ? &l->frame->verdict : NULL;

	if (!v || v->severity <= SP_STATUS_OK || !v->has_culprit) {
		live_say(l, false, "the verdict names no task");
		return;
	}
	l->page = PAGE_TASKS;
	if (!tasks_select(&l->tasks, l->frame, v->culprit.tid, v->culprit.pid))
		live_say(l, true,
			 "%s (%u) ended, or a filter hides it; = clears them",
			 v->culprit.comm, v->culprit.pid);
}

static void sort_by(struct live *l, const struct sp_field *f)
{
	struct view *v = &l->o->view;

	if (!f)
		return;
	v->sort = f;
	/* Names and ids are looked up from the smallest, loads from the
	 * largest. */
	v->ascending = f->unit == SP_UNIT_TEXT || f->unit == SP_UNIT_COUNT;
	changed(l);
	live_say_not_measured(l);
}

/* Once more by the same: the other way round. */
void act_sort_field(struct live *l, const struct sp_field *f)
{
	if (f && f == l->o->view.sort)
		act_invert(l);
	else
		sort_by(l, f);
}

static void sort_by_key(struct live *l, const char *key)
{
	sort_by(l, sp_field_find(SP_TABLE_TASK, key, strlen(key)));
}

void act_sort_cpu(struct live *l)
{
	sort_by_key(l, "cpu_pct");
}

void act_sort_memory(struct live *l)
{
	sort_by_key(l, "rss_bytes");
}

void act_sort_pid(struct live *l)
{
	sort_by_key(l, l->tasks.threads ? "tid" : "pid");
}

void act_sort_time(struct live *l)
{
	sort_by_key(l, "cpu_time_us");
}

void act_sort_disk(struct live *l)
{
	const char *sorted = l->o->view.sort ? l->o->view.sort->key : "";
	const struct sp_golden *g = l->frame ? &l->frame->golden : NULL;
	bool write = g && g->disk_write_bytes_per_s > g->disk_read_bytes_per_s;

	if (!strcmp(sorted, "read_bytes_per_s"))
		write = true;
	else if (!strcmp(sorted, "write_bytes_per_s"))
		write = false;
	sort_by_key(l, write ? "write_bytes_per_s" : "read_bytes_per_s");
}

/* Without percentiles, the share of time spent waiting says the same. */
void act_sort_wait(struct live *l)
{
	bool kmod = l->frame && l->frame->source.caps & 1U << SP_CAP_KMOD;

	sort_by_key(l, kmod || !l->frame ? "runq_wait_p99_us" : "runq_pct");
}

static void menu_entry(size_t i, const char **name, const char **about)
{
	const struct sp_field *f = &sp_tables[SP_TABLE_TASK].fields[i];

	*name = f->title;
	*about = f->help;
}

static void menu_done(struct live *l, size_t i)
{
	sort_by(l, &sp_tables[SP_TABLE_TASK].fields[i]);
}

void act_sort_menu(struct live *l)
{
	const struct sp_table *t = &sp_tables[SP_TABLE_TASK];
	const struct sp_field *sort = l->o->view.sort;

	l->page = PAGE_TASKS;
	menu_open(&l->menu, "Sort by", t->nr_fields,
		  sort ? (size_t)(sort - t->fields) : 0, menu_entry, menu_done);
}

/* The neighbour of the column sorted by, among those on the screen. */
static void sort_step(struct live *l, int by)
{
	const struct columns *c = &l->tasks.shown;
	size_t i, at = 0;

	if (!c->nr)
		return;
	for (i = 0; i < c->nr; i++) {
		if (c->col[i].field == l->o->view.sort)
			at = i;
	}
	do
		at = (at + c->nr + (size_t)(by + (int)c->nr)) % c->nr;
	while (!c->col[at].field && c->nr > 1);
	sort_by(l, c->col[at].field);
}

void act_sort_left(struct live *l)
{
	sort_step(l, -1);
}

void act_sort_right(struct live *l)
{
	sort_step(l, 1);
}

void act_invert(struct live *l)
{
	l->o->view.ascending = !l->o->view.ascending;
	changed(l);
}
