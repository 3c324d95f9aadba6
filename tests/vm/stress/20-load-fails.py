#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# KERNEL=debug
# TIMEOUT=7200
"""Each allocation of a load, and of an unload, fails once: the load fails
cleanly or counts what it lost, the unload always works."""
import errno
import sys

sys.path[:0] = ["tests/vm/lib", "tests/vm/stress/lib"]
from stress import *

STEP = size(29, 1)
# The tables as small as they get: their pages are allocations, too.
PARAMS = b"max_tasks=512 exited=1 max_requests=256 max_disks=16"
ko = os.open(os.environ["SYSPERF_KO"], os.O_RDONLY)


def insmod():
    return libc.syscall(FINIT_MODULE, ko, PARAMS, 0)


def rmmod():
    return libc.syscall(DELETE_MODULE, b"sysperf", os.O_NONBLOCK)


def works():
    device = Device()
    first = device.snapshot()
    second = device.snapshot()  # has found what was lost
    device.close()
    check(second.task(os.getpid()), "the module does not know this task")
    return losses(first.header)


def each(what, function, outcome):
    """Let allocation 1, 2, … fail until there are no more of them."""
    n, seen = 1, {}
    while True:
        error, injected = fail_nth(n, function)
        outcome(error)
        seen[error] = seen.get(error, 0) + 1
        if not injected:
            break
        n += STEP
        if n % 20 == 1:
            print(f"{what}: {n}", flush=True)
    print(f"{what}: {n - 1} allocations, outcomes by errno {seen}", flush=True)
    check(error == 0, "with no failure it works")
    return n


lost = 0


def after_load(error):
    global lost
    check(loaded() == (error == 0), f"error {error}, loaded {loaded()}")
    check(error in (0, errno.ENOMEM, errno.EFAULT), f"error {error}")
    if not error:
        lost += works()
        unload()
    else:
        check(not os.path.exists(DEVICE), "the device is left behind")


def after_unload(error):
    # It could not read the module's name.
    check(loaded() == (error == errno.EFAULT), f"error {error}, loaded {loaded()}")
    check(error in (0, errno.EFAULT), f"rmmod: error {error}")
    if not error:
        load(*PARAMS.decode().split())


unload()
pretend_pmu(*PARAMS.decode().split())
kmemleak("clear")
with faults("failslab", "fail_page_alloc", "fail_usercopy"):
    check(each("load", insmod, after_load) > 50, "allocations were made to fail")
    check(STEP > 1 or lost > 0, "a task that was lost is counted")
    load(*PARAMS.decode().split())
    each("unload", rmmod, after_unload)
unload()
check_leaks()
run("rmmod", "pretend_pmu")
load()
