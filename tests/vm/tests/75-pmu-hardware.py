#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# ARCH=arm64
"""The cycles of a hardware PMU: perf stat and we agree. It is the one that QEMU
emulates for arm64; for x86 it has none."""
import sys

sys.path.insert(0, "tests/vm/lib")
from pmu_test import *

device = Device()
check(device.snapshot().header.pmu_events & 1, "there is a PMU that counts cycles")
loads = [Work(burn, 2, cpu=1), Work(burn, 1, cpu=1), Work(burn, 2, True)]
perf = [PerfStat("-p", load.pid, events=["cycles"]) for load in loads]
before = device.snapshot()
for load in loads:
    load.go()
for load in loads:
    load.wait_stopped()
after = device.snapshot()
for load, theirs in zip(loads, perf):
    d = growth(before.task(load.pid), after.task(load.pid))
    near(d.event[0].count, theirs.stop()[0][0], 2, "cycles")
    check(d.event[0].running_ns == d.enabled_ns, "not multiplexed")
    load.stop()
