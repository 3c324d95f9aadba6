#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Connections that stay open while those who used them end keep nothing of them:
a task that is held holds its control group, which then cannot go for good."""
import socket
import sys

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

PAIRS = 20
# The group below has no controllers, whose charges would hold it as well.
OUTER = "/sys/fs/cgroup/idle"
GROUP = f"{OUTER}/users"


def pair(listener):
    ours = socket.create_connection(listener.getsockname())
    return ours, listener.accept()[0]


def use(sock):
    with open(f"{GROUP}/cgroup.procs", "w", encoding="ascii") as f:
        f.write("0")
    sock.sendall(b"x" * 1000)
    os._exit(0)


def dying():
    with open(f"{OUTER}/cgroup.stat", encoding="ascii") as f:
        return int(dict(line.split() for line in f)["nr_dying_descendants"])


os.mkdir(OUTER)
os.mkdir(GROUP)
device = Device()
device.snapshot()
listener = socket.create_server(("127.0.0.1", 0))
pairs = [pair(listener) for _ in range(PAIRS)]
sent = {}
for ours, theirs in pairs:
    load = Load(use, ours)
    os.waitpid(load.pid, 0)
    sent[load.pid] = 0
    check(len(theirs.recv(2000)) == 1000, "it was sent")
for _ in range(100):
    for task in device.snapshot().of(EXITED):
        if task.tid in sent:
            sent[task.tid] = task.net[0].tx_bytes
    if all(sent.values()):
        break
    time.sleep(0.1)
check(set(sent.values()) == {1000}, f"each was seen to send and to end: {sent}")
os.rmdir(GROUP)
for _ in range(100):
    if not dying():
        break
    time.sleep(0.1)
print(f"{PAIRS} connections open, {dying()} groups held")
check(not dying(), "nothing is held")

# Whoever is next has what came meanwhile, and what it does itself.
before = device.snapshot()
for ours, theirs in pairs:
    ours.sendall(b"y" * 500)
    check(len(theirs.recv(2000)) == 500, "it goes on")
    ours.close()
    theirs.close()
me = [s.task(os.getpid()).net[0] for s in (before, device.snapshot())]
check(me[1].tx_bytes - me[0].tx_bytes == 500 * PAIRS, "bytes of the next")
check(me[1].tx_packets - me[0].tx_packets >= PAIRS, "segments of the next")
os.rmdir(OUTER)
