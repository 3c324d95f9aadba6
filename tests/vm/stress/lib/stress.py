# SPDX-License-Identifier: GPL-2.0-only
"""What the scripts share that run on kernels which check the module only."""
import contextlib
import ctypes
import glob
import re

from sysperf_test import *

# A quick pass by default; STRESS_FULL=1 on the kernel's command line for all.
FULL = os.environ.get("STRESS_FULL") == "1"
DEBUG = "/sys/kernel/debug"
libc = ctypes.CDLL(None, use_errno=True)
FINIT_MODULE, DELETE_MODULE = 313, 176  # x86-64


def size(quick, full):
    return full if FULL else quick


def loaded():
    return os.path.exists("/sys/module/sysperf/initstate")


def load(*params):
    run("insmod", os.environ["SYSPERF_KO"], *params)


def unload():
    """At once: nothing has it open."""
    run("rmmod", "sysperf")


def die_with_parent(signum=signal.SIGKILL):
    """What a test that failed leaves running would hold the module."""
    libc.prctl(1, signum, 0, 0, 0)  # PR_SET_PDEATHSIG


def rounds(n):
    """0 to n - 1; says how far it is, for who waits for hours or finds it hung."""
    for i in range(n):
        if i % max(n // 10, 1) == 0:
            print(f"round {i} of {n}", flush=True)
        yield i


def pretend_pmu(*params):
    """Hardware counters, which the emulated machine has not; load() then
    counts them. With the module unloaded."""
    run("insmod", os.environ["SYSPERF_TEST_MODULES"] + "/pretend_pmu.ko", "counters=8")
    load(*params)
    device = Device()
    check(device.snapshot().header.caps & 1 << 2, "hardware counters are charged")
    device.close()
    unload()


class Stress:
    """stress-ng until the end, all of whose processes go with it. It takes
    what CPU the test leaves while it waits, and does not have it wait more: in
    an emulator that is the difference between an hour and three."""

    def __init__(self, *args):
        self.process = subprocess.Popen(
            ["nice", "-n19", "setpriv", "--pdeathsig", "TERM", "stress-ng", "--quiet", "--timeout", "0", *args],
            start_new_session=True)

    def check(self):
        check(self.process.poll() is None, "stress-ng ended early")

    def stop(self):
        self.check()
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def put(path, value):
    with open(path, "w", encoding="ascii") as f:
        f.write(str(value))


def get(path):
    with open(path, encoding="ascii") as f:
        return f.read().strip()


def kmemleak(command):
    if os.path.exists(f"{DEBUG}/kmemleak"):
        put(f"{DEBUG}/kmemleak", command)


def check_leaks():
    """Nothing that came to be since kmemleak("clear") is lost."""
    if not os.path.exists(f"{DEBUG}/kmemleak"):
        return
    for _ in range(4):  # what is new is not looked at, and addresses linger
        time.sleep(6)
        kmemleak("scan")
    leaks = get(f"{DEBUG}/kmemleak")
    print(leaks, flush=True)
    check(not leaks, "kmemleak")


def module_text():
    """The addresses of the module's functions, as the fault filters want them."""
    with open("/proc/kallsyms", encoding="ascii") as f:
        at = [int(line.split()[0], 16) for line in f if re.search(r" [tT] .*\[sysperf\]$", line)]
    check(at and min(at), "the module's functions are in /proc/kallsyms")
    return min(at), max(at) + 4096


@contextlib.contextmanager
def faults(*names, **attributes):
    """Make the fault injections of these names happen in tasks that set
    make_it_fail(), or in those that say when themselves (fail-nth)."""
    with open("/dev/kmsg", "w", encoding="ascii") as kmsg:
        kmsg.write("sysperf-test: allocations fail\n")
    defaults = {"probability": 0, "interval": 1, "times": -1, "space": 0, "verbose": 0, "task-filter": "Y",
                "require-start": 0, "require-end": 2**64 - 1, "ignore-gfp-wait": "N", "min-order": 0}
    wanted = defaults | {k.replace("_", "-"): v for k, v in attributes.items()}
    try:
        for name in names:
            for attribute, value in wanted.items():
                path = f"{DEBUG}/{name}/{attribute}"
                # probability is the first, and must come last
                if attribute != "probability" and os.path.exists(path):
                    put(path, value)
            put(f"{DEBUG}/{name}/probability", wanted["probability"])
        yield
    finally:
        for name in names:
            put(f"{DEBUG}/{name}/probability", 0)
        with open("/dev/kmsg", "w", encoding="ascii") as kmsg:
            kmsg.write("sysperf-test: allocations work\n")


def make_it_fail(on=True):
    put("/proc/self/make-it-fail", int(on))


def fail_nth(n, function):
    """Call function() in a process of its own, whose n-th allocation fails.
    Return its errno or 0, and whether an allocation did fail."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        fd = os.open("/proc/thread-self/fail-nth", os.O_RDWR)
        ctypes.set_errno(0)
        os.write(fd, str(n).encode())
        failed = function() != 0
        error = ctypes.get_errno() if failed else 0
        try:
            left = int(os.pread(fd, 20, 0))
            os.write(fd, b"0")
        except OSError:  # it was these whose copy failed
            left = 1
            os.write(fd, b"0")
        os.write(write, f"{error} {left}".encode())
        os._exit(0)
    os.close(write)
    answer = os.read(read, 100).split()
    os.close(read)
    check(os.waitpid(pid, 0)[1] == 0 and len(answer) == 2, f"the process whose allocation {n} failed died")
    return int(answer[0]), int(answer[1]) == 0


def losses(header):
    return sum(getattr(header, name) for name, _ in header._fields_ if name.startswith("lost_"))
