#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""More requests in flight than there is room for: those that are not followed
are counted, and the table serves again when they are done."""
import sys

sys.path.insert(0, "tests/vm/lib")
from block_test import *

ROOM, DEPTH = 256, 1000
run("rmmod", "sysperf")
run("insmod", os.environ["SYSPERF_KO"], f"max_requests={ROOM}")
device = Device()
disk = NullDisk(irqmode=2, completion_nsec=1500000000, hw_queue_depth=1024)


def load(depth, count):
    run("fio", "--name=r", f"--filename={disk.path}", "--rw=randread", "--bs=4k", "--direct=1", "--ioengine=libaio",
        f"--iodepth={depth}", f"--iodepth_batch={depth}", f"--number_ios={count}", "--size=64m")


for depth in 100, DEPTH, 100:
    stats, before = diskstats(disk.name)[READ][0], device.snapshot()
    load(depth, depth)
    after = device.snapshot()
    done = diskstats(disk.name)[READ][0] - stats
    old = before.disk(disk.name)
    seen = after.disk(disk.name).io[READ].requests - (old.io[READ].requests if old else 0)
    lost = after.header.lost_requests - before.header.lost_requests
    print(f"depth {depth}: {done} requests, {seen} followed, {lost} lost", flush=True)
    check(seen + lost == done, "each is followed or counted as lost")
    check((lost > 0) == (depth > ROOM), "lost only when there is no room")
    check(depth < ROOM or seen >= ROOM * 0.9, "nearly all places are of use")
    check(after.disk(disk.name).inflight == 0, "nothing in flight")
disk.remove()
