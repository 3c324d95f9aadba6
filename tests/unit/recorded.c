// SPDX-License-Identifier: GPL-2.0-only
/* See recorded.h. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "recorded.h"

int recorded_setup(void **state)
{
	struct recorded *d = calloc(1, sizeof(*d));

	*state = d;
	if (scratch_make(d->dir))
		return -1;
	snprintf(d->file, sizeof(d->file), "%s/file", d->dir);
	return 0;
}

int recorded_teardown(void **state)
{
	struct recorded *d = *state;
	int ret = scratch_remove(d->dir);

	free(d);
	return ret;
}

struct sp_recorder *record_to(struct recorded *d, const char *path)
{
	return record_within(d, path, (struct sp_recorder_config){0});
}

struct sp_recorder *record_within(struct recorded *d, const char *path,
				  struct sp_recorder_config cfg)
{
	struct sp_recorder *r = NULL;

	cfg.sync = SP_SYNC_NEVER;
	if (sp_recorder_open(&r, path, &cfg, d->err, sizeof(d->err)))
		fail_msg("%s", d->err);
	return r;
}

void add_sample(struct sp_recorder *r, unsigned int i, const char *host)
{
	struct sample s;

	sample_make(&s, i);
	if (host)
		snprintf(s.frame.host, sizeof(s.frame.host), "%s", host);
	assert_int_equal(sp_recorder_add(r, &s.frame), 0);
}

struct sp_recording *read_from(struct recorded *d, const char *path)
{
	struct sp_recording *r = NULL;

	if (sp_recording_open(&r, path, d->err, sizeof(d->err)))
		fail_msg("%s", d->err);
	return r;
}

void expect_damage(const struct sp_recording *r, uint64_t places,
		   uint64_t bytes, uint64_t records)
{
	const struct sp_damage *d = sp_recording_damage(r);

	assert_int_equal(d->places, places);
	assert_int_equal(d->bytes, bytes);
	assert_int_equal(d->records, records);
}

unsigned int expect_next(struct sp_recording *r)
{
	const struct sp_frame *f;

	assert_int_equal(sp_recording_next(r, &f), 0);
	sample_check(f, sample_number(f), NULL);
	return sample_number(f);
}

void expect_end(struct sp_recording *r)
{
	const struct sp_frame *f;

	assert_int_equal(sp_recording_next(r, &f), -ENODATA);
	assert_int_equal(sp_recording_damage(r)->places, 0);
	assert_int_equal(sp_recording_damage(r)->records, 0);
}
