#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
"""CPUs, who uses them and who waits for them, memory that is touched, and all
that by control group, beside mpstat, pidstat, vmstat, systemd-cgtop and the
kernel's pressure."""
import sys

sys.path.insert(0, "tests/vm/lib")
from peers import *

PAGES = 64
HELD = 8 << 20  # bytes
GROUP = "/sys/fs/cgroup/peers.slice"


def spin_in_group():
    write_file(f"{GROUP}/cgroup.procs", str(os.getpid()))
    held = mmap.mmap(-1, HELD)  # what it had before stays the old group's
    held.write(bytes(HELD))
    spin()


def niced_in_group():
    os.nice(5)
    spin_in_group()


def doze():
    """Leaves the CPU and gets it again, 50 times a second."""
    at = time.monotonic()
    while True:
        at += 0.02
        time.sleep(max(0, at - time.monotonic()))


def touch():
    """Faults on as many pages, 20 times a second."""
    at = time.monotonic()
    while True:
        with mmap.mmap(-1, PAGES * mmap.PAGESIZE) as m:
            m.madvise(mmap.MADV_NOHUGEPAGE)
            for page in range(PAGES):
                m[page * mmap.PAGESIZE] = 1
        at += 0.05
        time.sleep(max(0, at - time.monotonic()))


write_file("/sys/fs/cgroup/cgroup.subtree_control", "+cpu +memory +pids")
os.makedirs(GROUP, exist_ok=True)
# CPU 1 is theirs; everybody else, the tools too, is on CPU 0.
os.sched_setaffinity(0, {0})
hogs = [Load(spin_in_group, cpu=1), Load(niced_in_group, cpu=1)]
others = [Load(doze), Load(touch)]
time.sleep(3)
pids = ",".join(str(load.pid) for load in hogs + others)
def compare():
    frames_, some, mpstat, pidstat, vmstat, cgtop = together(
        ["mpstat", "-P", "1", "-o", "JSON", *TWICE], ["pidstat", "-urw", "-p", pids, *TWICE],
        ["vmstat", "-n", str(SECONDS), "3"],
        ["systemd-cgtop", "-b", "--raw", "-n", "3", "-d", str(SECONDS)], total=lambda: pressure("cpu"))

    def ours(load, key):
        return of_row(frames_, "tasks", "pid", load.pid, key)

    def theirs(load, first, key):
        return float(next(r for r in table(pidstat, "UID", "PID", first) if r["PID"] == str(load.pid))[key])

    cpu = statistics(mpstat)["cpu-load"][0]
    rows = {s: next(r for r in f["cpus"] if r["cpu"] == 1) for s, f in frames_.items()}
    # Of two that take turns at ticks, which one a tick meets is not settled.
    same("CPU 1 user", {s: r["user_pct"] + r["nice_pct"] for s, r in rows.items()}, cpu["usr"] + cpu["nice"], 2, 4)
    for key, their_key in (("system_pct", "sys"), ("idle_pct", "idle"), ("softirq_pct", "soft"), ("steal_pct", "steal")):
        # What the kernel does there differs from second to second, emulated above all.
        same(f"CPU 1 {key}", {s: r[key] for s, r in rows.items()}, cpu[their_key], 2, 4)
    for load in hogs:
        same("CPU%", ours(load, "cpu_pct"), theirs(load, "%usr", "%CPU"), 2, 0.5)
        same("waiting%", ours(load, "runq_pct"), theirs(load, "%usr", "%wait"), 2, 0.5)
    for load in others:
        # Their sleeps are even, but when the tools push them aside they come late.
        same("switches/s", ours(load, "switches_per_s"),
             theirs(load, "cswch/s", "cswch/s") + theirs(load, "cswch/s", "nvcswch/s"), 2, 4)
            # As pidstat has one time for all that it reads, it may be some percent off.
        same("minor faults/s", ours(load, "minor_faults_per_s"), theirs(load, "minflt/s", "minflt/s"), 8, 0.5)
        same("RSS", ours(load, "rss_bytes"), theirs(load, "minflt/s", "RSS") * 1024, 2, 65536 * 4)

    # Whole numbers; and what starts and ends beside it switches too.
    columns, rows = vmstat.splitlines()[1].split(), vmstat.splitlines()[-1].split()
    cs = dict(zip(columns, rows))["cs"]
    same("switches/s of the machine", of_golden(frames_, "cpu", "traffic", "context_switches_per_s"), cs, 10, 5)
    same("pressure", of_golden(frames_, "cpu", "saturation", "psi_some_pct"), some / 1e7, 3, 2)

    # /GROUP TASKS %CPU BYTES - -, once an interval
    words = [line.split() for line in cgtop.splitlines() if line.startswith("/peers.slice")][-1]
    for key, theirs_ in (("tasks", words[1]), ("cpu_pct", words[2]), ("memory_bytes", words[3])):
        same(f"the group's {key}", of_row(frames_, "cgroups", "path", "/peers.slice", key), theirs_, 2, 1)


one_of_three(compare)
for load in hogs + others:
    load.stop()
