#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=1800
"""A table that is full while tasks come and go: the rest are counted, and
those in it lose nothing."""
import sys

sys.path[:0] = ["tests/vm/lib", "tests/vm/stress/lib"]
from stress import *

SECONDS = size(8, 300)
KNOWN, CROWD = 5, size(60, 150)


def threads():
    return len(glob.glob("/proc/[0-9]*/task/[0-9]*"))


def overflow(limit, known):
    """Snapshots under load with so small a table; known tasks stay in it."""
    unload()
    load(f"max_tasks={limit}")
    device = Device()
    first = device.snapshot()
    in_it = [pid for pid in known if first.task(pid)]
    stress = Stress("--fork", "1", "--pthread", "1")
    crowd = [Load(sleep_long) for _ in range(CROWD)]
    until = time.monotonic() + SECONDS
    last, snaps = first, 0
    while time.monotonic() < until:
        snap = device.snapshot()
        snaps += 1
        check(snap.header.nr_tasks <= limit, f"{snap.header.nr_tasks} tasks of {limit}")
        check(snap.header.lost_tasks >= last.header.lost_tasks, "losses only grow")
        for pid in in_it:
            task, was = snap.task(pid), last.task(pid)
            check(task, f"{pid} has gone from the table")
            shares = state_pct(was, task)
            check(abs(sum(shares) - 100) <= 0.01, f"the states of {pid} are all of its time: {shares}")
            check(task.runq_wait_ns >= was.runq_wait_ns and sum(task.runq_hist) >= sum(was.runq_hist), "counters fell")
        last = snap
        time.sleep(0.1)
    stress.stop()
    print(f"max_tasks={limit}: {snaps} snapshots, {len(in_it)} known, lost {last.header.lost_tasks}", flush=True)
    check(last.header.lost_tasks >= CROWD - 20, "losses are counted")
    for load_ in crowd:
        load_.stop()
    device.close()
    return in_it


sleepers = [Load(lambda: [time.sleep(0.1) for _ in iter(int, 1)]) for _ in range(KNOWN)]
pids = [s.pid for s in sleepers]
kmemleak("clear")
overflow(64, pids)
in_table = overflow(threads() + 20, pids)
check(in_table == pids, f"{len(in_table)} of {KNOWN} in a table with room for them")

# The end of those in it is told, all of it; the table then has room again.
device = Device()
before = device.snapshot()
for sleeper in sleepers:
    sleeper.stop()
time.sleep(1)
after = device.snapshot()
told = [t for t in after.of(EXITED) if t.tid in pids]
check(len(told) == KNOWN, f"told of the end of {len(told)} of {KNOWN}")
for t in told:
    check(t.nvcsw >= before.task(t.tid).nvcsw, "final counters")
device.snapshot()
check(device.snapshot().task(os.getpid()), "this task is in it, there is room")
device.close()
unload()
check_leaks()
load()
