#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
"""A task that never leaves its CPU shows its counts in every snapshot."""
import sys

sys.path.insert(0, "tests/vm/lib")
from pmu_test import *

sysperf_on(counters=8)
greedy = Load(hog, cpu=1)
time.sleep(1)
device = Device()
after, quiet = device.snapshot(), 0
for attempt in range(100):
    before = after
    time.sleep(0.2 if attempt < 50 else 0.03)  # -rt has threads that go before it every now and then
    after = device.snapshot()
    a, b = before.task(greedy.pid), after.task(greedy.pid)
    if not (a.state == b.state == RUNNING and a.since_ns == b.since_ns):
        continue
    d = growth(a, b)
    # Settled when the snapshot began, and the state when it came to the task.
    near(d.enabled_ns, b.state_ns[RUNNING] - a.state_ns[RUNNING], 30, "time charged without a switch")
    near(d.event[0].count, d.enabled_ns * PACE[0] / 1000, 5, "cycles charged without a switch")
    quiet += 1
    if quiet == 3:
        break
check(quiet == 3, "three intervals without a switch")

# Nor does its CPU, which nobody else gets, keep the module from going.
unload("sysperf")
greedy.stop()
