#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=900
# ALONE
"""What must not be complained of: CPUs in full use with nobody waiting, a disk
that always has a request in flight and is fast, memory full of page cache, and
batch work that yields to all else."""
import sys

sys.path.insert(0, "tests/vm/lib")
from verdict_test import *


def nice_spin():
    os.nice(19)
    spin()


def idle_spin():
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    spin()


def read_through_cache(path, at, pause):
    """Ever more, at a pace, so that old pages must go for new ones."""
    fd = os.open(path, os.O_RDONLY)
    while True:
        at += len(os.pread(fd, MIB, at))
        time.sleep(pause)


def meminfo(key):
    with open("/proc/meminfo", encoding="ascii") as f:
        return next(int(line.split()[1]) << 10 for line in f if line.startswith(key))


cpus = sorted(os.sched_getaffinity(0))

# Each of the sources by itself: two at once would be waiting for each other.
for source in SOURCES:
    with loads(*[Load(spin, cpu=c) for c in cpus]):
        expect_quiet("full CPUs", sources=[source], delay=2 if SLOWNESS == 1 else 10, samples=3)  # we run, too
with loads(*[Load(f) for f in (nice_spin, idle_spin, idle_spin) for _ in cpus]):
    expect_quiet("niced batch", delay=2)

# A millisecond a request, and always one in flight.
null_blk(queue_mode=2, irqmode=2, completion_nsec=1000000, gb=1)
with loads(*[Load(read_for_ever, "/dev/nullb0") for _ in range(2)]):
    expect_quiet("busy disk")
    frame = watch(1, sources=["procfs"])["procfs"][0]
    check_verdict(frame["golden"]["disk"]["saturation"]["util_pct"] > 80, f"it is busy: {frame['golden']['disk']}")

null_blk(queue_mode=2, irqmode=0, gb=200)
held = os.open("/dev/nullb0", os.O_RDONLY)  # its pages go when the last one closes it
with loads(Load(read_through_cache, "/dev/nullb0", 0, 0)):
    eventually(lambda: meminfo("MemFree") < meminfo("MemTotal") // 8, "memory is full of page cache", 100)
with loads(Load(read_through_cache, "/dev/nullb0", 100 << 30, 0.05)):
    expect_quiet("page cache")
    check(meminfo("Cached") + meminfo("Buffers") > meminfo("MemTotal") // 2, "it is still full of it")
