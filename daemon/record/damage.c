// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the list of places that were found damaged.
 */
#include <stdlib.h>
#include <string.h>

#include "damage.h"

#define PLACES_MAX 65536U /* beyond, one may be counted twice */

struct damage_place {
	unsigned int file;
	uint64_t at;
};

static bool before(const struct damage_place *p, unsigned int file, uint64_t at)
{
	return p->file != file ? p->file < file : p->at < at;
}

/* Where it is, or belongs. */
static size_t find(const struct rec_damage *d, unsigned int file, uint64_t at)
{
	size_t low = 0, high = d->nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (before(&d->places[mid], file, at))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void remember(struct rec_damage *d, size_t i, unsigned int file,
		     uint64_t at)
{
	if (d->nr == PLACES_MAX)
		return;
	if (d->nr == d->cap) {
		size_t cap = d->cap ? 2 * d->cap : 16;
		struct damage_place *p =
			realloc(d->places, cap * sizeof(*d->places));

		if (!p)
			return;
		d->places = p;
		d->cap = cap;
	}
	memmove(&d->places[i + 1], &d->places[i],
		(d->nr - i) * sizeof(*d->places));
	d->places[i] = (struct damage_place){file, at};
	d->nr++;
}

void rec_damage_add(struct rec_damage *d, unsigned int file, uint64_t at,
		    const struct sp_damage *what)
{
	size_t i = find(d, file, at);

	if (i < d->nr && d->places[i].file == file && d->places[i].at == at)
		return;
	remember(d, i, file, at);
	d->sum.places += what->places;
	d->sum.bytes += what->bytes;
	d->sum.records += what->records;
}

void rec_damage_free(struct rec_damage *d)
{
	free(d->places);
	memset(d, 0, sizeof(*d));
}
