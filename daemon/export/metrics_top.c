// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns which tasks a page of metrics has: each that it has makes three dozen
 * time series, so that they must be few, and those that matter.
 */
#include <math.h>
#include <string.h>

#include <sysperf/metrics.h>

/* What a task is looked up for. */
static const char *const signals[SP_METRICS_SIGNALS] = {
	"cpu_pct",
	"runq_pct",
	"runq_wait_p99_us",
	"iowait_pct",
	"blocked_pct",
	"read_bytes_per_s",
	"write_bytes_per_s",
	"io_p99_us",
	"net_rx_bytes_per_s",
	"net_tx_bytes_per_s",
	"major_faults_per_s",
	"rss_bytes",
};

size_t sp_metrics_columns(const struct sp_field **columns, size_t max)
{
	const struct sp_table *t = &sp_tables[SP_TABLE_TASK];
	size_t nr = 0;

	for (size_t i = 0; i < t->nr_fields && nr < max; i++)
		if (t->fields[i].needs != SP_CAP_PMU)
			columns[nr++] = &t->fields[i];
	return nr;
}

/* Put it where it belongs among the first, who are in order. */
static size_t rank(const struct sp_task **first, size_t nr, size_t most,
		   const struct sp_field *by, const struct sp_task *t)
{
	double v = sp_field_num(by, t);
	size_t at;

	if (!(v > 0) || !isfinite(v))
		return nr;
	if (nr == most && !(v > sp_field_num(by, first[nr - 1])))
		return nr;
	at = nr < most ? nr++ : nr - 1;
	for (; at && v > sp_field_num(by, first[at - 1]); at--)
		first[at] = first[at - 1];
	first[at] = t;
	return nr;
}

/* All lie in one array, so their places in it are an order. */
static void insert(const struct sp_task **tasks, size_t *nr,
		   const struct sp_task *t)
{
	size_t low = 0, high = *nr;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (tasks[mid] < t)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < *nr && tasks[low] == t)
		return;
	memmove(&tasks[low + 1], &tasks[low],
		(*nr - low) * sizeof(struct sp_task *));
	tasks[low] = t;
	++*nr;
}

size_t sp_metrics_top(const struct sp_frame *frame, size_t n,
		      const struct sp_task **tasks)
{
	size_t nr = 0;

	if (!n)
		return 0;
	for (size_t s = 0; s < SP_METRICS_SIGNALS; s++) {
		const struct sp_field *by = sp_field_find(
			SP_TABLE_TASK, signals[s], strlen(signals[s]));
		/* Behind those that there are already is room for these. */
		const struct sp_task **first = tasks + s * n;
		size_t found = 0;

		for (size_t i = 0; by && i < frame->nr_tasks; i++)
			found = rank(first, found, n, by, &frame->tasks[i]);
		/* The place behind the last found is read before it is
		 * written: nr is s * n at most, and grows by one a turn. */
		for (size_t i = 0; i < found; i++)
			insert(tasks, &nr, first[i]);
	}
	return nr;
}
