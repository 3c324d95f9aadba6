/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random numbers, above all those at which something changes.
 */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdint.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A generator for each thread, so that a seed repeats what each does. */
static __thread uint64_t random_state;

static inline uint64_t rnd(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state * 0x2545f4914f6cdd1dULL;
}

static inline uint64_t below(uint64_t n)
{
	return (rnd() >> 11) % n;
}

static inline uint64_t number(void)
{
	static const uint64_t edges[] = {
		0,	    1,		4095,	    4096,	65535,
		65536,	    65537,	INT32_MAX,  1ULL << 31, UINT32_MAX,
		1ULL << 32, INT64_MAX,	1ULL << 63, UINT64_MAX, 1 << 20,
		0xe500,	    0x80000000,
	};

	switch (below(4)) {
	case 0:
		return rnd();
	case 1:
		return below(1 << 17);
	default:
		return edges[below(COUNT(edges))] + below(3) - 1;
	}
}

#endif /* RANDOM_H */
