#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Three busy loops on one CPU: a third of the time running, two thirds waiting
for it; our sum of waits is the kernel's own."""
import sys

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

hogs = [Load(spin, cpu=1) for _ in range(3)]
time.sleep(1)
device = Device()


def stopped_totals():
    """Ours and the kernel's totals at a moment when none of them changes."""
    for h in hogs:
        os.kill(h.pid, signal.SIGSTOP)
    time.sleep(0.3)
    snap = device.snapshot()
    ours = {h.pid: snap.task(h.pid).runq_wait_ns for h in hogs}
    theirs = {h.pid: schedstat(h.pid)[1] for h in hogs}
    for h in hogs:
        os.kill(h.pid, signal.SIGCONT)
    return ours, theirs


ours0, theirs0 = stopped_totals()
time.sleep(0.5)
before = device.snapshot()
frame = frames("--source", "kmod", "-n", "1", "-d", "5")[0]
after = device.snapshot()
ours1, theirs1 = stopped_totals()

for h in hogs:
    ours, theirs = ours1[h.pid] - ours0[h.pid], theirs1[h.pid] - theirs0[h.pid]
    near(ours, theirs, 1, f"run-queue wait of {h.pid}")
    states = state_pct(before.task(h.pid), after.task(h.pid))
    print("states:", [round(s, 2) for s in states])
    check(abs(sum(states) - 100) <= 0.01, "the states are all of its time")
    r = row(frame, h.pid)
    check(abs(r["run_pct"] - 33.3) <= 4 and abs(r["runq_pct"] - 66.7) <= 4, f"a third running: {r}")
    total = sum(r[k] for k in ("run_pct", "runq_pct", "iowait_pct", "blocked_pct", "sleep_pct"))
    check(abs(total - 100) <= 2, f"states add up to {total}")
    check(abs(r["cpu_pct"] - r["run_pct"]) <= 1, "CPU% is of one CPU")
cpu = frame["golden"]["cpu"]
check(cpu["latency"]["runq_wait_p99_us"] > 1000, "waits of milliseconds show in the golden signals")
check(cpu["saturation"]["runnable_per_cpu"] >= 1.3, f"three on one of two CPUs: {cpu['saturation']}")
check(frame["verdict"] and frame["verdict"]["resource"] == "cpu", f"verdict {frame['verdict']}")
check(frame["verdict"]["culprit"]["pid"] in [h.pid for h in hogs], "culprit")
