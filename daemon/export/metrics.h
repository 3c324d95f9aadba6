/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of a page of metrics share: how a metric is declared, and how
 * a sample is written.
 */
#ifndef SYSPERF_EXPORT_METRICS_H
#define SYSPERF_EXPORT_METRICS_H

#include <sysperf/metrics.h>

struct metrics {
	FILE *f;
	enum sp_metrics_syntax syntax;
};

enum metrics_type {
	METRICS_GAUGE,
	METRICS_COUNTER, /* its samples' names end in _total */
	METRICS_HISTOGRAM,
};

/**
 * metrics_head() - declare a metric
 * @name: without the _total of a counter
 * @unit: its last word; "" for a bare number
 * @help: one line, without a full stop
 */
void metrics_head(const struct metrics *m, const char *name,
		  enum metrics_type type, const char *unit, const char *help);

/**
 * metrics_label() - one label
 * @before: '{' or ','
 */
void metrics_label(const struct metrics *m, char before, const char *name,
		   const char *value);

/**
 * metrics_value() - the end of a sample: its value
 */
void metrics_value(const struct metrics *m, double v);

/**
 * metrics_sum() - the same of a sum over years, 0 or more
 */
void metrics_sum(const struct metrics *m, double v);

/**
 * metrics_single() - a metric of one sample without labels; none if it is NaN
 */
void metrics_single(const struct metrics *m, const char *name,
		    enum metrics_type type, const char *unit, const char *help,
		    double v);

/**
 * metrics_latencies() - the histograms
 */
void metrics_latencies(const struct metrics *m, const struct sp_latencies *l);

/**
 * metrics_totals() - counters of the golden signals
 */
void metrics_totals(const struct metrics *m, const struct sp_totals *t);

/**
 * metrics_self() - the daemon about itself
 */
void metrics_self(const struct metrics *m, const struct sp_self *self);

/* How a key's unit is written in base units. */
struct metrics_unit {
	const char *suffix; /* of the key */
	const char *name; /* the metric's last word; "" for a bare number */
	const char *total; /* that of the counter whose rate it is */
	double factor;
};

extern const struct metrics_unit metrics_units[];

#define METRICS_NAME_MAX 96

/**
 * metrics_golden_name() - the metric of a golden signal
 * @buf: of METRICS_NAME_MAX bytes
 * @last: its last word
 */
void metrics_golden_name(char *buf, const struct sp_field *f, const char *last);

#endif /* SYSPERF_EXPORT_METRICS_H */
