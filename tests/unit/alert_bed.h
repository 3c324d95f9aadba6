/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Alerts under test: rules, made frames that are judged by them, and what was
 * told. Each test has one of its own as its state.
 */
#ifndef SYSPERF_TEST_ALERT_BED_H
#define SYSPERF_TEST_ALERT_BED_H

#include <sysperf/alerts.h>

#define BED_DISKS 3
#define BED_TASKS 400

struct bed {
	struct sp_alert_config config;
	struct sp_alerts *alerts; /* NULL until start() */
	struct sp_frame frame; /* of which nothing is measured yet */
	struct sp_disk disks[BED_DISKS]; /* sda, sdb, nvme0n1 */
	struct sp_task tasks[BED_TASKS]; /* none of them is in the frame yet */
	/* The changes that were told. */
	char log[4096];
	unsigned int fired, over, flaps;
};

#define BED(name) cmocka_unit_test_setup_teardown(name, bed_setup, bed_teardown)

/* The beginning of a rule. */
#define CPU "[alert busy]\nwhen = golden.cpu.util_pct > 90\n"

int bed_setup(void **state);
int bed_teardown(void **state);

/**
 * bed_changed() - write a change down
 * @ctx: the bed
 */
void bed_changed(void *ctx, const struct sp_alert_event *e);

/**
 * configure() - make these the rules of the configuration
 * @text: lines "[section]" and "key = value"; shipped rules are left out
 * @err: 256 bytes; set if something is wrong
 *
 * Return: 0 or -errno.
 */
int configure(struct bed *b, const char *text, char *err);

/**
 * start() - have frames judged by these rules, which must be right
 */
void start(struct bed *b, const char *text);

/**
 * frames() - the frame so many times, a second apart
 */
void frames(struct bed *b, int n);

/**
 * rows() - the alerts that fire or will; fails unless there are as many
 *
 * Return: them, the worst first; owned by the alerts.
 */
const struct sp_alert *rows(struct bed *b, size_t expected);

#endif /* SYSPERF_TEST_ALERT_BED_H */
