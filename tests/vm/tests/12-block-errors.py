#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# ARCH=amd64
"""Requests that fail are counted, exactly, for the device and for the task; a
device mapper on top changes neither."""
import sys

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

GOOD, BAD = 20, 7
BAD_SECTOR = 0x1234  # scsi_debug's, with opts=2: a medium error
run("modprobe", "sd_mod")
run("modprobe", "scsi_debug", "dev_size_mb=64", "opts=2")
name = "sda"
while not os.path.exists(f"/dev/{name}"):
    time.sleep(0.2)
run("dmsetup", "create", "stack", "--noudevsync", "--table", f"0 {64 << 11} linear /dev/{name} 0")
run("dmsetup", "mknodes")
device = Device()


def read_at(path, sector):
    buf = mmap.mmap(-1, 4096)
    fd = os.open(path, os.O_RDONLY | os.O_DIRECT)
    try:
        return os.preadv(fd, [buf], sector * 512)
    finally:
        os.close(fd)


for path in f"/dev/{name}", "/dev/mapper/stack":
    read_at(path, 0)
    before = device.snapshot()
    for _ in range(GOOD):
        read_at(path, 0)
    failed = 0
    for _ in range(BAD):
        try:
            read_at(path, BAD_SECTOR & ~7)
        except OSError:
            failed += 1
    after = device.snapshot()
    check(failed == BAD, f"{failed} of {BAD} reads failed")
    a, b = (s.disk(name).io[0] for s in (before, after))
    mine = [s.task(os.getpid()) for s in (before, after)]
    print(path, "requests", b.requests - a.requests, "errors", b.errors - a.errors)
    check(b.requests - a.requests == GOOD + BAD, "requests of the device")
    check(b.errors - a.errors == BAD, "errors of the device")
    check(mine[1].io_errors - mine[0].io_errors == BAD, "errors of the task")
    check(mine[1].ios - mine[0].ios == GOOD + BAD, "requests of the task")
    check(after.disk("dm-0") is None, "the mapper has no requests of its own")
run("dmsetup", "remove", "stack")
