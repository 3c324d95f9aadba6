#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
"""A reader that is told of changes alone knows as much as one that is told of
every task every time, to the nanosecond; and so sysperf, which reads changes,
shows what there is."""
import fcntl
import sys

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

IOC_MODE = 1 << 30 | 4 << 16 | 0xE5 << 8 | 1
CHANGES = 1
SNAP_CHANGES = 1
CHANGES_MAX = 16
ROUNDS = 40


def come_and_go():
    while True:
        pid = os.fork()
        if pid == 0:
            os._exit(3)
        os.waitpid(pid, 0)
        time.sleep(0.05)


def doze():
    while True:
        time.sleep(0.3)


class Picture:
    """All tasks, put together from changes."""

    def __init__(self):
        self.device, self.tasks, self.told, self.exited = Device(), {}, [], []
        fcntl.ioctl(self.device.fd, IOC_MODE, (CHANGES).to_bytes(4, sys.byteorder))

    def refresh(self):
        s = self.snapshot = self.device.snapshot()
        told, ended = s.of(TASK), s.of(EXITED)
        if not s.header.flags & SNAP_CHANGES:
            self.tasks = {}
        self.tasks |= {(t.tid, t.start_ns): t for t in told}
        for t in ended:
            self.tasks.pop((t.tid, t.start_ns), None)
        self.exited += [(t.tid, t.start_ns) for t in ended]
        self.told.append({t.tid for t in told})


def slept_on(task, then):
    """It was in its state then; clocks of CPUs may be some ticks apart."""
    return task.state >= IOWAIT and task.since_ns < then - 20000000


def same(ours, theirs):
    for name in ("state nice uid ppid nvcsw nivcsw min_flt maj_flt utime_ns stime_ns runq_wait_ns ios io_bytes io_ns "
                 "read_bytes write_bytes since_ns").split():
        check(getattr(ours, name) == getattr(theirs, name), f"{name} of {ours.tid}")
    check(list(ours.runq_hist) == list(theirs.runq_hist), f"run-queue waits of {ours.tid}")
    passed = [b - a for a, b in zip(ours.state_ns, theirs.state_ns)]
    want = [theirs.now_ns - ours.now_ns if i == ours.state else 0 for i in range(5)]
    check(passed == want, f"time of {ours.tid}: {passed}, not {want}")


null_blk(irqmode=2, completion_nsec=2000000, gb=1)
loads = [Load(spin, cpu=1), Load(spin, cpu=1), Load(read_for_ever, "/dev/nullb0", cpu=0), Load(come_and_go),
         Load(doze), Load(sleep_long)]
sleepers = [Load(sleep_long) for _ in range(30)]
time.sleep(0.5)

picture, whole, compared, ends = Picture(), Device(), 0, []
picture.refresh()
check(not picture.snapshot.header.flags & SNAP_CHANGES, "the first snapshot is whole")
first_ends = {(t.tid, t.start_ns) for t in whole.snapshot().of(EXITED)}
for _ in range(ROUNDS):
    time.sleep(0.05)
    picture.refresh()
    check(picture.snapshot.header.flags & SNAP_CHANGES, "the others are of changes")
    truth = whole.snapshot()
    ends += [(t.tid, t.start_ns) for t in truth.of(EXITED)]
    before = picture.snapshot.header.now_ns
    for task in truth.of(TASK):
        known = picture.tasks.get((task.tid, task.start_ns))
        check(known or task.start_ns > 0 and task.since_ns >= before - 10**9, f"{task.tid} is known")
        if known and slept_on(task, before):
            same(known, task)
            compared += 1
picture.refresh()  # what ended since its last
print(f"{compared} records of tasks that slept compared")
check(compared > 30 * ROUNDS, "there was something to compare")

# Who ended is told once; and who sleeps seldom, but now and then.
check(len(set(picture.exited)) == len(picture.exited), "each end is told once")
check(len(set(ends) & set(picture.exited)) > 10, "ends are told to both")
check(not set(ends) - set(picture.exited) - first_ends, "no end is told to one reader only")
for load in sleepers:
    rounds = [i for i, told in enumerate(picture.told) if load.pid in told]
    gaps = [b - a for a, b in zip(rounds, rounds[1:])]
    print(f"{load.pid} told in {rounds}")
    check(len(rounds) <= 2 + ROUNDS // CHANGES_MAX + 2, f"sleeper {load.pid} is left out")
    check(gaps and max(gaps) <= CHANGES_MAX, f"sleeper {load.pid} is told of now and then")
for load in loads[:2]:
    check(all(load.pid in told for told in picture.told), "who runs is always told of")

# The program itself: quiet rows stay right from one refresh to the next.
for args in ((), ("-H",)):
    shown = frames("--require", "kmod", "-d", "0.3", "-n", "20", *args)
    for frame in shown:
        for load in sleepers:
            r = row(frame, load.pid)
            check(r and r["sleep_pct"] == 100 and r["cpu_pct"] == 0 and r["switches_per_s"] == 0, f"sleeper: {r}")
        hogs = [row(frame, load.pid) for load in loads[:2]]
        for r in hogs:
            check(r and abs(r["run_pct"] + r["runq_pct"] - 100) < 0.5, f"hog: {r}")
        for r in frame["tasks"]:
            whole = sum(r[f"{s}_pct"] or 0 for s in ("run", "runq", "iowait", "blocked", "sleep"))
            check(r["run_pct"] is None or r.get("exited") or abs(whole - 100) < 0.01, f"states sum up to the whole: {r}")
    gone = [r["pid"] for f in shown for r in f["tasks"] if r.get("exited")]
    check(len(gone) > 1 and len(gone) == len(set(gone)), f"who ended is shown once: {gone}")
for load in loads + sleepers:
    load.stop()
