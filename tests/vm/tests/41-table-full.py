#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""More tasks than the table may hold: the rest are counted, and taken in when
there is room again."""
import sys

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

run("rmmod", "sysperf")
run("insmod", os.environ["SYSPERF_KO"], "max_tasks=150")
loads = [Load(sleep_long) for _ in range(200)]
device = Device()
full = device.snapshot()
check(full.header.nr_tasks == 150 == full.end.nr_tasks, f"{full.header.nr_tasks} tasks of 150")
check(full.header.lost_tasks >= 50, f"lost {full.header.lost_tasks}")
lost = {k: v for k, v in frames("--source", "kmod", "-n", "1", "-d", "0.2")[0]["source"]["lost"].items() if v}
check(lost.get("tasks", 0) >= 50, f"sysperf says so: {lost}")
for load in loads[:150]:
    load.stop()
time.sleep(0.5)
device.snapshot()
roomy = device.snapshot()
missing = [load.pid for load in loads[150:] if not roomy.task(load.pid)]
check(not missing, f"{len(missing)} still missing")
for load in loads[150:]:
    load.stop()
