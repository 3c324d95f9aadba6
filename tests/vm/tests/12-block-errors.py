#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Requests that fail are counted, exactly, for the device and for the task; a
device mapper on top changes neither, and what it fails by itself is its own
error alone. What goes another way after an error is
an error of the path alone; what fails in its second part is one request."""
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

# Zeroes take many bios, which hand an error on from one to the next.
delta = Delta(device)
check(subprocess.run(["blkdiscard", "-z", "/dev/mapper/stack"], check=False, stderr=subprocess.PIPE).returncode,
      "zeroes do not go there")
delta.end()
seen = [delta.io(n, WRITE).errors for n in (kernel_name("/dev/mapper/stack"), name)]
print("zeroing:", seen)
check(seen[0] == 1 and seen[1] >= 1, "one error of what was asked for")
dmsetup("remove", "stack")

# dm-flakey, when it is down, fails what comes: the disk never sees it.
dmsetup("create", "stack", "--table", f"0 {256 << 11} flakey {path} 0 0 1000")
top = kernel_name("/dev/mapper/stack")
delta = Delta(device)
check(direct("/dev/mapper/stack", BAD) == BAD, "all reads fail")
with open("/dev/mapper/stack", "wb", buffering=0) as f:
    f.write(bytes(4096))
    fails(errno.EIO, os.fsync, f.fileno())
delta.end()
seen = [(delta.io(top, op).requests, delta.io(top, op).errors) for op in (READ, WRITE, FLUSH)]
print("flakey:", seen)
check(seen == [(0, BAD), (0, 1), (0, 0)], "each is an error of the device mapper")
check([delta.io(name, op).requests for op in (READ, WRITE)] == [0, 0], "the disk has no request")
check(delta.task(os.getpid()).ios == 0, "nor has the task")
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

# A loop device whose file ends early: it completes the part that there is, and
# the rest, asked for again, fails.
PART, SIZE = 16384, 65536
run("modprobe", "loop")
disk = NullDisk(2, memory_backed=1, size=64)
run("mkfs.ext4", "-q", disk.path)
os.mkdir("/tmp/part")
run("mount", disk.path, "/tmp/part")
atexit.register(run, "umount", "/tmp/part")
with open("/tmp/part/file", "wb") as f:
    f.write(bytes(16 * SIZE))
path = run("losetup", "--find", "--show", "--direct-io=on", "/tmp/part/file").strip()
atexit.register(run, "losetup", "--detach", path)
name = kernel_name(path)
direct(path, 1)
os.truncate("/tmp/part/file", 8 * SIZE + PART)
stats, below, delta = diskstats(name)[READ], diskstats(disk.name)[READ], Delta(device)
check(direct(path, 8, SIZE) == 0, "what there is is read")
check(not any([direct(path, 1, SIZE, start=8 * SIZE) == 0 for _ in range(BAD)]), "beyond its end is an error")
delta.end()
truth, below = ([b - a for a, b in zip(was, diskstats(n)[READ])] for n, was in ((name, stats), (disk.name, below)))
io, task = delta.io(name, READ), delta.task(os.getpid())
print("parts:", io.requests, io.bytes, io.errors, "diskstats", truth, "below", below, "task", task.ios, task.io_bytes, task.io_errors)
check(below[1] * 512 == 8 * SIZE + BAD * PART, "the file's disk has read the part")
check(truth == [8 + BAD, (8 + BAD) * SIZE // 512], "requests as diskstats has them")
check((io.requests, io.bytes, io.errors) == (8 + BAD, (8 + BAD) * SIZE, BAD), "each counts once, whole")
check((task.ios, task.io_bytes, task.io_errors) == (8 + BAD, (8 + BAD) * SIZE, BAD), "for the task, too")
