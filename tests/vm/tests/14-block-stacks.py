#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Devices on devices: whatever lies between, a task is charged each request
once, and the disks have what /proc/diskstats says."""
# TIMEOUT=240
import sys

sys.path.insert(0, "tests/vm/lib")
from block_test import *

NR, BLOCK = 40, 4096
SECTORS = 256 << 11
device = Device()
disks = [NullDisk(i, memory_backed=1) for i in range(2)]
below = [d.name for d in disks]
run("modprobe", "-a", "dm-mod", "dm-multipath", "dm-round-robin", "raid0", "raid1")


def dm(table):
    dmsetup("create", "stack", "--table", table)


def undm():
    dmsetup("remove", "stack", "--retry")


def md(level):
    run("mdadm", "--build", "/dev/md0", f"--level={level}", "--raid-devices=2", "--assume-clean", *[d.path for d in disks])
    wait_for(lambda: os.path.exists("/dev/md0"), "/dev/md0")


def unmd():
    run("mdadm", "--stop", "/dev/md0")


def load(path, write):
    check(direct(path, NR, BLOCK, write) == 0, "no error")


def quiet_stats(names):
    """When what looks at a new disk has done so."""
    stats, before = {n: diskstats(n) for n in names}, None
    while stats != before:
        time.sleep(0.3)
        stats, before = {n: diskstats(n) for n in names}, stats
    return stats


def measure(path, write, disks_seen):
    """Requests by disk, and the record of the task that made them."""
    op = WRITE if write else READ
    stats = quiet_stats(disks_seen)
    delta = Delta(device)
    pid = in_child(load, path, write)
    delta.end()
    requests = {}
    for name in disks_seen:
        io = delta.io(name, op)
        now = diskstats(name)[op][0] - stats[name][op][0]
        requests[name] = io.requests if io else 0
        if io:
            check((io.requests, io.errors) == (now, 0), f"requests of {name} as in diskstats ({now})")
    task, total = delta.task(pid), delta.total()
    print(path, "write" if write else "read", requests, task.ios, task.io_bytes, "of all tasks", total, flush=True)
    return requests, task, total


# What is below is what the task is charged, whoever sends it on.
for what, begin, end, path, tables in (
    ("linear", dm, undm, "/dev/mapper/stack", f"0 {SECTORS} linear {disks[0].path} 0"),
    ("stripe", dm, undm, "/dev/mapper/stack", f"0 {SECTORS} striped 2 16 {disks[0].path} 0 {disks[1].path} 0"),
    ("raid0", md, unmd, "/dev/md0", 0),
    ("raid1", md, unmd, "/dev/md0", 1),
):
    begin(tables)
    direct(path, 1)
    for write in False, True:
        copies = 2 if what == "raid1" and write else 1
        requests, task, total = measure(path, write, below)
        print(what, flush=True)
        check(sum(requests.values()) == NR * copies, "requests below")
        check(total == (NR * copies, NR * copies * BLOCK), "each request is of one task")
        # Without a plug, raid1's thread writes.
        if copies == 1 or task.ios:
            check((task.ios, task.io_bytes) == (NR * copies, NR * copies * BLOCK), "and of the one that made it")
    check(device.snapshot().disk(kernel_name(path)) is None, "what is above has no requests of its own")
    end()

# Multipath has requests, and makes clones of them.
# null_blk may sleep, which multipath does not allow for: a complaint of its own.
if not CHECKING:
    dm(f"0 {SECTORS} multipath 0 0 1 1 round-robin 0 2 1 {disks[0].path} 1 {disks[1].path} 1")
    path = "/dev/mapper/stack"
    top = kernel_name(path)
    direct(path, 1)
    for write in False, True:
        requests, task, total = measure(path, write, [top, *below])
        check(requests[top] == NR, "requests above")
        check(sum(requests[n] for n in below) == NR, "clones below")
        check((task.ios, task.io_bytes) == (NR, NR * BLOCK), "the task is charged once")
        check(total == (NR, NR * BLOCK), "and nobody else")
    undm()
for disk in disks:
    disk.remove()
