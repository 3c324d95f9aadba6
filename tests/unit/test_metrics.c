// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a page of metrics has: tasks that matter, sums over frames, histograms
 * whose every count is true, in both syntaxes.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sysperf/hist.h>
#include <sysperf/metrics.h>

#include "pair.h"

#define TASKS 40

static uint64_t total(const struct sp_latency *l)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i <= SP_LATENCY_BOUNDS; i++)
		n += l->count[i];
	return n;
}

static void module_is_there(struct pair *p, struct sysperf_cpu *cur,
			    struct sysperf_cpu *prev)
{
	const uint32_t caps = 1U << SP_CAP_KMOD | 1U << SP_CAP_SCHED |
			      1U << SP_CAP_BLOCK | 1U << SP_CAP_TCP |
			      1U << SP_CAP_RECLAIM;

	p->cur.info.caps = p->prev.info.caps = caps;
	p->cur.kcpus = calloc(1, sizeof(*p->cur.kcpus));
	p->prev.kcpus = calloc(1, sizeof(*p->prev.kcpus));
	p->cur.kcpus[0] = cur;
	p->prev.kcpus[0] = prev;
	p->cur.nr_kcpus = p->prev.nr_kcpus = 1;
}

/* Each count below a bound is of values that are not above it, and of all. */
static void bounds_are_true(void **state)
{
	struct pair *p = calloc(1, sizeof(*p));
	struct sysperf_cpu *cur = calloc(2, sizeof(*cur)), *prev = cur + 1;
	struct sp_latencies l = {0};
	uint64_t values[2000], below, sum = 0;
	uint64_t ns = 100;
	size_t nr = 0;

	(void)state;
	pair_init(p, 1);
	module_is_there(p, cur, prev);
	for (; nr < 2000; ns += ns / 97 + 1, nr++) {
		uint64_t edge = 1ULL << (10 + nr % 28);

		/* The edges themselves, and what is beside them. */
		values[nr] = nr % 3 ? ns : edge - nr % 2;
		cur->runq_hist[sysperf_hist_index(values[nr],
						  SYSPERF_HIST_SUB)]++;
		cur->runq_wait_ns += values[nr];
	}
	assert_int_equal(sp_latencies_add(&l, &p->cur, &p->prev), 0);
	assert_int_equal(l.runq.sum_ns, cur->runq_wait_ns);
	assert_int_equal(total(&l.runq), nr);
	for (unsigned int i = 0; i < SP_LATENCY_BOUNDS; i++) {
		below = 0;
		sum += l.runq.count[i];
		for (size_t v = 0; v < nr; v++)
			below += values[v] <= sp_latency_bound_ns(i);
		assert_int_equal(sum, below);
	}
	sp_latencies_free(&l);
	pair_free(p);
	free(p);
	free(cur);
}

/* The module's buckets wrap, and begin anew when it is loaded again. */
static void sums_never_fall(void **state)
{
	struct pair *p = calloc(1, sizeof(*p));
	struct sysperf_cpu *cur = calloc(2, sizeof(*cur)), *prev = cur + 1;
	struct sp_latencies l = {0};

	(void)state;
	pair_init(p, 1);
	module_is_there(p, cur, prev);
	prev->runq_hist[300] = UINT32_MAX - 1;
	cur->runq_hist[300] = 3;
	prev->runq_wait_ns = 10;
	cur->runq_wait_ns = 60;
	sp_latencies_add(&l, &p->cur, &p->prev);
	assert_int_equal(total(&l.runq), 5);
	assert_int_equal(l.runq.sum_ns, 50);
	prev->runq_hist[300] = 1000;
	cur->runq_wait_ns = 1;
	sp_latencies_add(&l, &p->cur, &p->prev);
	assert_int_equal(total(&l.runq), 5);
	assert_int_equal(l.runq.sum_ns, 50);
	/* No telling how much of it is of this interval. */
	p->prev.info.caps = 1U << SP_CAP_ANY;
	sp_latencies_add(&l, &p->cur, &p->prev);
	assert_int_equal(total(&l.runq), 5);
	assert_true(l.caps & 1U << SP_CAP_SCHED);
	p->cur.info.caps = 1U << SP_CAP_ANY;
	sp_latencies_add(&l, &p->cur, &p->prev);
	assert_false(l.caps & 1U << SP_CAP_SCHED);
	sp_latencies_free(&l);
	pair_free(p);
	free(p);
	free(cur);
}

static void disks_come_and_go(void **state)
{
	struct pair *p = calloc(1, sizeof(*p));
	struct sysperf_cpu *cpus = calloc(2, sizeof(*cpus));
	struct sysperf_disk *d = calloc(2, sizeof(*d));
	struct sp_latencies l = {0};
	struct sp_raw_disk *raw;

	(void)state;
	pair_init(p, 1);
	module_is_there(p, &cpus[0], &cpus[1]);
	p->cur.kdisks = calloc(2, sizeof(*p->cur.kdisks));
	p->prev.kdisks = calloc(2, sizeof(*p->prev.kdisks));
	strcpy(d[0].name, "vda");
	strcpy(d[1].name, "vdb");
	d[1].minor = 16;
	d[0].io[SYSPERF_OP_READ].hist[400] = 7;
	d[1].io[SYSPERF_OP_WRITE].hist[400] = 9;
	p->cur.kdisks[0] = &d[0];
	p->cur.kdisks[1] = &d[1];
	p->cur.nr_kdisks = 2;
	sp_latencies_add(&l, &p->cur, &p->prev);
	assert_int_equal(l.nr_disks, 2);
	assert_int_equal(total(&l.disks[0].op[SYSPERF_OP_READ]), 7);
	assert_int_equal(total(&l.disks[0].op[SYSPERF_OP_WRITE]), 0);
	assert_int_equal(total(&l.disks[1].op[SYSPERF_OP_WRITE]), 9);
	/* The module was loaded again, and vda was not used since. */
	p->prev.nr_kdisks = p->cur.nr_kdisks = 0;
	raw = sp_snapshot_add_disk(&p->cur);
	strcpy(raw->name, "vda");
	raw->major = raw->minor = 0;
	sp_latencies_add(&l, &p->cur, &p->prev);
	assert_int_equal(l.nr_disks, 1);
	p->cur.nr_kdisks = 1;
	sp_latencies_add(&l, &p->cur, &p->prev);
	assert_int_equal(l.nr_disks, 1);
	assert_string_equal(l.disks[0].name, "vda");
	assert_int_equal(total(&l.disks[0].op[SYSPERF_OP_READ]), 14);
	p->cur.nr_kdisks = p->cur.nr_disks = 0;
	sp_latencies_add(&l, &p->cur, &p->prev);
	assert_int_equal(l.nr_disks, 0);
	sp_latencies_free(&l);
	pair_free(p);
	free(p);
	free(cpus);
	free(d);
}

static struct sp_frame *frame_of_tasks(void)
{
	struct sp_frame *f = calloc(1, sizeof(*f));

	sp_field_row_clear(SP_TABLE_GOLDEN, &f->golden);
	f->tasks = calloc(TASKS, sizeof(*f->tasks));
	f->nr_tasks = TASKS;
	f->source.name = "procfs";
	f->interval_s = 2;
	for (int i = 0; i < TASKS; i++) {
		struct sp_task *t = &f->tasks[i];

		sp_field_row_clear(SP_TABLE_TASK, t);
		t->pid = t->tid = i + 1;
		snprintf(t->comm, sizeof(t->comm), "t%d", i + 1);
		t->cpu_pct = (i * 7) % TASKS; /* a permutation, with one 0 */
		t->rss_bytes = i < 3 ? 1000.0 - i : (double)NAN;
	}
	return f;
}

static void frame_free(struct sp_frame *f)
{
	free(f->tasks);
	free(f);
}

static void top_is_a_union(void **state)
{
	const struct sp_task *tasks[SP_METRICS_SIGNALS * TASKS];
	struct sp_frame *f = frame_of_tasks();
	size_t nr = sp_metrics_top(f, 4, tasks);
	int by_cpu = 0;

	(void)state;
	for (size_t i = 0; i < nr; i++) {
		if (i)
			assert_true(tasks[i - 1] < tasks[i]);
		by_cpu += tasks[i]->cpu_pct >= TASKS - 4;
		assert_true(tasks[i]->cpu_pct >= TASKS - 4 ||
			    tasks[i]->rss_bytes > 0);
	}
	assert_int_equal(by_cpu, 4);
	assert_int_equal(nr, 7); /* and the three of which rss is known */
	assert_int_equal(sp_metrics_top(f, 0, tasks), 0);
	/* More than there are: all but the one that is idle in every way. */
	f->tasks[0].rss_bytes = 0;
	assert_int_equal(sp_metrics_top(f, TASKS, tasks), TASKS - 1);
	frame_free(f);
}

static void hardware_counters_are_private(void **state)
{
	const struct sp_field *columns[64];
	size_t nr = sp_metrics_columns(columns, 64);

	(void)state;
	assert_true(nr > 20);
	for (size_t i = 0; i < nr; i++)
		assert_int_not_equal(columns[i]->needs, SP_CAP_PMU);
}

static char *page_text(const struct sp_metrics_page *page,
		       enum sp_metrics_syntax syntax)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	assert_int_equal(sp_metrics_write(f, syntax, page), 0);
	fclose(f);
	return text;
}

static void has(const char *text, const char *line)
{
	const char *at = strstr(text, line);

	if (!at || (at != text && at[-1] != '\n'))
		fail_msg("no '%s' in:\n%s", line, text);
}

static void sums_over_frames(void **state)
{
	struct sp_frame *f = frame_of_tasks();
	struct sp_totals t = {0};
	struct sp_metrics_page page = {.frame = f, .totals = &t};
	char *text;

	(void)state;
	f->golden.cpu_context_switches_per_s = 1000;
	f->golden.network_rx_bits_per_s = 80;
	f->golden.cpu_util_pct = 50; /* no counter */
	f->status[SP_RES_DISK] = SP_STATUS_WARNING;
	sp_totals_add(&t, f);
	f->golden.cpu_context_switches_per_s = NAN;
	f->status[SP_RES_DISK] = SP_STATUS_NONE;
	sp_totals_add(&t, f);
	text = page_text(&page, SP_METRICS_OPENMETRICS);
	has(text, "# TYPE sysperf_cpu_context_switches counter\n");
	has(text, "sysperf_cpu_context_switches_total 2000\n");
	has(text, "# UNIT sysperf_network_rx_bytes bytes\n");
	has(text, "sysperf_network_rx_bytes_total 40\n");
	has(text, "sysperf_status_seconds_total{resource=\"disk\","
		  "status=\"warning\"} 2\n");
	assert_null(strstr(text, "util_total"));
	assert_null(strstr(text, "sysperf_disk_reads_total"));
	free(text);
	text = page_text(&page, SP_METRICS_TEXT);
	has(text, "# TYPE sysperf_cpu_context_switches_total counter\n");
	has(text, "sysperf_cpu_context_switches_total 2000\n");
	assert_null(strstr(text, "# UNIT"));
	assert_null(strstr(text, "# EOF"));
	free(text);
	frame_free(f);
}

static void histograms(void **state)
{
	struct sp_frame *f = frame_of_tasks();
	struct sp_disk_latency disk = {.name = "a\"b"};
	struct sp_latencies l = {.disks = &disk, .nr_disks = 1};
	struct sp_metrics_page page = {.frame = f, .latencies = &l};
	char *text;

	(void)state;
	text = page_text(&page, SP_METRICS_OPENMETRICS);
	assert_null(strstr(text, "histogram")); /* absent is not zero */
	free(text);
	l.caps = 1U << SP_CAP_SCHED | 1U << SP_CAP_BLOCK;
	l.runq.count[0] = 2;
	l.runq.count[SP_LATENCY_BOUNDS] = 1;
	l.runq.sum_ns = 10000000123;
	disk.op[SYSPERF_OP_READ].count[9] = 4;
	text = page_text(&page, SP_METRICS_OPENMETRICS);
	has(text, "# TYPE sysperf_cpu_runq_wait_seconds histogram\n");
	has(text, "sysperf_cpu_runq_wait_seconds_bucket{le=\"0.000004095\"} "
		  "2\n");
	has(text, "sysperf_cpu_runq_wait_seconds_bucket{le=\"8.589934591\"} "
		  "2\n");
	has(text, "sysperf_cpu_runq_wait_seconds_bucket{le=\"+Inf\"} 3\n");
	has(text, "sysperf_cpu_runq_wait_seconds_sum 10.000000123\n");
	has(text, "sysperf_cpu_runq_wait_seconds_count 3\n");
	has(text, "sysperf_disk_request_seconds_bucket{device=\"a\\\"b\","
		  "operation=\"read\",le=\"0.001048575\"} 0\n");
	has(text, "sysperf_disk_request_seconds_bucket{device=\"a\\\"b\","
		  "operation=\"read\",le=\"0.002097151\"} 4\n");
	has(text, "sysperf_disk_request_seconds_count{device=\"a\\\"b\","
		  "operation=\"read\"} 4\n");
	assert_null(strstr(text, "operation=\"write\""));
	assert_null(strstr(text, "rtt_seconds histogram"));
	free(text);
	frame_free(f);
}

static void alerts(void **state)
{
	struct sp_frame *f = frame_of_tasks();
	struct sp_alert rows[2];
	struct sp_metrics_page page = {.frame = f};
	char *text = page_text(&page, SP_METRICS_OPENMETRICS);

	(void)state;
	assert_null(strstr(text, "sysperf_alert"));
	free(text);
	memset(rows, 0, sizeof(rows));
	strcpy(rows[0].name, "slow");
	strcpy(rows[0].on, "sda");
	strcpy(rows[0].severity, "critical");
	strcpy(rows[0].state, "firing");
	strcpy(rows[1].name, "busy");
	strcpy(rows[1].state, "pending");
	f->alerts = rows;
	f->nr_alerts = 2;
	text = page_text(&page, SP_METRICS_OPENMETRICS);
	has(text, "sysperf_alert{alert=\"slow\",on=\"sda\","
		  "severity=\"critical\"} 2\n");
	has(text, "sysperf_alert{alert=\"busy\",on=\"\",severity=\"\"} 1\n");
	free(text);
	frame_free(f);
}

static void of_itself(void **state)
{
	struct sp_frame *f = frame_of_tasks();
	struct sp_self self = {
		.version = "1.2",
		.samples = 7,
		.viewers = NAN,
		.recorded_bytes = 9e15,
	};
	struct sp_metrics_page page = {.frame = f, .self = &self};
	char *text = page_text(&page, SP_METRICS_OPENMETRICS);

	(void)state;
	has(text, "sysperfd_build_info{version=\"1.2\"} 1\n");
	has(text, "sysperfd_samples_total 7\n");
	has(text, "sysperfd_recorded_bytes_total 9000000000000000\n");
	assert_null(strstr(text, "sysperfd_viewers "));
	assert_string_equal(text + strlen(text) - 6, "# EOF\n");
	free(text);
	frame_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounds_are_true),
		cmocka_unit_test(sums_never_fall),
		cmocka_unit_test(disks_come_and_go),
		cmocka_unit_test(top_is_a_union),
		cmocka_unit_test(hardware_counters_are_private),
		cmocka_unit_test(sums_over_frames),
		cmocka_unit_test(histograms),
		cmocka_unit_test(alerts),
		cmocka_unit_test(of_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
