#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=900
# ALONE
"""The verdict on CPUs: overcommitted by many tasks, and one task held back by its
control group's quota while CPUs idle."""
import re
import sys

sys.path.insert(0, "tests/vm/lib")
from verdict_test import *

with loads(*[Load(spin) for _ in range(6)]) as hogs:
    expect("overcommitted", "cpu", "saturation", hogs, "tasks a CPU wait")
    # Who cannot see the tasks is told by the machine's sums, and blames nobody else.
    hidden = ["unshare", "-pf", "--mount-proc"]
    expect("hidden", "cpu", "saturation", None, "tasks a CPU wait", sources=["procfs"], through=hidden)

    # On a screen too narrow for all of it: whole parts of the evidence, and who.
    screen = "tmux", "-L", "verdict"
    run(*screen, "new-session", "-d", "-x", "90", "-y", "24", "sysperf")
    line = re.compile(r"(WARNING|CRITICAL) cpu saturation: [\d.]+ tasks a CPU wait to run \S+ python3 \(\d+\) \d+ %\s*$", re.M)
    try:
        eventually(lambda: line.search(run(*screen, "capture-pane", "-p")), "the verdict on the screen")
    finally:  # or it would keep the module
        print(run(*screen, "capture-pane", "-p"))
        run(*screen, "kill-server")

# A service of many processes, each of which does as little as the two beside it.
group = cgroup("service", cpu_weight=800)
with loads(Load(spin), Load(spin)), loads(*[Load(within, group, spin) for _ in range(8)]) as workers:
    expect("service", "cpu", "saturation", workers, cgroup="/service", group_share=55)
os.rmdir(group)

group = cgroup("capped", cpu_max="20000 100000")
with loads(Load(within, group, spin)) as hog:
    expect("throttled", "cpu", "errors", hog, "throttled", cgroup="/capped")
# Several of them wait for their quota, not for CPUs.
with loads(*[Load(within, group, spin) for _ in range(6)]) as hogs:
    expect("many throttled", "cpu", "errors", hogs, "throttled", cgroup="/capped")
os.rmdir(group)
