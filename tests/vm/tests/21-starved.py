#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A task that waits for its CPU shows how long while it waits."""
import sys

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *


let_starve(1)
victim = Load(spin, cpu=1)
time.sleep(0.5)
rt = Load(hog, cpu=1)
time.sleep(1)
os.sched_setaffinity(0, {0})
device = Device()
first = device.snapshot()
frame = frames("--source", "kmod", "-n", "1", "-d", "2")[0]
second = device.snapshot()
rt.stop()
victim.stop()
states = state_pct(first.task(victim.pid), second.task(victim.pid))
print("states of the victim:", states)
check(states[RUNQ] >= 98, "it waits all the time")
r = row(frame, victim.pid)
print("longest wait", r["runq_wait_max_us"])
check(r["runq_wait_max_us"] >= 2.5e6, "the wait going on shows")
check(frame["golden"]["cpu"]["latency"]["runq_wait_max_us"] >= 2.5e6, "in the golden signals too")
check(r["runq_pct"] >= 98, "share of its time")
