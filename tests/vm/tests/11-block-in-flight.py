#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A request that is stuck shows while it is stuck, and so does its task."""
import sys

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

null_blk(irqmode=2, completion_nsec=2000000000, gb=1)
device = Device()
reader = Load(read_for_ever, "/dev/nullb0")
time.sleep(2.5)  # in its second read
while True:  # until a read has just begun
    first = device.snapshot()
    if first.disk("nullb0").inflight and first.disk("nullb0").oldest_ns < 300e6:
        break
    time.sleep(0.1)
time.sleep(1)
second = device.snapshot()
disk = second.disk("nullb0")
check(disk.inflight == 1, f"{disk.inflight} in flight")
check(disk.io[0].requests == first.disk("nullb0").io[0].requests, "none completed")
age = disk.oldest_ns / 1e9
print(f"age {age:.2f} s")
check(1 <= age <= 2, "age of the oldest request")
task = second.task(reader.pid)
check(task.io_inflight == 1 and task.state == IOWAIT, "the reader waits for I/O")
pct = state_pct(first.task(reader.pid), task)
print("states of the reader:", pct)
check(pct[IOWAIT] >= 98, "all its time")
reader.stop()
