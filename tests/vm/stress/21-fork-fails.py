#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# KERNEL=debug
# TIMEOUT=1800
"""Allocations fail while tasks fork and read: each loss is counted, exactly,
and nothing else goes wrong."""
import errno
import sys

sys.path[:0] = ["tests/vm/lib", "tests/vm/stress/lib"]
from stress import *

FORKS, FAILURES = 100, 37
SECONDS = size(8, 300)
START, END = module_text()


def fork_sleepers():
    make_it_fail()
    pids = []
    for _ in range(FORKS):
        pid = os.fork()
        if pid == 0:
            sleep_long()
        pids.append(pid)
    make_it_fail(False)
    return pids


def exact():
    """Only the module's allocations fail, and only so many of them."""
    device = Device()
    before = device.snapshot()
    with faults("failslab", probability=100, times=FAILURES, require_start=START, require_end=END):
        pids = fork_sleepers()
        left = int(get(f"{DEBUG}/failslab/times"))
    check(left == 0, f"{left} of {FAILURES} failures did not happen")
    after = device.snapshot()
    lost = losses(after.header) - losses(before.header)
    print(f"{FAILURES} failures, {lost} losses", flush=True)
    check(lost == FAILURES, "each loss is counted")
    missing = [pid for pid in pids if not device.snapshot().task(pid)]
    check(not missing, f"{len(missing)} tasks are still missing, there is memory again")
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    device.close()


def forker():
    make_it_fail()
    while True:
        try:
            pid = os.fork()
        except OSError:
            continue
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)


def reader():
    make_it_fail()
    while True:
        try:
            fd = os.open(DEVICE, os.O_RDONLY)
        except OSError as e:
            if e.errno != errno.ENOMEM:
                os._exit(e.errno)
            continue
        try:
            while os.read(fd, 1 << 16):
                pass
        except OSError as e:
            if e.errno not in (errno.ENOMEM, errno.EFAULT):
                os._exit(e.errno)
        os.close(fd)


def broad():
    """Any allocation of theirs may fail, and copies to user space too."""
    loads = [Load(forker), Load(forker), Load(reader), Load(reader)]
    time.sleep(SECONDS)
    for load_ in loads:
        check(os.waitpid(load_.pid, os.WNOHANG)[0] == 0, "a load died")
        load_.stop()


exact()
kmemleak("clear")
with faults("failslab", probability=10):
    with faults("fail_page_alloc", "fail_usercopy", probability=10, require_start=START, require_end=END):
        broad()
device = Device()
device.snapshot()
check(device.snapshot().task(os.getpid()), "it works again")
device.close()
unload()
check_leaks()
load()
