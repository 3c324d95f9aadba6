/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pacing of what may be expensive and need not be fresh: the next time is
 * put off in proportion to what the last one cost, so that however large the
 * machine, it takes 0.1 % of one CPU at most.
 */
#ifndef SYSPERF_PACE_H
#define SYSPERF_PACE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define SP_PACE_FACTOR 1000

/* All 0 is due now. */
struct sp_pace {
	uint64_t due_ns;
	uint64_t began_ns;
};

/**
 * sp_mono_ns() - CLOCK_MONOTONIC, the clock of all pacing
 */
static inline uint64_t sp_mono_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

/**
 * sp_pace_begin() - whether it is time again
 * @p: the pace; sp_pace_end() must follow if so
 */
static inline bool sp_pace_begin(struct sp_pace *p)
{
	p->began_ns = sp_mono_ns();
	return p->began_ns >= p->due_ns;
}

/**
 * sp_pace_end() - the work is done
 * @p: the pace
 * @least_ns: time from one beginning to the next, at least
 */
static inline void sp_pace_end(struct sp_pace *p, uint64_t least_ns)
{
	uint64_t wait = (sp_mono_ns() - p->began_ns) * SP_PACE_FACTOR;

	p->due_ns = p->began_ns + (wait > least_ns ? wait : least_ns);
}

#endif /* SYSPERF_PACE_H */
