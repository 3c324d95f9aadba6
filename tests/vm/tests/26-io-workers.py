#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Threads that the kernel makes for a task without a fork (io_uring's workers)
are known as any other, with their requests, and told of when they end."""
import sys

sys.path.insert(0, "tests/vm/lib")
from block_test import *

READS = 3000
device = Device()
disk = NullDisk()
direct(disk.path, 1)


def through_workers():
    os.execlp("fio", "fio", "--name=w", f"--filename={disk.path}", "--rw=randread", "--bs=4k", "--direct=1", "--thread",
              "--ioengine=io_uring", "--force_async=1", "--iodepth=4", f"--io_size={READS * 4096}", "--size=64m",
              "--rate_iops=1000", "--output=/dev/null")


def threads(pid):
    return {int(tid) for tid in os.listdir(f"/proc/{pid}/task")}


def workers(records, pid):
    return [t for t in records if t.pid == pid and t.comm.startswith(b"iou-wrk")]


load = Load(through_workers)
wait_for(lambda: workers(device.snapshot().of(TASK), load.pid), "a worker")
seen = threads(load.pid)
snap = device.snapshot()
gone = seen - threads(load.pid)  # meanwhile
check(not [tid for tid in seen - gone if not snap.task(tid)], "every thread is known")
check(snap.header.lost_tasks == 0, "no task lost")

ended = {}


def all_ended():
    for t in device.snapshot().of(EXITED):
        if t.pid == load.pid:
            ended[t.tid] = t
    return load.pid in ended and sum(t.ios for t in workers(ended.values(), load.pid)) >= READS


os.waitpid(load.pid, 0)
wait_for(all_ended, "the end")
mine = workers(ended.values(), load.pid)
ios = sum(t.ios for t in mine)
print(f"{len(mine)} workers ended, with {ios} requests of {READS}; all of it {sum(t.ios for t in ended.values())}")
check(mine and all(t.state_ns[0] > 0 for t in mine), "the workers ran")
check(ios == READS, "the workers' requests are theirs")
disk.remove()
