/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was found damaged, each place counted once however often one passes.
 */
#ifndef SYSPERF_RECORD_DAMAGE_H
#define SYSPERF_RECORD_DAMAGE_H

#include <sysperf/recording.h>

struct rec_damage {
	struct sp_damage sum;
	struct damage_place *places; /* in order of file and place */
	size_t nr, cap;
};

/**
 * rec_damage_add() - count a place, unless it is already
 * @file: its number
 * @at: where in it
 * @what: to be added
 */
void rec_damage_add(struct rec_damage *d, unsigned int file, uint64_t at,
		    const struct sp_damage *what);

/**
 * rec_damage_free() - free it
 */
void rec_damage_free(struct rec_damage *d);

#endif /* SYSPERF_RECORD_DAMAGE_H */
