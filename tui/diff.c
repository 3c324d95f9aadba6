// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the verb: sysperf diff A B.
 */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "batch.h"
#include "diff.h"
#include "fold.h"

static int add(void *ctx, const struct sp_frame *frame)
{
	return diff_side_add(ctx, frame);
}

/* Return: an exit status; without a frame there is nothing to compare. */
static int read_side(const struct options *o, const char *path,
		     struct diff_side *s)
{
	struct sp_damage damage = {0};
	int status = fold_recording(o, path, add, s, &damage);

	s->damage = (struct report_damage){damage.places, damage.bytes,
					   damage.records};
	return status == EXIT_OK && !s->frames ? EXIT_UNREADABLE : status;
}

/* Return: 0 or -errno; EXIT_REGRESSION if there is one. */
static int judge(const struct options *o, const struct diff_side *a,
		 const struct diff_side *b)
{
	const struct diff_head h = {
		.name_a = o->files[0],
		.name_b = o->files[1],
		.a = a,
		.b = b,
		.threshold_pct = isnan(o->threshold_pct) ? DIFF_THRESHOLD_PCT
							 : o->threshold_pct,
	};
	struct diff_result r = {0};
	int ret = diff_judge(&r, a, b, h.threshold_pct);

	if (ret)
		return ret;
	if (o->format == FORMAT_JSON)
		ret = diff_json(stdout, &h, &r);
	else
		diff_text(stdout, &h, &r, batch_width(o));
	if (!ret && r.count[DIFF_WORSE])
		ret = EXIT_REGRESSION;
	diff_result_free(&r);
	return ret;
}

static int run(const struct options *o, struct diff_side *a,
	       struct diff_side *b)
{
	int status = read_side(o, o->files[0], a), other, ret;

	if (status != EXIT_OK && status != EXIT_DAMAGED)
		return status;
	other = read_side(o, o->files[1], b);
	if (other != EXIT_OK && other != EXIT_DAMAGED)
		return other;
	ret = judge(o, a, b);
	if (ret < 0) {
		fprintf(stderr, "sysperf: %s\n", strerror(-ret));
		return EXIT_SOURCE;
	}
	/* What gates a deployment is to see a regression above all. */
	if (ret == EXIT_REGRESSION)
		return ret;
	return status == EXIT_DAMAGED ? status : other;
}

int diff_run(const struct options *o)
{
	struct diff_side *a = diff_side_new(), *b = diff_side_new();
	int status = EXIT_SOURCE;

	signal(SIGPIPE, SIG_IGN); /* a closed pipe is a normal end */
	if (a && b)
		status = run(o, a, b);
	else
		fprintf(stderr, "sysperf: %s\n", strerror(ENOMEM));
	diff_side_free(a);
	diff_side_free(b);
	return status;
}
