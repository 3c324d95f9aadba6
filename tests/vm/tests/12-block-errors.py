#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Requests that fail are counted, exactly, for the device and for the task; a
device mapper on top changes neither. What goes another way after an error is
an error of the path alone."""
import sys

sys.path.insert(0, "tests/vm/lib")
from block_test import *

GOOD, BAD = 20, 7
BAD_SECTOR = 0x1234
device = Device()
disks = [NullDisk(i) for i in range(2)]
name, path = disks[0].name, disks[0].path
direct(path, 1)
put(f"{disks[0].dir}/badblocks", f"+{BAD_SECTOR}-{BAD_SECTOR}")
dmsetup("create", "stack", "--table", f"0 {256 << 11} linear {path} 0")
for top in path, "/dev/mapper/stack":
    errors_are_exact(device, name, top, BAD_SECTOR)
dmsetup("remove", "stack")

# dm-flakey, when it is down, fails what comes: the disk never sees it.
dmsetup("create", "stack", "--table", f"0 {256 << 11} flakey {path} 0 0 1000")
delta = Delta(device)
check(direct("/dev/mapper/stack", 5) == 5, "all reads fail")
delta.end()
check(delta.io(name, 0).requests == 0 and delta.task(os.getpid()).ios == 0, "no request, no error of the disk")
dmsetup("remove", "stack")

# Multipath with a path whose first sectors are bad: it is tried once, then failed.
put(f"{disks[0].dir}/badblocks", "+0-400")
run("modprobe", "-a", "dm-multipath", "dm-round-robin")
dmsetup("create", "stack", "--table",
    f"0 {256 << 11} multipath 0 0 2 1 round-robin 0 1 1 {disks[0].path} 1 round-robin 0 1 1 {disks[1].path} 1")
top = kernel_name("/dev/mapper/stack")
delta = Delta(device)
check(direct("/dev/mapper/stack", GOOD) == 0, "reads go the other way")
delta.end()
task = delta.task(os.getpid())
seen = {n: (delta.io(n, 0).requests, delta.io(n, 0).errors) for n in (top, disks[0].name, disks[1].name)}
print("failover:", seen, "task", task.ios, task.io_errors)
check(seen == {top: (GOOD, 0), disks[0].name: (1, 1), disks[1].name: (GOOD, 0)}, "one error of one path")
check((task.ios, task.io_errors) == (GOOD, 0), "none of the task")
check(delta.io(top, 0).queue_ns > 0, "what was tried in vain is time in the queue")

# Both bad: each read is an error, of the task once.
put(f"{disks[1].dir}/badblocks", "+0-400")
delta = Delta(device)
check(direct("/dev/mapper/stack", BAD) == BAD, "no way left")
delta.end()
task = delta.task(os.getpid())
print("no path:", task.ios, task.io_errors, delta.io(top, 0).errors, delta.io(disks[1].name, 0).errors)
check(task.ios == task.io_errors == delta.io(top, 0).errors == BAD, "each an error, counted once")
dmsetup("remove", "stack")
