/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What keys do; keys.c says which. Each works on the live screen's state; the
 * caller redraws.
 */
#ifndef SYSPERF_TUI_ACTIONS_H
#define SYSPERF_TUI_ACTIONS_H

struct live;
struct sp_field;

/* actions.c: moving and what is shown */
void act_quit(struct live *l);
void act_help(struct live *l);
void act_redraw(struct live *l);
void act_up(struct live *l);
void act_down(struct live *l);
void act_page_up(struct live *l);
void act_page_down(struct live *l);
void act_home(struct live *l);
void act_end(struct live *l);
void act_left(struct live *l);
void act_right(struct live *l);
void act_enter(struct live *l);
void act_back(struct live *l);
void act_verdict(struct live *l);
void act_next_page(struct live *l);
void act_prev_page(struct live *l);
void act_pause(struct live *l);
void act_delay(struct live *l);
void act_setup(struct live *l);
void act_write(struct live *l);
void act_per_cpu(struct live *l);
void act_threads(struct live *l);

/* mouse.c */
void act_mouse(struct live *l);

/* choose.c: which tasks, in which order */
void act_search(struct live *l);
void act_search_next(struct live *l);
void act_match(struct live *l);
void act_filter(struct live *l);
void act_user(struct live *l);
void act_clear(struct live *l);
void act_kthreads(struct live *l);
void act_idle(struct live *l);
void act_ended(struct live *l);
void act_tree(struct live *l);
void act_cgroup_tasks(struct live *l);
void act_culprit(struct live *l);
void act_follow(struct live *l);
void act_sort_cpu(struct live *l);
void act_sort_memory(struct live *l);
void act_sort_pid(struct live *l);
void act_sort_time(struct live *l);
void act_sort_disk(struct live *l);
void act_sort_wait(struct live *l);
void act_sort_menu(struct live *l);
void act_sort_field(struct live *l, const struct sp_field *f);
void act_sort_left(struct live *l);
void act_sort_right(struct live *l);
void act_invert(struct live *l);

/* control.c: doing something to tasks */
void act_tag(struct live *l);
void act_untag(struct live *l);
void act_signal(struct live *l);
void act_nice_down(struct live *l);
void act_nice_up(struct live *l);
void act_renice(struct live *l);
void act_affinity(struct live *l);
void act_ioprio(struct live *l);

#endif /* SYSPERF_TUI_ACTIONS_H */
