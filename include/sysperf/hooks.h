/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The program that is run when an alert fires, and when it is over. It never
 * holds up the loop, however slow it is, and however many alerts there are.
 */
#ifndef SYSPERF_HOOKS_H
#define SYSPERF_HOOKS_H

#include <systemd/sd-event.h>

#include <sysperf/alerts.h>

/* Those that wait for others to end. */
#define SP_HOOKS_WAITING 64

struct sp_hooks_count {
	uint64_t started;
	uint64_t failed; /* not started, ended badly, or killed */
	uint64_t dropped; /* never started: too many waited */
	unsigned int running, waiting;
};

/**
 * sp_hooks_failed - who is told of one that failed
 * @ctx: as given to sp_hooks_open()
 * @alert: its alert's name
 * @why: what happened
 */
typedef void sp_hooks_failed(void *ctx, const char *alert, const char *why);

struct sp_hooks;

/**
 * sp_hooks_open() - none running yet
 * @out: set
 * @event: the loop
 * @failed: may be NULL
 * @ctx: for it
 *
 * Return: 0 or -errno.
 */
int sp_hooks_open(struct sp_hooks **out, sd_event *event,
		  sp_hooks_failed *failed, void *ctx);

/**
 * sp_hooks_configure() - from now on so; those that run are let run
 * @program: absolute path; "" for none
 * @limit_s: then it is killed, and what it started in its process group
 * @most: at the same time
 */
void sp_hooks_configure(struct sp_hooks *h, const char *program, double limit_s,
			unsigned int most);

/**
 * sp_hooks_run() - tell the program of a change, now or when there is room
 *
 * Its environment is PATH and SYSPERF_*, its stdin empty, its stdout and
 * stderr ours of stderr. Without a program nothing happens.
 */
void sp_hooks_run(struct sp_hooks *h, const struct sp_alert_event *event);

/**
 * sp_hooks_count() - what there was
 */
void sp_hooks_count(const struct sp_hooks *h, struct sp_hooks_count *n);

/**
 * sp_hooks_close() - kill those that run; NULL is none
 */
void sp_hooks_close(struct sp_hooks *h);

#endif /* SYSPERF_HOOKS_H */
