#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
"""Disks and who uses them, beside iostat, pidstat and the kernel's pressure."""
import sys

sys.path.insert(0, "tests/vm/lib")
from peers import *

null_blk(irqmode=2, completion_nsec=20000000, gb=1)
# A load that the machine does not keep up with is another to each who looks.
RATES = "30,15" if SLOWNESS == 1 else "6,3"


def load():
    os.execlp("fio", "fio", "--name=load", "--filename=/dev/nullb0", "--rw=randrw", "--bs=8k", "--direct=1", "--thread",
              "--ioengine=psync", "--numjobs=4", f"--rate_iops={RATES}", "--time_based", "--runtime=1000", "--size=512m",
              "--output=/dev/null")


os.sched_setaffinity(0, {0})  # the tools, so that they do not disturb it
fio = Load(load, cpu=1)
time.sleep(3)
def compare():
    frames_, some, iostat, pidstat = together(["iostat", "-x", "-y", "-o", "JSON", *TWICE],
                                              ["pidstat", "-d", "-p", str(fio.pid), *TWICE], total=lambda: pressure("io"))
    disk = next(d for d in statistics(iostat)["disk"] if d["disk_device"] == "nullb0")

    def ours(key):
        return of_row(frames_, "disks", "name", "nullb0", key)

    same("reads/s", ours("reads_per_s"), disk["r/s"])
    same("writes/s", ours("writes_per_s"), disk["w/s"])
    same("bytes read/s", ours("read_bytes_per_s"), disk["rkB/s"] * 1024)
    same("bytes written/s", ours("write_bytes_per_s"), disk["wkB/s"] * 1024)
    # The module leaves the time in the kernel's queues out: it is less, by little.
    same("read latency", ours("read_mean_us"), disk["r_await"] * 1000, 4)
    same("write latency", ours("write_mean_us"), disk["w_await"] * 1000, 4)
    same("queue depth", ours("queue_depth"), disk["aqu-sz"], 4)
    # The kernel counts the ticks in which it saw the device busy.
    same("utilization", ours("util_pct"), disk["util"], 2, 1)
    same("utilization of the busiest", of_golden(frames_, "disk", "saturation", "util_pct"), disk["util"], 2, 1)
    # The kernel sums it up every two seconds.
    same("pressure", of_golden(frames_, "disk", "saturation", "psi_some_pct"), some / 1e7, 3, 2)

    # All of it is the task's. pidstat has one time for all that it reads, and is
    # some percent off where that takes long.
    io = table(pidstat, "UID", "PID")[0]
    for key, disk_key, task_key in ("read", "rkB/s", "kB_rd/s"), ("write", "wkB/s", "kB_wr/s"):
        task = of_row(frames_, "tasks", "pid", fio.pid, f"{key}_bytes_per_s")
        same(f"the task's {key}, the disk's", task, disk[disk_key] * 1024)
        same(f"the task's {key}", task, float(io[task_key]) * 1024, 10)


one_of_three(compare)
fio.stop()
