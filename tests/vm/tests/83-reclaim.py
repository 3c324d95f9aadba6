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


def measure():
    """(snapshot, traced(), tasks of the loads) of a module that is new"""
    run("rmmod", "sysperf")
    run("insmod", os.environ["SYSPERF_KO"])
    device = Device()
    write_file(f"{TRACE}trace", "")
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
    device.close()
    for load in loads:
        load.stop()
    return after, traced(), [after.task(load.pid) for load in loads]


def check_counts(after, truth, loads):
    total = after.of(MEMORY)[0]
    tasks = after.of(TASK)
    print("stalls", total.reclaim_stalls, "ns", total.reclaim_ns, "max", total.reclaim_max_ns)
    check(total.reclaim_stalls == sum(n for n, _, _ in truth.values()), "stalls")
    check(sum(total.reclaim_hist) == total.reclaim_stalls, "the histogram has them all")
    check(0 < total.reclaim_max_ns <= total.reclaim_ns, "longest and sum")
    check(sum(t.reclaim_stalls for t in tasks) == total.reclaim_stalls, "stalls of the tasks")
    near(sum(t.reclaim_ns for t in tasks), total.reclaim_ns, 0.1, "time of the tasks")
    check(max(t.reclaim_max_ns for t in tasks) == total.reclaim_max_ns, "the longest of the tasks")
    for t in loads:
        check(t.reclaim_stalls == truth.get(t.tid, [0])[0], f"stalls of task {t.tid}")


def apart(after, truth, loads):
    """The times that are not the trace's, by more than a tenth of all."""
    total = after.of(MEMORY)[0]
    times = [
        ("all", total.reclaim_ns, sum(s for _, s, _ in truth.values())),
        ("longest", total.reclaim_max_ns, max(longest for _, _, longest in truth.values())),
    ]
    for t in loads:
        _, seconds, longest = truth.get(t.tid, (0, 0, 0))
        times += [(f"task {t.tid}", t.reclaim_ns, seconds), (f"task {t.tid}, longest", t.reclaim_max_ns, longest)]
    for what, ns, seconds in times:
        print(f"{what}: {ns / 1e6:.3f} ms, traced {seconds * 1e3:.3f}", flush=True)
    return [what for what, ns, seconds in times if abs(ns - seconds * 1e9) > total.reclaim_ns / 10 * COARSE]


write_file(f"{TRACE}buffer_size_kb", "8192")
write_file(f"{TRACE}trace_clock", "mono")  # one for all CPUs: who stalls may change his
# Who loses his CPU between the trace's stamp and ours has it told of one stall
# and not of the other: luck, of which a busy machine has much; none has it always.
for _ in range(4):
    measured = measure()
    check_counts(*measured)
    wrong = apart(*measured)
    if not wrong:
        break
check(not wrong, f"times: {wrong}")
