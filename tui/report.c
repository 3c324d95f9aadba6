// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the verb: sysperf report FILE.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "batch.h"
#include "fold.h"
#include "report.h"

static int add(void *ctx, const struct sp_frame *frame)
{
	return report_add(ctx, frame);
}

/* Return: an exit status. */
static int write_html(const struct options *o, const struct report *r)
{
	FILE *f = fopen(o->html, "we");
	bool failed = !f;

	if (f) {
		report_html(f, r, o->files[0]);
		failed = ferror(f);
		/* what was buffered may find no room */
		failed |= fclose(f) != 0;
	}
	if (!failed)
		return EXIT_OK;
	fprintf(stderr, "sysperf: cannot write %s: %s\n", o->html,
		strerror(errno));
	return EXIT_SOURCE;
}

static int write_pages(const struct options *o, const struct report *r)
{
	report_text(stdout, r, o->files[0], batch_width(o));
	return o->html ? write_html(o, r) : EXIT_OK;
}

int report_run(const struct options *o)
{
	struct report *r = report_new();
	struct sp_damage damage = {0};
	int status, written;

	if (!r) {
		fprintf(stderr, "sysperf: %s\n", strerror(ENOMEM));
		return EXIT_SOURCE;
	}
	signal(SIGPIPE, SIG_IGN); /* a closed pipe is a normal end */
	status = fold_recording(o, o->files[0], add, r, &damage);
	r->damage = (struct report_damage){damage.places, damage.bytes,
					   damage.records};
	if (r->frames && (status == EXIT_OK || status == EXIT_DAMAGED)) {
		report_end(r);
		written = write_pages(o, r);
		status = written != EXIT_OK ? written : status;
	}
	report_free(r);
	return status;
}
