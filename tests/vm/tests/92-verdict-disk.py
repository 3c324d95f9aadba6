#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
# ALONE
"""The verdict on disks: a slow one (dm-delay on a fast one), named as the stacked
device that it is, and one that fails; the task that does most of the I/O."""
import sys

sys.path.insert(0, "tests/vm/lib")
from block_test import *
from verdict_test import *


def read_slowly(path, pause):
    """Some I/O, but not the most."""
    while True:
        read_direct(path, 1)
        time.sleep(pause)


def fail_for_ever(path):
    while True:
        direct(path, 1)
        time.sleep(0.05)


disks = [NullDisk(i) for i in range(2)]
run("modprobe", "dm-delay")
dmsetup("create", "slow", "--table", f"0 {256 << 11} delay {disks[0].path} 0 50")
name = kernel_name("/dev/mapper/slow")
with loads(Load(read_for_ever, "/dev/mapper/slow")) as reader, loads(Load(read_slowly, disks[1].path, 0.2)):
    expect("slow disk", "disk", "latency", reader, f"{name}: requests take 5")
dmsetup("remove", "slow")

# A request that does not end, as of a disk that hangs.
dmsetup("create", "slow", "--table", f"0 {256 << 11} delay {disks[0].path} 0 0")
run("modprobe", "loop")
loop = run("losetup", "-f", "--show", "/dev/mapper/slow").strip()


def delay(milliseconds):
    dmsetup("suspend", "slow")
    dmsetup("reload", "slow", "--table", f"0 {256 << 11} delay {disks[0].path} 0 {milliseconds}")
    dmsetup("resume", "slow")


def hung(path):
    """What is said of a request that hangs below path: the lowest device that the
    kernel shows it in flight of (dm: 5.10 does, 6.1 does not)."""
    time.sleep(1)
    for device in "/dev/mapper/slow", path:
        with open(f"/sys/block/{kernel_name(device)}/inflight", encoding="ascii") as f:
            if sum(map(int, f.read().split())):
                return f"{kernel_name(device)}: no request ends"
    return "no disk finishes"


read_direct(loop, 1)  # a disk that never did anything is none
delay(60000)
for path in loop, "/dev/mapper/slow":
    with loads(Load(read_for_ever, path)) as reader:
        text = hung(path)
        expect("hung disk", "disk", "latency", reader, text, sources=["kmod"])
        expect("hung disk", "disk", "latency", None, text, sources=["procfs"])
        delay(0)  # lets go what is held
    delay(60000)
run("losetup", "-d", loop)
delay(0)
dmsetup("remove", "slow")

# Only the module sees that requests fail.
put(f"{disks[0].dir}/badblocks", "+0-400")
with loads(Load(fail_for_ever, disks[0].path)) as victim, loads(Load(read_slowly, disks[1].path, 0.02)):
    expect("failing disk", "disk", "errors", victim, f"{disks[0].name}: ", sources=["kmod"])
    seen = [f["verdict"] for f in watch(2, sources=["procfs"])["procfs"]]
    check_verdict(not any(v and v["resource"] == "disk" for v in seen), f"nothing else is wrong with disks: {seen}")
