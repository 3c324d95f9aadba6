#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A sleeper sleeps, a reader waits for I/O, a parent in vfork is blocked: the
right state gets the time."""
import sys

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

# Its parent waits uninterruptibly, and not for I/O.
VFORK = """
#include <unistd.h>
int main(void) { if (!vfork()) { sleep(1000); _exit(0); } return 0; }
"""
null_blk(irqmode=2, completion_nsec=5000000, gb=1)
run("cc", "-o", "/tmp/vfork", "-xc", "-", input=VFORK)
sleeper = Load(sleep_long)
reader = Load(read_for_ever, "/dev/nullb0")
blocked = subprocess.Popen(["/tmp/vfork"])
time.sleep(1)
device = Device()
before = device.snapshot()
frame = frames("--source", "kmod", "-n", "1", "-d", "3")[0]
after = device.snapshot()
want = {sleeper.pid: (SLEEPING, "sleep_pct", 99), reader.pid: (IOWAIT, "iowait_pct", 40 if SLOWNESS > 1 else 75),
        blocked.pid: (BLOCKED, "blocked_pct", 99)}
for pid, (state, key, least) in want.items():
    states = state_pct(before.task(pid), after.task(pid))
    print(key, [round(s, 2) for s in states], row(frame, pid)[key])
    check(states[state] >= least, f"{key} of the device")
    check(abs(sum(states) - 100) <= 0.01, "the states are all of its time")
    check(row(frame, pid)[key] >= least, f"{key} of sysperf")
subprocess.run(["pkill", "-9", "vfork"], check=False)
sleeper.stop()
reader.stop()
