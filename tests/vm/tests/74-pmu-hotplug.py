#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
"""CPUs come and go, and so does the module, under load and beside perf: what
tasks and CPUs were charged stays right, perf's counts too, and nobody holds
what others want to unload."""
import sys

sys.path.insert(0, "tests/vm/lib")
from pmu_test import *


def online(value):
    with open("/sys/devices/system/cpu/cpu1/online", "w", encoding="ascii") as f:
        f.write(str(value))


def cpu_totals(snap):
    return {c.cpu: c for c in snap.of(CPU)}


if not os.path.exists("/sys/devices/system/cpu/cpu1/online"):
    print("CPU 1 cannot be taken offline")
    sys.exit(77)
sysperf_on(counters=16)
loads = [Load(spin) for _ in range(3)]
time.sleep(0.5)
device = Device()
first = device.snapshot()
for _ in range(4):
    online(0)
    gone = cpu_totals(device.snapshot())[1]
    time.sleep(0.5)
    still = device.snapshot()
    check(not cpu_totals(still)[1].online, "offline")
    check(counts(cpu_totals(still)[1]) == counts(gone), "totals of an absent CPU stand still")
    online(1)
    time.sleep(0.5)
    back = cpu_totals(device.snapshot())[1]
    d = growth(gone, back)
    check(d.event[0].count > 0, "it counts again")
    near(d.event[0].count, d.enabled_ns * PACE[0] / 1000, 2, "cycles of CPU 1 since")
last = device.snapshot()
for l in loads:
    a, b = first.task(l.pid), last.task(l.pid)
    d, ran = growth(a, b), b.state_ns[RUNNING] - a.state_ns[RUNNING]
    # Before 5.11 tasks go on on a CPU that is on its way out, past the point where
    # it closes its events.
    near(d.enabled_ns, ran, 2 if KERNEL >= (5, 11) else 10, f"time of {l.pid} with counters")
    for i, event in enumerate(EVENTS):
        near(d.event[i].count, d.enabled_ns * PACE[i] / 1000, 2, f"{event} of {l.pid}")
device.close()

# Loads and unloads while perf counts and a CPU comes and goes.
hog = loads[0]
one = PerfStat("-p", hog.pid)
everything = PerfStat("-a", events=["cycles", "cache-misses"])
for i in range(12):
    refused = subprocess.run(["rmmod", "pretend_pmu"], check=False, capture_output=True, text=True)
    check("in use" in refused.stderr, "the PMU is not unloaded under us")
    unload("sysperf")
    check(not insmod(os.environ["SYSPERF_KO"]), "insmod")
    if i % 3 == 0:
        toggler = Load(lambda: [online(v) for v in (0, 1, 0, 1)])
    if i % 3 == 2:
        os.waitpid(toggler.pid, 0)
theirs, shares = one.stop()
for i, event in enumerate(EVENTS):
    check(shares[i] == 100, "perf always had its counter")
    near(theirs[i] / theirs[0], PACE[i] / PACE[0], 2, f"perf's {event} to cycles")
theirs, _ = everything.stop()
near(theirs[1] / theirs[0], PACE[3] / PACE[0], 2, "perf's cache-misses to cycles, system-wide")
for l in loads:
    l.stop()
# First us, then the PMU.
unload("sysperf")
unload("pretend_pmu")
check(not insmod(os.environ["SYSPERF_KO"]), "insmod without the PMU")
check(bool(Device().snapshot().header.caps & CAP_PMU) == HARDWARE, "no PMU, no capability")
