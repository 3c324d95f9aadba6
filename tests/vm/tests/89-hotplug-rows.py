#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=900
"""CPUs, disks and interfaces come and go under load, and the clock is set back
and forth: no number is negative, none is more than there can be."""
import contextlib
import socket
import sys
import tempfile

sys.path.insert(0, "tests/vm/lib")
from block_test import *

SECONDS = 20
HOUR = 3600
CPU1 = "/sys/devices/system/cpu/cpu1/online"


def numbers(value, path=""):
    """All of an object: ("golden.cpu.traffic.util_pct", 3.5)."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from numbers(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for inner in value:
            yield from numbers(inner, path)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield path, value


def churn():
    """What is there in turn: (CPU 1, a disk, an interface)."""
    for turn in range(SECONDS):
        with contextlib.suppress(OSError):
            put(CPU1, turn % 3 % 2 ^ 1)
        disk = NullDisk(0, irqmode=0) if turn % 2 else None
        subprocess.run(["ip", "link", "add", "hot0", "type", "dummy"], check=True)
        subprocess.run(["ip", "addr", "add", "10.9.8.1/24", "dev", "hot0"], check=True)
        subprocess.run(["ip", "link", "set", "hot0", "up"], check=True)
        clock = time.clock_gettime(time.CLOCK_REALTIME) + (HOUR if turn % 4 < 2 else -HOUR)
        time.clock_settime(time.CLOCK_REALTIME, clock)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            end = time.monotonic() + 1
            while time.monotonic() < end:
                with contextlib.suppress(OSError):
                    s.sendto(b"x" * 1000, ("10.9.8.2", 9))
                if disk:
                    read_direct(disk.path, 20)
        subprocess.run(["ip", "link", "del", "hot0"], check=True)
        if disk:
            disk.remove()
    put(CPU1, 1)


def check_frame(frame):
    for path, value in numbers({k: v for k, v in frame.items() if k not in ("kernel", "host")}):
        key = path.rsplit(".", 1)[-1]
        check(value >= 0 or key == "nice", f"{path} is {value}")
        if key.endswith("_pct") and key != "cpu_pct":
            check(value <= 100, f"{path} is {value}")
        if key == "cpu_pct":
            row = next(t for t in frame["tasks"] if t["cpu_pct"] == value)
            check(value <= 300, f"{path} is {value} in {frame['interval_s']} s: {row}")  # two CPUs, by clocks that differ a little
        if key.endswith("bits_per_s") or key.endswith("bytes_per_s"):
            check(value < 1e11, f"{path} is {value}")
    check(0 < frame["interval_s"] < 30, f"interval {frame['interval_s']}")
    for cpu in frame["cpus"]:
        parts = [cpu[k] for k in cpu if k.endswith("_pct")]
        if None not in parts:
            check(sum(parts) == 0 or 98 < sum(parts) < 102, f"CPU time {parts}")
    for disk in frame["disks"]:
        if disk["name"] == "nullb0" and disk["reads_per_s"]:
            block = disk["read_bytes_per_s"] / disk["reads_per_s"]
            check(512 <= block <= 1 << 20, f"a read of {block} bytes")


null_disks()
files, running = [], []
for source in "kmod", "procfs":
    files.append(tempfile.TemporaryFile())
    running.append(subprocess.Popen(["sysperf", "-b", "--format", "json", "-d", "0.2", "--source", source],
                                    stdout=files[-1], stderr=subprocess.PIPE))
spinner = Load(spin)
churn()
spinner.stop()
for process, file in zip(running, files):
    check(process.poll() is None, f"{process.args} ran until the end: {process.stderr.read() if process.poll() else ''}")
    process.send_signal(signal.SIGINT)
    check(process.wait() == 0, f"{process.args} ended with {process.returncode}")
    file.seek(0)
    all_frames = [json.loads(line) for line in file]
    print(process.args[-1], len(all_frames), "frames", flush=True)
    for one in all_frames:
        check_frame(one)
    check({len(f["cpus"]) for f in all_frames} == {1, 2}, "frames with one CPU, and with two")
    for table, name, key in ("disks", "nullb0", "reads_per_s"), ("nets", "hot0", "tx_packets_per_s"):
        rows = [next((r for r in f[table] if r["name"] == name), None) for f in all_frames]
        check(None in rows and any(r and r[key] for r in rows), f"frames with {name}, and without")
    disk = next(d for f in all_frames for d in f["disks"] if d["name"] == "nullb0")
    check(disk["type"] == "null" and disk["size_bytes"] == 256 << 20, f"what it is: {disk}")
    times = [f["time"] for f in all_frames]
    check(times != sorted(times), "the clock went back meanwhile")
    # Nodes, as the kernel has them.
    last = all_frames[-1]
    for node in last["nodes"]:
        with open(f"/sys/devices/system/node/node{node['node']}/meminfo", encoding="ascii") as f:
            total = next(int(line.split()[3]) for line in f if "MemTotal" in line)
        check(node["mem_total_bytes"] == total * 1024, f"memory of {node}")
        check(sum(c["node"] == node["node"] for c in last["cpus"]) == node["cpus"], f"CPUs of {node}")
    check(bool(last["nodes"]) == os.path.isdir("/sys/devices/system/node/node0"), "there is a node if the kernel has them")
