#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A task that has just gone to sleep is moved to another CPU. From 6.12 on it
may still be on the run queue then, and the kernel takes its sleep for a wait;
neither its record nor the CPU's does."""
import sys

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

SLEEP = 2
SLEPT_NS = int(SLEEP * 0.9e9)
DELAYS = tuple(int(n) for n in os.uname().release.split(".")[:2]) >= (6, 12)
ROUNDS, ENOUGH = (40 if DELAYS else 3), 3


def burn_and_sleep():
    """The lower its priority, the longer it is kept for what it has run."""
    os.nice(10)
    while True:
        os.sched_setaffinity(0, {0})
        end = time.thread_time() + 0.002
        while time.thread_time() < end:
            pass
        time.sleep(SLEEP)


def move(pid):
    """To CPU 1, as soon as it sleeps."""
    while process_state(pid) != "R":
        time.sleep(0.005)
    while process_state(pid) == "R":
        pass
    os.sched_setaffinity(pid, {1})


os.sched_setaffinity(0, {1})
hogs = [Load(spin, cpu=0) for _ in range(2)]
sleeper = Load(burn_and_sleep, cpu=0)
device, kernels = Device(), []
before = device.snapshot()
for _ in range(ROUNDS):
    was = schedstat(sleeper.pid)[1]
    move(sleeper.pid)
    eventually(lambda: process_state(sleeper.pid) == "R", "it wakes")
    time.sleep(0.05)
    kernels.append(schedstat(sleeper.pid)[1] - was)
    if sum(wait > SLEPT_NS for wait in kernels) == ENOUGH:
        break
after = device.snapshot()
taken = sum(wait > SLEPT_NS for wait in kernels)
task = after.task(sleeper.pid)
longest = max(c.runq_wait_max_ns for c in after.of(CPU))
waited = task.runq_wait_ns - before.task(sleeper.pid).runq_wait_ns
print(f"{len(kernels)} rounds: the kernel took {taken} sleeps for waits, {sum(kernels) / 1e9:.2f} s;",
      f"ours {waited / 1e9:.2f} s, longest {task.runq_wait_max_ns / 1e6:.1f} ms, of a CPU {longest / 1e6:.1f} ms")
check(taken == ENOUGH or not DELAYS, "it is what this kernel does")
check(task.runq_wait_max_ns < SLEPT_NS and longest < SLEPT_NS, "no sleep is a wait")
check(waited <= sum(kernels) - taken * SLEPT_NS, "nor a part of one")
