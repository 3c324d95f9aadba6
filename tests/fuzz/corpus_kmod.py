#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Writes the seeds of fuzz_kmod, snapshots one after the other, from the
description of the records that the VM tests have:

    tests/fuzz/corpus_kmod.py   into tests/fuzz/corpus/kmod"""
import ctypes as C
import os
import sys

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

CHANGES, ALL_CAPS, MS = 1, 0x3F, 10**6


def record(kind, longer=0, **fields):
    r = RECORDS[kind](kind, C.sizeof(RECORDS[kind]) + longer)
    for name, value in fields.items():
        setattr(r, name, value)
    return bytes(r) + bytes(longer)


def header(now_ms, abi_version=ABI_VERSION, **fields):
    return record(HEADER, abi_version=abi_version, caps=ALL_CAPS, pmu_events=15, now_ns=now_ms * MS, version=b"0.1.0",
                  **fields)


def pmu(n):
    return Pmu(n * 100, (PmuCount * 4)(*[PmuCount(n * (i + 1), n * 90) for i in range(4)]))


def hist(kind, **counts):
    return (U32 * kind)(*[counts.get(f"b{i}", 0) for i in range(kind)])


def task(tid, now_ms, state, n=1, kind=TASK, pid=None, start=1, longer=0, **fields):
    """It did n of everything so far, and was in each state for as long."""
    return record(kind, longer, tid=tid, pid=pid or tid, uid=tid, threads=1, state=state, state_char=b"S", comm=b"task",
                  start_ns=start, now_ns=now_ms * MS, since_ns=now_ms * MS - 5, state_ns=(U64 * 5)(*[n * MS] * 5),
                  nvcsw=n, nivcsw=n, ios=n, io_errors=n, reclaim_ns=n, runq_wait_max_ns=n * 100, pmu=pmu(n),
                  net=(Net * 2)(*[Net(n, n, n, n)] * 2), runq_hist=hist(TASK_BUCKETS, b7=n),
                  io_hist=hist(TASK_BUCKETS, b9=n), **fields)


def system(n):
    io = [DiskIo(n, n, n, n * 1000, 1000, n, hist(BUCKETS, b40=n)) for _ in range(4)]
    return b"".join([
        record(CPU, cpu=0, online=1, switches=n, runq_wait_ns=n, runq_wait_max_ns=n, pmu=pmu(n),
               runq_hist=hist(BUCKETS, b3=n)),
        record(TCP, cpu=0, rtt_samples=n, rtt_ns=n * 1000, rtt_max_ns=1000, rtt_hist=hist(BUCKETS, b33=n)),
        record(MEMORY, reclaim_stalls=n, reclaim_ns=n, reclaim_max_ns=n, reclaim_hist=hist(BUCKETS, b50=n)),
        record(DISK, major=8, minor=0, name=b"sda", inflight=1, oldest_ns=n, io=(DiskIo * 4)(*io)),
    ])


END_RECORD = record(END)


def story(odd):
    """All, then changes, an end, a loss and so all again. Odd: by thread."""
    def at(ms, flags, *records):
        return header(ms, flags=flags) + b"".join(records) + END_RECORD

    now = 1000 + odd
    yield at(now, 0, *[task(t, now, SLEEPING) for t in (10, 11, 12)], task(13, now, RUNNING, pid=10))
    yield at(now + 10, CHANGES, task(13, now + 10, IOWAIT, 3, pid=10), task(14, now + 9, RUNQ, start=now * MS))
    yield at(now + 20, CHANGES, task(10, now + 20, BLOCKED, 2), task(12, now + 20, SLEEPING, 2),
             task(12, 0, SLEEPING, 4, kind=EXITED, flags=4), task(13, 0, IOWAIT, 4, kind=EXITED, pid=10))
    yield at(now + 30, CHANGES)
    yield at(now + 40, 0, task(10, now + 40, RUNNING, 5), task(11, now + 40, SLEEPING, 1, start=now * MS))


SEEDS = {
    "empty": header(1) + END_RECORD,
    "other-abi": header(1, abi_version=1) + END_RECORD,
    "cut-short": header(1) + task(5, 1, RUNQ)[:900],
    "bad-state": header(1) + task(5, 1, 5) + END_RECORD,
    "newer": header(1) + b"\x63\0\0\0\x10\0\0\0" + bytes(8) + task(5, 1, RUNNING, longer=16) + END_RECORD,
    "whole": (header(1) + system(1) + task(5, 1, RUNNING) + END_RECORD + header(2) + system(9)
              + task(5, 2, RUNQ, 3) + task(6, 2, SLEEPING, 1, kind=EXITED) + END_RECORD),
    "changes": b"".join(story(0)),
    "changes-of-threads": b"".join(story(1)),
    "no-caps": header(1).replace(b"\x3f\0\0\0", bytes(4), 1) + task(5, 1, RUNNING) + END_RECORD,
}

os.makedirs("tests/fuzz/corpus/kmod", exist_ok=True)
for name, data in SEEDS.items():
    with open(f"tests/fuzz/corpus/kmod/{name}", "wb") as f:
        f.write(data)
