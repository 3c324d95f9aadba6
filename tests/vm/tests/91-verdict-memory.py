#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=900
# ALONE
"""The verdict on memory: a task that needs more than it may have, so that pages
are reclaimed all the time, a swap storm, and the OOM killer's work."""
import sys

sys.path.insert(0, "tests/vm/lib")
from verdict_test import *


def stalled():
    """Microseconds in which some task waited for memory."""
    with open("/proc/pressure/memory", encoding="ascii") as f:
        return int(f.readline().rsplit("=", 1)[1])


def vmstat(key):
    with open("/proc/vmstat", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.split()[0] == key)


def resident(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as f:
        return int(f.read().split()[1]) * mmap.PAGESIZE


def wait_for_stalls():
    """Until memory is short in earnest, however long the load takes to get there."""
    before = [stalled(), time.monotonic()]
    while True:
        time.sleep(0.5)
        now = [stalled(), time.monotonic()]
        if now[0] - before[0] > 0.2e6 * (now[1] - before[1]):
            return
        before = now


def read_mapped(path):
    """Ever more of a file, each page of it mapped, and soon to be given up."""
    fd, size = os.open(path, os.O_RDONLY), 8 << 30
    while True:
        held = mmap.mmap(fd, size, prot=mmap.PROT_READ)
        for at in range(0, size, 4096):
            held[at]
        held.close()


def hold(size):
    held = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE)
    time.sleep(10000 + len(held) * 0)


def grow(step, pause):
    """Takes more and more, slowly enough to be seen before it is killed."""
    held = []
    while True:
        held.append(mmap.mmap(-1, step, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE))
        time.sleep(pause)


no_huge_pages()

# Reclaim: a group of 60 MiB in which a task goes through a file that it maps.
null_blk(queue_mode=2, irqmode=0, gb=200)
group = cgroup("tight", memory_max=60 * MIB)
with loads(Load(hold, 300 * MIB)) as holder:
    eventually(lambda: resident(holder[0]) > 300 * MIB, "a large task that asks for nothing more", 60)
    with loads(Load(within, group, read_mapped, "/dev/nullb0")) as reader:
        wait_for_stalls()
        expect("reclaim", "memory", "saturation", reader, "want of memory", cgroup="/tight")
os.rmdir(group)
run("modprobe", "-r", "null_blk")

# A swap storm: a group of 100 MiB in which a task uses 200.
run("modprobe", "zram", "num_devices=1")
write_file("/sys/block/zram0/disksize", str(512 * MIB))
run("mkswap", "/dev/zram0")
run("swapon", "/dev/zram0")
group = cgroup("storm", memory_max=100 * MIB)
with loads(Load(hold, 300 * MIB)) as holder:
    eventually(lambda: resident(holder[0]) > 300 * MIB, "a large task that asks for nothing more", 60)
    with loads(Load(within, group, touch_for_ever, 200 * MIB)) as stormer:
        before = vmstat("pswpin")
        eventually(lambda: vmstat("pswpin") > before + 1000, "it comes back", 90)
        expect("swap storm", "memory", "saturation", stormer, "swapping", cgroup="/storm")
os.rmdir(group)
run("swapoff", "/dev/zram0")

# OOM: killed in its group; without the module by what is missing.
group = cgroup("small", memory_max=100 * MIB)
with loads(Load(within, group, grow, 4 * MIB, 0.1)) as grower:
    for source, told in watch(10 if not CHECKING else 40).items():
        kills = [f for f in told if f["golden"]["memory"]["errors"]["oom_kills_per_s"]]
        for f in kills:
            show("out of memory", source, f)
            check_verdict(right(f["verdict"], "memory", "errors", grower, "1 task killed for want of memory", None), source)
        check(kills, f"{source}: it is killed")
os.rmdir(group)
