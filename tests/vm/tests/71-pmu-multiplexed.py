#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=600
"""Four events on two counters take turns: counts scaled by running time are the
truth. And perf users beside us get theirs: a pinned event always, the rest by
turns that come out right."""
import sys

sys.path.insert(0, "tests/vm/lib")
from pmu_test import *


def doze():
    """Runs a little and often, so that it meets every turn."""
    while True:
        begin = time.process_time()
        while time.process_time() - begin < 0.001:
            pass
        time.sleep(0.001)


def hop():
    while True:
        for cpu in (0, 1):
            os.sched_setaffinity(0, {cpu})
            begin = time.process_time()
            while time.process_time() - begin < 0.007:
                pass


def over_an_interval(loads, seconds):
    device = Device()
    before = device.snapshot()
    time.sleep(seconds)
    after = device.snapshot()
    device.close()
    return {name: growth(before.task(l.pid), after.task(l.pid)) for name, l in loads.items()}


def scaled(grown, counters, pct):
    """Are scaled counts the truth, and so many counters in use?"""
    fine = []
    for name, d in grown.items():
        for i, event in enumerate(EVENTS):
            count, running = d.event[i].count, d.event[i].running_ns
            check(running > 0, f"{event} of {name} ran")
            fine.append(close(count * d.enabled_ns / running, d.enabled_ns * PACE[i] / 1000, 3, f"{event} of {name}, scaled"))
            print(f"    had a counter for {100 * running / d.enabled_ns:.1f} % of the time", flush=True)
        used = sum(e.running_ns for e in d.event) / d.enabled_ns
        fine.append(close(used, counters, pct, f"{name}: counters in use"))
    return all(fine)


loads = {
    "one of two on a CPU": Load(spin, cpu=1), "the other": Load(spin, cpu=1),
    "a dozing task": Load(doze, cpu=0), "a migrating task": Load(hop),
}
time.sleep(1)
sysperf_on(counters=2)
time.sleep(0.5)
one_of_three(lambda: scaled(over_an_interval(loads, 6), 2, 3), "scaled counts are right")

hog = {"the other": loads["the other"]}
pid = loads["the other"].pid


def beside_pinned():
    """A pinned event of perf is not shared: ours give way."""
    perf = PerfStat("-p", pid, events=["cache-misses:D"])
    grown = over_an_interval(hog, 5)
    _, shares = perf.stop()
    check(shares == [100], f"the pinned event of perf always ran: {shares}")
    return scaled(grown, 3, 3)


def beside(args, left):
    """perf takes turns with what counters are left, and its counts are right."""
    perf = PerfStat(*args)
    grown = over_an_interval(hog, 5)
    theirs, shares = perf.stop()
    fine = [close(sum(shares) / 100, left, 5, f"perf stat {args}: counters in use")]
    for i, event in enumerate(EVENTS):
        fine.append(close(theirs[i] / theirs[0], PACE[i] / PACE[0], 10, f"perf's scaled {event} to cycles"))
    return scaled(grown, 6 - left, 5) and all(fine)


sysperf_on(counters=4)
one_of_three(beside_pinned, "beside a pinned event")
sysperf_on(counters=6)
one_of_three(lambda: beside(["-p", pid], 2), "beside events of the task")
one_of_three(lambda: beside(["-a"], 4 * 6 / 8), "beside events of all CPUs")
for l in loads.values():
    l.stop()
