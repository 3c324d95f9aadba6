#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Reads, writes, flushes and discards apart, each exactly as /proc/diskstats
has it; each charged to the task that asked, also when a kworker sends it on."""
import sys

sys.path.insert(0, "tests/vm/lib")
from block_test import *
from genl_test import Genl, SET, SLOW_IO_NS, u64

MIB = 1 << 20
BLKDISCARD, BLKZEROOUT = 0x1277, 0x127F
device = Device()
genl = Genl()
genl.join("slow")


def fsyncs(path, count):
    with opened(path, os.O_RDWR) as fd:
        for _ in range(count):
            os.fsync(fd)


def ioctl(path, request, start, length):
    import fcntl

    with opened(path, os.O_RDWR) as fd:
        fcntl.ioctl(fd, request, struct_pack(start, length))


def struct_pack(*values):
    return b"".join(v.to_bytes(8, "little") for v in values)


def slow_flushes(disk):
    """Who asks for a flush that is slow is told of, with the device."""
    genl.do(SET, u64(SLOW_IO_NS, 1))
    pid = in_child(fsyncs, disk.path, 3)
    told, _ = genl.events(10, lambda events: len([e for e in events if e.tid == pid]) >= 3)
    genl.do(SET, u64(SLOW_IO_NS, 0))
    number = os.stat(disk.path).st_rdev
    mine = [(e.op, e.bytes, e.major, e.minor) for e in told if e.tid == pid]
    check(mine == [(FLUSH, 0, os.major(number), os.minor(number))] * 3, f"slow flushes: {mine}")


def measure(disk, function, *args):
    """Growth of the disk by operation, of diskstats, and of the child that ran it."""
    stats = diskstats(disk.name)
    delta = Delta(device)
    pid = in_child(function, disk.path, *args)
    delta.end()
    now = diskstats(disk.name)
    ours = [delta.io(disk.name, op) for op in range(4)]
    theirs = [(now[op][0] - stats[op][0], now[op][1] - stats[op][1]) for op in range(4)]
    task = delta.task(pid)
    print(function.__name__, *args, [(o.requests, o.bytes) for o in ours], theirs, task.ios, task.io_bytes, flush=True)
    return ours, theirs, task


def same(ours, theirs, op, flushes=0):
    """diskstats has each flush that was asked for as an empty write, too."""
    check(ours[op].requests == theirs[op][0] - (flushes if op == WRITE else 0), f"requests of op {op} as in diskstats")
    check(ours[op].bytes == theirs[op][1] * 512, f"bytes of op {op} as in diskstats")


kinds = [{"cache_size": 16}, {}]
if "fua" in null_disks():  # since 6.10
    kinds.append({"cache_size": 16, "fua": 0})
for attributes in kinds:
    disk = NullDisk(memory_backed=1, discard=1, size=64, **attributes)
    cached = bool(attributes)
    print(attributes)
    direct(disk.path, 1)

    ours, theirs, task = measure(disk, direct, 30, 8192)
    same(ours, theirs, READ)
    check(ours[READ].requests == 30 and task.ios == 30 and task.io_bytes == 30 * 8192, "reads")
    check(all(ours[op].requests == 0 for op in (WRITE, FLUSH, DISCARD)), "nothing but reads")

    ours, theirs, task = measure(disk, direct, 20, 4096, True)
    same(ours, theirs, WRITE)
    check(ours[WRITE].requests == 20 and task.ios == 20 and task.io_bytes == 20 * 4096, "writes")

    # Direct O_DSYNC: each write, with FUA or a flush after it, and a flush.
    ours, theirs, task = measure(disk, direct, 10, 4096, True, os.O_DSYNC)
    asked = 10 if cached else 0
    flushes = ours[FLUSH].requests
    same(ours, theirs, WRITE, asked)
    same(ours, theirs, FLUSH)
    check(ours[WRITE].requests == 10 and ours[WRITE].bytes == 10 * 4096, "synchronous writes")
    check(flushes in ((10, 20) if cached else (0,)), f"{flushes} flushes")
    check(task.ios == 10 + asked and task.io_bytes == 10 * 4096, "synchronous writes are their task's")

    ours, theirs, task = measure(disk, fsyncs, 12)
    asked = 12 if cached else 0
    same(ours, theirs, WRITE, asked)
    same(ours, theirs, FLUSH)
    check(ours[FLUSH].requests == asked and ours[WRITE].requests == 0, "flushes")
    check(task.ios == asked and task.io_bytes == 0, "flushes are their task's")
    if cached:
        slow_flushes(disk)

    ours, theirs, task = measure(disk, ioctl, BLKDISCARD, 0, 8 * MIB)
    same(ours, theirs, DISCARD)
    check(ours[DISCARD].requests >= 1 and ours[DISCARD].bytes == 8 * MIB, "discards")
    check(task.io_bytes == 8 * MIB and task.ios == ours[DISCARD].requests, "discards are their task's")

    ours, theirs, task = measure(disk, ioctl, BLKZEROOUT, 8 * MIB, 4 * MIB)
    same(ours, theirs, WRITE, theirs[FLUSH][0])
    check(ours[WRITE].bytes == 4 * MIB and ours[DISCARD].requests == 0, "writing zeroes writes")
    disk.remove()
