#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What tasks read and wrote by system calls and from disks is what /proc/PID/io
says of the same task, to the byte; each thread's is its own, and who ended is
told with the last that /proc said of it."""
import sys
import threading

sys.path.insert(0, "tests/vm/lib")
from block_test import *

NAMES = "rchar wchar syscr syscw read_bytes write_bytes cancelled_write_bytes".split()
MIB = 1 << 20


def theirs(tid, pid):
    with open(f"/proc/{pid}/task/{tid}/io", encoding="ascii") as f:
        said = dict(line.split(": ") for line in f)
    return [int(said[n]) for n in NAMES]


def ours(record):
    return [getattr(record, n) for n in NAMES]


def work(times):
    """By all calls that count, from a disk too, and writes that never get there."""
    zero, null = os.open("/dev/zero", os.O_RDONLY), os.open("/dev/null", os.O_WRONLY)
    for i in range(times):
        os.write(null, os.read(zero, 1000 + i))
        os.pwritev(null, [b"a" * 10, b"b" * 20], 0)
        os.preadv(zero, [bytearray(300), bytearray(7)], 0)
    direct(disk.path, times, 8192)
    direct(disk.path, times, 4096, write=True)
    name = f"{MOUNT}/{threading.get_native_id()}"
    fd = os.open(name, os.O_RDWR | os.O_CREAT)
    for i in range(times):
        os.write(fd, b"c" * 5000)
    os.sendfile(null, fd, 0, 3000)
    os.unlink(name)  # while it is but in the cache
    os.close(fd)
    fd = os.open(name, os.O_RDWR | os.O_CREAT)
    os.write(fd, b"d" * 3 * MIB)
    os.fsync(fd)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    os.pread(fd, 2 * MIB, 0)
    os.close(fd)
    for fd in zero, null:
        os.close(fd)


def works_in_threads(said):
    threads = [threading.Thread(target=lambda n=n: (work(n), said.append(n), threading.Event().wait()), daemon=True)
               for n in (3, 11)]
    for t in threads:
        t.start()
    while len(said) < 2:
        time.sleep(0.05)
    work(5)
    os.kill(os.getpid(), signal.SIGSTOP)
    work(20)
    # Nothing is read or written from here to its end.
    os.kill(os.getpid(), signal.SIGSTOP)
    os._exit(0)


def stopped(pid):
    eventually(lambda: process_state(pid) == "T", "it stops")
    # Its threads, too, and what the disk has yet to do.
    eventually(lambda: all(t.io_inflight == 0 for t in device.snapshot().of(TASK)), "nothing in flight")


MOUNT = "/tmp/io"
# What is to be but in the cache is there for as long as that takes.
set_until_exit("/proc/sys/vm/dirty_writeback_centisecs", "0")
disk = NullDisk(memory_backed=1, size=64)
run("mkfs.ext4", "-q", disk.path)
os.mkdir(MOUNT)
run("mount", disk.path, MOUNT)
atexit.register(run, "umount", MOUNT)
disk = NullDisk(1, memory_backed=1, size=64)
device = Device()
load = Load(works_in_threads, [])
last = {}
for _ in range(2):
    stopped(load.pid)
    snapshot = device.snapshot()
    tids = [int(t) for t in os.listdir(f"/proc/{load.pid}/task")]
    check(len(tids) == 3, "three threads")
    for tid in tids:
        last[tid] = theirs(tid, load.pid)
        got = ours(snapshot.task(tid))
        print(f"{'leader' if tid == load.pid else 'thread'}:", dict(zip(NAMES, got)), flush=True)
        check(got == last[tid], f"of task {tid}, of which /proc says {last[tid]}")
        check(min(got) > 0, "all of them")
    os.kill(load.pid, signal.SIGCONT)
os.waitpid(load.pid, 0)
ended = {}
while not set(last) <= set(ended):  # freed a little after they ended
    ended.update((t.tid, t) for t in device.snapshot().of(EXITED))
for tid, said in last.items():
    check(ours(ended[tid]) == said, f"of task {tid} in its end {ours(ended[tid])}, /proc said {said}")
