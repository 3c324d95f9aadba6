#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
"""What the module measures reaches the frame: hardware counters whose pace is
known, traffic that a task counts itself, round trips, reclaim; and what it was
loaded without is absent, not zero."""
import socket
import sys

sys.path.insert(0, "tests/vm/lib")
from pmu_test import *

SENT = mmap.mmap(-1, 16)  # bytes, calls


def send(port):
    s = socket.create_connection((there, port), source_address=(here, 0))
    total = calls = 0
    while True:
        s.sendall(bytes(20000))
        total, calls = total + 20000, calls + 1
        SENT[:16] = total.to_bytes(8, "little") + calls.to_bytes(8, "little")
        time.sleep(0.02)


def receive(listener):
    s = listener.accept()[0]
    while s.recv(1 << 16):
        pass


def sent():
    return time.monotonic(), int.from_bytes(SENT[:8], "little")


sysperf_on(counters=64)
here, there = two_addresses()
listener = socket.create_server((there, 0))
hog, idle = Load(spin, cpu=1), Load(sleep_long)
receiver = Load(receive, listener)
sender = Load(send, listener.getsockname()[1])
time.sleep(1)
(begin, before), [frame], (end, after) = sent(), frames("--require", "sched,block,pmu,net,tcp,reclaim", "-n", "1", "-d", str(5 * SLOWNESS)), sent()
cycles, instructions, references, misses = PACE

r = row(frame, hog.pid)
near(r["ipc"], instructions / cycles, 2, "IPC of a task")
near(r["cache_misses_per_s"], misses * 1e6 * r["run_pct"] / 100, 3, "its cache misses")
near(r["cache_miss_pct"], 100 * misses / references, 2, "share of its references that missed")
check(row(frame, idle.pid)["cache_misses_per_s"] == 0 and row(frame, idle.pid)["ipc"] is None, "a sleeper's")
cpu = frame["golden"]["cpu"]["traffic"]
near(cpu["ipc"], instructions / cycles, 2, "IPC of the machine")
near(cpu["cache_misses_per_s"], misses * 1e6 * os.cpu_count(), 3, "its cache misses, idle time included")

rate = (after - before) / (end - begin)
near(row(frame, sender.pid)["net_tx_bytes_per_s"], rate, 15, "bytes a second sent")
near(row(frame, receiver.pid)["net_rx_bytes_per_s"], row(frame, sender.pid)["net_tx_bytes_per_s"], 5, "and received")
check(row(frame, sender.pid)["net_tx_packets_per_s"] > 0, "packets")
check(row(frame, idle.pid)["net_rx_bytes_per_s"] == 0, "a sleeper receives nothing")
rtt = frame["golden"]["network"]["latency"]
check(0 < rtt["rtt_p50_us"] <= rtt["rtt_p95_us"] <= rtt["rtt_p99_us"], f"round trips {rtt}")
check(rtt["rtt_mean_us"] > 0 and r["reclaim_pct"] == 0, "mean round trip; nothing was reclaimed")

for load in sender, receiver, idle:
    load.stop()
sysperf_on(pmu=0, net=0, block=0, sched=0)
[frame] = frames("--require", "kmod", "-n", "1", "-d", "2")
r = row(frame, hog.pid)
print(frame["source"]["capabilities"], r)
check(not {"sched", "block", "pmu", "net"} & set(frame["source"]["capabilities"]), "left out")
for key in ("ipc", "cache_misses_per_s", "net_rx_bytes_per_s", "ios_per_s", "sleep_pct", "runq_wait_p99_us"):
    check(r[key] is None, f"{key} is absent: {r[key]}")
near(r["cpu_pct"], 100, 15, "CPU time, of the kernel's own count")
hog.stop()
