// SPDX-License-Identifier: GPL-2.0-only
/* See alert_bed.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "alert_bed.h"

int bed_setup(void **state)
{
	struct bed *b = calloc(1, sizeof(*b));
	static const char *const names[BED_DISKS] = {"sda", "sdb", "nvme0n1"};

	sp_field_row_clear(SP_TABLE_GOLDEN, &b->frame.golden);
	b->frame.interval_s = 1;
	b->frame.time.tv_sec = 1000000;
	b->frame.disks = b->disks;
	b->frame.nr_disks = BED_DISKS;
	for (int i = 0; i < BED_DISKS; i++) {
		sp_field_row_clear(SP_TABLE_DISK, &b->disks[i]);
		snprintf(b->disks[i].name, sizeof(b->disks[i].name), "%s",
			 names[i]);
	}
	b->frame.tasks = b->tasks;
	for (int i = 0; i < BED_TASKS; i++) {
		sp_field_row_clear(SP_TABLE_TASK, &b->tasks[i]);
		b->tasks[i].tid = i + 1;
	}
	*state = b;
	return 0;
}

int bed_teardown(void **state)
{
	struct bed *b = *state;

	sp_alerts_close(b->alerts);
	free(b);
	return 0;
}

void bed_changed(void *ctx, const struct sp_alert_event *e)
{
	struct bed *b = ctx;
	size_t n = strlen(b->log);

	snprintf(b->log + n, sizeof(b->log) - n, "%s %s%s%s,",
		 e->firing ? "firing" : "over", e->alert->name,
		 *e->alert->on ? "/" : "", e->alert->on);
	*(e->firing ? &b->fired : &b->over) += 1;
	b->flaps = e->flaps;
}

int configure(struct bed *b, const char *text, char *err)
{
	char section[80] = "", key[80], value[300];
	unsigned int line = 0;
	int ret = 0;

	memset(&b->config, 0, sizeof(b->config));
	b->config.hooks_most = 4;
	while (*text && !ret) {
		line++;
		if (sscanf(text, "[%79[^]]]", section) == 1)
			;
		else if (sscanf(text, "%79s = %299[^\n]", key, value) == 2)
			ret = sp_alert_config_set(&b->config, section, key,
						  value, line, err, 256);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return ret ? ret : sp_alert_config_check(&b->config, &line, err, 256);
}

void start(struct bed *b, const char *text)
{
	char err[256] = "";

	if (configure(b, text, err))
		fail_msg("%s", err);
	assert_int_equal(sp_alerts_open(&b->alerts, &b->config), 0);
}

void frames(struct bed *b, int n)
{
	while (n--) {
		b->frame.time.tv_sec++;
		sp_alerts_evaluate(b->alerts, &b->frame, bed_changed, b);
	}
}

const struct sp_alert *rows(struct bed *b, size_t expected)
{
	size_t nr;
	const struct sp_alert *r = sp_alerts_rows(b->alerts, &nr);

	assert_int_equal(nr, expected);
	return r;
}
