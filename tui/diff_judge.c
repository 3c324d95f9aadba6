// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the judgement of sysperf diff: which numbers are compared, over blocks
 * of what length, and whether a difference is one to speak of. Which direction
 * is the worse one follows from the signal: more latency, errors or saturation
 * is worse, other traffic is neither.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "diff_stats.h"

/*
 * These were found by trying, with some 20 signals that are skewed and like
 * themselves to different degrees: of 100 comparisons of a recording with one
 * of the same two are wrong at most (tests/unit/test_diff.c). With fewer
 * blocks their likeness cannot be told; with more alike ones what the variance
 * is widened by, which is a model, would matter too much.
 */
#define BLOCKS_MIN 20
#define LIKENESS_MAX 0.3
#define LIKENESS_DOUBT 0.5 /* of its standard error: it may be as much more */
/* Lengths of samples between which percentiles and maxima are comparable. */
#define LENGTH_RATIO 1.5

const char *const diff_outcomes[DIFF_OUTCOMES] = {
	[DIFF_UNKNOWN] = "unknown", [DIFF_SAME] = "same",
	[DIFF_CHANGED] = "changed", [DIFF_BETTER] = "better",
	[DIFF_WORSE] = "worse",
};

struct judge {
	struct diff_result *r;
	const struct diff_side *a, *b;
	double threshold; /* a fraction */
};

/* What matters to nobody, however many percent it is. */
static double least_that_matters(const struct diff_row *row)
{
	bool errors = row->field.signal == SP_SIG_ERRORS;

	switch (row->field.unit) {
	case SP_UNIT_PCT:
		return errors ? 0.1 : 1;
	case SP_UNIT_RATIO:
		return 0.02;
	case SP_UNIT_US:
		return *row->name ? 50 : 5;
	case SP_UNIT_PER_S:
		return errors ? 0 : 1;
	case SP_UNIT_BYTES:
		return *row->name ? 1 << 20 : 1 << 14;
	case SP_UNIT_BYTES_PER_S:
		return 1 << 14;
	case SP_UNIT_BITS_PER_S:
		return 8 << 14;
	default:
		return 0;
	}
}

/* It grows with the length of the samples it is taken from. */
static bool extreme(const struct sp_field *f)
{
	return f->kind == SP_KIND_PERCENTILE || strstr(f->key, "max_us");
}

static bool same_lengths(const struct judge *j)
{
	double a = j->a->seconds / (double)j->a->frames;
	double b = j->b->seconds / (double)j->b->frames;

	return a < b * LENGTH_RATIO && b < a * LENGTH_RATIO;
}

static double mean(const double *v, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += v[i];
	return sum / (double)n;
}

/* Where most values are alike, as 0 of errors, the middle says nothing. */
static void set_change(struct diff_row *row, const double *a, const double *b)
{
	double base = rank_median(a, row->na);
	double u = rank_u(a, row->na, b, row->nb);
	bool up = u > (double)row->na * (double)row->nb / 2;

	row->change = rank_shift(a, row->na, b, row->nb);
	if (row->change == 0 || !(base > 0)) {
		base = mean(a, row->na);
		row->change = mean(b, row->nb) - base;
	}
	/* A mean that a few values move is not what the test found. */
	if ((row->change > 0) != up)
		row->change = 0;
	row->change_pct = row->change == 0 ? 0
			  : base > 0	   ? 100 * row->change / base
					   : copysign(INFINITY, row->change);
}

static void compare(struct diff_row *row, const struct judge *j,
		    const struct diff_series *a, const struct diff_series *b)
{
	double first = fmax(j->a->axis.width, j->b->axis.width);
	double va[SERIES_BLOCKS], vb[SERIES_BLOCKS], likeness, doubt;

	row->block_s = first;
	for (;; row->block_s *= 2) {
		row->na = diff_series_blocks(a, &j->a->axis, row->block_s, va);
		row->nb = diff_series_blocks(b, &j->b->axis, row->block_s, vb);
		if (row->na < BLOCKS_MIN || row->nb < BLOCKS_MIN) {
			row->why =
				row->block_s > first
					? "neighbouring samples are too alike"
					: "too few samples";
			return;
		}
		likeness = fmax(rank_likeness(va, row->na),
				rank_likeness(vb, row->nb));
		if (likeness <= LIKENESS_MAX)
			break;
	}
	row->why = "";
	doubt = LIKENESS_DOUBT /
		sqrt((double)(row->na < row->nb ? row->na : row->nb));
	row->p = rank_p(va, row->na, vb, row->nb, fmax(likeness, 0) + doubt);
	set_change(row, va, vb);
}

static void decide(struct diff_row *row, double threshold)
{
	double part = fabs(row->change_pct) / 100;

	row->outcome = DIFF_SAME;
	if (!(row->p < DIFF_ALPHA) || part < threshold ||
	    !(fabs(row->change) > least_that_matters(row)))
		return;
	if (row->field.signal == SP_SIG_TRAFFIC)
		row->outcome = DIFF_CHANGED;
	else
		row->outcome = row->change > 0 ? DIFF_WORSE : DIFF_BETTER;
}

/* Rows from @first on are one family of tests. */
static void decide_all(const struct judge *j, size_t first)
{
	struct diff_result *r = j->r;
	double p[RANK_MAX];
	size_t nr = 0;

	for (size_t i = first; i < r->nr && nr < RANK_MAX; i++)
		if (!isnan(r->rows[i].p))
			p[nr++] = r->rows[i].p;
	rank_holm(p, nr);
	nr = 0;
	for (size_t i = first; i < r->nr && nr < RANK_MAX; i++) {
		struct diff_row *row = &r->rows[i];

		if (!isnan(row->p)) {
			row->p = p[nr++];
			decide(row, j->threshold);
		}
		r->count[row->outcome]++;
	}
}

static struct diff_row *next_row(struct diff_result *r,
				 const struct sp_field *f, const char *name)
{
	struct diff_row *row = &r->rows[r->nr++];

	memset(row, 0, sizeof(*row));
	row->field = *f;
	snprintf(row->name, sizeof(row->name), "%s", name);
	row->change = row->change_pct = row->p = NAN;
	row->why = "";
	return row;
}

static void judge_golden(const struct judge *j)
{
	const struct sp_table *t = &sp_tables[SP_TABLE_GOLDEN];

	for (size_t i = 0; i < t->nr_fields; i++) {
		const struct diff_series *a = &j->a->golden[i];
		const struct diff_series *b = &j->b->golden[i];
		double mean_a = diff_series_mean(a);
		double mean_b = diff_series_mean(b);
		struct diff_row *row;

		if (isnan(mean_a) && isnan(mean_b))
			continue;
		row = next_row(j->r, &t->fields[i], "");
		row->a = mean_a;
		row->b = mean_b;
		if (isnan(mean_a))
			row->why = "not measured in A";
		else if (isnan(mean_b))
			row->why = "not measured in B";
		else if (extreme(&row->field) && !same_lengths(j))
			row->why = "samples are of different lengths";
		else
			compare(row, j, a, b);
	}
	decide_all(j, 0);
}

/* A use as a field. */
static struct sp_field use_field(enum task_use use)
{
	return (struct sp_field){
		.key = task_uses[use].key,
		.title = task_uses[use].name,
		.help = task_uses[use].total,
		.unit = task_uses[use].rate,
		.signal = use == USE_RUNQ ? SP_SIG_SATURATION : SP_SIG_TRAFFIC,
		.precision = 2,
	};
}

static struct sp_field latency_field(enum diff_latency latency)
{
	static const char *const keys[LATENCIES] = {
		[LAT_RUNQ] = "runq_wait_p99_us", [LAT_IO] = "io_p99_us"};
	struct sp_field f = *sp_field_find(SP_TABLE_TASK, keys[latency],
					   strlen(keys[latency]));

	f.signal = SP_SIG_LATENCY;
	return f;
}

/* What a name used that is not there at all. */
static struct diff_series *nothing(const struct diff_side *s)
{
	struct diff_series *none = calloc(1, sizeof(*none));

	if (none)
		memcpy(none->seconds, s->axis.seconds, sizeof(none->seconds));
	return none;
}

struct candidate {
	const struct diff_name *a, *b; /* NULL: not there */
	double share; /* the most of anything that it uses */
};

static double share_of(const struct diff_side *s, const struct diff_name *n)
{
	double most = 0;

	for (int i = 0; n && i < USES; i++)
		if (s->total[i] > 0)
			most = fmax(most, n->total[i] / s->total[i]);
	return most;
}

static int by_share(const void *a, const void *b)
{
	double x = ((const struct candidate *)a)->share;
	double y = ((const struct candidate *)b)->share;

	return (x < y) - (x > y);
}

/* Those that use most; *nr of them. NULL without memory. */
static struct candidate *candidates(const struct judge *j, size_t *nr)
{
	size_t most = HASH_COUNT(j->a->names) + HASH_COUNT(j->b->names);
	struct candidate *c = calloc(most + 1, sizeof(*c));
	struct diff_name *n, *other;

	*nr = 0;
	if (!c)
		return NULL;
	for (n = j->a->names; n; n = n->hh.next) {
		HASH_FIND_STR(j->b->names, n->name, other);
		c[(*nr)++] = (struct candidate){n, other,
						fmax(share_of(j->a, n),
						     share_of(j->b, other))};
	}
	for (n = j->b->names; n; n = n->hh.next) {
		HASH_FIND_STR(j->a->names, n->name, other);
		if (!other)
			c[(*nr)++] =
				(struct candidate){NULL, n, share_of(j->b, n)};
	}
	qsort(c, *nr, sizeof(*c), by_share);
	if (*nr > DIFF_TASKS)
		*nr = DIFF_TASKS;
	return c;
}

static void judge_series(const struct judge *j, const char *name,
			 const struct sp_field *f, const struct diff_series *a,
			 const struct diff_series *b)
{
	double mean_a = diff_series_mean(a), mean_b = diff_series_mean(b);
	struct diff_row *row;

	if (isnan(mean_a) || isnan(mean_b) || !(mean_a > 0 || mean_b > 0))
		return;
	row = next_row(j->r, f, name);
	row->a = mean_a;
	row->b = mean_b;
	if (extreme(f) && !same_lengths(j))
		row->why = "samples are of different lengths";
	else
		compare(row, j, a, b);
}

static void judge_task(const struct judge *j, const struct candidate *c,
		       const struct diff_series *none_a,
		       const struct diff_series *none_b)
{
	const char *name = c->a ? c->a->name : c->b->name;

	for (int i = 0; i < USES; i++) {
		struct sp_field f = use_field((enum task_use)i);

		if (j->a->told[i] && j->b->told[i])
			judge_series(j, name, &f, c->a ? &c->a->use[i] : none_a,
				     c->b ? &c->b->use[i] : none_b);
	}
	for (int i = 0; c->a && c->b && i < LATENCIES; i++) {
		struct sp_field f = latency_field((enum diff_latency)i);

		judge_series(j, name, &f, &c->a->latency[i], &c->b->latency[i]);
	}
}

static int judge_tasks(const struct judge *j)
{
	struct diff_series *none_a = nothing(j->a), *none_b = nothing(j->b);
	size_t nr, first = j->r->nr;
	struct candidate *c = candidates(j, &nr);
	int ret = none_a && none_b && c ? 0 : -ENOMEM;

	for (size_t i = 0; !ret && i < nr; i++)
		judge_task(j, &c[i], none_a, none_b);
	decide_all(j, first);
	free(c);
	free(none_a);
	free(none_b);
	return ret;
}

int diff_judge(struct diff_result *r, const struct diff_side *a,
	       const struct diff_side *b, double threshold_pct)
{
	const struct judge j = {r, a, b, threshold_pct / 100};
	size_t most = sp_tables[SP_TABLE_GOLDEN].nr_fields +
		      (size_t)DIFF_TASKS * (USES + LATENCIES);
	int ret;

	memset(r, 0, sizeof(*r));
	r->rows = calloc(most, sizeof(*r->rows));
	if (!r->rows)
		return -ENOMEM;
	judge_golden(&j);
	ret = judge_tasks(&j);
	if (ret)
		diff_result_free(r);
	return ret;
}

void diff_result_free(struct diff_result *r)
{
	free(r->rows);
	memset(r, 0, sizeof(*r));
}
