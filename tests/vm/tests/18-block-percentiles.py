#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Latency beside two others who measure it: libbpf-tools' biolatency, on the
same requests, and fio, whose completion latency has its own path in it."""
# TIMEOUT=240
import re
import sys

sys.path.insert(0, "tests/vm/lib")
from block_test import *

# Completion times a factor of 4 apart, and how many requests of each.
KINDS = {1: 400, 4: 300, 16: 200, 64: 100}  # ms: requests
device = Device()
disks = {ms: NullDisk(i, irqmode=2, completion_nsec=ms * 1000000) for i, ms in enumerate(KINDS)}
for disk in disks.values():
    direct(disk.path, 1)


def fio():
    """Clat percentiles by device, of all of them at once."""
    command = ["fio", "--output-format=json", "--rw=randrw", "--bsrange=4k-64k", "--direct=1", "--ioengine=psync",
               "--size=64m", "--percentile_list=50:90:99"]
    for ms, disk in disks.items():
        command += [f"--name={ms}", f"--filename={disk.path}", f"--number_ios={KINDS[ms]}"]
    jobs = json.loads(run(*command))["jobs"]
    return {int(j["jobname"]): [j[d]["clat_ns"].get("percentile") for d in ("read", "write")] for j in jobs}


def biolatency_begin():
    """Return: the process once it is attached; None where it cannot be: it takes
    5.10's tracepoints for older ones, and the kernels that check have no BPF."""
    process = subprocess.Popen(["biolatency", "10000", "1"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    fds = f"/proc/{process.pid}/fdinfo"
    for _ in range(600):
        if process.poll() is not None:
            check(CHECKING or KERNEL == (5, 10), f"biolatency: {process.stdout.read()}")
            return None
        if sum("link_type" in read(f"{fds}/{fd}") for fd in os.listdir(fds)) >= 2:
            return process
        time.sleep(0.1)
    check(False, "biolatency neither attaches nor ends")


def read(path):
    try:
        with open(path, encoding="ascii") as f:
            return f.read()
    except OSError:
        return ""


biolatency = biolatency_begin()
delta = Delta(device)
clat = fio()
delta.end()
total = [0] * BUCKETS
for ms, disk in disks.items():
    for op, direction in (READ, 0), (WRITE, 1):
        io = delta.io(disk.name, op)
        total = [a + b for a, b in zip(total, io.hist)]
        p50, p90, p99 = (percentile(io.hist, p) for p in (50, 90, 99))
        their = clat[ms][direction]
        print(f"{ms} ms {'rw'[direction]}: ours", p50, p90, p99, "fio", *their.values(), flush=True)
        for ours, name in (p50, "50.000000"), (p90, "90.000000"), (p99, "99.000000"):
            # Both round to a bucket: within 1.6 % each.
            check(ours >= ms * 1e6 * 0.98, "no request completes before its time")
            check(ours <= their[name] * 1.04, f"fio's p{name} has ours in it")
        # Its path is small beside 64 ms, and half of the requests had no bad luck.
        if ms == 64:
            near(p50, their["50.000000"], 5 * SLOWNESS, "p50 beside fio's")
check(sum(total) == sum(KINDS.values()), "all requests")

if biolatency:
    biolatency.send_signal(signal.SIGINT)
    output = biolatency.communicate(timeout=60)[0]
    rows = [(int(a) * 1000, (int(b) + 1) * 1000, int(n)) for a, b, n in re.findall(r"^\s*(\d+) -> (\d+)\s*: (\d+)", output, re.M)]
    print(output)
    # All of theirs, and ours by their buckets; ours that lie across a border go with it either way.
    # BPF skips a program that interrupts itself, as it can on 7.x: seen once in a thousand.
    near(sum(n for _, _, n in rows), sum(total), 1, "requests that biolatency saw")
    seen = 0
    for low, high, n in rows:
        seen += n
        surely = sum(t for i, t in enumerate(total) if hist_low(i + 1) <= high)
        maybe = sum(t for i, t in enumerate(total) if hist_low(i) < high)
        check(surely - 10 <= seen <= maybe + 10, f"requests below {high} ns: {seen}, ours {surely} to {maybe}")
    for pct in 50, 75, 85, 95, 99:  # none of them between two kinds, where one request decides
        ours, rank, seen = percentile(total, pct), sum(total) * pct / 100, 0
        for low, high, n in rows:
            seen += n
            if seen >= rank:
                break
        print(f"p{pct}: ours {ours}, biolatency {low} to {high}")
        check(low * 0.97 <= ours <= high * 1.03, f"p{pct} is in biolatency's bucket")
for disk in disks.values():
    disk.remove()
