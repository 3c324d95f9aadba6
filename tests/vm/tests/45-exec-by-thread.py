#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A thread that executes a program takes its process's number over, and a process
whose threads ended long ago ends: no interval has what they did in all."""
import sys
import tempfile
import threading

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

BURN, REST = 4, 3


def burn():
    end = time.monotonic() + BURN
    while time.monotonic() < end:
        time.sleep(0.001)
        for _ in range(10000):
            pass


def burn_and_exec():
    burn()
    time.sleep(REST)
    os.execvp("sleep", ["sleep", "3"])


def exec_by_thread():
    threading.Thread(target=burn_and_exec).start()
    time.sleep(1000)


def end_long_after():
    t = threading.Thread(target=burn)
    t.start()
    t.join()
    time.sleep(REST)


samples = "48" if CHECKING else "16"  # the first to say something waits for the last
argv = ["sysperf", "-b", "--format", "json", "-n", samples, "-d", "0.7"]
modes = [(source, *more) for source in ("kmod", "procfs") for more in ((), ("-H",))]
said = [tempfile.TemporaryFile("w+") for _ in modes]
running = [subprocess.Popen([*argv, "--source", *mode], stdout=f) for mode, f in zip(modes, said)]
say_more(said)
loads = [Load(exec_by_thread), Load(end_long_after)]
for mode, process, f in zip(modes, running, said):
    check(process.wait() == 0, f"{mode}: its status")
    f.seek(0)
    for load in loads:
        f.seek(0)
        rows = [t for line in f for t in json.loads(line)["tasks"] if t["pid"] == load.pid]
        busy = [(t["cpu_pct"] or 0, t["switches_per_s"] or 0, t["runq_pct"] or 0) for t in rows]
        print(mode, load.pid, busy, flush=True)
        check(len(rows) > 8, f"{mode}: seen all the time")
        check(any(s > 20 for _, s, _ in busy), f"{mode}: what it does is seen")
        check(all(c < 120 for c, _, _ in busy), f"{mode}: no more CPU time than there is")
        check(all(s < 1100 for _, s, _ in busy[-4:]), f"{mode}: nor switches of long ago")
