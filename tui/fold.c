// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns going through a recording from its first frame to its last.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "feed_file.h"
#include "fold.h"

int fold_recording(const struct options *o, const char *path,
		   int (*add)(void *ctx, const struct sp_frame *frame),
		   void *ctx, struct sp_damage *damage)
{
	const struct sp_frame *frame;
	struct sp_recording *r;
	bool any = false;
	int ret, status = recording_open(path, &o->begin, &o->end, &r);

	if (status != EXIT_OK)
		return status;
	while (!(ret = sp_recording_next(r, &frame))) {
		any = true;
		ret = add(ctx, frame);
		if (ret)
			break;
	}
	*damage = *sp_recording_damage(r);
	if (ret == -ENODATA) {
		status = recording_end(path, r, any);
	} else {
		fprintf(stderr, "sysperf: cannot read %s: %s\n", path,
			strerror(-ret));
		status = ret == -ENOMEM ? EXIT_SOURCE : EXIT_UNREADABLE;
	}
	sp_recording_close(r);
	return status;
}
