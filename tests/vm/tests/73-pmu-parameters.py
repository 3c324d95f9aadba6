#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Without a PMU the module loads and says so; the parameters choose what is
counted, and nonsense in them is refused."""
import sys

sys.path.insert(0, "tests/vm/lib")
from pmu_test import *

KO = os.environ["SYSPERF_KO"]


def log():
    return run("dmesg").splitlines()


def expect(bits, what):
    """Exactly these events are counted, and show in a task that runs."""
    hog = Load(spin)
    time.sleep(0.3)
    snap = Device().snapshot()
    hog.stop()
    header, task = snap.header, snap.task(hog.pid)
    check(header.pmu_events == bits, f"{what}: events {header.pmu_events:#x}")
    check(bool(header.caps & CAP_PMU) == bool(bits), f"{what}: capabilities {header.caps:#x}")
    check(bool(task.pmu.enabled_ns) == bool(bits), f"{what}: enabled {task.pmu.enabled_ns}")
    for i, event in enumerate(task.pmu.event):
        on = bool(bits & 1 << i)
        check(bool(event.count) == on and bool(event.running_ns) == on, f"{what}: event {i} {event.count}")
    return task.pmu


if not HARDWARE:
    seen = len(log())
    sysperf_on()
    said = [line for line in log()[seen:] if "sysperf:" in line]
    check(len(said) == 1 and "no hardware counters" in said[0], f"one line about it: {said}")
    expect(0, "no PMU")
    unload("sysperf")
    check(not insmod(KO, pmu_events="cycles"), "loads all the same")
    expect(0, "no PMU, one event asked for")

for bad in ("", "cycle", "cycles,", "cycles,cycles", "cycles=", "cycles=12", "cycles=rxyz", "cycles=r", "cycles instructions",
            "cycles=r1=2", "cache-misses=r11111111111111111"):
    unload("sysperf")
    seen = len(log())
    said = insmod(KO, pmu_events=f'"{bad}"')
    check(said, f"pmu_events={bad} is refused: {said}")
    check(not loaded("sysperf"), f"pmu_events={bad}")
    said = [line for line in log()[seen:] if "sysperf:" in line]
    check(len(said) == 1 and f"pmu_events={bad} " in said[0], f"one line about pmu_events={bad}: {said}")

sysperf_on(counters=8)
expect(0xF, "default")
sysperf_on(counters=8, pmu=0)
expect(0, "pmu=0")
sysperf_on(counters=8, sched=0)
check(Device().snapshot().header.pmu_events == 0, "nothing without sched")
sysperf_on(counters=8, pmu_events="cache-misses,instructions")
expect(0xA, "two")
# Code 0x20 counts 32 a microsecond, 0x100 there is not.
sysperf_on(counters=8, pmu_events="instructions=r20,cycles,cache-references=r100")
d = expect(0x3, "raw")
near(d.event[1].count, d.enabled_ns * 0x20 / 1000, 5, "the raw event")
near(d.event[0].count, d.enabled_ns * PACE[0] / 1000, 5, "cycles beside it")
