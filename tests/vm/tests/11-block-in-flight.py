#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A request that is stuck shows while it is stuck, and so does its task."""
import sys

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

null_blk(irqmode=2, completion_nsec=2000000000, gb=1)
device = Device()
reader = Load(read_for_ever, "/dev/nullb0")

def sight():
    """A snapshot, what it says of the disk, the age of the read in seconds."""
    snap = device.snapshot()
    disk = snap.disk("nullb0")
    return snap, disk, disk.oldest_ns / 1e9 if disk else 0


# Two sights of one read, early and late; the machine may be slow at any time.
for _ in range(100):
    first, early, age = sight()
    if not 0 < age < 0.5:
        time.sleep(0.1)
        continue
    time.sleep(1)
    second, disk, later = sight()
    if later > age:
        break
else:
    check(False, "no read seen twice")
print(f"age {age:.2f} s, then {later:.2f} s")
check(early.inflight == 1 and disk.inflight == 1, "one request in flight")
check(disk.io[0].requests == early.io[0].requests, "none completed")
near(later - age, (second.header.mono_ns - first.header.mono_ns) / 1e9, 5, "its age grows with time")
check(later < 2.2, "it ends after 2 s")
task = second.task(reader.pid)
check(task.io_inflight == 1 and task.state == IOWAIT, "the reader waits for I/O")
pct = state_pct(first.task(reader.pid), task)
print("states of the reader:", pct)
check(pct[IOWAIT] >= 98, "all its time")
reader.stop()
