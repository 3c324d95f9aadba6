#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# ARCH=amd64
# TIMEOUT=300
"""SCSI, whose disks fail in ways of their own: errors are counted exactly; a disk
that goes under load leaves nothing in flight; and requests of one that is
offline are errors, all of them. One that transfers a part of what it was asked
is asked again, for one request, and so is one that does not answer; what it
does not support is no error. Debian's kernel for arm64 has no scsi_debug."""
import sys
from glob import glob

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


def diskstats_ms(name, op):
    """What its reads or flushes took, from allocation to end."""
    with open(f"/sys/block/{name}/stat", encoding="ascii") as f:
        return int(f.read().split()[{READ: 3, FLUSH: 16}[op]])


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

goes_and_comes_back(device, "sda", lambda: begin(f"ndelay={2000000 * COARSE}", "max_queue=32"), ("/sys/block/sda/device/delete", 1), end)

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

# A short transfer: the rest of the request comes with another command, and is
# a part of its latency.
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
check(io.latency_ns >= (COUNT + more) * PART_NS, "each command has its time")
check(io.latency_ns + io.queue_ns <= took, "and none has it twice")
check(task.io_ns == io.latency_ns, "the task's latency")
end()

# No answer: after its timeout a command is aborted and tried again. That is one
# request, and it takes as long as who asked for it waits.
begin("opts=4")
put("/sys/block/sda/device/timeout", 1)
direct("/dev/sda", 1)
fd = os.open("/dev/sda", os.O_RDWR)
for op, ask in (READ, lambda i: direct("/dev/sda", 1, start=i * 4096) == 0), (FLUSH, lambda i: os.fsync(fd) is None):
    delta, times, waited = Delta(device), [], diskstats_ms("sda", op)
    put("/sys/bus/pseudo/drivers/scsi_debug/every_nth", 7)
    for i in range(14):
        began = time.monotonic_ns()
        check(ask(i), "it is done in the end")
        times.append(time.monotonic_ns() - began)
    put("/sys/bus/pseudo/drivers/scsi_debug/every_nth", 0)
    delta.end()
    io, task, disk = delta.io("sda", op), delta.task(os.getpid()), delta.after.disk("sda")
    waited = diskstats_ms("sda", op) - waited
    late = sum(n for i, n in enumerate(io.hist) if hist_low(i) >= 0.97e9)
    print("no answer:", [t // 10**6 for t in times], "ms; latency", io.latency_ns, "longest", disk.io[op].latency_max_ns,
          "queue", io.queue_ns, "diskstats", waited, "ms, in the histogram", late)
    check(max(times) > 10**9 and io.requests == 14 and io.errors == 0, "some came late, none failed")
    near(io.latency_ns / 1e6, waited, 5, "ms as diskstats has them")
    check(late == sum(t > 10**9 for t in times), "each late one is in its place")
    check(disk.io[op].latency_max_ns > 10**9 and (op == FLUSH or task.io_ns == io.latency_ns), "the longest, the task's")
os.close(fd)
end()

# What a disk does not support it says, and who wanted it does without.
begin("lbpu=1", "lbpws=0")
put(glob("/sys/class/scsi_disk/*/zeroing_mode")[0], "writesame_16_unmap")
direct("/dev/sda", 1)
delta = Delta(device)
refused = subprocess.run(["fallocate", "-p", "-l", "1M", "/dev/sda"], check=False, capture_output=True, text=True)
delta.end()
io = delta.io("sda", WRITE)
print("a hole:", refused.stderr.strip(), "- requests", io.requests, "errors", io.errors)
check(refused.returncode and io.requests == 1, "it was refused")
check(io.errors == 0, "which is no error")
end()
