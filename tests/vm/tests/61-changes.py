#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
"""Snapshots of changes leave out who did nothing, and only those: what a
reader makes of them is what another one reads in full."""
import sys

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

NR_IO_SETUP, NR_IO_SUBMIT = (206, 209) if os.uname().machine == "x86_64" else (0, 2)


def tick():
    """Longer than the margin within which a task may be told once more."""
    time.sleep(0.1)


def next_snapshot():
    tick()
    snap = device.snapshot()
    check(snap.header.flags == 1, "a snapshot of changes")
    return snap


def told(pid, snapshots=CHANGES_MAX):
    """In how many of the next snapshots there is a record of it."""
    return sum(next_snapshot().task(pid) is not None for _ in range(snapshots))


def echo(pipe_in, pipe_out):
    while os.read(pipe_in, 1):
        os.write(pipe_out, b"x")


def submit_and_sleep(path):
    """A direct read with nobody waiting for it."""
    libc, ctx, buf = C.CDLL(None, use_errno=True), C.c_ulong(), mmap.mmap(-1, 4096)
    address = C.addressof(C.c_char.from_buffer(buf))
    fd = os.open(path, os.O_RDONLY | os.O_DIRECT)
    iocb = (C.c_uint64 * 8)(0, 0, fd << 32, address, 4096, 0, 0, 0)  # op 0: pread
    pointer = C.pointer(iocb)
    check(libc.syscall(NR_IO_SETUP, 1, C.byref(ctx)) == 0, "io_setup")
    check(libc.syscall(NR_IO_SUBMIT, ctx, 1, C.byref(pointer)) == 1, "io_submit")
    sleep_long()


def leave():
    os._exit(0)


def children(n):
    """That end at once; their ids when they are gone."""
    loads = [Load(leave) for _ in range(n)]
    for load in loads:
        os.waitpid(load.pid, 0)
    time.sleep(0.5)  # their task structures go after a grace period
    return {load.pid for load in loads}


device, other = Device(), Device()
first = device.snapshot()
check(first.header.flags == 0, "full unless asked otherwise")
device.mode(CHANGES)
check(other.snapshot().header.flags == 0, "the mode is each reader's own")

# Who sleeps and who does not.
sleeper, runner = Load(sleep_long), Load(spin)
tick()
check(next_snapshot().task(sleeper.pid), "a new task is told")
seen, running = 0, 0
for _ in range(CHANGES_MAX):
    snap = next_snapshot()
    seen += snap.task(sleeper.pid) is not None
    running += snap.task(runner.pid) is not None
print(f"of {CHANGES_MAX} snapshots, {seen} tell of the sleeper, {running} of the runner")
check(seen == 1, "a sleeper is told once in that many")
check(running == CHANGES_MAX, "a runner always")
check(snap.end.nr_tasks < other.snapshot().end.nr_tasks / 2, "most tasks sleep")

os.setpriority(os.PRIO_PROCESS, sleeper.pid, 7)
nices = [t.nice for t in (next_snapshot().task(sleeper.pid) for _ in range(CHANGES_MAX)) if t]
check(nices == [7], f"what others do to it is told with that: {nices}")
runner.stop()

request, ask = os.pipe()
answer, give = os.pipe()
waker = Load(echo, request, give)
next_snapshot()
for _ in range(CHANGES_MAX):
    before = next_snapshot()
    os.write(ask, b"x")
    os.read(answer, 1)
    after = next_snapshot()
    check(after.task(waker.pid), "who woke since is told")
    check(after.task(waker.pid).nvcsw > 0, "with what it did")
waker.stop()

# Woken, but it never got a CPU: nothing was switched, and it must be told.
let_starve(1)
os.sched_setaffinity(0, {0})
starved = Load(echo, request, give, cpu=1)
time.sleep(1)
greedy = Load(hog, cpu=1)
time.sleep(1)
os.write(ask, b"x")
waits = [next_snapshot().task(starved.pid) for _ in range(3)]
check(all(t and t.state == RUNQ for t in waits), "one that waits for its CPU is told")
check(waits[2].state_ns[RUNQ] - waits[0].state_ns[RUNQ] == waits[2].now_ns - waits[0].now_ns, "and how long")
greedy.stop()
starved.stop()
os.sched_setaffinity(0, {0, 1})

# A request completes while its task sleeps on.
null_blk(irqmode=2, completion_nsec=3000000000, gb=1)
submitter = Load(submit_and_sleep, "/dev/nullb0")
for _ in range(100):
    task = next_snapshot().task(submitter.pid)
    if task and task.ios:
        break
check(task and task.ios == 1 and task.io_inflight == 0, "a completion is told")
switches = task.nvcsw + task.nivcsw
check(other.snapshot().task(submitter.pid).nvcsw + task.nivcsw == switches, "though its task slept on")
submitter.stop()

# Who ends is told once, even if a snapshot is given up on the way.
next_snapshot()
ended = children(50)
for _ in range(3):
    check(len(os.pread(device.fd, 65536, 0)) > 0, "the beginning of a snapshot")
snap = next_snapshot()
names = [t.tid for t in snap.of(EXITED) if t.tid in ended]
check(sorted(names) == sorted(ended), f"{len(names)} told of {len(ended)}")
check(not ended & {t.tid for t in snap.of(TASK)}, "and not as alive")
check(not ended & {t.tid for t in next_snapshot().of(EXITED)}, "once")
# One that ended in a fault does not count as told of changes either.
os.kill(sleeper.pid, signal.SIGSTOP)
os.kill(sleeper.pid, signal.SIGCONT)
tick()
check(C.CDLL(None, use_errno=True).pread(device.fd, C.c_void_p(1), 1 << 20, 0) == -1 and
      C.get_errno() == errno.EFAULT, "EFAULT")
check(next_snapshot().task(sleeper.pid), "what changed before one that failed")
sleeper.stop()


# What is told and what is known add up to what another reader gets in full.
CHECKED = [n for n, _ in RECORDS[TASK]._fields_ if n not in
           # what others do to a task, and the time
           "size type ppid nice policy threads cpu rss_bytes state state_char now_ns state_ns flags".split()]
COUNTERS = "utime_ns nvcsw nivcsw min_flt rchar wchar read_bytes runq_wait_ns ios io_bytes io_ns".split()


def plain(v):
    if isinstance(v, C.Array):
        return [plain(x) for x in v]
    if isinstance(v, C.Structure):
        return [plain(getattr(v, n)) for n, _ in v._fields_]
    return v


def update(known, snap):
    if snap.header.flags == 0:
        known.clear()
    known.update({t.tid: t for t in snap.of(TASK)})
    for t in snap.of(EXITED):
        if t.tid in known and known[t.tid].start_ns == t.start_ns:
            del known[t.tid]


def forks():
    while True:
        Load(leave)
        os.wait()


def naps():
    while True:
        time.sleep(0.03)


null_blk(irqmode=2, completion_nsec=10000000, gb=1)
loads = [Load(spin), Load(forks), Load(naps), Load(read_for_ever, "/dev/nullb0"), *[Load(sleep_long) for _ in range(50)]]
known, slept, ran = {}, 0, 0
device.mode(FULL)
update(known, device.snapshot())
device.mode(CHANGES)
for _ in range(30):
    update(known, next_snapshot())
    early = dict(known)
    full = other.snapshot()
    last = next_snapshot()
    update(known, last)
    gone = {t.tid for t in last.of(EXITED)}
    changed = {t.tid for t in last.of(TASK)} | gone
    present = {t.tid for t in full.of(TASK)}
    check(present - set(early) <= {t.tid for t in full.of(TASK) if t.start_ns > 0 and t.tid in changed},
          "a task that is not known is told next")
    check(set(early) - present <= gone | {t.tid for t in full.of(EXITED)}, "a task that is gone is told")
    for t in full.of(TASK):
        was = early.get(t.tid)
        if not was or was.start_ns != t.start_ns:
            continue
        if t.tid in changed:
            later = known.get(t.tid)
            for n in COUNTERS:
                check(getattr(was, n) <= getattr(t, n), f"{n} of {t.comm} does not go back")
                check(not later or later.start_ns != t.start_ns or getattr(t, n) <= getattr(later, n),
                      f"{n} of {t.comm} is told later")
            ran += 1
            continue
        for n in CHECKED:
            check(plain(getattr(was, n)) == plain(getattr(t, n)), f"{n} of {t.comm}, which was left out")
        passed = [a - b for a, b in zip(t.state_ns, was.state_ns)]
        want = [0] * 5
        want[was.state] = t.now_ns - was.now_ns
        check(was.state >= IOWAIT and passed == want, f"{t.comm} in state {was.state}: {passed}, not {want}")
        slept += 1
print(f"left out and the same in full {slept} times, told {ran} times")
check(slept > 1000 and ran > 100, "both happened often")
for load in loads:
    load.stop()

# Ended tasks that were lost: nobody can tell who, but a full snapshot who is not.
device.close()
other.close()
run("rmmod", "sysperf")
run("insmod", os.environ["SYSPERF_KO"], "exited=16")
device = Device()
device.mode(CHANGES)
check(device.snapshot().header.flags == 0, "the first is full")
next_snapshot()
children(40)
before = next_snapshot().header.lost_exited
snap = device.snapshot()
print("lost", before, "then", snap.header.lost_exited)
check(snap.header.lost_exited >= before + 24, "the loss is counted")
check(snap.header.flags == 0 and snap.task(2), "and the next snapshot full")
next_snapshot()
