/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine at rest that tests bring into trouble and have judged. Each test has
 * one of its own as its state.
 */
#ifndef SYSPERF_TEST_JUDGED_H
#define SYSPERF_TEST_JUDGED_H

#include "../../daemon/collector/verdict.h"

struct fixture {
	struct sp_frame frame;
	struct task_totals totals;
	struct verdict_memory memory;
	struct sp_config config;
	struct verdict_lookup lookup;
	struct verdict_listener listener;
	struct sp_task tasks[3];
	struct sp_disk disks[2];
	struct sp_net nets[2];
};

#define JUDGED(name)                                                           \
	cmocka_unit_test_setup_teardown(name, judged_setup, judged_teardown)

int judged_setup(void **state);
int judged_teardown(void **state);

/**
 * judge() - the verdict on the frame, into it
 */
void judge(struct fixture *f);

/**
 * expect() - fails unless this is what is wrong
 */
void expect(const struct fixture *f, enum sp_status severity,
	    enum sp_resource res, enum sp_signal sig);

/**
 * expect_ok() - fails unless nothing is
 */
void expect_ok(const struct fixture *f);

/**
 * expect_text() - fails unless the verdict says @part
 */
void expect_text(const struct fixture *f, const char *part);

/**
 * expect_culprit() - fails unless a task of this name is blamed
 */
void expect_culprit(const struct fixture *f, const char *comm);

#endif /* SYSPERF_TEST_JUDGED_H */
