#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# ARCH=amd64
"""SCSI, whose disks fail in ways of their own: errors are counted exactly; a disk
that goes under load leaves nothing in flight; and requests of one that is
offline are errors, all of them. One that transfers a part of what it was asked
is asked again, for one request. Debian's kernel for arm64 has no scsi_debug."""
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


def answered():
    """How many commands the disk has answered."""
    with open("/sys/block/sda/device/iodone_cnt", encoding="ascii") as f:
        return int(f.read(), 0)


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
end()

# A short transfer: the rest of the request comes with another command. Its
# latency is that of the last; before is time in the queue.
PART_NS, COUNT = 20000000, 12
begin("opts=0x100", "every_nth=2", f"ndelay={PART_NS}")
put("/sys/block/sda/queue/scheduler", "none")
direct("/dev/sda", 1)
was, stats, delta, began = answered(), diskstats("sda")[READ], Delta(device), time.monotonic_ns()
check(direct("/dev/sda", COUNT, 65536) == 0, "all is read")
took = time.monotonic_ns() - began
delta.end()
more = answered() - was - COUNT
truth = [b - a for a, b in zip(stats, diskstats("sda")[READ])]
io, task = delta.io("sda", READ), delta.task(os.getpid())
print("short transfers:", more, "commands more, diskstats", truth, "requests", io.requests, "bytes", io.bytes,
      "latency", io.latency_ns, "queue", io.queue_ns, "of", took)
check(more > 0, "some are short")
check(truth == [COUNT, COUNT * 128] and (io.requests, io.bytes, io.errors) == (COUNT, COUNT * 65536, 0), "of the disk, once")
check((task.ios, task.io_bytes, task.io_errors) == (COUNT, COUNT * 65536, 0), "of the task, once")
check(io.latency_ns >= COUNT * PART_NS and io.queue_ns >= more * PART_NS, "each command has its time")
check(io.latency_ns + io.queue_ns <= took, "and none has it twice")
check(task.io_ns == io.latency_ns, "the task's latency")
