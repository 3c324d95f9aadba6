#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What a refresh of sysperf -b costs beside its peers as processes grow in
number, and with many threads in one: CPU time (user and system) and system
calls, with one task in a hundred busy now and then. In the VM, whose CPU time
counts instructions, so that figures repeat; fails over the budgets.

    scale.py                1000, 10000 and 30000 processes, 10000 threads
    scale.py N…             so many processes; tN for threads in one
    scale.py --here N…      on this machine, as it is

BENCH_TOOLS='top|sysperf' measures those only; all take a quarter of an hour.
"""
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

sys.path.insert(0, "tests/lib")
from cpu import cpu_ns

EVERY = 100
DEFAULT = ["1000", "10000", "30000", "t10000"]
DELAY = int(os.environ.get("BENCH_DELAY", "5"))  # of the machine's seconds; an emulated one skips what it sleeps
# Refreshes after the first: sysperf keeps files open when it has read them twice,
# and does not read all each time. Others do the same each time, and take long.
WARM, MEASURED = {True: 2, False: 0}, {True: 4, False: 1}
ONLY = os.environ.get("BENCH_TOOLS", "")
PORT = 9123
SYSPERF = shutil.which("sysperf") or "build/sysperf"
SYSPERF_ROW = "sysperf -b ({})"
PIDSTAT_MOST = 3000  # it grows with the square: ten minutes a refresh at 10000

# Over top -b in the same run: (must, aim); by source.
BUDGET = {"kmod": (1 / 20, 1 / 100), "procfs": (0.6, 0.3)}
BUDGET_FROM = 10000  # what does not grow with tasks weighs less
THREAD_BUDGET = {"kmod": (1, 1 / 4), "procfs": (1, 1)}


class Tool:
    """A program that refreshes, watched through its output: mark begins what it
    prints each time; without one, so does anything after a silence."""

    def __init__(self, command, mark=None):
        self.mark = mark and re.compile(mark, re.M)
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm", LC_ALL="C.UTF-8", LINES="50", COLUMNS="180")
            os.execvp(command[0], command)

    def output(self, timeout):
        """What it prints, None if that takes longer."""
        if not select.select([self.fd], [], [], timeout)[0]:
            return None
        return os.read(self.fd, 65536)  # an error where it ended

    def refresh(self):
        """Until the next one begins to be printed."""
        quiet = False
        while True:
            data = self.output(3600 if self.mark or quiet else DELAY / 4)
            if data is None:
                quiet = True
            elif quiet or self.mark and self.mark.search(data.decode(errors="replace")):
                return

    def refreshes(self, n):
        for _ in range(n):
            self.refresh()

    def stop(self):
        os.kill(self.pid, signal.SIGKILL)
        os.close(self.fd)
        os.waitpid(self.pid, 0)


class Exporter:
    """node_exporter with what it has to say of processes, when it is asked."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        self.pid = self.process.pid

    def refreshes(self, n):
        while n:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/metrics") as reply:
                    reply.read()
                n -= 1
            except OSError:
                time.sleep(1)

    def stop(self):
        self.process.kill()
        self.process.wait()


def syscalls(tool, refreshes):
    """A refresh, by perf's count of them."""
    perf = subprocess.Popen(["perf", "stat", "-x,", "-e", "raw_syscalls:sys_enter", "-p", str(tool.pid)],
                            stderr=subprocess.PIPE, text=True)
    time.sleep(1)
    tool.refreshes(refreshes)
    perf.send_signal(signal.SIGINT)
    for line in perf.communicate()[1].splitlines():
        fields = line.split(",")
        if len(fields) > 2 and fields[2].startswith("raw_syscalls") and fields[0].isdigit():
            return int(fields[0]) / refreshes
    return None


def measure(tool, ours):
    """(CPU ms, system calls) a refresh."""
    refreshes = MEASURED[ours]
    try:
        tool.refreshes(WARM[ours] + 1)
        before = cpu_ns(tool.pid)
        tool.refreshes(refreshes)
        ms = (cpu_ns(tool.pid) - before) / refreshes / 1e6
        return ms, syscalls(tool, refreshes)
    finally:
        tool.stop()


def tools(n):
    """(name, how to start it) of those that are here."""
    d = str(DELAY)
    sources = ["kmod"] if os.path.exists("/dev/sysperf") else []
    rows = [("top -b", ["top", "-b", "-d", d], r"^top - ")]
    for source in sources + ["procfs"]:
        rows.append((SYSPERF_ROW.format(source), [SYSPERF, "-b", "--source", source, "-d", d], r"  interval "))
    rows.append(("htop", ["htop", "-d", str(DELAY * 10)], None))
    rows.append(("atop", ["atop", "-P", "PRC", d], r"^SEP"))
    if n <= PIDSTAT_MOST:
        rows.append(("pidstat -duw", ["pidstat", "-duw", "-p", "ALL", d], r"%usr"))
    for name, command, mark in rows:
        yield name, shutil.which(command[0]) and (lambda c=command, m=mark: Tool(c, m))
    exporter = shutil.which("prometheus-node-exporter")
    yield "node_exporter, processes too", exporter and (lambda: Exporter([
        exporter, "--collector.processes", f"--web.listen-address=127.0.0.1:{PORT}"]))


def verdict(name, ratio, threads, n):
    for source, (must, aim) in (THREAD_BUDGET if threads else BUDGET).items():
        if name == SYSPERF_ROW.format(source) and (threads or n >= BUDGET_FROM):
            if ratio > must:
                return f"OVER the budget of {must:.3g}"
            return f"OK, aim {aim:.3g}" + ("" if ratio <= aim else " NOT YET")
    return ""


def table(n, threads, costs):
    what = f"{n} threads in one process" if threads else f"{n} processes"
    print(f"\nCPU a refresh, {what:30} {'M instr.':>9} {'of top':>8} {'syscalls':>9}", flush=True)
    failed, top = False, None
    for name, start in tools(n):
        if not re.match(ONLY, name):
            continue
        if not start:
            print(f"{name:46} {'-':>9}   (not installed)", flush=True)
            continue
        ms, calls = measure(start(), name.startswith("sysperf"))
        top = top or ms
        costs[name, n, threads] = ms
        says = verdict(name, ms / top, threads, n)
        failed |= says.startswith("OVER")
        print(f"{name:46} {ms:9.2f} {ms / top:8.4f} {'-' if calls is None else f'{calls:.0f}':>9} {says}", flush=True)
    return failed


def growth(costs):
    """From the fewest processes to the most, cost grows no faster than they."""
    failed = False
    sizes = sorted({n for _, n, threads in costs if not threads})
    if len(sizes) < 2:
        return False
    few, many = sizes[0], sizes[-1]
    print(f"\nGrowth from {few} to {many} processes, which is {many / few:.3g} times as many")
    for name in dict.fromkeys(name for name, _, _ in costs):
        if (name, few, False) in costs and (name, many, False) in costs:
            times = costs[name, many, False] / costs[name, few, False]
            over = name.startswith("sysperf") and times > many / few
            failed |= over
            print(f"{name:46} {times:9.2f} {'OVER: more than linear' if over else ''}")
    return failed


def here(sizes):
    failed, costs = False, {}
    for size in sizes:
        threads = size.startswith("t")
        n = int(size.lstrip("t"))
        command = ["build/bench-scale", "1", str(EVERY), str(n)] if threads else ["build/bench-scale", str(n), str(EVERY)]
        load = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        try:
            if load.stdout.readline() != b"ready\n":
                sys.exit("FAIL: the load did not start")
            time.sleep(2)
            failed |= table(n, threads, costs)
        finally:
            load.stdin.close()
            load.wait()
            time.sleep(2)
    return failed | growth(costs)


def main():
    if sys.argv[1:2] == ["--here"]:
        sys.exit(here(sys.argv[2:]))
    sizes = sys.argv[1:] or DEFAULT
    os.makedirs("build", exist_ok=True)
    subprocess.run([os.environ.get("CC", "gcc"), "-O2", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE", "-static", "-pthread",
                    "-o", "build/bench-scale", "tests/bench/scale.c"], check=True)
    setup = "sysctl -qw kernel.pid_max=200000 kernel.threads-max=200000 vm.max_map_count=200000; ulimit -u unlimited"
    env = {"VM_TIMEOUT": "3000", "VM_ARGS": "-m 6G", **os.environ, "VM_ICOUNT": "1"}
    vm = subprocess.run(["tests/vm/run.sh", f"{setup}; export BENCH_TOOLS='{ONLY}'; tests/bench/scale.py --here {' '.join(sizes)}"], env=env, check=False)
    sys.exit(vm.returncode)


main()
