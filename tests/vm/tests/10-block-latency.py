#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Requests of a device that completes each after 5 ms: latency of the device
and of the reader, and their exact number."""
import os
import sys

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

READS = 150
null_blk(irqmode=2, completion_nsec=5000000, gb=1)
device = Device()
read_direct("/dev/nullb0", 1)  # makes the device known
before = device.snapshot()
me = os.getpid()
sysperf = subprocess.Popen(
    ["sysperf", "-b", "--format", "json", "--source", "kmod", "-d", "2"], stdout=subprocess.PIPE)
atexit.register(sysperf.kill)
frames = (json.loads(line) for line in sysperf.stdout)
next(frames)
took = sorted(read_direct("/dev/nullb0", READS))
after = device.snapshot()


def in_disk(frame):
    return [d for d in frame["disks"] if d["name"] == "nullb0"][0]


frame = next(f for f in frames if in_disk(f)["read_p50_us"] is not None)

# The reader's own clock contains its system call and wakeup.
overhead = took[READS // 2] - 5000
print(f"reader's p50 {took[READS // 2]:.0f} us, overhead {overhead:.0f} us")
check(took[0] >= 5000, "null_blk completes after 5 ms")

for what, p50 in ("device", in_disk(frame)["read_p50_us"]), ("reader", row(frame, me)["io_p50_us"]):
    print(f"{what} p50 {p50} us")
    check(5000 * 0.875 <= p50 <= (5000 + overhead) * 1.125, f"p50 of {what}")
check(frame["golden"]["disk"]["latency"]["max_us"] >= 5000 * 0.98, "golden max")

io = lambda s: s.disk("nullb0").io[0]
check(io(after).requests - io(before).requests == READS, "requests of the device")
check(io(after).bytes - io(before).bytes == READS * 4096, "bytes of the device")
check(after.task(me).ios - before.task(me).ios == READS, "requests of the reader")
check(after.task(me).io_bytes - before.task(me).io_bytes == READS * 4096, "bytes of the reader")
check(sum(io(after).hist) - sum(io(before).hist) == READS, "histogram of the device")
check(sum(after.task(me).io_hist) - sum(before.task(me).io_hist) == READS, "histogram of the reader")
check(after.disk("nullb0").inflight == 0 and after.task(me).io_inflight == 0, "nothing in flight")
check(after.header.lost_requests == 0, "no request lost")
