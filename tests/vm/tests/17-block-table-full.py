#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""More requests in flight than there is room for, and of more disks: those that
are not followed are counted, once each whether a scheduler queues them or not,
and the table serves again when they are done."""
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


def followed(snapshot, disk):
    rec = snapshot.disk(disk.name)
    return rec.io[READ].requests if rec else 0


for scheduler, depth in [("none", 100), ("none", DEPTH), ("mq-deadline", DEPTH), ("mq-deadline", 100)]:
    disk.set("scheduler", scheduler)
    if scheduler != "none":
        disk.set("nr_requests", 1024)
    stats, before = diskstats(disk.name)[READ][0], device.snapshot()
    load(depth, depth)
    after = device.snapshot()
    done = diskstats(disk.name)[READ][0] - stats
    seen = followed(after, disk) - followed(before, disk)
    lost = after.header.lost_requests - before.header.lost_requests
    print(f"{scheduler}, depth {depth}: {done} requests, {seen} followed, {lost} lost", flush=True)
    check(seen + lost == done, "each is followed or counted as lost")
    check((lost > 0) == (depth > ROOM), "lost only when there is no room")
    check(depth < ROOM or seen >= ROOM * 0.9, "nearly all places are of use")
    check(after.disk(disk.name).inflight == 0, "nothing in flight")
disk.remove()
device.close()

PLACES, READS = 16, 10
run("rmmod", "sysperf")
run("insmod", os.environ["SYSPERF_KO"], f"max_disks={PLACES}")
disks = [NullDisk(i) for i in range(PLACES + 8)]
device = Device()
before = device.snapshot()
known = len(before.of(DISK))  # who looked at them when they came, too
page = mmap.mmap(-1, 4096)
for i, disk in enumerate(disks):
    disk.set("scheduler", ("none", "mq-deadline")[i % 2])
    fd = os.open(disk.path, os.O_RDONLY | os.O_DIRECT)
    for block in range(READS):
        os.preadv(fd, [page], block * 4096)
    os.close(fd)
after = device.snapshot()
seen = [followed(after, disk) - followed(before, disk) for disk in disks]
lost = after.header.lost_disks - before.header.lost_disks
print(f"{len(disks)} disks, {known} known before, read of each that were followed: {seen}, {lost} lost")
check(len(after.of(DISK)) == PLACES, "all places are of use")
check(sum(seen) + lost == READS * len(disks), "each is followed or counted as lost")
check(set(seen) == {0, READS}, "all of a disk, or nothing")
for disk in disks:
    disk.remove()
