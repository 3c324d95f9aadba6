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
    ["sysperf", "-b", "--format", "json", "--source", "kmod", "-n", "1", "-d", "2"], stdout=subprocess.PIPE)
time.sleep(0.5)
took = sorted(read_direct("/dev/nullb0", READS))
after = device.snapshot()
frame = json.loads(sysperf.communicate()[0])

# The reader's own clock contains its system call and wakeup.
overhead = took[READS // 2] - 5000
print(f"reader's p50 {took[READS // 2]:.0f} us, overhead {overhead:.0f} us")
check(took[0] >= 5000, "null_blk completes after 5 ms")

disk = [d for d in frame["disks"] if d["name"] == "nullb0"][0]
mine = row(frame, me)
for what, p50 in ("device", disk["read_p50_us"]), ("reader", mine["io_p50_us"]):
    check(p50 is not None, f"{what} has no p50")
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
