#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=400
"""Direct reclaim: under memory pressure each task's stalls are those that the
kernel's own trace shows of it, in number and time, and the tasks' sum to the
machine's. (allocstall in /proc/vmstat counts a reclaim that starts over twice.)"""
import re
import sys

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

device = Device()


TRACE = "/sys/kernel/tracing/"
EVENTS = "events/vmscan/mm_vmscan_direct_reclaim_"


def trace(event, on):
    write_file(f"{TRACE}{EVENTS}{event}/enable", on)


def traced():
    """{tid: [stalls, seconds, longest]}"""
    since, stalls = {}, {}
    with open(f"{TRACE}trace", encoding="ascii") as f:
        for line in f:
            m = re.match(r".*-(\d+) .* ([0-9.]+): mm_vmscan_direct_reclaim_(begin|end):", line)
            if not m:
                continue
            tid, at = int(m[1]), float(m[2])
            if m[3] == "begin":
                since[tid] = at
            else:
                s = stalls.setdefault(tid, [0, 0, 0])
                took = at - since.pop(tid)
                s[:] = s[0] + 1, s[1] + took, max(s[2], took)
    check(not since, "all stalls ended")
    return stalls


write_file(f"{TRACE}buffer_size_kb", "8192")
write_file(f"{TRACE}trace_clock", "mono")  # one for all CPUs: who stalls may change his
for event in "begin", "end":
    trace(event, "1")
loads = reclaimers()
while sum(m.reclaim_stalls for m in device.snapshot().of(MEMORY)) < 100:
    time.sleep(1)
for load in loads:
    os.kill(load.pid, signal.SIGSTOP)
for load in loads:  # which takes what populates a mapping as long as that does
    eventually(lambda: process_state(load.pid) == "T", "the load to stop", 100)
for event in "begin", "end":
    trace(event, "0")
after = device.snapshot()
truth = traced()
total = after.of(MEMORY)[0]
print("stalls", total.reclaim_stalls, "ns", total.reclaim_ns, "max", total.reclaim_max_ns)
check(total.reclaim_stalls == sum(n for n, _, _ in truth.values()), "stalls")
near(total.reclaim_ns, sum(t for _, t, _ in truth.values()) * 1e9, 10, "time stalled")
# Who is preempted between the trace's stamp and ours is told a little apart.
apart = total.reclaim_ns / 10
longest = max(t for _, _, t in truth.values()) * 1e9
print("longest stall", total.reclaim_max_ns, "traced", longest)
check(abs(total.reclaim_max_ns - longest) <= apart, "longest stall")
check(sum(total.reclaim_hist) == total.reclaim_stalls, "the histogram has them all")
check(0 < total.reclaim_max_ns <= total.reclaim_ns, "longest and sum")
tasks = after.of(TASK)
check(sum(t.reclaim_stalls for t in tasks) == total.reclaim_stalls, "stalls of the tasks")
near(sum(t.reclaim_ns for t in tasks), total.reclaim_ns, 0.1, "time of the tasks")
check(max(t.reclaim_max_ns for t in tasks) == total.reclaim_max_ns, "the longest of the tasks")
for load in loads:
    t = after.task(load.pid)
    stalls, seconds, longest = truth.get(t.tid, (0, 0, 0))
    check(t.reclaim_stalls == stalls, f"stalls of task {t.tid}")
    print("task", t.tid, "stalls", stalls, "ns", t.reclaim_ns, "traced", seconds * 1e9, "longest", longest * 1e9)
    check(abs(t.reclaim_ns - seconds * 1e9) <= apart, f"time of task {t.tid}")
    check(abs(t.reclaim_max_ns - longest * 1e9) <= apart, f"longest stall of task {t.tid}")
for load in loads:
    load.stop()
