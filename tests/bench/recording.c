// SPDX-License-Identifier: GPL-2.0-only
/*
 * A recording made long: the samples of one over and over, a second apart.
 *
 *	bench-recording FROM TO SAMPLES
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <sysperf/recording.h>

static int fail(const char *what)
{
	fprintf(stderr, "bench-recording: %s\n", what);
	return 1;
}

int main(int argc, char **argv)
{
	struct sp_recorder_config cfg = {.sync = SP_SYNC_NEVER};
	const struct sp_frame *frame;
	struct timespec t = {1700006400, 0}; /* a midnight, UTC */
	struct sp_recording *from;
	struct sp_recorder *to;
	char err[512];
	long nr;

	if (argc != 4 || (nr = atol(argv[3])) < 1)
		return fail("FROM TO SAMPLES");
	if (sp_recording_open(&from, argv[1], err, sizeof(err)) ||
	    sp_recorder_open(&to, argv[2], &cfg, err, sizeof(err)))
		return fail(err);
	for (; nr; nr--, t.tv_sec++) {
		struct sp_frame f;
		int ret = sp_recording_next(from, &frame);

		if (ret == -ENODATA && !sp_recording_rewind(from, false))
			ret = sp_recording_next(from, &frame);
		if (ret)
			return fail("cannot read");
		f = *frame;
		f.time = t;
		if (sp_recorder_add(to, &f))
			return fail("cannot write");
	}
	sp_recording_close(from);
	return sp_recorder_close(to) ? fail("cannot write") : 0;
}
