// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the outcome of sysperf diff as JSON, schema "sysperf-diff/1": one
 * object in a line.
 */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <yajl/yajl_gen.h>

#include <sysperf/text.h>

#include "diff.h"
#include "fmt.h"
#include "out.h"

/* yajl remembers its first error; it is asked for once, at the end. */
static void key(yajl_gen g, const char *s)
{
	yajl_gen_string(g, (const unsigned char *)s, strlen(s));
}

static void text(yajl_gen g, const char *name, const char *s)
{
	char buf[SP_TEXT_MAX];

	key(g, name);
	if (*s)
		key(g, sp_utf8_clean(buf, s));
	else
		yajl_gen_null(g);
}

static void number(yajl_gen g, const char *name, double v, int digits)
{
	char buf[32];

	key(g, name);
	if (!isfinite(v)) {
		yajl_gen_null(g);
		return;
	}
	sp_decimal(buf, sizeof(buf), v, digits);
	yajl_gen_number(g, buf, strlen(buf));
}

static void write_side(yajl_gen g, const char *which, const char *name,
		       const struct diff_side *s)
{
	char buf[OUT_TIME_MAX];

	key(g, which);
	yajl_gen_map_open(g);
	text(g, "file", name);
	text(g, "host", s->host);
	text(g, "kernel", s->kernel);
	text(g, "source", s->source);
	text(g, "begin", out_epoch(buf, s->begin));
	text(g, "end", out_epoch(buf, s->end));
	number(g, "recorded_s", s->seconds, 3);
	number(g, "samples", (double)s->frames, 0);
	key(g, "damage");
	yajl_gen_map_open(g);
	number(g, "places", (double)s->damage.places, 0);
	number(g, "bytes", (double)s->damage.bytes, 0);
	number(g, "samples", (double)s->damage.records, 0);
	yajl_gen_map_close(g);
	yajl_gen_map_close(g);
}

static void write_row(yajl_gen g, const struct diff_row *row)
{
	const struct sp_field *f = &row->field;

	yajl_gen_map_open(g);
	if (*row->name)
		text(g, "name", row->name);
	else
		text(g, "resource", sp_resource_names[f->resource]);
	text(g, "signal", sp_signal_names[f->signal]);
	text(g, "key", f->key);
	text(g, "outcome", diff_outcomes[row->outcome]);
	text(g, "reason", row->why);
	number(g, "a", row->a, f->precision + 2);
	number(g, "b", row->b, f->precision + 2);
	number(g, "change", row->change, f->precision + 2);
	/* null from 0: there is no percentage of it */
	number(g, "change_pct", row->change_pct, 1);
	number(g, "p", row->p, 9);
	number(g, "block_s", row->block_s, 3);
	number(g, "blocks_a", (double)row->na, 0);
	number(g, "blocks_b", (double)row->nb, 0);
	yajl_gen_map_close(g);
}

static void write_rows(yajl_gen g, const char *name,
		       const struct diff_result *r, bool tasks)
{
	key(g, name);
	yajl_gen_array_open(g);
	for (size_t i = 0; i < r->nr; i++)
		if (!*r->rows[i].name != tasks)
			write_row(g, &r->rows[i]);
	yajl_gen_array_close(g);
}

static void write_all(yajl_gen g, const struct diff_head *h,
		      const struct diff_result *r)
{
	yajl_gen_map_open(g);
	text(g, "schema", "sysperf-diff/1");
	write_side(g, "a", h->name_a, h->a);
	write_side(g, "b", h->name_b, h->b);
	number(g, "threshold_pct", h->threshold_pct, 3);
	number(g, "alpha", DIFF_ALPHA, 6);
	key(g, "regression");
	yajl_gen_bool(g, r->count[DIFF_WORSE] > 0);
	key(g, "judged");
	yajl_gen_integer(g, (long long)(r->nr - r->count[DIFF_UNKNOWN]));
	key(g, "unknown");
	yajl_gen_integer(g, (long long)r->count[DIFF_UNKNOWN]);
	write_rows(g, "golden", r, false);
	write_rows(g, "tasks", r, true);
	yajl_gen_map_close(g);
}

int diff_json(FILE *f, const struct diff_head *h, const struct diff_result *r)
{
	yajl_gen g = yajl_gen_alloc(NULL);
	const unsigned char *buf;
	size_t len;
	int ret = -EINVAL;

	if (!g)
		return -ENOMEM;
	yajl_gen_config(g, yajl_gen_validate_utf8, 1);
	write_all(g, h, r);
	/* Only what is whole can be taken from it. */
	if (yajl_gen_get_buf(g, &buf, &len) == yajl_gen_status_ok && len &&
	    buf[len - 1] == '}') {
		fwrite(buf, 1, len, f);
		putc('\n', f);
		ret = 0;
	}
	yajl_gen_free(g);
	return ret;
}
