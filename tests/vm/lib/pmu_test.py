# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of hardware counters share: the pretend PMU, the module loaded
over it, and perf stat, which reads the same counters."""

import atexit
import signal

from sysperf_test import *

CAP_PMU = 1 << 2
EVENTS = ("cycles", "instructions", "cache-references", "cache-misses")
PACE = (2000, 3000, 100, 7)  # a microsecond: tests/vm/modules/pretend_pmu
HARDWARE = os.uname().machine == "aarch64"  # QEMU emulates a PMU, which is there without the pretend one


def loaded(module):
    with open("/proc/modules", encoding="ascii") as f:
        return any(line.startswith(module + " ") for line in f)


def unload(module):
    """Whoever used it may still be on its way out; we may be its user."""
    for fd in os.listdir("/proc/self/fd"):
        if os.path.exists(f"/proc/self/fd/{fd}") and os.readlink(f"/proc/self/fd/{fd}") == f"/dev/{module}":
            os.close(int(fd))
    for _ in range(100):
        if not loaded(module) or subprocess.run(["rmmod", module], check=False, capture_output=True).returncode == 0:
            return
        time.sleep(0.1)
    check(False, f"rmmod {module}")


def insmod(path, **params):
    """What insmod says; None if it loaded."""
    done = subprocess.run(["insmod", path, *[f"{k}={v}" for k, v in params.items()]], check=False, capture_output=True, text=True)
    return done.stderr if done.returncode else None


def sysperf_on(counters=None, **params):
    """The module afresh, on a pretend PMU with so many counters, or on none."""
    unload("sysperf")
    unload("pretend_pmu")
    if counters:
        check(not insmod(os.environ["SYSPERF_TEST_MODULES"] + "/pretend_pmu.ko", counters=counters), "insmod pretend_pmu")
        # What perf does when events take turns is not exact, and takes long when
        # it is emulated: let it be seldom.
        with open("/sys/bus/event_source/devices/pretend/perf_event_mux_interval_ms", "w", encoding="ascii") as f:
            f.write("20")
        atexit.register(leave)
    check(not insmod(os.environ["SYSPERF_KO"], **params), "insmod sysperf")


def leave():
    """Nothing is left for the next test: neither our loads nor the PMU."""
    atexit.unregister(leave)
    with open("/proc/thread-self/children", encoding="ascii") as f:
        for pid in map(int, f.read().split()):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    sysperf_on()


def close(got, want, pct, what):
    """As near(), but says whether."""
    pct *= COARSE
    print(f"{what}: {got:.6g}, expected {want:.6g} within {pct} %", flush=True)
    return abs(got - want) <= abs(want) * pct / 100


def one_of_three(attempt, what):
    """The emulated machine stands still at times, and now and then just where a
    counter has begun to count and its time has not: what must come out right
    does so in one of three attempts; what is wrong does not."""
    check(any(attempt() for _ in range(3)), f"{what}, in one of three attempts")


def counts(record):
    return [e.count for e in record.pmu.event]


def growth(before, after):
    """A struct Pmu of what was added between two records."""
    d = Pmu(enabled_ns=after.pmu.enabled_ns - before.pmu.enabled_ns)
    for i, (a, b) in enumerate(zip(after.pmu.event, before.pmu.event)):
        d.event[i] = PmuCount(a.count - b.count, a.running_ns - b.running_ns)
    return d


class PerfStat:
    """perf stat, with -p or -a, counting from when this returns."""

    def __init__(self, *args, events=EVENTS):
        self.events = events
        control, ours = os.pipe()
        ack, theirs = os.pipe()
        self.process = subprocess.Popen(
            ["perf", "stat", "-x,", "-D", "-1", "--control", f"fd:{control},{theirs}", "-e", ",".join(events), *map(str, args)],
            stderr=subprocess.PIPE, text=True, pass_fds=(control, theirs),
        )
        os.close(control)
        os.close(theirs)
        os.write(ours, b"enable\n")
        check(os.read(ack, 16).startswith(b"ack"), "perf stat is counting")
        self.fds = ours, ack

    def stop(self):
        """Its counts, and for how much of the time each had a counter, in %."""
        self.process.send_signal(signal.SIGINT)
        text = self.process.communicate()[1]
        for fd in self.fds:
            os.close(fd)
        lines = [line.split(",") for line in text.splitlines() if line.count(",") >= 4]
        check(len(lines) == len(self.events), f"perf stat says: {text}")
        for line in lines:
            check(line[0].isdigit(), f"perf did not count: {line}")
        return [int(line[0]) for line in lines], [float(line[4]) for line in lines]


def stop_here():
    os.kill(os.getpid(), signal.SIGSTOP)


def burn(seconds, hop=False):
    """Uses so much CPU time; with hop on one CPU and the other in turns."""
    cpu = None
    begin = time.process_time()
    while (used := time.process_time() - begin) < seconds:
        if hop and cpu != int(used * 20) % 2:
            cpu = int(used * 20) % 2
            os.sched_setaffinity(0, {cpu})
        for _ in range(1000):
            pass


class Work(Load):
    """A load that is stopped before its work and after it."""

    def __init__(self, function, *args, cpu=None):
        super().__init__(self.between_stops, function, *args, cpu=cpu)
        self.wait_stopped()

    @staticmethod
    def between_stops(function, *args):
        stop_here()
        function(*args)
        stop_here()

    def wait_stopped(self):
        check(os.WIFSTOPPED(os.waitpid(self.pid, os.WUNTRACED)[1]), "the load works")
        time.sleep(0.1)  # waitpid may return before it left its CPU

    def go(self):
        os.kill(self.pid, signal.SIGCONT)
