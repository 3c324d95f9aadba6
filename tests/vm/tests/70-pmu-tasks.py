#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
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


# What perf itself does at a switch counts for us and not for perf. Emulated it
# takes so long that with the short slices of newer kernels it would show.
SLICE = "/sys/kernel/debug/sched/base_slice_ns"
if os.path.exists(SLICE):
    with open(SLICE, "w", encoding="ascii") as f:
        f.write("20000000")

sysperf_on(counters=64)
device = Device()
loads = {
    "one of two on a CPU": Work(burn, 3, cpu=1),
    "the other, nicer": Work(lambda: os.nice(5) and burn(1.5), cpu=1),
    "a migrating task": Work(burn, 3, True),
    "a tree": Work(tree),
}
perf = {name: PerfStat("-p", load.pid, events=[EVENTS[3]]) for name, load in loads.items()}
before = device.snapshot()
check(before.header.caps & CAP_PMU and before.header.pmu_events == 0xF, "all four events")
for load in loads.values():
    load.go()
for load in loads.values():
    load.wait_stopped()
snap = device.snapshot()
check(snap.header.lost_exited == 0, "no final record lost")

for name, load in loads.items():
    (theirs,), (share,) = perf[name].stop()
    first, last = before.task(load.pid), snap.task(load.pid)
    grown = [growth(first, last)]
    for r in snap.of(EXITED):
        if r.ppid == load.pid:
            grown.append(r.pmu)
    check(len(grown) == (4 if name == "a tree" else 1), f"{name}: {len(grown)} records")
    ran = sum(d.enabled_ns for d in grown)
    if name.startswith(("one", "the other")):
        near(ran, last.state_ns[RUNNING] - first.state_ns[RUNNING], 3, f"time of {name} with counters")
    ours = [sum(d.event[i].count for d in grown) for i in range(4)]
    for i, event in enumerate(EVENTS):
        near(ours[i], ran * PACE[i] / 1000, 2, f"{event} of {name}, truth")
    near(ours[3], theirs, 2, f"cache-misses of {name}, perf")
    near(theirs, ran * PACE[3] / 1000, 2, f"perf's cache-misses of {name}, truth")
    check(share == 100, "perf always had its counter")
    for d in grown:
        check(all(e.running_ns == d.enabled_ns for e in d.event), "we always had ours")
    load.stop()

# The CPUs: time, that is, idle included once it ended.
for cpu in snap.of(CPU):
    for i, event in enumerate(EVENTS):
        near(cpu.pmu.event[i].count, cpu.pmu.enabled_ns * PACE[i] / 1000, 1, f"{event} of CPU {cpu.cpu}")
    check(cpu.pmu.enabled_ns > 3e9, "the CPU was charged for all of its time")
