#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=240
"""SET turns hardware counters off and on: what was counted stays, the PMU is
let go, and no switch meets counters that are gone."""
import sys

sys.path.insert(0, "tests/vm/lib")
from genl_test import *
from pmu_test import *


def pmu_set(on):
    caps = genl.info()[CAPS]
    genl.do(SET, u32(CAPS, caps | CAP_PMU if on else caps & ~CAP_PMU))
    header = device.snapshot().header
    check(bool(header.caps & CAP_PMU) == on and header.pmu_events == (0xF if on else 0), f"on: {on}")


os.nice(15)  # the kernel's own threads must get their turn
loads = [Load(spin, cpu=1), Load(spin)]
sysperf_on(counters=8)
device, genl = Device(), Genl()
time.sleep(0.5)
pmu_set(False)
before = device.snapshot()
time.sleep(0.5)
after = device.snapshot()
for l in loads:
    a, b = before.task(l.pid), after.task(l.pid)
    check(counts(a)[0] > 0 and counts(a) == counts(b), "what was counted stays, and no more is")
check(counts(before.of(CPU)[1]) == counts(after.of(CPU)[1]), "nor for a CPU")
run("rmmod", "pretend_pmu")
if not HARDWARE:
    try:
        pmu_set(True)
        check(False, "on without a PMU")
    except Refused as e:
        check(e.errno == errno.EOPNOTSUPP, f"on without a PMU: {e}")
    check(not device.snapshot().header.caps & CAP_PMU, "still off")
run("insmod", os.environ["SYSPERF_TEST_MODULES"] + "/pretend_pmu.ko")

# Again and again under load, snapshots that settle and a CPU that goes.
switcher = subprocess.Popen(["perf", "bench", "sched", "pipe", "-l", "100000000"], stdout=subprocess.DEVNULL)


def toggle():
    while True:
        for value in "01":
            with open("/sys/devices/system/cpu/cpu1/online", "w", encoding="ascii") as f:
                f.write(value)


def read_on():
    reader = Device()
    while True:
        reader.snapshot()


others = [Load(toggle), Load(read_on)]
for _ in range(20):
    pmu_set(True)
    pmu_set(False)
for o in others:
    o.stop()
with open("/sys/devices/system/cpu/cpu1/online", "w", encoding="ascii") as f:
    f.write("1")
switcher.kill()
switcher.wait()
pmu_set(True)
before = device.snapshot()
time.sleep(1)
after = device.snapshot()
for l in loads:
    d = growth(before.task(l.pid), after.task(l.pid))
    check(d.enabled_ns > 0, "it counts again")
    for i, event in enumerate(EVENTS):
        near(d.event[i].count, d.enabled_ns * PACE[i] / 1000, 2, f"{event} of {l.pid}")
    l.stop()
