/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Speeds of links, from sysfs. Some drivers ask the hardware each time, and
 * so a speed is believed for a while.
 */
#ifndef SYSPERF_LINKSPEED_H
#define SYSPERF_LINKSPEED_H

#include <stdbool.h>
#include <stddef.h>

#include <sysperf/snapshot.h>
#include "pace.h"

/* All 0 is an empty one. */
struct sp_linkspeed {
	struct sp_link {
		char name[16];
		uint64_t bits_per_s;
	} * links; /* in the order of the last look */
	size_t nr, cap;
	struct sp_pace pace;
};

/**
 * sp_linkspeed_set() - fill in the speeds of links
 * @ls: what is known
 * @dirfd: the root
 * @snap: speed_bits_per_s of its interfaces is set; absent where there is no
 *	link, or none of a definite speed
 *
 * Speeds are read again every ten seconds, and when interfaces came or went.
 */
void sp_linkspeed_set(struct sp_linkspeed *ls, int dirfd,
		      struct sp_snapshot *snap);

/**
 * sp_linkspeed_free() - give back the memory
 */
void sp_linkspeed_free(struct sp_linkspeed *ls);

/**
 * sp_net_has_device() - whether an interface has hardware below it
 * @dirfd: the root
 * @name: of the interface
 */
bool sp_net_has_device(int dirfd, const char *name);

#endif /* SYSPERF_LINKSPEED_H */
