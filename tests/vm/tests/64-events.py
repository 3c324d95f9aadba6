#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
"""Events by netlink: the ends of tasks, and waits over a threshold, each told
or counted as lost."""
import sys

sys.path.insert(0, "tests/vm/lib")
from genl_test import *
from sysperf_test import *

control = Genl()
device = Device()


def lost():
    return control.info()[LOST_EVENTS]


def shorts(n, code):
    """n tasks that end at once; their ids."""
    pids = set()
    for _ in range(n):
        pid = os.fork()
        if pid == 0:
            os._exit(code)
        os.waitpid(pid, 0)
        pids.add(pid)
    return pids


def listener(group, buffer=1 << 23):
    new = Genl()
    new.sock.setsockopt(socket.SOL_SOCKET, 33, buffer)  # SO_RCVBUFFORCE
    new.join(group)
    return new


# Ended tasks. What was before somebody listened is not told.
shorts(100, 5)
time.sleep(0.5)
a, b = listener("exit"), listener("exit")
unheard = listener("slow")
pids = shorts(1000, 7)
for one in a, b:
    told, overruns = one.events(60, lambda events: len({e.tid for e in events} & pids) + lost() >= 1000)
    mine = [e for e in told if e.tid in pids]
    print(f"told of {len(mine)} of 1000, lost {lost()}, overruns {overruns}")
    check(len(mine) == len({e.tid for e in mine}), "once each")
    check(len(mine) + lost() == 1000 and overruns == 0, "told or counted as lost")
    check(len(mine) > 500, "most are told")
    check(all(e.type == EXITED and e.exit_code == 7 << 8 and e.flags & 2 for e in mine), "their final records")
    check(not [e for e in told if e.exit_code == 5 << 8], "not of those before it listened")
check(unheard.events(0)[0] == [], "nothing in the other group")

# More than the rate allows: the rest is counted.
control.do(SET, u32(EXIT_RATE, 20))
time.sleep(1.1)
before = lost()
begin = time.monotonic()
pids = shorts(300, 9)
told, overruns = a.events(60, lambda events: len([e for e in events if e.exit_code == 9 << 8]) + lost() - before >= 300)
took = time.monotonic() - begin
control.do(SET, u32(EXIT_RATE, 10000))
mine = [e for e in told if e.tid in pids and e.exit_code == 9 << 8]
print(f"at a rate of 20: told of {len(mine)} of 300 in {took:.1f} s, lost {lost() - before}")
check(20 <= len(told) <= 20 * (took + 2), "no more than the rate")
check(len(mine) + lost() - before >= 300 and overruns == 0, "the others counted")

# A listener that cannot keep up is told so by its own socket.
a.close()
b.close()
time.sleep(0.5)
before = lost()
shorts(5, 0)
time.sleep(0.5)
check(lost() == before, "nobody listens, nothing is lost")
slow_reader = listener("exit", 4096)
pids = shorts(200, 7)
time.sleep(0.5 * COARSE)
told, overruns = slow_reader.events(1)
print(f"a small buffer: told of {len(told)}, overruns {overruns}")
check(overruns > 0 and told and len(told) < 200, "told what it had room for, and that there was more")
check(lost() == before, "which is not the module's loss")
slow_reader.close()

# Waits for a CPU: a task that only gets one when a hog lets it.
MS = 10**6


def nearly_hog():
    """Runs 50 ms, then leaves the CPU for 5 ms."""
    real_time()
    while True:
        end = time.monotonic() + 0.05
        while time.monotonic() < end:
            pass
        time.sleep(0.005)


def spinner():
    with open("/proc/self/comm", "w", encoding="ascii") as f:
        f.write("starved-one")
    spin()


let_starve(1)
os.sched_setaffinity(0, {0})
starved, rt = Load(spinner, cpu=1), Load(nearly_hog, cpu=1)
time.sleep(1)
check(unheard.events(0)[0] == [], "a threshold of 0 tells nothing")
times = [control.task(starved.pid)]
control.do(SET, u64(SLOW_WAIT_NS, 20 * MS) + u32(EVENT_RATE, 10000))
times.append(control.task(starved.pid))
told, _ = unheard.events(60, lambda events: len([e for e in events if e.tid == starved.pid]) >= 20)
times.append(control.task(starved.pid))
control.do(SET, u64(SLOW_WAIT_NS, 0))
times.append(control.task(starved.pid))


def over(task):
    """Waits over the threshold, from the histogram: buckets of a quarter octave from 2^k up."""
    edge = (15 << 2) + 1  # the bucket from 20.97 ms on; 20 ms is in the one before
    return sum(task.runq_hist[edge:]), sum(task.runq_hist[edge - 1:])


counts = [over(t) for t in times]
least, most = counts[2][0] - counts[1][0], counts[3][1] - counts[0][1]
# What tells them may have to wait for that CPU, too.
told += unheard.events(60, lambda events: len([e for e in told + events if e.tid == starved.pid]) >= least)[0]
told += unheard.events(0.5 * COARSE)[0]
mine = [e for e in told if e.tid == starved.pid]
print(f"{len(mine)} slow waits, of {min(e.ns for e in mine) / MS:.0f} to {max(e.ns for e in mine) / MS:.0f} ms")
check(all(e.kind == SLOW_WAIT and e.cpu == 1 and e.pid == starved.pid and e.comm == b"starved-one" for e in mine),
      "who, and for which CPU")
check(all(e.ns > 20 * MS for e in told), "all over the threshold")
check(all(x.mono_ns < y.mono_ns for x, y in zip(mine, mine[1:])), "one after the other")

print(f"the histogram grew by {least} to {most}")
check(least <= len(mine) <= most, "as many as the task's histogram has")

# More than the rate allows: the rest is counted.
control.do(SET, u64(SLOW_WAIT_NS, 1) + u32(EVENT_RATE, 5))
before = lost()
begin = time.monotonic()
told, _ = unheard.events(4)
took = time.monotonic() - begin
control.do(SET, u64(SLOW_WAIT_NS, 0) + u32(EVENT_RATE, 10000))
print(f"at a rate of 5: {len(told)} told in {took:.1f} s, {lost() - before} lost")
check(5 <= len(told) <= 5 * (took + 2), "no more than the rate")
check(lost() - before > len(told), "the others counted")
rt.stop()
starved.stop()

# Slow requests: 30 ms each.
null_blk(irqmode=2, completion_nsec=30 * MS, gb=1)
unheard.events(0.2)
control.do(SET, u64(SLOW_IO_NS, 10 * MS))
before = lost()
read_direct("/dev/nullb0", 12, 8192)
fd = os.open("/dev/nullb0", os.O_WRONLY | os.O_DIRECT)
os.pwrite(fd, mmap.mmap(-1, 4096), 0)
os.close(fd)
told, _ = unheard.events(10, lambda events: len(events) >= 13)
control.do(SET, u64(SLOW_IO_NS, 10 * 1000 * MS))
told += unheard.events(0.5 * COARSE)[0]
info = os.stat("/dev/nullb0").st_rdev
mine = [e for e in told if (e.major, e.minor) == (os.major(info), os.minor(info)) and e.tid == os.getpid()]
check(len(told) - len(mine) < 5, f"{len(told) - len(mine)} of others")
reads, writes = [e for e in mine if e.op == 0], [e for e in mine if e.op == 1]
print(f"{len(reads)} slow reads, {len(writes)} slow writes, lost {lost() - before}")
check((len(reads), len(writes), lost()) == (12, 1, before), "each request is told")
check(all(e.kind == SLOW_IO and e.bytes == 8192 for e in reads) and writes[0].bytes == 4096, "how much it was")
check(all(30 * MS <= e.ns for e in mine), "how long it took")
read_direct("/dev/nullb0", 5)
check([e for e in unheard.events(0.5)[0] if e.tid == os.getpid()] == [], "none under the threshold")

# Nobody listens: nothing is kept.
control.do(SET, u64(SLOW_IO_NS, 1) + u64(SLOW_WAIT_NS, 1) + u32(EVENT_RATE, 1))
unheard.close()
time.sleep(0.2)
before = lost()
read_direct("/dev/nullb0", 20)
check(lost() == before, "nor counted as lost")
# Unloaded while events arise and are being told.
device.close()
last = listener("slow"), listener("exit")
loads = [Load(read_for_ever, "/dev/nullb0"), Load(lambda: [shorts(1, 0) for _ in range(100000)])]
control.do(SET, u32(EVENT_RATE, 100000))
for _ in range(3):
    time.sleep(0.5)
    run("rmmod", "sysperf")
    run("insmod", os.environ["SYSPERF_KO"])
    control.close()
    control = Genl()
    last += listener("slow"), listener("exit")
    control.do(SET, u64(SLOW_IO_NS, 1) + u64(SLOW_WAIT_NS, 1) + u32(EVENT_RATE, 100000))
check(len(last[-2].events(5, bool)[0]) > 0 and len(last[-1].events(5, bool)[0]) > 0, "there were events")
for load in loads:
    load.stop()
