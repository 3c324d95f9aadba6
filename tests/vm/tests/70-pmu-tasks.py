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


def agree(name, load, perf, before, after):
    """What of this load, which has worked, is told by perf and by us."""
    (theirs,), (share,) = perf.stop()
    check(share == 100, "perf always had its counter")
    grown = [growth(before.task(load.pid), after.task(load.pid))]
    grown += [r.pmu for r in after.of(EXITED) if r.ppid == load.pid]
    check(len(grown) == (4 if name == "a tree" else 1), f"{name}: {len(grown)} records")
    for d in grown:
        check(all(e.running_ns == d.enabled_ns for e in d.event), "we always had ours")
    ran = sum(d.enabled_ns for d in grown)
    for i, event in enumerate(EVENTS):
        near(sum(d.event[i].count for d in grown), ran * PACE[i] / 1000, 2, f"{event} of {name}, truth")
    ours = sum(d.event[3].count for d in grown)
    fine = [
        close(ours, theirs, 2, f"cache-misses of {name}, perf"),
        close(theirs, ran * PACE[3] / 1000, 2, f"perf's cache-misses of {name}, truth"),
    ]
    if not name.startswith("a "):
        states = [r.task(load.pid).state_ns[RUNNING] for r in (before, after)]
        fine.append(close(ran, states[1] - states[0], 2, f"time of {name} with counters"))
    load.stop()
    return all(fine)


def compare(make):
    """Loads that work at the same time."""

    def attempt():
        loads = make()
        perf = {name: PerfStat("-p", load.pid, events=[EVENTS[3]]) for name, load in loads.items()}
        before = device.snapshot()
        for load in loads.values():
            load.go()
        for load in loads.values():
            load.wait_stopped()
        after = device.snapshot()
        check(after.header.lost_exited == before.header.lost_exited == 0, "no final record lost")
        return all([agree(name, load, perf[name], before, after) for name, load in loads.items()])

    one_of_three(attempt, "perf and we agree")


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
# perf patches the kernel when it begins to count; not while we compare.
keep = Work(burn, 0.5, True)
perf = PerfStat("-p", keep.pid)
keep.go()
keep.wait_stopped()

compare(lambda: {
    "one of two on a CPU": Work(burn, 3, cpu=1),
    "the other, nicer": Work(lambda: os.nice(5) and burn(1.5), cpu=1),
})
compare(lambda: {"a migrating task": Work(burn, 3, True)})
compare(lambda: {"a tree": Work(tree)})
snap = device.snapshot()
perf.stop()

snap = device.snapshot()

# The CPUs: time, that is, idle included once it ended.
for cpu in snap.of(CPU):
    for i, event in enumerate(EVENTS):
        near(cpu.pmu.event[i].count, cpu.pmu.enabled_ns * PACE[i] / 1000, 1, f"{event} of CPU {cpu.cpu}")
    check(cpu.pmu.enabled_ns > 3e9, "the CPU was charged for all of its time")
