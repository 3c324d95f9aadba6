// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysperf record: samples into a file, by the loop of batch output. A disk
 * that is full ends nothing: what could not be written is told of once, and
 * again in the end.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <sysperf/recording.h>

#include "batch.h"

struct record {
	struct out out;
	struct sp_recorder *recorder;
	int error; /* the first one */
};

static int record_frame(struct out *out, const struct sp_frame *frame)
{
	struct record *r = (struct record *)out;
	int ret = sp_recorder_add(r->recorder, frame);

	if (!ret || r->error)
		return 0;
	r->error = ret;
	fprintf(stderr, "sysperf: cannot write %s: %s; trying on\n",
		out->o->record, strerror(-ret));
	return 0;
}

static const struct out_format out_record = {
	.frame = record_frame,
};

/* Return: an exit status. */
static int end(struct record *r)
{
	struct sp_recorder_stats stats = *sp_recorder_stats(r->recorder);
	int ret = sp_recorder_close(r->recorder);

	if (ret && !r->error) {
		fprintf(stderr, "sysperf: cannot write %s: %s\n",
			r->out.o->record, strerror(-ret));
		return EXIT_SOURCE;
	}
	if (stats.not_written)
		fprintf(stderr,
			"sysperf: %" PRIu64 " of %" PRIu64
			" samples are not in %s\n",
			stats.not_written, stats.samples + stats.not_written,
			r->out.o->record);
	return r->error ? EXIT_SOURCE : EXIT_OK;
}

int record_run(struct options *o)
{
	struct record r = {.out = {.o = o, .view = &o->view}};
	char note[512];
	int ret, status;

	signal(SIGXFSZ, SIG_IGN); /* a limit is an error like others */
	if (sp_recorder_open(&r.recorder, o->record, NULL, note,
			     sizeof(note))) {
		fprintf(stderr, "sysperf: %s\n", note);
		return EXIT_SOURCE;
	}
	if (*note)
		fprintf(stderr, "sysperf: %s\n", note);
	ret = batch_frames(o, &r.out, &out_record);
	status = end(&r);
	return ret == EXIT_OK ? status : ret;
}
