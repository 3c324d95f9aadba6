#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Run-queue waits beside libbpf-tools' runqlat, which times wakeups and
preemptions with BPF: the two distributions are the same, and so is the number
of waits. The load has waits of all lengths: hogs that share CPUs, and pipes
that wake each other.

A task that preempts its waker on the same CPU has waited for nothing by the
run-queue clock, which is not read again in between (rq_clock_skip_update(),
kernel/sched/core.c); runqlat's clock counts that path, tens of microseconds in
an emulated machine. So the short end is not compared. Nor does any task here
sleep by a timer: preempted on its way to sleep and woken then, it has waited
since it was preempted, but runqlat counts from the wakeup."""
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import BUCKETS, CHECKING, CPU, Device, Load, check, near, spin  # noqa: E402

SECONDS = 8
SHORT_US = 512


def ping_pong():
    a, b = os.pipe(), os.pipe()
    if os.fork() == 0:
        while True:
            os.read(a[0], 1)
            os.write(b[1], b"x")
    while True:
        os.write(a[1], b"x")
        os.read(b[0], 1)
        for _ in range(5000):
            pass


def low_ns(index):
    octave, step = index >> 5, index & 31
    return step << 5 if octave == 0 else (32 + step) << (octave + 4)


def waits(snapshot):
    return [sum(c.runq_hist[i] for c in snapshot.of(CPU)) for i in range(BUCKETS)]


def runqlat(text):
    """{least microseconds of a bucket: waits in it}"""
    rows = re.findall(r"^ *(\d+) -> (\d+) +: (\d+)", text, re.M)
    return {int(low) if int(high) > 1 else 0: int(count) for low, high, count in rows}


if CHECKING:
    print("this kernel has no BPF")
    sys.exit(77)
device = Device()
for cpu in (0, 0, 0, 1, 1):
    Load(spin, cpu=cpu)
for _ in range(2):
    Load(ping_pong)
time.sleep(1)
peer = subprocess.Popen(["stdbuf", "-oL", "runqlat", str(SECONDS), "1"], stdout=subprocess.PIPE, text=True)
check("Tracing" in peer.stdout.readline(), "runqlat is attached")
begin = device.snapshot()
peer.stdout.readline()  # comes with its histogram
end = device.snapshot()
theirs = runqlat(peer.communicate()[0])
seconds = (end.header.mono_ns - begin.header.mono_ns) / 1e9
ours = [b - a for a, b in zip(waits(begin), waits(end))]

print(f"{sum(ours)} waits in {seconds:.1f} s, runqlat {sum(theirs.values())}")
check(sum(ours) > 200, "there were waits")
near(sum(theirs.values()) / SECONDS, sum(ours) / seconds, 10, "waits a second")
worst = 0
for bound in sorted(theirs)[1:]:
    share = [
        sum(n for i, n in enumerate(ours) if low_ns(i) < bound * 1000) / sum(ours),
        sum(n for low, n in theirs.items() if low < bound) / sum(theirs.values()),
    ]
    print(f"under {bound:7} us: {100 * share[0]:5.1f} %, runqlat {100 * share[1]:5.1f} %")
    if bound >= SHORT_US:
        worst = max(worst, abs(share[0] - share[1]))
check(worst < 0.04, f"distributions differ by {100 * worst:.1f} points")
