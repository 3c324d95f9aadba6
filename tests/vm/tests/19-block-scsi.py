#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# ARCH=amd64
"""SCSI, whose disks fail in ways of their own: errors are counted exactly; a disk
that goes under load leaves nothing in flight; and requests of one that is
offline are errors, all of them. Debian's kernel for arm64 has no scsi_debug."""
import sys

sys.path.insert(0, "tests/vm/lib")
from block_test import *

BAD_SECTOR = 0x1234  # of scsi_debug, with opts=2: a medium error
device = Device()
run("modprobe", "sd_mod")


def begin(*params):
    run("modprobe", "scsi_debug", "dev_size_mb=64", *params)
    wait_for(lambda: os.path.exists("/dev/sda"), "/dev/sda")


def end():
    wait_for(lambda: subprocess.run(["modprobe", "-r", "scsi_debug"], check=False, capture_output=True).returncode == 0,
             "unloading scsi_debug")


begin("opts=2")
dmsetup("create", "stack", "--table", f"0 {64 << 11} linear /dev/sda 0")
for path in "/dev/sda", "/dev/mapper/stack":
    errors_are_exact(device, "sda", path, BAD_SECTOR)
dmsetup("remove", "stack")
end()

goes_and_comes_back(device, "sda", lambda: begin("ndelay=2000000", "max_queue=32"), ("/sys/block/sda/device/delete", 1), end)

# Offline: no driver sees the requests, whatever the scheduler.
begin()
for scheduler in "none", "mq-deadline":
    put("/sys/block/sda/queue/scheduler", scheduler)
    direct("/dev/sda", 1)

    def fail():
        buf = mmap.mmap(-1, 4096)
        for fd in fds:
            try:
                os.preadv(fd, [buf], 0)
                os._exit(1)
            except OSError:
                pass

    fds = [os.open("/dev/sda", os.O_RDONLY | os.O_DIRECT) for _ in range(9)]
    delta = Delta(device)
    put("/sys/block/sda/device/state", "offline\n")
    pid = in_child(fail)
    delta.end()
    io, task = delta.io("sda", READ), delta.task(pid)
    print("offline", scheduler, "requests", io.requests, "errors", io.errors, "task", task.ios, task.io_errors)
    check(io.requests == io.errors == 9, "each is an error of the disk")
    check(task.ios == task.io_errors == 9, "and of the task")
    put("/sys/block/sda/device/state", "running\n")
    for fd in fds:
        os.close(fd)
