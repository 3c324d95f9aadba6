// SPDX-License-Identifier: GPL-2.0-only
/* See judged.h. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "judged.h"

static void cgroup_of(void *ctx, uint32_t pid, char *path, size_t len)
{
	(void)ctx;
	snprintf(path, len, "/group%u", pid);
}

static bool full_listener(void *ctx, struct verdict_listener *l)
{
	const struct fixture *f = ctx;

	*l = f->listener;
	return l->port;
}

int judged_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const char *names[] = {"small", "large", "idle"};

	sp_field_row_clear(SP_TABLE_GOLDEN, &f->frame.golden);
	f->frame.interval_s = 1;
	f->frame.nr_cpus = 2;
	f->frame.tasks = f->tasks;
	f->frame.nr_tasks = 3;
	for (int i = 0; i < 3; i++) {
		sp_field_row_clear(SP_TABLE_TASK, &f->tasks[i]);
		f->tasks[i].pid = f->tasks[i].tid = 100 + i;
		f->tasks[i].state_threads = 1;
		snprintf(f->tasks[i].comm, sizeof(f->tasks[i].comm), "%s",
			 names[i]);
	}
	for (int i = 0; i < 2; i++) {
		sp_field_row_clear(SP_TABLE_DISK, &f->disks[i]);
		sp_field_row_clear(SP_TABLE_NET, &f->nets[i]);
		f->nets[i].physical = true;
	}
	strcpy(f->disks[0].name, "sda");
	strcpy(f->disks[1].name, "dm-0");
	strcpy(f->nets[0].name, "eth0");
	strcpy(f->nets[1].name, "eth1");
	f->frame.disks = f->disks;
	f->frame.nr_disks = 2;
	f->frame.nets = f->nets;
	f->frame.nr_nets = 2;
	f->totals = (struct task_totals){NAN, NAN, NAN, 0, false, 0};
	sp_config_init(&f->config);
	f->lookup = (struct verdict_lookup){f, cgroup_of, full_listener};
	*state = f;
	return 0;
}

int judged_teardown(void **state)
{
	free(*state);
	return 0;
}

void judge(struct fixture *f)
{
	verdict_judge(&f->memory, &f->config.thresholds, &f->frame, &f->totals,
		      &f->lookup);
}

void expect(const struct fixture *f, enum sp_status severity,
	    enum sp_resource res, enum sp_signal sig)
{
	assert_int_equal(f->frame.verdict.severity, severity);
	assert_int_equal(f->frame.verdict.resource, res);
	assert_int_equal(f->frame.verdict.signal, sig);
	assert_true(strlen(f->frame.verdict.text) >= 10);
	assert_true(f->frame.status[res] >= severity);
}

void expect_ok(const struct fixture *f)
{
	if (f->frame.verdict.severity != SP_STATUS_OK)
		fail_msg("%s", f->frame.verdict.text);
	assert_string_equal(f->frame.verdict.text, "");
	assert_false(f->frame.verdict.has_culprit);
}

void expect_text(const struct fixture *f, const char *part)
{
	if (!strstr(f->frame.verdict.text, part))
		fail_msg("no '%s' in: %s", part, f->frame.verdict.text);
}

void expect_culprit(const struct fixture *f, const char *comm)
{
	assert_true(f->frame.verdict.has_culprit);
	assert_string_equal(f->frame.verdict.culprit.comm, comm);
}
