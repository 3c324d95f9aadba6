#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=3600
"""A CPU goes and comes under load and under readers; the module is loaded and
unloaded with it here and there."""
import sys

sys.path[:0] = ["tests/vm/lib", "tests/vm/stress/lib"]
from stress import *

ROUNDS = size(5, 150)
ONLINE = "/sys/devices/system/cpu/cpu1/online"


def read_all():
    while True:
        device = Device()
        device.snapshot()
        device.close()


def cpu1(snap):
    return [r for r in snap.of(CPU) if r.cpu == 1][0]


null_blk(irqmode=2, completion_nsec=1000000, gb=1)
kmemleak("clear")
stress = Stress("--fork", "1", "--switch", "1", "--io", "1")
io = Load(read_for_ever, "/dev/nullb0")
hog = Load(spin)
readers = [Load(read_all) for _ in range(2)]
device = Device()
last = device.snapshot()
for i in rounds(ROUNDS):
    for online in 0, 1:
        put(ONLINE, online)
        snap = device.snapshot()
        check(cpu1(snap).online == online, f"CPU 1 is {online}")
        shares = state_pct(last.task(hog.pid), snap.task(hog.pid))
        check(abs(sum(shares) - 100) <= 0.01, f"the states of the hog are all of its time: {shares}")
        check(cpu1(snap).switches >= cpu1(last).switches, "switches of CPU 1")
        last = snap
    stress.check()
device.close()
for reader in readers:
    check(os.waitpid(reader.pid, os.WNOHANG)[0] == 0, "a reader died")
    reader.stop()

for i in rounds(ROUNDS // 5):
    put(ONLINE, 0)
    unload()
    if i % 2:
        put(ONLINE, 1)
    load()
    put(ONLINE, 1)
    device = Device()
    device.snapshot()
    device.close()
    if i % 2:
        put(ONLINE, 0)
        unload()
        load()
        put(ONLINE, 1)
stress.stop()
io.stop()
hog.stop()
unload()
check_leaks()
load()
