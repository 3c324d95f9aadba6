// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clock frequencies of CPUs (cpufreq.h): owns what was last read of them.
 */
#include "cpufreq.h"

#include <stdio.h>
#include <stdlib.h>

#include "file.h"
#include "text.h"

#define AT_A_TIME 64
#define LONGEST_NS 2000000ULL
#define LOOK_NS 10000000000ULL /* for the first time, where there is none */
#define HZ_PER_KHZ 1000ULL
/* No kernel has more; a larger number is garbage. */
#define MAX_CPUS 8192

static bool make_room(struct sp_cpufreq *f, uint64_t cpu)
{
	struct sp_freq *more;

	if (cpu >= MAX_CPUS)
		return false;
	if (cpu < f->nr)
		return true;
	more = reallocarray(f->cpus, cpu + 1, sizeof(*more));
	if (!more)
		return false;
	f->cpus = more;
	for (; f->nr <= cpu; f->nr++)
		f->cpus[f->nr] = (struct sp_freq){SP_ABSENT, 0};
	return true;
}

static void read_one(struct sp_cpufreq *f, int dirfd, uint64_t cpu)
{
	char path[96];

	if (!make_room(f, cpu))
		return;
	snprintf(path, sizeof(path),
		 "sys/devices/system/cpu/cpu%u/cpufreq/scaling_cur_freq",
		 (unsigned int)cpu);
	f->cpus[cpu].hz = sp_u64_scale(sp_read_u64(dirfd, path), HZ_PER_KHZ);
	f->cpus[cpu].seen = f->readings;
	f->any |= f->cpus[cpu].hz != SP_ABSENT;
}

static void read_some(struct sp_cpufreq *f, int dirfd,
		      const struct sp_snapshot *snap)
{
	size_t i;

	for (i = 0; i < AT_A_TIME && i < snap->nr_cpus; i++) {
		if (f->turn >= snap->nr_cpus)
			f->turn = 0;
		read_one(f, dirfd, snap->cpus[f->turn++].cpu);
		if (sp_mono_ns() - f->pace.began_ns > LONGEST_NS)
			break;
	}
	sp_pace_end(&f->pace, f->any ? 0 : LOOK_NS);
}

void sp_cpufreq_read(struct sp_cpufreq *f, int dirfd, struct sp_snapshot *snap)
{
	size_t i;

	f->readings++;
	/* Who has been away begins anew. */
	for (i = 0; i < snap->nr_cpus; i++) {
		uint64_t cpu = snap->cpus[i].cpu;

		if (cpu >= f->nr)
			continue;
		if (f->cpus[cpu].seen + 1 != f->readings)
			f->cpus[cpu].hz = SP_ABSENT;
		f->cpus[cpu].seen = f->readings;
	}
	if (sp_pace_begin(&f->pace))
		read_some(f, dirfd, snap);
	for (i = 0; i < snap->nr_cpus; i++) {
		uint64_t cpu = snap->cpus[i].cpu;

		if (cpu < f->nr)
			snap->cpus[i].freq_hz = f->cpus[cpu].hz;
	}
}

void sp_cpufreq_free(struct sp_cpufreq *f)
{
	free(f->cpus);
	*f = (struct sp_cpufreq){0};
}
