// SPDX-License-Identifier: GPL-2.0-only
/*
 * Columns of the list of tasks: own the usual choice and its weights.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "filter.h"
#include "task_columns.h"

/* What is shown where the user did not say; weights decide what fits. */
static const struct {
	const char *key; /* NULL: the bar of states */
	unsigned char weight;
	bool of_threads; /* shown only when rows are threads */
} defaults[] = {
	{"tid", 100, true},
	{"pid", 99, false},
	{"user", 62, false},
	{"state", 90, false},
	{"cpu_pct", 98, false},
	{NULL, 81, false},
	{"runq_pct", 80, false},
	{"iowait_pct", 76, false},
	{"blocked_pct", 40, false},
	{"runq_wait_p50_us", 18, false},
	{"runq_wait_p99_us", 85, false},
	{"runq_wait_max_us", 19, false},
	{"switches_per_s", 26, false},
	{"read_bytes_per_s", 78, false},
	{"write_bytes_per_s", 77, false},
	{"ios_per_s", 17, false},
	{"io_p50_us", 14, false},
	{"io_p99_us", 60, false},
	{"io_max_us", 16, false},
	{"io_errors_per_s", 21, false},
	{"net_rx_bytes_per_s", 58, false},
	{"net_tx_bytes_per_s", 57, false},
	{"ipc", 34, false},
	{"cache_misses_per_s", 33, false},
	{"cache_miss_pct", 23, false},
	{"minor_faults_per_s", 13, false},
	{"major_faults_per_s", 45, false},
	{"reclaim_pct", 27, false},
	{"rss_bytes", 82, false},
	{"threads", 25, false},
	{"nice", 37, false},
	{"cpu", 24, false},
	{"cpu_time_us", 50, false},
	{"started", 29, false},
	{"comm", 75, true},
	{"command", 255, false},
};

static const struct sp_field *task_field(const char *key)
{
	return sp_field_find(SP_TABLE_TASK, key, strlen(key));
}

static bool is_usual(const struct sp_field *f)
{
	size_t i;

	for (i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++) {
		if (defaults[i].key && !strcmp(defaults[i].key, f->key))
			return true;
	}
	return false;
}

void task_columns_usual(struct columns *c, const struct sp_field *sort,
			bool threads, uint32_t caps)
{
	bool has_sort = !sort;
	size_t i;

	for (i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++) {
		const struct sp_field *f = NULL;
		unsigned char weight = defaults[i].weight;

		if (defaults[i].of_threads && !threads)
			continue;
		if (defaults[i].key) {
			f = task_field(defaults[i].key);
			if (!f || !table_usable(f, caps))
				continue;
			/* rows' order must have a reason */
			if (f == sort)
				weight = 254;
		} else if (!has_sort && !is_usual(sort)) {
			table_add(c, sort, 254);
			has_sort = true;
		}
		table_add(c, f, weight);
	}
}

void task_columns_chosen(struct columns *c, const struct task_columns *chosen,
			 const struct sp_field *sort, bool threads)
{
	bool has_tid = !threads;
	size_t i;

	for (i = 0; i < chosen->nr; i++) {
		const struct sp_field *f = chosen->field[i];

		has_tid = has_tid || (f && !strcmp(f->key, "tid"));
	}
	/* Rows of threads are told apart by their own id. */
	if (!has_tid)
		table_add(c, task_field("tid"), 255);
	for (i = 0; i < chosen->nr; i++) {
		const struct sp_field *f = chosen->field[i];
		unsigned char weight = (unsigned char)(250 - i);

		if (f && (f == sort || !strcmp(f->key, "command")))
			weight = 254;
		table_add(c, f, weight);
	}
}

int task_columns_parse(struct task_columns *t, const char *keys, char *err,
		       size_t len)
{
	struct task_columns new = {.nr = 0};

	while (*keys) {
		size_t n;

		keys += strspn(keys, " ,");
		n = strcspn(keys, " ,");
		if (!n)
			break;
		if (new.nr == TABLE_COLUMNS_MAX) {
			snprintf(err, len, "more than %d columns",
				 TABLE_COLUMNS_MAX);
			return -EINVAL;
		}
		if (n == strlen(TASK_STATES_KEY) &&
		    !strncmp(keys, TASK_STATES_KEY, n)) {
			new.field[new.nr++] = NULL;
		} else {
			const struct sp_field *f =
				view_find_key(keys, n, err, len);

			if (!f)
				return -EINVAL;
			new.field[new.nr++] = f;
		}
		keys += n;
	}
	*t = new;
	return 0;
}

void task_columns_print(const struct task_columns *t, char *buf, size_t len)
{
	size_t i, n = 0;

	buf[0] = '\0';
	for (i = 0; i < t->nr && n < len; i++)
		n += (size_t)snprintf(buf + n, len - n, "%s%s", i ? "," : "",
				      t->field[i] ? t->field[i]->key
						  : TASK_STATES_KEY);
}
