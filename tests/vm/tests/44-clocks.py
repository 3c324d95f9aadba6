#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The wall clock steps an hour ahead and two back, and the monitor is stopped for
seconds: rates stay those of the time that passed, nothing is negative, and no
task has more than its CPU."""
import sys
import tempfile

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

SAMPLES, HOUR = 36 if CHECKING else 12, 3600


def numbers(value, path=""):
    """(path, number) of all in a frame."""
    if isinstance(value, dict):
        for key, v in value.items():
            yield from numbers(v, f"{path}.{key}")
    elif isinstance(value, list):
        for v in value:
            yield from numbers(v, path)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield path, value


def step(seconds):
    time.clock_settime(time.CLOCK_REALTIME, time.clock_gettime(time.CLOCK_REALTIME) + seconds)


def hold_up():
    for p in running.values():
        p.send_signal(signal.SIGSTOP)
    time.sleep(4)
    for p in running.values():
        p.send_signal(signal.SIGCONT)


hog = Load(spin, cpu=0)
argv = ["sysperf", "-b", "--format", "json", "-n", str(SAMPLES), "-d", "1"]
running, said = {}, {}
for source in "kmod", "procfs":
    said[source] = tempfile.TemporaryFile("w+")  # a pipe would be full before it is read
    running[source] = subprocess.Popen([*argv, "--source", source], stdout=said[source])
for change in (lambda: step(HOUR)), hold_up, (lambda: step(-2 * HOUR)):
    say_more(said.values())  # a slow machine's own clock is not that of samples
    say_more(said.values())
    change()
step(HOUR)  # the guest is the next test's too
for source, p in running.items():
    status = p.wait()
    said[source].seek(0)
    told = [json.loads(line) for line in said[source]]
    check(status == 0 and len(told) == SAMPLES, f"{source}: {len(told)} samples")
    stamps = [f["time"] for f in told]
    longest = max(f["interval_s"] for f in told)
    print(source, "stamps", stamps, "longest interval", longest)
    check(any(b < a for a, b in zip(stamps, stamps[1:])), "the clock did step")
    check(3 < longest < 60, "it was held up, for no hour")
    for f in told:
        below = [(path, v) for path, v in numbers(f) if v < 0 and "nice" not in path and "exit" not in path]
        check(not below, f"{source}: negative: {below}")
        check(all(v <= 100.5 for path, v in numbers(f["golden"]) if path.endswith("util_pct")), "utilization")
        rows = [t for t in f["tasks"] if t["pid"] == hog.pid]
        check(rows, f"{source}: the hog has a row")
        check(not rows[0]["cpu_pct"] or rows[0]["cpu_pct"] < 120, f"{source}: {rows[0]['cpu_pct']} % of one CPU")
    check(any(t["cpu_pct"] and t["cpu_pct"] > 50 for f in told for t in f["tasks"] if t["pid"] == hog.pid), "it runs")
