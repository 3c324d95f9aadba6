#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Who is charged: the reader for its read-ahead, the flusher for what it
writes back, fsync() for its own; and merged requests and time in a queue."""
import sys

sys.path.insert(0, "tests/vm/lib")
from block_test import *

MIB = 1 << 20
device = Device()
disk = NullDisk(memory_backed=1)
direct(disk.path, 1)


def read_through_cache(path, size):
    with opened(path, os.O_RDONLY) as fd:
        while size > 0:
            size -= len(os.read(fd, 65536))


def write_to_cache(path, size, then):
    with opened(path, os.O_WRONLY) as fd:
        for _ in range(size // 65536):
            os.write(fd, bytes(65536))
        then(fd)


def name_of(tid):
    task = delta.after.task(tid)
    return task.comm.decode()


# What the reader's own code is read in with, from the root on 9p, the kernel
# counts as bytes read too.
check(C.CDLL(None).mlockall(1) == 0, "mlockall")
delta = Delta(device)
pid = in_child(read_through_cache, disk.path, 4 * MIB)
delta.end()
io, task = delta.io(disk.name, READ), delta.task(pid)
print("buffered read", io.requests, io.bytes, task.ios, task.io_bytes, task.read_bytes)
check(task.ios == io.requests and task.io_bytes == io.bytes == task.read_bytes, "reading is the reader's")

delta = Delta(device)
pid = in_child(write_to_cache, disk.path, 4 * MIB, os.fsync)
delta.end()
io, task = delta.io(disk.name, WRITE), delta.task(pid)
print("fsync", io.requests, io.bytes, task.ios, task.io_bytes, task.write_bytes)
check(io.bytes == 4 * MIB and io.requests < 4 * MIB / 4096 / 8, "pages are written together")
check(task.ios == io.requests and task.io_bytes == io.bytes, "writing back is that of who asked for it")

# The writer keeps the device open, as the last close writes back.
put("/proc/sys/vm/dirty_writeback_centisecs", 20)
put("/proc/sys/vm/dirty_expire_centisecs", 1)
delta = Delta(device)
writer = Load(write_to_cache, disk.path, 4 * MIB, lambda fd: sleep_long())
wait_for(lambda: diskstats(disk.name)[WRITE][1] * 512 >= 8 * MIB, "write-back")
delta.end()
io, task = delta.io(disk.name, WRITE), delta.task(writer.pid)
flushers = {t.tid: delta.task(t.tid) for t in delta.after.of(TASK) if t.flags & 1}
flushers = {name_of(tid): t.io_bytes for tid, t in flushers.items() if t.io_bytes}
print("write-back", io.requests, io.bytes, task.ios, task.write_bytes, flushers)
check(task.ios == 0 and task.write_bytes == 4 * MIB, "the writer dirtied pages, and no more")
check(flushers and all(n.startswith("kworker") for n in flushers), "the flusher wrote")
check(sum(flushers.values()) == io.bytes == 4 * MIB, "all of them")
writer.stop()
disk.remove()


def ms(name):
    """Milliseconds that the writes of a disk took, from allocation to end."""
    with open(f"/sys/block/{name}/stat", encoding="ascii") as f:
        return int(f.read().split()[7])


def batch(path, count):
    """count writes of neighbours at once, in a plug."""
    run("fio", "--name=b", f"--filename={path}", "--rw=write", "--bs=4k", "--direct=1", "--ioengine=libaio",
        f"--iodepth={count}", f"--iodepth_batch={count}", f"--size={count * 4096}")


# One request at a time, 20 ms each: of 8 at once all but the first wait.
# /proc/diskstats has the time in queue and device together.
slow = NullDisk(irqmode=2, completion_nsec=20000000, hw_queue_depth=1)
slow.set("scheduler", "mq-deadline")
slow.set("nr_requests", 64)
slow.set("nomerges", 2)
direct(slow.path, 1)
for merges, requests in (2, 8), (0, 1):
    slow.set("nomerges", merges)
    stats = diskstats(slow.name)
    before = ms(slow.name)
    delta = Delta(device)
    batch(slow.path, 8)
    delta.end()
    io, (ios, size) = delta.io(slow.name, WRITE), delta.total()
    print(f"nomerges {merges}:", io.requests, io.bytes, io.latency_ns / 1e6, io.queue_ns / 1e6, "of tasks", ios, size)
    check(io.requests == diskstats(slow.name)[WRITE][0] - stats[WRITE][0] == requests, "merged requests are one")
    check(io.bytes == 8 * 4096 and (ios, size) == (requests, 8 * 4096), "of all the bytes")
    check(io.latency_ns >= requests * 20e6 * 0.98, "20 ms each in the device")
    if requests == 8:
        near((io.latency_ns + io.queue_ns) / 1e6, ms(slow.name) - before, 10, "ms in queue and device")
        # Less what passes until the last one is in the queue.
        check(io.queue_ns >= 7 * 20e6 * 0.85, "each waits for the one before it")
slow.remove()
