// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <sysperf/wire.h>

#include "sample.h"

static double some(unsigned int i, size_t field, size_t row)
{
	unsigned int n = (unsigned int)(field * 7 + row * 13);

	/* Most is absent or stays as it is. */
	if (n % 3 == 0)
		return 0.0 / 0.0;
	if (n % 3 == 1)
		return n % 100;
	return (double)((i * 7919 + n * 104729) % 100000) / 100;
}

static void fill(enum sp_table_id id, void *rows, size_t nr, unsigned int i)
{
	const struct sp_table *t = &sp_tables[id];

	for (size_t r = 0; r < nr; r++) {
		char *row = (char *)rows + r * t->row_size;

		sp_field_row_clear(id, row);
		for (size_t k = 0; k < t->nr_fields; k++) {
			const struct sp_field *f = &t->fields[k];
			void *at = row + f->offset;

			if (f->unit == SP_UNIT_TEXT)
				snprintf(at, f->size, "%s%zu", f->key, r);
			else
				*(double *)at = some(i, k, r);
		}
	}
}

void sample_make(struct sample *s, unsigned int i)
{
	struct sp_frame *f = &s->frame;

	memset(s, 0, sizeof(*s));
	f->time = (struct timespec){SAMPLE_TIME + i, 123456789};
	f->interval_s = 1.000123;
	strcpy(f->host, "box");
	strcpy(f->kernel, "6.1.0");
	f->nr_cpus = 2;
	f->mem_total_bytes = 1ULL << 33;
	f->source.name = "kmod";
	strcpy(f->source.kmod_version, "0.1.0");
	f->source.caps = 1U << SP_CAP_KMOD | 1U << SP_CAP_PSI;
	f->source.lost[0] = (struct sp_lost){"tasks", i};
	f->source.nr_lost = 1;
	f->status[SP_RES_DISK] = SP_STATUS_WARNING;
	f->verdict = (struct sp_verdict){.severity = SP_STATUS_WARNING,
					 .resource = SP_RES_DISK,
					 .signal = SP_SIG_LATENCY,
					 .has_culprit = true,
					 .culprit = {i, i, "fio", 66.125,
						     "/a.slice", 0.0 / 0.0}};
	snprintf(f->verdict.text, sizeof(f->verdict.text), "it waits %u ms", i);
	fill(SP_TABLE_GOLDEN, &f->golden, 1, i);
	f->cpus = s->cpus;
	f->nr_cpu_rows = 2;
	fill(SP_TABLE_CPU, s->cpus, 2, i);
	f->disks = s->disks;
	f->nr_disks = 1;
	fill(SP_TABLE_DISK, s->disks, 1, i);
	f->tasks = s->tasks;
	f->nr_tasks = SAMPLE_TASKS;
	fill(SP_TABLE_TASK, s->tasks, SAMPLE_TASKS, i);
	for (unsigned int t = 0; t < SAMPLE_TASKS; t++) {
		s->tasks[t].pid = s->tasks[t].tid = 100 + t;
		s->tasks[t].started = SAMPLE_TIME - 5.25;
	}
}

unsigned int sample_number(const struct sp_frame *frame)
{
	return (unsigned int)(frame->time.tv_sec - SAMPLE_TIME);
}

void sample_check(const struct sp_frame *got, unsigned int i, const char *host)
{
	struct sp_bytes a = {0}, b = {0};
	struct sp_wire_encoder *e;
	struct sp_wire_select all;
	struct sample want;

	sample_make(&want, i);
	if (host)
		snprintf(want.frame.host, sizeof(want.frame.host), "%s", host);
	sp_wire_select_all(&all);
	assert_int_equal(sp_wire_encoder_open(&e, &all), 0);
	sp_wire_encode(e, &want.frame, &a);
	sp_wire_encode(e, got, &b);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
	sp_bytes_free(&a);
	sp_bytes_free(&b);
	sp_wire_encoder_close(e);
}
