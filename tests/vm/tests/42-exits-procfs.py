#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=900
"""Without the module, too, tasks that end between two samples are told exactly
once, with what they did until then: as wait4(2) says it and as the module does.
Those that there was no room for are counted."""
import sys
import threading

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

PPOLL = {"x86_64": "271", "aarch64": "73"}[os.uname().machine]


class Sysperf:
    """sysperf -b that took a sample, and takes the next two when told."""

    def __init__(self, *args, source="procfs"):
        self.process = subprocess.Popen(
            ["sysperf", "-b", "--format", "json", "--source", source, "-n", "2", "-d", "1", *args],
            stdout=subprocess.PIPE)
        eventually(self.sampled, "the first sample")
        self.process.send_signal(signal.SIGSTOP)

    def sampled(self):
        """It sleeps until the next one."""
        with open(f"/proc/{self.process.pid}/syscall", encoding="ascii") as f:
            return f.read().split()[0] == PPOLL

    def frames(self):
        self.process.send_signal(signal.SIGCONT)
        self.out = [json.loads(line) for line in self.process.communicate()[0].splitlines()]
        check(self.process.returncode == 0 and len(self.out) == 2, "sysperf's end")
        return self.out


def ended(frames, **what):
    """Rows of tasks that ended, with the frame's interval."""
    rows = [(t, f["interval_s"]) for f in frames for t in f["tasks"] if t.get("exited")]
    return [(t, s) for t, s in rows if all(t[k] == v for k, v in what.items())]


def cpu_seconds(rows):
    return sum(t["cpu_pct"] / 100 * s for t, s in rows)


def burn(seconds):
    while time.thread_time() < seconds:
        pass


def child(code, function=None, *args):
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if function:
            function(*args)
        os._exit(code)
    return pid


def code_of(status):
    """As a shell has it."""
    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def reap(pid):
    """(exit code, CPU seconds) of a child."""
    _, status, usage = os.wait4(pid, 0)
    return code_of(status), usage.ru_utime + usage.ru_stime


def told_once():
    """Many that are never seen alive."""
    sysperf = Sysperf()
    pids = {child(i % 200): i % 200 for i in range(60)}
    truth = {pid: reap(pid)[0] for pid in pids}
    rows = ended(sysperf.frames(), ppid=os.getpid())
    got = sorted(t["pid"] for t, _ in rows if t["pid"] in pids)
    check(got == sorted(pids), f"told of {len(got)} of {len(pids)}")
    check(all(t["exit_code"] == truth[t["pid"]] for t, _ in rows if t["pid"] in pids), "exit codes")
    check(all(t["tid"] == t["pid"] and t["comm"].startswith("python") for t, _ in rows), "ids and names")
    check(sysperf.out[-1]["source"]["lost"]["exited"] == 0, "none lost")


def as_wait4_says():
    """One that comes and goes within an interval; one that was there before."""
    gate = os.pipe()
    old = child(3, lambda: (os.read(gate[0], 1), burn(SLOWNESS)))
    time.sleep(0.5)  # it waits
    sysperf = Sysperf()
    os.write(gate[1], b"x")
    new = child(0, burn, SLOWNESS)
    killed = child(0, time.sleep, 1000)
    os.kill(killed, signal.SIGKILL)
    truth = {pid: reap(pid) for pid in (old, new, killed)}
    frames = sysperf.frames()
    for pid, (code, cpu) in truth.items():
        rows = ended(frames, pid=pid)
        check(len(rows) == 1 and rows[0][0]["exit_code"] == code, f"end of {pid}: {rows}")
        if cpu >= 1:
            # the kernel tells before it takes down the memory
            near(cpu_seconds([(row(f, pid), f["interval_s"]) for f in frames if row(f, pid)]), cpu, 5, "CPU time")
            check(rows[0][0]["switches_per_s"] > 0 and rows[0][0]["runq_pct"] is not None, "waits of one that ended")


def threads_of_a_process():
    """What threads did that are gone is their process's."""

    def work():
        for seconds in 0.2, 0.4, 0.6:
            some = [threading.Thread(target=burn, args=(seconds * SLOWNESS,)) for _ in range(2)]
            for t in some:
                t.start()
            for t in some:
                t.join()

    for args in (), ("-H",):
        sysperf = Sysperf(*args)
        pid = child(5, work)
        code, cpu = reap(pid)
        frames = sysperf.frames()
        rows = ended(frames, pid=pid)
        if KERNEL < (5, 19):  # does not say whose thread it was
            rows = ended(frames, ppid=os.getpid())
        near(cpu_seconds(rows), cpu, 5, f"CPU time of threads {args}")
        if KERNEL >= (5, 19):
            check(len({t["tid"] for t, _ in rows}) == len(rows) == (7 if args else 1), f"rows {args}: {len(rows)}")
            check(all(t["exit_code"] == code for t, _ in rows if t["tid"] == pid), "exit code")


def storm():
    """More than there is room for: what is missing is counted."""
    forks = 10000
    sysperf = Sysperf()
    for _ in range(forks):
        try:
            os.posix_spawn("/proc/self/none", ["x"], {})
        except FileNotFoundError:
            pass  # its child is no more
    seen = len(ended(sysperf.frames(), ppid=os.getpid()))
    lost = sysperf.out[-1]["source"]["lost"]["exited"]
    print(f"{forks} ended: {seen} seen, {lost} lost", flush=True)
    check(seen > 1000 and lost > 1000, "both happened")
    check(forks <= seen + lost <= forks * 1.02, "each was seen or counted")


def agree():
    """Both sources, of one load in one interval."""
    both = {name: Sysperf(source=name) for name in ("procfs", "kmod")}
    pids = [child(1, burn, 0.1 * (i % 10)) for i in range(20)]
    for pid in pids:
        reap(pid)
    rows = {name: ended(s.frames(), ppid=os.getpid()) for name, s in both.items()}
    for name in rows:
        rows[name] = [(t, s) for t, s in rows[name] if t["pid"] in pids]
        check(len(rows[name]) == len(pids), f"{name} was told of {len(rows[name])}")
    near(cpu_seconds(rows["procfs"]), cpu_seconds(rows["kmod"]), 5, "CPU time of both")
    for key in ("switches_per_s", "minor_faults_per_s"):
        ours, theirs = (sum(t[key] * s for t, s in rows[name]) for name in ("procfs", "kmod"))
        near(ours, theirs, 10, key)


told_once()
as_wait4_says()
threads_of_a_process()
agree()
storm()
