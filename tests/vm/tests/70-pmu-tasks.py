#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=600
"""perf stat and we count the same source: for tasks that share a CPU, for one
that migrates all the time, and for a tree of processes; and neither disturbs
the other, for the source's truth is known."""
import sys

sys.path.insert(0, "tests/vm/lib")
from pmu_test import *



def tree():
    for seconds in (1, 1.5, 2):
        if not os.fork():
            burn(seconds)
            os._exit(0)
    for _ in range(3):
        os.wait()


def compare(loads):
    """Lets them work at the same time."""
    perf = {name: PerfStat("-p", load.pid, events=[EVENTS[3]]) for name, load in loads.items()}
    before = device.snapshot()
    for load in loads.values():
        load.go()
    for load in loads.values():
        load.wait_stopped()
    after = device.snapshot()
    check(after.header.lost_exited == 0, "no final record lost")
    for name, load in loads.items():
        (theirs,), (share,) = perf[name].stop()
        check(share == 100, "perf always had its counter")
        grown = [growth(before.task(load.pid), after.task(load.pid))]
        grown += [r.pmu for r in after.of(EXITED) if r.ppid == load.pid]
        check(len(grown) == (4 if name == "a tree" else 1), f"{name}: {len(grown)} records")
        for d in grown:
            check(all(e.running_ns == d.enabled_ns for e in d.event), "we always had ours")
        ran = sum(d.enabled_ns for d in grown)
        ours = [sum(d.event[i].count for d in grown) for i in range(4)]
        for i, event in enumerate(EVENTS):
            near(ours[i], ran * PACE[i] / 1000, 2, f"{event} of {name}, truth")
        near(ours[3], theirs, 2, f"cache-misses of {name}, perf")
        near(theirs, ran * PACE[3] / 1000, 2, f"perf's cache-misses of {name}, truth")
        if name in two:
            states = [r.task(load.pid).state_ns[RUNNING] for r in (before, after)]
            near(ran, states[1] - states[0], 3, f"time of {name} with counters")
        load.stop()


# What perf itself does at a switch counts for us and not for perf. Emulated, on
# a busy machine, it takes so long that with short slices it would show.
for path in ("/sys/kernel/debug/sched/base_slice_ns", "/sys/kernel/debug/sched/min_granularity_ns",
             "/proc/sys/kernel/sched_min_granularity_ns"):
    if os.path.exists(path):
        with open(path, "w", encoding="ascii") as f:
            f.write("50000000")

sysperf_on(counters=64)
device = Device()
first = device.snapshot()
check(first.header.caps & CAP_PMU and first.header.pmu_events == 0xF, "all four events")
two = {
    "one of two on a CPU": Work(burn, 3, cpu=1),
    "the other, nicer": Work(lambda: os.nice(5) and burn(1.5), cpu=1),
}
compare(two)
compare({"a migrating task": Work(burn, 3, True)})
compare({"a tree": Work(tree)})
snap = device.snapshot()

# The CPUs: time, that is, idle included once it ended.
for cpu in snap.of(CPU):
    for i, event in enumerate(EVENTS):
        near(cpu.pmu.event[i].count, cpu.pmu.enabled_ns * PACE[i] / 1000, 1, f"{event} of CPU {cpu.cpu}")
    check(cpu.pmu.enabled_ns > 3e9, "the CPU was charged for all of its time")
