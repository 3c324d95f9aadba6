#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
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


def check_scaled(grown, pct):
    for name, d in grown.items():
        total = 0
        for i, event in enumerate(EVENTS):
            count, running = d.event[i].count, d.event[i].running_ns
            check(running > 0, f"{event} of {name} ran")
            near(count * d.enabled_ns / running, d.enabled_ns * PACE[i] / 1000, pct, f"{event} of {name}, scaled")
            print(f"    had a counter for {100 * running / d.enabled_ns:.1f} % of the time", flush=True)
            total += running
        yield name, total / d.enabled_ns


loads = {
    "one of two on a CPU": Load(spin, cpu=1), "the other": Load(spin, cpu=1),
    "a dozing task": Load(doze, cpu=0), "a migrating task": Load(hop),
}
time.sleep(1)
sysperf_on(counters=2)
time.sleep(0.5)
for name, share in check_scaled(over_an_interval(loads, 6), 3):
    near(share, 2, 3, f"{name}: counters in use")

# A pinned event of perf is not shared, ours give way.
hog = loads["the other"]
sysperf_on(counters=4)
perf = PerfStat("-p", hog.pid, events=["cache-misses:D"])
grown = over_an_interval({"the other": hog}, 5)
theirs, shares = perf.stop()
check(shares == [100], f"the pinned event of perf always ran: {shares}")
for name, share in check_scaled(grown, 3):
    near(share, 3, 3, "counters left to us")

# perf takes turns beside us with what counters are left, and with ours.
for args, left in (["-p", hog.pid], 2), (["-a"], 4 * 6 / 8):
    sysperf_on(counters=6)
    perf = PerfStat(*args)
    grown = over_an_interval({"the other": hog}, 5)
    theirs, shares = perf.stop()
    near(sum(shares) / 100, left, 5, f"perf stat {args}: counters in use")
    for i, event in enumerate(EVENTS):
        near(theirs[i] / theirs[0], PACE[i] / PACE[0], 10, f"perf's scaled {event} to cycles")
    for name, share in check_scaled(grown, 3):
        near(share, 6 - left, 5, "counters left to us")
for l in loads.values():
    l.stop()
