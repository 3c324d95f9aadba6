#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""CPU time a refresh of sysperf -b beside its peers, with many processes of
which one in a hundred is busy now and then, all in one run: on this machine
without the module, and in the VM with it, where CPU time counts instructions.

    refresh.py [PROCESSES…]               3000 by default
    refresh.py --here SOURCE N [EVERY]    one table, on this machine; EVERY 1:
                                          all are busy, and there is no budget
"""
import os
import shutil
import signal
import subprocess
import sys
import time

REFRESHES = 8
BUDGETS = {"kmod": 1 / 20, "procfs": 0.6}  # of top -b; from 3,000 processes on


def sleepers(n, every):
    """n processes; one in so many wakes ten times a second."""
    pids = []
    for i in range(n):
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            while True:
                time.sleep(0.1 if i % every == 0 else 1000000)
        pids.append(pid)
    return pids


def cpu_ms(command, count_option, extra):
    """User and system time of so many refreshes."""
    argv = command + [count_option, str(extra + 1)]
    pid = os.fork()
    if pid == 0:
        null = os.open("/dev/null", os.O_RDWR)
        for fd in 0, 1, 2:
            os.dup2(null, fd)
        os.environ["LC_ALL"] = "C.UTF-8"
        os.execvp(argv[0], argv)
    usage = os.wait4(pid, 0)[2]
    return (usage.ru_utime + usage.ru_stime) * 1000


def a_refresh(command, count_option):
    """The start costs, so it is taken off; the median of three."""
    costs = sorted(
        (cpu_ms(command, count_option, REFRESHES) - cpu_ms(command, count_option, 0)) / REFRESHES for _ in range(3)
    )
    return costs[1]


def table(source, n, every=100):
    sysperf = shutil.which("sysperf") or "build/sysperf"
    d = ["-d", "0.3"]
    rows = [
        ("top -b", ["top", "-b", *d], "-n"),
        (f"sysperf -b ({source})", [sysperf, "-b", "--source", source, *d], "-n"),
        (f"sysperf json, all tasks ({source})", [sysperf, "--format", "json", "--source", source, *d], "-n"),
        ("pidstat -duw", ["pidstat", "-duw", "-p", "ALL", "1"], None),
        ("atop", ["atop", "-P", "PRC", "1"], None),
    ]
    pids = sleepers(n, every)
    try:
        print(f"\nCPU ms a refresh, {n} processes{'':12} {'ms':>9} {'of top':>8} {'us each':>9}")
        top = None
        for name, command, option in rows:
            if not shutil.which(command[0]):
                print(f"{name:44} {'-':>9}   (not installed)")
                continue
            if option:
                ms = a_refresh(command, option)
            elif n > 1000 and command[0] == "pidstat":
                continue  # it takes seconds
            else:  # the count is their last argument
                ms = (cpu_ms(command[:-1], command[-1], 3) - cpu_ms(command[:-1], command[-1], 0)) / 3
            top = top or ms
            print(f"{name:44} {ms:9.2f} {ms / top:8.3f} {ms * 1000 / n:9.2f}", flush=True)
            if name == f"sysperf -b ({source})":
                ratio = ms / top
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        for pid in pids:
            os.waitpid(pid, 0)
    if every < 100:
        return False
    over = ratio > BUDGETS[source]
    print(f"{'FAIL: over' if over else 'within'} the budget of {BUDGETS[source]:.3g} of top -b")
    return over


def main():
    if sys.argv[1:2] == ["--here"]:
        sys.exit(table(sys.argv[2], *map(int, sys.argv[3:])))
    over = False
    for n in [int(a) for a in sys.argv[1:]] or [3000]:
        over |= table("procfs", n)
        env = {**os.environ, "VM_ICOUNT": "1", "VM_TIMEOUT": "900", "VM_ARGS": "-m 4G"}
        vm = subprocess.run(["tests/vm/run.sh", f"tests/bench/refresh.py --here kmod {n}"], env=env, check=False)
        over |= vm.returncode != 0
    sys.exit(over)


main()
