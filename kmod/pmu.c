// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hardware counters: what each task and each CPU made of its time.
 *
 * Every CPU has its own set of perf events, which count whatever runs there, in
 * the kernel and in user space. At each switch what was counted since the last
 * one is charged to the task that leaves, and to the CPU. The events take what
 * others leave: they are neither pinned nor exclusive, sample nothing and raise
 * no interrupt but a counter's overflow. When perf has to share the counters
 * out, an event's running time says for how much of the time it had one.
 *
 * Locking: while a CPU's counters are on they are touched by that CPU alone, with
 * interrupts off: by the probe (under the run-queue lock) and by interrupts
 * sent to settle them and to turn them on and off. So no event is freed under
 * its user's eyes, and perf, which moves events with interrupts off, is never
 * met half way. The counters of an entry are written under its seqcount.
 * Events come and go under the hotplug lock. pmu_lock serialises turning it all
 * on and off; hotplug's callbacks must not take it, being waited for under it.
 */
#include <linux/cpuhotplug.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/perf_event.h>
#include <linux/sched/clock.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <trace/events/sched.h>

#include "compat.h"
#include "pmu.h"
#include "probe.h"
#include "sched.h"
#include "tasks.h"

static bool pmu = true;
module_param(pmu, bool, 0444);
MODULE_PARM_DESC(pmu,
		 "charge hardware counters to tasks (default on; needs sched)");

static char *pmu_events = "cycles,instructions,cache-references,cache-misses";
module_param(pmu_events, charp, 0444);
MODULE_PARM_DESC(
	pmu_events,
	"which, a comma list of cycles, instructions, cache-references, cache-misses (default all), each with =rHEX to count the raw event of that code in its place");

struct counter {
	struct perf_event *event; /* NULL: this CPU has none */
	u64 count, running; /* of the event, when last charged */
};

struct cpu_counters {
	bool on; /* else nothing here is used */
	bool idle; /* hint: the CPU runs its idle task */
	u64 since; /* when it was last charged */
	struct sysperf_cpu *rec;
	struct counter counter[SYSPERF_PMU_EVENTS];
};

static DEFINE_PER_CPU(struct cpu_counters, cpus);

static DEFINE_MUTEX(pmu_lock);
static bool enabled; /* written under pmu_lock */
static int hotplug_state; /* under pmu_lock */
static struct perf_event_attr attrs[SYSPERF_PMU_EVENTS]; /* size 0: not asked */
static atomic_t events; /* bits of those that some CPU has */
static int refusal; /* the last error of perf, for the log */

/*
 * What perf_event_read_local() would tell, which modules cannot call. The event
 * has a counter now if oncpu is this CPU; else it shows when it last had.
 */
static __always_inline void counter_read(struct perf_event *event, u64 now,
					 u64 *count, u64 *running)
{
	*running = event->total_time_running;
	if (event->oncpu == raw_smp_processor_id()) {
		event->pmu->read(event);
		*running += sysperf_event_clock(event, now) - event->tstamp;
	}
	*count = local64_read(&event->count);
}

/*
 * What was counted since it was last charged. The run-queue clock at a switch is
 * as old as the last wakeup, which is too old for counters that are read now.
 */
static __always_inline void measure(struct cpu_counters *c,
				    struct sysperf_pmu *delta)
{
	u64 now = local_clock();
	int i;

	delta->enabled_ns = now > c->since ? now - c->since : 0;
	c->since += delta->enabled_ns;
	for (i = 0; i < SYSPERF_PMU_EVENTS; i++) {
		struct sysperf_pmu_count *d = &delta->event[i];
		struct counter *last = &c->counter[i];
		u64 count, running;

		*d = (struct sysperf_pmu_count){};
		if (!last->event)
			continue;
		counter_read(last->event, now, &count, &running);
		d->count = count - last->count;
		last->count = count;
		/* Clocks of different CPUs can make it seem to go back. */
		if ((s64)(running - last->running) > 0) {
			d->running_ns = running - last->running;
			last->running = running;
		}
	}
}

static __always_inline void add(struct sysperf_pmu *to,
				const struct sysperf_pmu *delta)
{
	int i;

	to->enabled_ns += delta->enabled_ns;
	for (i = 0; i < SYSPERF_PMU_EVENTS; i++) {
		to->event[i].count += delta->event[i].count;
		to->event[i].running_ns += delta->event[i].running_ns;
	}
}

/* Charge what was counted on this CPU to @p, which ran there. */
static __always_inline void charge(struct cpu_counters *c,
				   const struct task_struct *p)
{
	struct sysperf_pmu delta;
	struct sysperf_entry *e;

	measure(c, &delta);
	add(&c->rec->pmu, &delta);
	e = is_idle_task(p) ? NULL : sysperf_tasks_find(p);
	if (e) {
		raw_write_seqcount_begin(&e->seq);
		add(&e->pmu, &delta);
		raw_write_seqcount_end(&e->seq);
	}
}

static void probe_switch(SYSPERF_SWITCH_ARGS)
{
	struct cpu_counters *c = this_cpu_ptr(&cpus);

	if (!c->on)
		return;
	charge(c, prev);
	c->idle = is_idle_task(next);
}

static struct sysperf_probe probes[] = {
	{"sched_switch", probe_switch},
};

static void settle_cpu(void *unused)
{
	struct cpu_counters *c = this_cpu_ptr(&cpus);

	if (c->on)
		charge(c, current);
}

static bool cpu_busy(int cpu, void *unused)
{
	return !READ_ONCE(per_cpu(cpus, cpu).idle);
}

/* Each time interrupts all CPUs in use, and who reads may read in a loop. */
void sysperf_pmu_settle(void)
{
	static atomic64_t settled;
	s64 now = ktime_get_ns(), last = atomic64_read(&settled);

	if (sysperf_pmu_enabled() && now - last > NSEC_PER_MSEC &&
	    atomic64_try_cmpxchg(&settled, &last, now))
		on_each_cpu_cond(cpu_busy, settle_cpu, NULL, true);
}

static void counters_on(void *unused)
{
	struct cpu_counters *c = this_cpu_ptr(&cpus);
	struct sysperf_pmu before;

	c->idle = false;
	measure(c, &before);
	c->on = true;
}

static void counters_off(void *unused)
{
	settle_cpu(NULL);
	this_cpu_ptr(&cpus)->on = false;
}

/* A CPU that lacks some event, or all, must come up nevertheless. */
static int cpu_comes(unsigned int cpu)
{
	struct cpu_counters *c = per_cpu_ptr(&cpus, cpu);
	int i;

	c->since = 0;
	memset(c->counter, 0, sizeof(c->counter));
	c->rec = sysperf_sched_record(cpu);
	for (i = 0; i < SYSPERF_PMU_EVENTS; i++) {
		struct perf_event *event;

		if (!attrs[i].size)
			continue;
		event = perf_event_create_kernel_counter(&attrs[i], cpu, NULL,
							 NULL, NULL);
		if (IS_ERR(event)) {
			WRITE_ONCE(refusal, PTR_ERR(event));
			continue;
		}
		c->counter[i].event = event;
		atomic_or(1 << i, &events);
	}
	return smp_call_function_single(cpu, counters_on, NULL, true);
}

static int cpu_goes(unsigned int cpu)
{
	struct cpu_counters *c = per_cpu_ptr(&cpus, cpu);
	int i;

	smp_call_function_single(cpu, counters_off, NULL, true);
	for (i = 0; i < SYSPERF_PMU_EVENTS; i++) {
		if (c->counter[i].event)
			perf_event_release_kernel(c->counter[i].event);
		c->counter[i].event = NULL;
	}
	return 0;
}

/*
 * Not through hotplug's threads: a real-time task that never rests would keep
 * its CPU's from running, and the module from being loaded and unloaded.
 */
static int cpus_on(void)
{
	unsigned int cpu;
	int ret;

	cpus_read_lock();
	ret = cpuhp_setup_state_nocalls_cpuslocked(
		CPUHP_AP_ONLINE_DYN, "sysperf/pmu:online", cpu_comes, cpu_goes);
	if (ret >= 0) {
		hotplug_state = ret;
		for_each_online_cpu(cpu)
			cpu_comes(cpu);
	}
	cpus_read_unlock();
	return min(ret, 0);
}

static void cpus_off(void)
{
	unsigned int cpu;

	cpus_read_lock();
	cpuhp_remove_state_nocalls_cpuslocked(hotplug_state);
	for_each_online_cpu(cpu)
		cpu_goes(cpu);
	cpus_read_unlock();
}

/* The probe first: it sees every switch from when a CPU's counters start. */
static int turn_on(void)
{
	int ret;

	if (!sysperf_sched_enabled())
		return -EOPNOTSUPP;
	ret = sysperf_probes_attach(probes, ARRAY_SIZE(probes));
	if (ret)
		return ret;
	ret = cpus_on();
	if (ret)
		goto detach;
	if (!atomic_read(&events)) {
		ret = -EOPNOTSUPP;
		goto off;
	}
	WRITE_ONCE(enabled, true);
	return 0;

off:
	cpus_off();
detach:
	sysperf_probes_detach(probes, ARRAY_SIZE(probes));
	return ret;
}

static void turn_off(void)
{
	WRITE_ONCE(enabled, false);
	cpus_off();
	sysperf_probes_detach(probes, ARRAY_SIZE(probes));
	atomic_set(&events, 0);
}

int sysperf_pmu_set(bool on)
{
	int ret = 0;

	mutex_lock(&pmu_lock);
	if (on && !enabled)
		ret = turn_on();
	else if (!on && enabled)
		turn_off();
	mutex_unlock(&pmu_lock);
	return ret;
}

bool sysperf_pmu_enabled(void)
{
	return READ_ONCE(enabled);
}

u32 sysperf_pmu_events(void)
{
	return sysperf_pmu_enabled() ? atomic_read(&events) : 0;
}

static const struct {
	const char *name;
	u64 config;
} known[SYSPERF_PMU_EVENTS] = {
	[SYSPERF_PMU_CYCLES] = {"cycles", PERF_COUNT_HW_CPU_CYCLES},
	[SYSPERF_PMU_INSTRUCTIONS] = {"instructions",
				      PERF_COUNT_HW_INSTRUCTIONS},
	[SYSPERF_PMU_CACHE_REFERENCES] = {"cache-references",
					  PERF_COUNT_HW_CACHE_REFERENCES},
	[SYSPERF_PMU_CACHE_MISSES] = {"cache-misses",
				      PERF_COUNT_HW_CACHE_MISSES},
};

/* NAME or NAME=rHEX. */
static int parse_event(char *word)
{
	char *name = strsep(&word, "=");
	int i;

	for (i = 0; i < SYSPERF_PMU_EVENTS; i++)
		if (!strcmp(name, known[i].name))
			break;
	if (i == SYSPERF_PMU_EVENTS || attrs[i].size)
		return -EINVAL;
	attrs[i].size = sizeof(attrs[i]);
	attrs[i].type = word ? PERF_TYPE_RAW : PERF_TYPE_HARDWARE;
	attrs[i].config = known[i].config;
	if (!word)
		return 0;
	return *word == 'r' ? kstrtou64(word + 1, 16, &attrs[i].config)
			    : -EINVAL;
}

static int parse_events(void)
{
	char *list = kstrdup(pmu_events, GFP_KERNEL);
	char *rest = list, *word;
	int ret = 0;

	if (!list)
		return -ENOMEM;
	while (!ret && (word = strsep(&rest, ",")))
		ret = parse_event(word);
	kfree(list);
	if (ret)
		pr_err("sysperf: pmu_events=%s is not a comma list of cycles, instructions, cache-references, cache-misses, each once, with =rHEX for a raw event\n",
		       pmu_events);
	return ret;
}

int sysperf_pmu_init(void)
{
	int ret;

	check_trace_callback_type_sched_switch(probe_switch);
	ret = parse_events();
	if (ret || !pmu)
		return ret;
	ret = sysperf_pmu_set(true);
	if (ret == -EOPNOTSUPP && refusal) {
		pr_info("sysperf: no hardware counters here (perf says %d)\n",
			refusal);
		ret = 0;
	}
	return ret == -EOPNOTSUPP ? 0 : ret; /* sched is off */
}

void sysperf_pmu_exit(void)
{
	sysperf_pmu_set(false);
}
