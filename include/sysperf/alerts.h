/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Alerts: rules about the keys of frames, and the engine that says which of
 * them hold. It is pure: a frame in, changes out. What is done about a change
 * (journal, hook) is its caller's.
 */
#ifndef SYSPERF_ALERTS_H
#define SYSPERF_ALERTS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <sysperf/frame.h>

#define SP_ALERT_RULES_MAX 64
/* Alerts of all rules at a time, and of one: a rule about tasks may find ten
 * thousand. Those beyond are counted. */
#define SP_ALERTS_MAX 256
#define SP_ALERTS_OF_RULE 32

enum sp_alert_op {
	SP_ALERT_GT,
	SP_ALERT_GE,
	SP_ALERT_LT,
	SP_ALERT_LE,
};

/* Settings of a rule, in the order of alert_rules.c */
#define SP_ALERT_SETTINGS 8

struct sp_alert_rule {
	char name[64];
	bool off;
	char key[80]; /* as in "golden.cpu.util_pct", "status.disk" */
	const struct sp_field *field; /* NULL: of the status */
	enum sp_table_id table; /* of the field */
	enum sp_resource resource; /* of the status */
	enum sp_alert_op op;
	double threshold;
	double for_s; /* so long beyond it before it fires */
	double clear; /* no better than this is not over; NaN: see below */
	double clear_for_s; /* so long better before it ends */
	char on[64]; /* a pattern of rows, as fnmatch(3) has them; "": all */
	char severity[16];
	char summary[128];
	char runbook[256];
	unsigned int line; /* where the configuration names it, or 0 */
	unsigned int set_at[SP_ALERT_SETTINGS]; /* likewise, by setting */
};

struct sp_alert_config {
	struct sp_alert_rule rules[SP_ALERT_RULES_MAX];
	size_t nr;
	char hook[256]; /* absolute path of a program, or "" */
	double hook_limit_s; /* then it is killed */
	double hooks_most; /* at the same time */
	unsigned int set_at[3];
};

/**
 * sp_alert_config_init() - the rules that are shipped, and no hook
 */
void sp_alert_config_init(struct sp_alert_config *c);

/**
 * sp_alert_config_set() - a key of the configuration
 * @c: is changed
 * @section: "alerts", or "alert NAME" of a rule shipped or new
 * @key: what is set
 * @value: as in the file
 * @line: of the file
 * @err: on failure, what is wrong, without the place
 * @len: of @err
 *
 * Return: 0; -ENOENT if the section is none of alerts (@err is unchanged);
 * -EINVAL.
 */
int sp_alert_config_set(struct sp_alert_config *c, const char *section,
			const char *key, const char *value, unsigned int line,
			char *err, size_t len);

/**
 * sp_alert_config_check() - after the last key: does all of it go together?
 * @line: on failure, set to the line it is about
 *
 * Fills in what follows from other settings: a clear level that is not given
 * is a fifth better than the threshold, or of a status the threshold itself.
 *
 * Return: 0 or -EINVAL.
 */
int sp_alert_config_check(struct sp_alert_config *c, unsigned int *line,
			  char *err, size_t len);

/**
 * sp_alert_config_print() - the sections of a file that say what @c says
 */
void sp_alert_config_print(const struct sp_alert_config *c, FILE *f);

/* A change: an alert fires, or is over. */
struct sp_alert_event {
	const struct sp_alert_rule *rule;
	const struct sp_alert *alert; /* its row, as it is now */
	bool firing; /* else it is over */
	double lasted_s; /* since the condition began to hold */
	/* How often it came back soon after it was over. */
	unsigned int flaps;
	const struct sp_frame *frame; /* of the change; NULL: its rule went */
};

typedef void sp_alert_changed(void *ctx, const struct sp_alert_event *event);

struct sp_alerts;

/**
 * sp_alerts_open() - make an engine
 * @out: set
 * @config: checked; copied
 *
 * Return: 0 or -ENOMEM.
 */
int sp_alerts_open(struct sp_alerts **out,
		   const struct sp_alert_config *config);

/**
 * sp_alerts_set_config() - other rules
 * @changed: is told of alerts that fired by rules that are gone, or ask for
 *	something else now; others go on
 * @ctx: for it
 */
void sp_alerts_set_config(struct sp_alerts *a,
			  const struct sp_alert_config *config,
			  sp_alert_changed *changed, void *ctx);

/**
 * sp_alerts_evaluate() - look at the next frame
 * @a: the engine
 * @frame: the frame; its own alerts are not looked at
 * @changed: is told of each change; the event holds until it returns
 * @ctx: for it
 *
 * Durations are sums of frames' intervals, not of the clock: steps of the
 * clock are of no account. A value that is absent is no complaint.
 */
void sp_alerts_evaluate(struct sp_alerts *a, const struct sp_frame *frame,
			sp_alert_changed *changed, void *ctx);

/**
 * sp_alerts_rows() - the alerts that are pending or firing, the worst first
 * @nr: set to their number
 *
 * Return: rows for a frame; they belong to the engine and hold until the next
 * call of another function.
 */
struct sp_alert *sp_alerts_rows(struct sp_alerts *a, size_t *nr);

/**
 * sp_alerts_dropped() - how often an alert was not taken up for want of room
 */
uint64_t sp_alerts_dropped(const struct sp_alerts *a);

/**
 * sp_alerts_close() - free it
 */
void sp_alerts_close(struct sp_alerts *a);

/**
 * sp_alert_text() - one line for people
 * @buf: result; names from outside are made safe to show
 * @len: of @buf
 */
void sp_alert_text(char *buf, size_t len, const struct sp_alert_event *event);

#endif /* SYSPERF_ALERTS_H */
