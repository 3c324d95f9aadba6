// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUs: parsers of /proc/stat and /proc/schedstat. No state.
 */
#include "proc_stat.h"

#include <errno.h>
#include <unistd.h>

#include "text.h"

#define NSEC_PER_SEC 1000000000ULL
#define SCHEDSTAT_OLDEST 15
#define SCHEDSTAT_NEWEST 17

uint64_t sp_tick_ns(void)
{
	long hz = sysconf(_SC_CLK_TCK);

	return NSEC_PER_SEC / (hz > 0 ? (uint64_t)hz : 100);
}

/* "cpu12 …": take the number; "cpu  …" is the sum of all, and not wanted. */
static bool cpu_number(struct sp_text *line, uint64_t *cpu)
{
	return sp_text_prefix(line, "cpu") && line->p != line->end &&
	       *line->p != ' ' && sp_text_u64(line, cpu);
}

#define MEMBER(name) offsetof(struct sp_raw_cpu, name)

/* In the order of the numbers of a line. */
static const size_t cpu_times[] = {
	MEMBER(user_ns),    MEMBER(nice_ns),   MEMBER(system_ns),
	MEMBER(idle_ns),    MEMBER(iowait_ns), MEMBER(irq_ns),
	MEMBER(softirq_ns), MEMBER(steal_ns),
};

static int add_cpu(struct sp_text *line, uint64_t cpu, struct sp_snapshot *snap)
{
	const uint64_t tick_ns = sp_tick_ns();
	struct sp_raw_cpu *row;
	uint64_t ticks;
	size_t i;

	/* They come in ascending order; the collector relies on it. */
	if (snap->nr_cpus && snap->cpus[snap->nr_cpus - 1].cpu >= cpu)
		return 0;
	row = sp_snapshot_add_cpu(snap);
	if (!row)
		return -ENOMEM;
	row->cpu = cpu;
	for (i = 0; i < sizeof(cpu_times) / sizeof(*cpu_times); i++) {
		if (!sp_text_u64(line, &ticks))
			break;
		*(uint64_t *)((char *)row + cpu_times[i]) =
			sp_u64_scale(ticks, tick_ns);
	}
	return 0;
}

int sp_parse_stat(const char *buf, size_t len, struct sp_snapshot *snap)
{
	struct sp_text t = sp_text_of(buf, len), line;
	uint64_t cpu;
	int ret;

	while (sp_text_line(&t, &line)) {
		if (cpu_number(&line, &cpu)) {
			ret = add_cpu(&line, cpu, snap);
			if (ret)
				return ret;
		} else if (sp_text_prefix(&line, "ctxt ")) {
			sp_text_u64(&line, &snap->sys.switches);
			/* The rest, and the long line of interrupts
			 * before it, is nothing of ours. */
			break;
		}
	}
	return 0;
}

static bool known_version(struct sp_text *t)
{
	struct sp_text line;
	uint64_t version;

	return sp_text_line(t, &line) && sp_text_prefix(&line, "version ") &&
	       sp_text_u64(&line, &version) && version >= SCHEDSTAT_OLDEST &&
	       version <= SCHEDSTAT_NEWEST;
}

void sp_parse_schedstat(const char *buf, size_t len, struct sp_snapshot *snap)
{
	struct sp_text t = sp_text_of(buf, len), line;
	uint64_t cpu, delay, count;
	size_t i = 0;

	if (!known_version(&t))
		return;
	while (sp_text_line(&t, &line)) {
		if (!cpu_number(&line, &cpu))
			continue;
		while (i < snap->nr_cpus && snap->cpus[i].cpu < cpu)
			i++;
		if (i == snap->nr_cpus)
			break;
		if (snap->cpus[i].cpu != cpu)
			continue;
		/* The seventh number is time run, which /proc/stat has too. */
		if (!sp_text_skip(&line, 7) || !sp_text_u64(&line, &delay) ||
		    !sp_text_u64(&line, &count))
			continue;
		snap->cpus[i].run_delay_ns = delay;
		snap->cpus[i].run_count = count;
	}
}
