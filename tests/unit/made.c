// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns made-up frames.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "made.h"

#define BEGIN 1714557600 /* 2024-05-01 10:00:00 UTC */

void made_init(struct made *m, uint64_t seed)
{
	memset(m, 0, sizeof(*m));
	sp_field_row_clear(SP_TABLE_GOLDEN, &m->frame.golden);
	m->random = seed * 2 + 1;
	m->frame.time.tv_sec = BEGIN;
	m->frame.nr_cpus = 2;
	m->frame.mem_total_bytes = 8ULL << 30;
	m->frame.source.name = "kmod";
	m->frame.tasks = m->tasks;
	snprintf(m->frame.host, sizeof(m->frame.host), "db1");
	snprintf(m->frame.kernel, sizeof(m->frame.kernel), "6.1.0-23");
	for (int i = 0; i < SP_RESOURCES; i++)
		m->frame.status[i] = SP_STATUS_OK;
}

void made_next(struct made *m, double interval)
{
	long long ns = m->frame.time.tv_nsec + llround(interval * 1e9);

	m->frame.time.tv_sec += ns / 1000000000;
	m->frame.time.tv_nsec = ns % 1000000000;
	m->frame.interval_s = interval;
}

double *made_golden(struct made *m, const char *key)
{
	const struct sp_table *t = &sp_tables[SP_TABLE_GOLDEN];
	const char *dot = strchr(key, '.');
	char *golden = (char *)&m->frame.golden;

	for (size_t i = 0; i < t->nr_fields; i++) {
		const struct sp_field *f = &t->fields[i];
		const char *name = sp_resource_names[f->resource];

		if (strlen(name) == (size_t)(dot - key) &&
		    !strncmp(key, name, strlen(name)) &&
		    !strcmp(dot + 1, f->key))
			return (void *)(golden + f->offset);
	}
	fail_msg("no golden signal %s", key);
	return NULL;
}

struct sp_task *made_task(struct made *m, unsigned int pid, const char *comm)
{
	struct sp_task *t = &m->tasks[m->frame.nr_tasks];

	assert_true(m->frame.nr_tasks < MADE_TASKS);
	m->frame.nr_tasks++;
	sp_field_row_clear(SP_TABLE_TASK, t);
	t->pid = t->tid = pid;
	t->state_threads = 1;
	t->started = BEGIN - 1000.0 - pid;
	snprintf(t->comm, sizeof(t->comm), "%s", comm);
	return t;
}

void made_verdict(struct made *m, enum sp_status severity,
		  enum sp_resource resource, enum sp_signal signal,
		  const char *text, const char *comm)
{
	struct sp_verdict *v = &m->frame.verdict;

	memset(v, 0, sizeof(*v));
	v->severity = severity;
	v->resource = resource;
	v->signal = signal;
	snprintf(v->text, sizeof(v->text), "%s", text);
	m->frame.status[resource] = severity;
	if (!comm)
		return;
	v->has_culprit = true;
	v->culprit.pid = 4711;
	v->culprit.share_pct = 46;
	snprintf(v->culprit.comm, sizeof(v->culprit.comm), "%s", comm);
}

/* xorshift64*, by Vigna (2016). */
double made_uniform(struct made *m)
{
	m->random ^= m->random >> 12;
	m->random ^= m->random << 25;
	m->random ^= m->random >> 27;
	return (double)(m->random * 0x2545f4914f6cdd1dULL >> 11) / 0x1p53;
}

/* By Box and Muller. */
double made_normal(struct made *m)
{
	double r = sqrt(-2 * log(1 - made_uniform(m)));

	return r * cos(2 * 3.14159265358979323846 * made_uniform(m));
}
