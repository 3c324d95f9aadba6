#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The columns that both sources have, on the same load at the same time."""
import sys

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

null_blk(irqmode=2, completion_nsec=2000000, gb=1)
loads = [Load(spin, cpu=1) for _ in range(2)] + [Load(read_for_ever, "/dev/nullb0", cpu=0), Load(sleep_long)]
time.sleep(1)
both = [
    subprocess.Popen(["sysperf", "-b", "--format", "json", "--source", s, "-n", "1", "-d", "6"],
                     stdout=subprocess.PIPE)
    for s in ("kmod", "procfs")
]
kmod, procfs = [json.loads(p.communicate()[0]) for p in both]
check(kmod["source"]["name"] == "kmod" and procfs["source"]["name"] == "procfs", "sources")


def compare(what, a, b, absolute, pct):
    print(f"{what}: module {a}, procfs {b}")
    check(a is not None and b is not None, f"{what} is measured")
    check(abs(a - b) <= COARSE * (absolute + max(abs(a), abs(b)) * pct / 100), f"{what} agrees")


for load in loads:
    a, b = row(kmod, load.pid), row(procfs, load.pid)
    for key, absolute, pct in (
        ("cpu_pct", 1.5, 3), ("run_pct", 1.5, 3), ("switches_per_s", 3, 10),
        # the start of the one sysperf is in the interval of the other, and the reader waits for both
        ("runq_pct", 5, 3),
        ("read_bytes_per_s", 8192, 10), ("write_bytes_per_s", 4096, 5), ("minor_faults_per_s", 2, 10),
        # without the module a sleeper's is up to ten refreshes old
        ("rss_bytes", 2 << 20, 5),
    ):
        compare(f"{key} of {load.pid}", a[key], b[key], absolute, pct)
    for key in ("tid", "pid", "ppid", "user", "comm", "command", "threads", "nice"):
        check(a[key] == b[key], f"{key} of {load.pid}: {a[key]!r}, {b[key]!r}")
    since = [t["started"][:19] for t in (a, b)]
    check(abs(time.mktime(time.strptime(since[0], "%Y-%m-%dT%H:%M:%S"))
              - time.mktime(time.strptime(since[1], "%Y-%m-%dT%H:%M:%S"))) <= 1, f"started {since}")
for resource, signal, key, absolute, pct in (
    ("cpu", "traffic", "util_pct", 3, 3), ("cpu", "saturation", "runnable_per_cpu", 0.15, 5),
    ("disk", "traffic", "reads_per_s", 10, 10), ("disk", "latency", "mean_us", 300, 12),
    ("memory", "saturation", "used_pct", 2, 2),
):
    compare(key, kmod["golden"][resource][signal][key], procfs["golden"][resource][signal][key], absolute, pct)
for load in loads:
    load.stop()
