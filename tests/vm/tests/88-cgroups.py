#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=900
"""Control groups: what the table says of each is what the kernel's files and a
known load do; a group that is made again under its name is a new one."""
import sys

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

TOP = "/sys/fs/cgroup"
WRITES = 300


def enter(group):
    write_file(f"{TOP}/{group}/cgroup.procs", str(os.getpid()))


def in_group(group, function, *args):
    """A load in a group from its beginning."""

    def both():
        enter(group)
        function(*args)

    return Load(both)


def stat(group, file="cpu.stat"):
    with open(f"{TOP}/{group}/{file}", encoding="ascii") as f:
        return {line.split()[0]: int(line.split()[1]) for line in f}


def make(group):
    os.makedirs(f"{TOP}/{group}")


def write_direct():
    buf = mmap.mmap(-1, 4096)
    fd = os.open("/dev/nullb0", os.O_WRONLY | os.O_DIRECT)
    for i in range(WRITES):
        os.pwrite(fd, buf, i * 4096)
    os.close(fd)


def hold(size):
    held = mmap.mmap(-1, size)
    for at in range(0, len(held), 4096):
        held[at] = 1
    sleep_long()


def group_row(frame, path):
    found = [g for g in frame["cgroups"] if g["path"] == path]
    return found[0] if found else None


def close_to(got, want, pct, what):
    print(what, got, want, flush=True)
    check(got is not None, f"{what} is measured")
    check(abs(got - want) <= COARSE * (1 + want * pct / 100), f"{what}: {got}, not {want}")


null_blk(irqmode=0, gb=1)
write_file(f"{TOP}/cgroup.subtree_control", "+cpu +io +memory +pids")
make("test.slice")
write_file(f"{TOP}/test.slice/cgroup.subtree_control", "+cpu +io +memory +pids")
for name in "box", "_disk", "held", "oom", "empty":
    make(f"test.slice/{name}")
write_file(f"{TOP}/test.slice/box/cpu.max", "20000 100000")
write_file(f"{TOP}/test.slice/oom/memory.max", str(30 << 20))
hog_load = in_group("test.slice/box", spin)
held = in_group("test.slice/held", hold, 40 << 20)
idle = [in_group("test.slice/_disk", sleep_long), in_group("test.slice/oom", sleep_long)]
time.sleep(2)

# Readings are at most two seconds apart, so that each frame has one of its own.
out = subprocess.Popen(["sysperf", "-b", "--format", "json", "-n", "4", "-d", "3"], stdout=subprocess.PIPE, text=True)
lines = [json.loads(out.stdout.readline())]
before, then = stat("test.slice/box"), time.monotonic()
writer = in_group("test.slice/_disk", write_direct)
killed = in_group("test.slice/oom", hold, 60 << 20)
for load in writer, killed:
    os.waitpid(load.pid, 0)
lines += [json.loads(out.stdout.readline()) for _ in range(3)]
after, elapsed = stat("test.slice/box"), time.monotonic() - then
check(out.wait() == 0, "sysperf ended well")


def total(path, key):
    return sum(group_row(f, path)[key] * f["interval_s"] for f in lines[1:])


def mean(path, key):
    return total(path, key) / sum(f["interval_s"] for f in lines[1:])


last = lines[-1]
box = group_row(last, "/test.slice/box")
used = (after["usage_usec"] - before["usage_usec"]) / elapsed / 1e4
close_to(mean("/test.slice/box", "cpu_pct"), used, 10, "CPU of box")
close_to(total("/test.slice/box", "throttled_per_s"), after["nr_throttled"] - before["nr_throttled"], 10, "throttlings")
held_up = (after["throttled_usec"] - before["throttled_usec"]) / elapsed / 1e4
close_to(mean("/test.slice/box", "throttled_pct"), min(held_up, 100), 10, "time throttled")
check(last["golden"]["cpu"]["errors"]["throttled_per_s"] >= box["throttled_per_s"] * 0.99, "golden has it")
close_to(mean("/test.slice/box", "psi_cpu_some_pct"), held_up, 15, "pressure of box")
# The underscore is systemd's, before names that could be a file of the kernel's.
close_to(total("/test.slice/disk", "writes_per_s"), WRITES, 8, "writes")
close_to(total("/test.slice/disk", "write_bytes_per_s"), WRITES * 4096, 8, "bytes written")
close_to(total("/test.slice/oom", "oom_kills_per_s"), 1, 8, "OOM kills")
mem = group_row(last, "/test.slice/held")["memory_bytes"]
with open(f"{TOP}/test.slice/held/memory.current", encoding="ascii") as f:
    close_to(mem, int(f.read()), 2, "memory")
oom = group_row(last, "/test.slice/oom")
check(oom["memory_max_bytes"] == 30 << 20 and 0 < oom["memory_pct"] < 100, "its limit")
check(box["memory_max_bytes"] is None and box["memory_pct"] is None, "no limit")
check(group_row(last, "/test.slice")["tasks"] == 4 and box["tasks"] == 1, "tasks")
check(not group_row(last, "/test.slice/empty"), "a group without tasks is left out")
check(not group_row(last, "/"), "the top is the machine")
check([g["cpu_pct"] or 0 for g in last["cgroups"]] == sorted((g["cpu_pct"] or 0 for g in last["cgroups"]), reverse=True),
      "busiest first")
for source in "kmod", "procfs":
    frame = frames("--source", source, "-n", "1", "-d", "0.5")[-1]
    check(row(frame, held.pid)["cgroup"] == "/test.slice/held", f"a task's group by {source}")
    check(row(frame, idle[0].pid)["cgroup"] == "/test.slice/disk", f"an escaped name by {source}")
    check(row(frame, 1)["cgroup"] == "/", f"the top by {source}")

# The same name again and again, each with a hog: never more than there is. Its
# limit tells one from the next. New groups are looked for every other second,
# and read as often where reading is slow: ten samples or so until it has a rate.
out = subprocess.Popen(["sysperf", "-b", "--format", "json", "-d", "0.4"], stdout=subprocess.PIPE, text=True)
for life in range(6):
    limit = (100 + life) << 20
    make("test.slice/again")
    write_file(f"{TOP}/test.slice/again/memory.max", str(limit))
    again = in_group("test.slice/again", spin)
    for sample in range(40):
        group = group_row(json.loads(out.stdout.readline()), "/test.slice/again")
        if not group or group["cpu_pct"] is None:
            continue
        check(0 <= group["cpu_pct"] <= 200, f"CPU of a group that was made again: {group}")
        if group["memory_max_bytes"] == limit:
            break
    else:
        check(False, "made again, and seen")
    print(f"life {life}: in sample {sample}, {group['cpu_pct']} %", flush=True)
    again.stop()
    os.rmdir(f"{TOP}/test.slice/again")
out.send_signal(signal.SIGINT)
out.stdout.close()
check(out.wait() == 0, "sysperf ended well")
for load in [hog_load, held, *idle]:
    load.stop()
