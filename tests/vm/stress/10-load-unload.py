#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=3600
"""Load and unload under forks, switches, I/O and sockets."""
import sys

sys.path[:0] = ["tests/vm/lib", "tests/vm/stress/lib"]
from stress import *

PARAMS = [(), ("sched=0",), ("max_tasks=64", "exited=16"), ("block=0", "exited=0")]
ROUNDS = size(8, 200)

unload()
pretend_pmu()
null_blk(irqmode=2, completion_nsec=1000000, gb=1)
kmemleak("clear")
stress = Stress("--fork", "1", "--switch", "1", "--io", "1", "--sock", "1")
reader = Load(read_for_ever, "/dev/nullb0")
for i in rounds(ROUNDS):
    load(*PARAMS[i % len(PARAMS)])
    if i // len(PARAMS) % 2:  # else at once
        device = Device()
        device.snapshot()
        device.close()
    unload()
stress.stop()
reader.stop()
check_leaks()
run("rmmod", "pretend_pmu")
load()
