#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=600
"""A task that has just gone to sleep is moved to another CPU. From 6.12 on it
may still be on the run queue then, and the kernel takes its sleep for a wait;
neither its record nor the CPU's does."""
import sys

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

SLEEP = 3
SLEPT_NS = int(SLEEP * 0.9e9)
DELAYS = KERNEL >= (6, 12)
ROUNDS, ENOUGH = (40 if DELAYS else 3), 3
sleeps = mmap.mmap(-1, 4096)  # shared: how often it went to sleep, and how long it will
sleeps[1] = SLEEP


def burn_and_sleep():
    """The lower its priority, the longer it is kept for what it has run."""
    os.nice(10)
    while True:
        os.sched_setaffinity(0, {0})
        end = time.thread_time() + 0.002
        while time.thread_time() < end:
            pass
        sleeps[0] = (sleeps[0] + 1) % 256
        time.sleep(sleeps[1])


def awaken():
    """It has slept and run, and is about to sleep again. The kernel's sum of its waits."""
    was = sleeps[0]
    while sleeps[0] == was:
        time.sleep(0.001)
    return schedstat(sleeper.pid)[1]


def move():
    """To CPU 1, as soon as it sleeps."""
    while process_state(sleeper.pid) != "S":
        pass
    os.sched_setaffinity(sleeper.pid, {1})


os.sched_setaffinity(0, {1})
hogs = [Load(spin, cpu=0) for _ in range(2)]
sleeper = Load(burn_and_sleep, cpu=0)
device = Device()
awaken()
begin = last = schedstat(sleeper.pid)[1]
before, rounds, taken = device.snapshot(), 0, 0
while rounds < ROUNDS and taken < ENOUGH:
    move()
    now = awaken()
    taken += now - last > SLEPT_NS
    last, rounds = now, rounds + 1
after = device.snapshot()
total = schedstat(sleeper.pid)[1] - begin
task = after.task(sleeper.pid)
longest = max(c.runq_wait_max_ns for c in after.of(CPU))
waited = task.runq_wait_ns - before.task(sleeper.pid).runq_wait_ns
print(f"{rounds} rounds: the kernel took {taken} sleeps for waits, {total / 1e9:.2f} s;",
      f"ours {waited / 1e9:.2f} s, longest {task.runq_wait_max_ns / 1e6:.1f} ms, of a CPU {longest / 1e6:.1f} ms")
check(taken == ENOUGH or CHECKING or not DELAYS, "it is what this kernel does")
check(task.runq_wait_max_ns < SLEPT_NS and longest < SLEPT_NS, "no sleep is a wait")
check(waited <= total - taken * SLEPT_NS + 5e7, "nor a part of one")

# The same of a sleep in which the module is loaded.
sleeps[1] = 2 * SLEEP
awaken()
last = awaken()
rounds = 0
while DELAYS:
    move()
    time.sleep(0.2)
    device.close()
    run("rmmod", "sysperf")
    run("insmod", os.environ["SYSPERF_KO"])
    device, loaded = Device(), time.monotonic()
    now = awaken()
    passed = time.monotonic() - loaded
    task, rounds = device.snapshot().task(sleeper.pid), rounds + 1
    if now - last > SLEPT_NS and passed > 0.5:
        print(f"awake {passed:.2f} s after the load: longest wait {task.runq_wait_max_ns / 1e6:.1f} ms")
        check(task.runq_wait_max_ns < (passed - 0.2) * 1e9, "what was before is no wait, either")
        break
    last = now
    if rounds == ROUNDS:
        print("it never happened before a load")
        check(SLOWNESS > 1, "which it does, but on a kernel that checks itself")
        break
