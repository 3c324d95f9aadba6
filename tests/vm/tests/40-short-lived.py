#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tasks that live and die between two samples are told exactly once, with
their exit code; a reader that comes too late is told how many it missed."""
import sys

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *


def burst(n, code):
    pids = []
    for _ in range(n):
        pid = os.fork()
        if pid == 0:
            os._exit(code)
        pids.append(pid)
    for pid in pids:
        os.waitpid(pid, 0)
    time.sleep(0.5)  # their task structures go after a grace period
    return set(pids)


a, b = Device(), Device()
pids = burst(50, 7)
for device in a, b:
    told = [t for t in device.snapshot().of(EXITED) if t.tid in pids]
    check(len(told) == len(pids) == len({t.tid for t in told}), f"told of {len(told)} of {len(pids)}")
    check(all(t.exit_code == 7 << 8 and t.flags & 2 for t in told), "exit code")
    check(all(t.ppid == os.getpid() for t in told), "parent")
    again = [t for t in device.snapshot().of(EXITED) if t.tid in pids]
    check(not again, "told once")

a.close()
b.close()
run("rmmod", "sysperf")
run("insmod", os.environ["SYSPERF_KO"], "exited=16")
late = Device()
burst(40, 0)
told = len(late.snapshot().of(EXITED))
lost = late.snapshot().header.lost_exited  # the header comes before the loss is noticed
print(f"told of {told}, lost {lost} of 40 and a few others")
check(told == 16 and 40 <= told + lost <= 50, "each is told or counted as lost")
late.close()

sysperf = subprocess.Popen(["sysperf", "-b", "--format", "json", "--source", "kmod", "-n", "1", "-d", "6"],
                           stdout=subprocess.PIPE)
time.sleep(3)  # it has taken its first sample
one = burst(1, 3).pop()
task = row(json.loads(sysperf.communicate()[0]), one)
check(task and task["exited"] is True and task["exit_code"] == 3, f"in a frame: {task}")
