// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the grammar of metrics: declarations, labels, values, and what
 * OpenMetrics and Prometheus' older text do differently.
 */
#include <math.h>

#include <sysperf/text.h>

#include "metrics.h"

/* Escapes are the same three in help and in label values. */
static void write_escaped(FILE *f, const char *s)
{
	char buf[SP_TEXT_MAX];

	for (s = sp_utf8_clean(buf, s); *s; s++) {
		if (*s == '\n') {
			fputs_unlocked("\\n", f);
			continue;
		}
		if (*s == '\\' || *s == '"')
			putc_unlocked('\\', f);
		putc_unlocked(*s, f);
	}
}

void metrics_head(const struct metrics *m, const char *name,
		  enum metrics_type type, const char *unit, const char *help)
{
	static const char *const types[] = {
		[METRICS_GAUGE] = "gauge",
		[METRICS_COUNTER] = "counter",
		[METRICS_HISTOGRAM] = "histogram",
	};
	bool older = m->syntax == SP_METRICS_TEXT;
	/* There, a counter's _total belongs to its name. */
	const char *end = older && type == METRICS_COUNTER ? "_total" : "";

	fprintf(m->f, "# TYPE %s%s %s\n", name, end, types[type]);
	if (*unit && !older)
		fprintf(m->f, "# UNIT %s %s\n", name, unit);
	fprintf(m->f, "# HELP %s%s ", name, end);
	write_escaped(m->f, help);
	fputs_unlocked(".\n", m->f);
}

void metrics_label(const struct metrics *m, char before, const char *name,
		   const char *value)
{
	putc_unlocked(before, m->f);
	fputs_unlocked(name, m->f);
	fputs_unlocked("=\"", m->f);
	write_escaped(m->f, value);
	putc_unlocked('"', m->f);
}

static void write_value(const struct metrics *m, double v, int digits)
{
	char number[32];

	putc_unlocked(' ', m->f);
	fputs_unlocked(sp_decimal(number, sizeof(number), v, digits), m->f);
	putc_unlocked('\n', m->f);
}

void metrics_value(const struct metrics *m, double v)
{
	write_value(m, v, 9);
}

void metrics_sum(const struct metrics *m, double v)
{
	/* It grows for years: more digits than a double has, and the decimal
	 * would be whole. */
	write_value(m, v, v < 1e6 ? 9 : 3);
}

void metrics_single(const struct metrics *m, const char *name,
		    enum metrics_type type, const char *unit, const char *help,
		    double v)
{
	if (!isfinite(v))
		return;
	metrics_head(m, name, type, unit, help);
	fputs_unlocked(name, m->f);
	if (type == METRICS_COUNTER)
		fputs_unlocked("_total", m->f);
	metrics_sum(m, v);
}
