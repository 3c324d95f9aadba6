#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What a refresh of the live screen costs beside htop, top, btop and atop, in a
terminal each, on the same load in one run: CPU time and the bytes that a link
has to carry; and what a key costs at 30,000 tasks. One task in a hundred is
busy now and then; once more with a CPU hog, a writer and an eater of memory
besides. In the VM CPU time counts instructions, so that figures repeat; fails
over the budgets.

    screen.py               1000 and 10000 processes, at 80x24 and 200x60
    screen.py N…            so many processes
    screen.py --here N…     on this machine, as it is

BENCH_TOOLS='top|sysperf' measures those only.
"""
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

sys.path.insert(0, "tests/lib")
from cpu import cpu_ns

EVERY = 100
DEFAULT = ["1000", "10000"]
SIZES = [(80, 24), (200, 60)]
DELAY = int(os.environ.get("BENCH_DELAY", "5"))  # of the machine's seconds; an emulated one skips what it sleeps
BUSY_DELAY = 1  # where it cannot skip
MEASURED = 24  # refreshes of those whose bytes are compared
OTHERS = 4  # of the others
WARM = 10  # refreshes before those, the first of which may take seconds
FULL = 120  # seconds until our sparklines, which grow at first, are as long as they get
ONLY = os.environ.get("BENCH_TOOLS", "")
SYSPERF = shutil.which("sysperf") or "build/sysperf"
CPU_BUDGET = {"kmod": 1 / 10, "procfs": 1 / 2}  # of htop
BUDGET_FROM = 10000
STRESS = ["stress-ng", "--quiet", "--cpu", "1", "--hdd", "1", "--hdd-bytes", "16M", "--vm", "1", "--vm-bytes", "64M", "--vm-keep"]
KEY_TASKS = 30000
KEY_BUDGET_MS = 50
KEYS = {"Down": "\x1b[B", "PgDn": "\x1b[6~", "End": "\x1b[F", "Home": "\x1b[H", "M": "M", "P": "P", "t": "t", "t again": "t",
        "Tab": "\t", "Shift-Tab": "\x1b[Z", "h": "h", "q in help": "q", "\\": "\\", "s": "s", "Esc": "\x1b"}

CONFIG = tempfile.TemporaryDirectory()  # of programs that keep what they were set to


class Terminal:
    """A program in a terminal of its own."""

    def __init__(self, command, size, **env):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8", XDG_CONFIG_HOME=CONFIG.name, **env)
            os.execvp(command[0], command)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

    def read(self, seconds):
        """Bytes that it writes meanwhile."""
        end, count = time.monotonic() + seconds, 0
        while (left := end - time.monotonic()) > 0:
            if select.select([self.fd], [], [], left)[0]:
                count += len(os.read(self.fd, 65536))
        return count

    def until_quiet(self, seconds):
        """Until it has written nothing for so long."""
        while select.select([self.fd], [], [], seconds)[0]:
            os.read(self.fd, 65536)

    def stop(self):
        os.kill(self.pid, signal.SIGKILL)
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def measure(command, size, delay, refreshes, warm):
    """(CPU ms, bytes) a refresh"""
    terminal = Terminal(command, size)
    try:
        terminal.read(warm + delay / 2)
        before = cpu_ns(terminal.pid)
        count = terminal.read(delay * refreshes)
        return (cpu_ns(terminal.pid) - before) / refreshes / 1e6, count / refreshes
    finally:
        terminal.stop()


def tools(delay):
    """(name, command, source if it is ours)"""
    d = str(delay)
    yield "htop", ["htop", "-d", str(delay * 10)], None
    for source in (["kmod"] if os.path.exists("/dev/sysperf") else []) + ["procfs"]:
        yield f"sysperf ({source})", [SYSPERF, "--source", source, "-d", d], source
    yield "top", ["top", "-d", d], None
    yield "btop", ["btop", "--utf-force"], None
    yield "atop", ["atop", d], None


def configure_btop(delay):
    """It has no option for this."""
    os.makedirs(f"{CONFIG.name}/btop", exist_ok=True)
    with open(f"{CONFIG.name}/btop/btop.conf", "w", encoding="ascii") as f:
        f.write(f"update_ms = {delay * 1000}\n")


def table(n, size, load, delay):
    configure_btop(delay)
    title = f"{size[0]}x{size[1]}, {n} processes, {load}"
    print(f"\n{title:39} {'CPU ms':>9} {'of htop':>8} {'bytes':>8} {'of htop':>8}", flush=True)
    failed, base = False, None
    for name, command, source in tools(delay):
        if not re.match(ONLY, name):
            continue
        if not shutil.which(command[0]):
            print(f"{name:39} {'-':>9}   (not installed)")
            continue
        # What takes its time anyway is not waited for so long, only until all is drawn.
        warm = FULL if source and delay > BUSY_DELAY else WARM * delay
        ms, count = measure(command, size, delay, MEASURED if source or not base else OTHERS, warm)
        base = base or (ms, count)
        says = ""
        if source and base[0] != ms:
            over = count > base[1] or (n >= BUDGET_FROM and ms > base[0] * CPU_BUDGET[source])
            says = "OVER the budget" if over else "OK"
            failed |= over
        print(f"{name:39} {ms:9.2f} {ms / base[0]:8.3f} {count:8.0f} {count / base[1]:8.3f} {says}", flush=True)
    return failed


def keys():
    """Frames are no more taken then: what is measured is the key alone."""
    terminal = Terminal(["build/canned"], (200, 60), CANNED_SAMPLES="3", CANNED_TASKS=str(KEY_TASKS))
    failed = False
    try:
        terminal.until_quiet(DELAY)
        print(f"\nA key at {KEY_TASKS} tasks, 200x60 {'':15} {'CPU ms':>9}")
        for name, text in KEYS.items():
            before = cpu_ns(terminal.pid)
            os.write(terminal.fd, text.encode())
            terminal.until_quiet(1)
            ms = (cpu_ns(terminal.pid) - before) / 1e6
            over = ms > KEY_BUDGET_MS
            failed |= over
            print(f"{name:39} {ms:9.2f} {'OVER the budget' if over else ''}", flush=True)
    finally:
        terminal.stop()
    return failed


def stressed(n):
    failed = False
    with tempfile.TemporaryDirectory() as place:
        stress = subprocess.Popen(STRESS + ["--temp-path", place], start_new_session=True)
        try:
            time.sleep(2)
            for size in SIZES:
                failed |= table(n, size, "under stress", BUSY_DELAY)
        finally:
            os.killpg(stress.pid, signal.SIGTERM)
            stress.wait()
    return failed


def here(counts):
    failed = False
    for n in map(int, counts):
        load = subprocess.Popen(["build/bench-scale", str(n), str(EVERY)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                start_new_session=True)
        try:
            if load.stdout.readline() != b"ready\n":
                sys.exit("FAIL: the load did not start")
            time.sleep(2)
            for size in SIZES:
                failed |= table(n, size, "few busy", DELAY)
            failed |= stressed(n)
        finally:
            load.stdin.close()
            load.wait()
            time.sleep(2)
    return failed


def main():
    subprocess.run(["make", "--no-print-directory", "build/canned"], check=True)
    os.makedirs("build", exist_ok=True)
    subprocess.run([os.environ.get("CC", "gcc"), "-O2", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE", "-static", "-pthread",
                    "-o", "build/bench-scale", "tests/bench/scale.c"], check=True)
    if sys.argv[1:2] == ["--here"]:
        sys.exit(keys() | here(sys.argv[2:] or DEFAULT))
    failed = keys()  # the budget is one of time, which an emulated machine does not have
    setup = "sysctl -qw kernel.pid_max=200000 kernel.threads-max=200000 vm.max_map_count=200000; ulimit -u unlimited"
    env = {"VM_TIMEOUT": "7200", "VM_ARGS": "-m 6G", **os.environ, "VM_ICOUNT": "1"}
    run = f"{setup}; export BENCH_TOOLS='{ONLY}'; tests/bench/screen.py --inside {' '.join(sys.argv[1:] or DEFAULT)}"
    vm = subprocess.run(["tests/vm/run.sh", run], env=env, check=False)
    sys.exit(failed or vm.returncode)


if sys.argv[1:2] == ["--inside"]:
    sys.exit(here(sys.argv[2:]))
main()
