#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A process that the OOM killer ends, here for its cgroup's limit, is marked so
in its last record, and counted; another that ends by a signal is not."""
import sys

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

OOM_KILLED = 1 << 2
GROUP = "/sys/fs/cgroup/oom"
device = Device()


def write(path, text):
    with open(path, "w", encoding="ascii") as f:
        f.write(text)


def grow_in_group():
    write(f"{GROUP}/cgroup.procs", str(os.getpid()))
    held = mmap.mmap(-1, 200 << 20)
    for at in range(0, len(held), 4096):
        held[at] = 1


def kills():
    return sum(m.oom_kills for m in device.snapshot().of(MEMORY))


write("/sys/fs/cgroup/cgroup.subtree_control", "+memory")
os.mkdir(GROUP)
write(f"{GROUP}/memory.max", str(50 << 20))
check(kills() == 0, "none to begin with")
victims, others = set(), set()
for _ in range(3):
    pid = Load(grow_in_group).pid
    _, status = os.waitpid(pid, 0)
    check(os.WTERMSIG(status) == signal.SIGKILL, "it was killed")
    victims.add(pid)
    load = Load(sleep_long)
    load.stop()
    others.add(load.pid)
ended, snapshot = {}, None
while not victims | others <= ended.keys():  # freed a little after they ended
    snapshot = device.snapshot()
    ended.update((t.tid, t) for t in snapshot.of(EXITED))
with open(f"{GROUP}/memory.events", encoding="ascii") as f:
    events = dict(line.split() for line in f)
total = snapshot.of(MEMORY)[0].oom_kills
print("kills", total, "the cgroup's", events["oom_kill"])
check(total == 3 == int(events["oom_kill"]), "kills")
for pid in victims:
    check(ended[pid].flags & OOM_KILLED, f"{pid} is marked")
    check(ended[pid].exit_code == signal.SIGKILL, "exit code")
for pid in others:
    check(not ended[pid].flags & OOM_KILLED, f"{pid} is not")
