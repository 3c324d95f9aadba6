#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A reader that closes the device, so that the module can be unloaded, goes on
from its place: sleepers stay left out and no end of a task is missed. Another
load of the module knows no place of the one before."""
import sys

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

GET_PLACE = 2 << 30 | 56 << 16 | 0xE5 << 8 | 2
SET_PLACE = 1 << 30 | 56 << 16 | 0xE5 << 8 | 3


class Place(C.Structure):
    _fields_ = [(n, U64) for n in ("load", "now_ns", "mono_ns", "exited", "lost_exited")] + [
        (n, U32) for n in ("mode", "turn", "tasks", "pad")
    ]


def get(device):
    place = Place()
    fcntl.ioctl(device.fd, GET_PLACE, place)
    return place


def reopen(place):
    device = Device()
    try:
        fcntl.ioctl(device.fd, SET_PLACE, place)
    except OSError:
        os.close(device.fd)
        raise
    return device


def leave():
    os._exit(7)


def refuses(code, place, **changes):
    other = Place.from_buffer_copy(place)
    for name, value in changes.items():
        setattr(other, name, value)
    try:
        os.close(reopen(other).fd)
    except OSError as e:
        check(e.errno == code, f"{changes}: errno {e.errno}")
    else:
        check(False, f"{changes} is taken")


sleeper = Load(sleep_long)
time.sleep(0.3)  # it is asleep by now
device, watcher = Device(), Device()
device.mode(CHANGES)
device.snapshot()
seen = 0
for _ in range(CHANGES_MAX):
    time.sleep(0.1)
    place = get(device)
    os.close(device.fd)
    child = Load(leave)
    os.waitpid(child.pid, 0)
    while not watcher.snapshot().task(child.pid, EXITED):
        time.sleep(0.1)  # its structure goes after a grace period
    device = reopen(place)
    snap = device.snapshot()
    check(snap.header.flags == 1, "changes go on")
    check([t.exit_code for t in snap.of(EXITED) if t.tid == child.pid] == [7 << 8], "an end while it was closed is told")
    seen += snap.task(sleeper.pid) is not None
check(seen == 1, f"the sleeper is told once in {CHANGES_MAX}, not {seen} times")

place = get(device)
refuses(errno.ESTALE, place, load=place.load + 1)
refuses(errno.EINVAL, place, mode=2)
refuses(errno.EINVAL, place, tasks=2)
refuses(errno.EINVAL, place, pad=1)
refuses(errno.EINVAL, place, exited=place.exited + 1000)
# Of a place that was made up, what there is of ended tasks is given.
old = Place.from_buffer_copy(place)
old.exited = 0
other = reopen(old)
check(len(other.snapshot().of(EXITED)) >= CHANGES_MAX, "all ends that are kept")

for reader in other, watcher, device:
    os.close(reader.fd)
subprocess.run(["rmmod", "sysperf"], check=True)
subprocess.run(["insmod", os.environ["SYSPERF_KO"]], check=True)
refuses(errno.ESTALE, place)
