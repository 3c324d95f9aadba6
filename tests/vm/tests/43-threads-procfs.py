#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=900
"""Without the module, a process of many threads has the run delay, switches and
CPU time of all of them, those that end in between included."""
import sys
import threading

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

THREADS = 75 if CHECKING else 150  # more than are read one by one


def sleeper(seconds):
    """Switches often, and ends when the time is up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.02 * COARSE)


def rounds():
    """Threads that live for a while and are followed by others."""
    while True:
        some = [threading.Thread(target=sleeper, args=(0.5 + i % 10 / 10,)) for i in range(THREADS)]
        for t in some:
            t.start()
        for t in some:
            t.join()


def switches(pid):
    """Of its threads that live."""
    return sum(schedstat(f"{pid}/task/{tid}")[2] for tid in os.listdir(f"/proc/{pid}/task"))


def grew(pid, key):
    """That counter, summed over the intervals; and what the kernel says, as far
    as it remembers threads that ended."""
    got = [row(f, pid) for f in frames("--source", "procfs", "-n", "6", "-d", "1")]
    check(all(t[key] is not None for t in got), f"{key} of every interval: {[t[key] for t in got]}")
    return [t[key] for t in got]


steady = Load(lambda: [t.start() for t in [threading.Thread(target=sleeper, args=(10000,)) for _ in range(THREADS)]]
              and time.sleep(10000))
eventually(lambda: len(os.listdir(f"/proc/{steady.pid}/task")) == THREADS + 1, "its threads")
argv = ["sysperf", "-b", "--format", "json", "--source", "procfs", "-n", "7", "-d", "1"]
counts = [switches(steady.pid)]
with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as p:
    told = []
    for line in p.stdout:  # the kernel's numbers once each sample has ended, however late
        told.append(json.loads(line))
        counts.append(switches(steady.pid))
got = sum(row(f, steady.pid)["switches_per_s"] * f["interval_s"] for f in told[1:])
least, most = counts[-2] - counts[1], counts[-1] - counts[0]
print(f"switches of a process of many threads: {got:.0f}, the kernel's at least {least}, at most {most}", flush=True)
check(least * 0.99 <= got <= most * 1.01, "switches of a process of many threads")
steady.stop()

# Threads that end take nothing back, and nothing is counted twice.
changing = Load(rounds)
time.sleep(2)
rates = grew(changing.pid, "switches_per_s")
# What looks counted twice is left to the next interval; that is rare, but where
# threads take long to end.
most = THREADS / 0.02 * 1.4
check(all(rate >= 0 for rate in rates) and all(a + b < 2 * most for a, b in zip(rates, rates[1:])), f"no leaps in {rates}, at most {most}, of two")
check(rates.count(0) <= CHECKING, f"each has what was done in it: {rates}")
delays = grew(changing.pid, "runq_pct")
print(f"{rates} switches/s, {delays} % waiting", flush=True)
changing.stop()
