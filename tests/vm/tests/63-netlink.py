#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=240
"""The commands of the netlink family: what they give, and what they refuse."""
import sys

sys.path.insert(0, "tests/vm/lib")
from genl_test import *
from sysperf_test import *


def refused(code, text, cmd, attrs=b""):
    e = fails(code, genl.do, cmd, attrs)
    check(text in e.text, f"said {e.text!r}, expected {text!r}")


device, genl = Device(), Genl()
header, info = device.info(), genl.info()
names = "abi_version caps nr_tasks max_tasks lost_tasks lost_requests lost_disks lost_calls lost_sockets pmu_events"
for name in names.split():
    check(info[globals()[name.upper()]] == getattr(header, name), f"{name} by netlink and by ioctl")
check(info[VERSION].rstrip(b"\0") == header.version, "version")
check(info[LOST_EVENTS] == 0 and info[SLOW_WAIT_NS] == 0 and info[SLOW_IO_NS] == 0 and info[EVENT_RATE] == 100
      and info[EXIT_RATE] == 10000,
      "no events to begin with")
refused(errno.EINVAL, "", GET_INFO, u32(TID, 1))
refused(errno.EOPNOTSUPP, "", 9)
refused(errno.EOPNOTSUPP, "", EXIT)
refused(errno.EOPNOTSUPP, "", SLOW)

# One task.
sleeper = Load(sleep_long)
eventually(lambda: genl.task(sleeper.pid).state == SLEEPING, "it sleeps")
a, b, c = genl.task(sleeper.pid), device.snapshot().task(sleeper.pid), genl.task(sleeper.pid)
check((a.type, a.size, a.tid, a.pid, a.ppid) == (TASK, C.sizeof(a), sleeper.pid, sleeper.pid, os.getpid()), "its ids")
check(a.state_ns[SLEEPING] - a.now_ns == b.state_ns[SLEEPING] - b.now_ns == c.state_ns[SLEEPING] - c.now_ns,
      "the same by netlink and by the device")
check(bytes(a.runq_hist) == bytes(b.runq_hist) and a.nvcsw == b.nvcsw and a.comm == b.comm, "all of it")
sleeper.stop()
refused(errno.ESRCH, "no such thread", GET_TASK, u32(TID, sleeper.pid))
refused(errno.EINVAL, "TID", GET_TASK)
for attrs in u32(TID, 0), u64(TID, 1), u32(TID, 1)[:7], u32(CAPS, 1), u32(TID, 1) + u32(99, 1), u32(TID | 0x8000, 1):
    refused(errno.ERANGE if attrs == u32(TID, 0) else errno.EINVAL, "", GET_TASK, attrs)

# All of them, in many parts, while others come and go.
loads = [Load(sleep_long) for _ in range(200)]


def forks():
    for _ in range(4):
        child = Load(sleep_long)
        churn.append(child)
        if len(churn) > 40:
            churn.pop(0).stop()


churn, parts = [], 0
for size in 8192, 65536:
    dumper = Genl(size)
    tasks = dumper.dump(between=forks)
    dumper.close()
    tids = [t.tid for t in tasks]
    print(f"{len(tids)} tasks with a buffer of {size}")
    check(not {load.pid for load in loads} - set(tids), "who is there all the while is in it")
    mine = [t for t in tids if t in {load.pid for load in loads}]
    check(len(mine) == len(set(mine)) == len(loads), "once")
    check({1, 2, os.getpid()} <= set(tids) and all(t.type == TASK and t.size == C.sizeof(t) for t in tasks), "all kinds")
for load in churn:
    load.stop()
e = fails(errno.EINVAL, genl.dump, u32(TID, 1))
print("a dump with an attribute:", e.text)

# Dumps that nobody reads, and one whose socket goes, leave nothing behind.
for _ in range(20):
    unread = Genl(4096)
    unread.write(unread.family, GET_TASK, b"", REQUEST | DUMP)
    unread.sock.recv(4096)
    unread.close()
for load in loads:
    load.stop()

# Settings: all of what a request says, or nothing.
settings = CAPS, SLOW_WAIT_NS, SLOW_IO_NS, EVENT_RATE, EXIT_RATE


def now():
    got = genl.info()
    return [got[k] for k in settings]


caps = info[CAPS]
genl.do(SET, u64(SLOW_WAIT_NS, 5000000) + u64(SLOW_IO_NS, 7000000) + u32(EVENT_RATE, 50) + u32(EXIT_RATE, 60))
check(now() == [caps, 5000000, 7000000, 50, 60], f"set: {now()}")
genl.do(SET, u64(SLOW_IO_NS, 0))
check(now() == [caps, 5000000, 0, 50, 60], "only what is said")
genl.do(SET)
genl.do(SET, u32(CAPS, caps))
day = 86400 * 10**9
good = u64(SLOW_WAIT_NS, 1) + u64(SLOW_IO_NS, day)
for code, bad in [
    (errno.ERANGE, u32(EVENT_RATE, 0)), (errno.ERANGE, u32(EVENT_RATE, 100001)), (errno.EINVAL, u32(CAPS, 1 << 31)),
    (errno.ERANGE, u64(SLOW_WAIT_NS, day + 1)), (errno.ERANGE, u64(SLOW_IO_NS, 2**64 - 1)),
    (errno.EINVAL, u32(SLOW_IO_NS, 5)), (errno.EINVAL, u64(EVENT_RATE, 5)), (errno.EINVAL, u32(NR_TASKS, 1)),
    (errno.EINVAL, u32(TID, 1)), (errno.EINVAL, u32(77, 1)), (errno.EOPNOTSUPP, u32(CAPS, caps & ~1)),
    (errno.EOPNOTSUPP, u32(CAPS, caps & ~2)), (errno.ERANGE, u32(EXIT_RATE, 0)),
    (errno.ERANGE, u32(EXIT_RATE, 100001)),
]:
    e = fails(code, genl.do, SET, good + bad)
    check(e.text, f"an error has a text: {bad}")
    check(now() == [caps, 5000000, 0, 50, 60], f"nothing was changed with {bad}")
refused(errno.EOPNOTSUPP, "as it was loaded", SET, u32(CAPS, caps & ~1))
genl.close()
device.close()
run("rmmod", "sysperf")
run("insmod", os.environ["SYSPERF_KO"], "sched=0", "block=0")
genl = Genl()
refused(errno.EOPNOTSUPP, "not measured", SET, u64(SLOW_WAIT_NS, 1))
refused(errno.EOPNOTSUPP, "not measured", SET, u64(SLOW_IO_NS, 1))
refused(errno.EOPNOTSUPP, "as it was loaded", SET, u32(CAPS, genl.info()[CAPS] | 1))
