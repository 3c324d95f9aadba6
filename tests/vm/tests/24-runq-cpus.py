#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A wait for a CPU is charged to the CPU that was waited for: two tasks share one
CPU, the other idles, and the waits of each, how many and how long, are the
kernel's own of that CPU; so are all switches together."""
import sys

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

SECONDS = 5


def theirs():
    """[waiting ns, times that a task got it] of each CPU, and all switches."""
    with open("/proc/schedstat", encoding="ascii") as f:
        cpus = [[int(n) for n in line.split()[8:10]] for line in f if line.startswith("cpu")]
    with open("/proc/stat", encoding="ascii") as f:
        return [*cpus, next([int(line.split()[1])] for line in f if line.startswith("ctxt"))]


def now():
    """The kernel's before and after ours, and ours."""
    low, snapshot, high = theirs(), device.snapshot(), theirs()
    cpus = snapshot.of(CPU)
    return low, [*[[r.runq_wait_ns, sum(r.runq_hist)] for r in cpus], [sum(r.switches for r in cpus)]], high, cpus


device = Device()
for busy, idle in (1, 0), (0, 1):
    os.sched_setaffinity(0, {idle})
    loads = [Load(spin, cpu=busy) for _ in range(2)]
    time.sleep(1)
    was = now()
    time.sleep(SECONDS)
    is_ = now()
    for load in loads:
        load.stop()
    got = [[b - a for a, b in zip(*pair)] for pair in zip(was[1], is_[1])]
    least = [[b - a for a, b in zip(*pair)] for pair in zip(was[2], is_[0])]
    most = [[b - a for a, b in zip(*pair)] for pair in zip(was[0], is_[2])]
    switches = [b.switches - a.switches for a, b in zip(was[3], is_[3])]
    print(f"CPU {busy} busy: waits", got, "kernel's at least", least, "at most", most, "switches", switches, flush=True)
    check(least[busy][0] > SECONDS * 0.8e9, "one of the two always waits")
    for cpu in busy, idle:
        check(least[cpu][1] <= got[cpu][1] <= most[cpu][1], f"times that CPU {cpu} was got")
        # The one that comes while the record is copied may be in half of it.
        check(switches[cpu] >= got[cpu][1] - 1, f"each was a switch of CPU {cpu}")
        # One of the two clocks may be read a little after the other, each time.
        off = got[cpu][1] * 0.2e6
        check(least[cpu][0] - off <= got[cpu][0] <= most[cpu][0] + off, f"time waited for CPU {cpu}")
    check(got[idle][0] < got[busy][0] / 20, f"little for CPU {idle}")
    check(least[2][0] <= got[2][0] <= most[2][0], "all switches")
