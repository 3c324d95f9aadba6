# SPDX-License-Identifier: GPL-2.0-only
"""What the VM tests of the verdict share: loads whose bottleneck and culprit are
known, what sysperf says of them from each source, and what it must say."""

import atexit
import contextlib

from sysperf_test import *

CGROUPS = "/sys/fs/cgroup"
SAMPLES = 3  # the right verdict by then
SOURCES = "kmod", "procfs"
MIB = 1 << 20


def check_verdict(condition, message):
    """A kernel that checks all it does is what such a machine waits for: there the
    loads are for its reports, and what is said of them is only shown."""
    if CHECKING and not condition:
        print(f"not judged here: {message}", flush=True)
    else:
        check(condition, message)


@contextlib.contextmanager
def loads(*made):
    """Loads that are stopped after what is done with them."""
    try:
        yield [load.pid for load in made]
    finally:
        for load in made:
            load.stop()


def command(*args):
    """A load that is another program."""
    return Load(os.execvp, args[0], list(args))


def watch(samples, *args, sources=SOURCES, delay=1, through=()):
    """{source: frames} of all sources at the same time."""
    argv = [*through, "sysperf", "-b", "--format", "json", "--top", "0", "-n", str(samples), "-d", str(delay), *args]
    running = {s: subprocess.Popen([*argv, "--source", s], stdout=subprocess.PIPE, text=True) for s in sources}
    told = {}
    for source, p in running.items():
        told[source] = [json.loads(line) for line in p.communicate()[0].splitlines()]
        check(p.returncode == 0 and len(told[source]) == samples, f"{source}: {len(told[source])} samples")
    return told


def show(what, source, frame):
    seen = {f"{r} {k}": v for r, g in frame["golden"].items() for s in g.values() for k, v in s.items() if v}
    print(f"{what}, {source}: {frame['verdict']}\n    {seen}", flush=True)


def right(verdict, resource, signal, pids, text, cgroup, group_share=None):
    if not verdict or (verdict["resource"], verdict["signal"]) != (resource, signal) or text not in verdict["text"]:
        return False
    culprit = verdict["culprit"]
    if pids is None:
        return True
    if group_share and not (culprit and culprit["cgroup_share_pct"] and culprit["cgroup_share_pct"] >= group_share):
        return False
    return culprit and culprit["pid"] in pids and (cgroup is None or culprit["cgroup"] == cgroup)


def expect(what, resource, signal, pids, text="", cgroup=None, group_share=None, **kw):
    """Within three samples the verdict names the resource, the signal and one of
    the pids (None: whoever), and its text has that in it. Until then it may say
    nothing, but not something else."""
    for source, frames_ in watch(SAMPLES, **kw).items():
        named = [f["verdict"] for f in frames_]
        for f in frames_:
            show(what, source, f)
        check_verdict(any(right(v, resource, signal, pids, text, cgroup, group_share) for v in named), f"{what}, {source}: {named}")
        others = [v for v in named if v and v["resource"] != resource]
        check_verdict(not others, f"{what}, {source}: first something else: {others}")
        check(all(len(v["text"]) < 160 for v in named if v), "one line")


STOOD_STILL = 0.05  # seconds


@contextlib.contextmanager
def canary():
    """[the longest, in seconds, that tasks which go before all others came late]:
    more than a little, and it is the machine below that did not run this one."""
    shared, late = mmap.mmap(-1, 4096), [0.0]
    cpus = sorted(os.sched_getaffinity(0))

    def watch_clock(at):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(99))
        while True:
            due = time.monotonic() + 0.02
            time.sleep(0.02)
            worst = max(C.c_double.from_buffer(shared, at).value, time.monotonic() - due)
            C.c_double.from_buffer(shared, at).value = worst

    with loads(*[Load(watch_clock, 8 * i, cpu=c) for i, c in enumerate(cpus)]):
        yield late
    late[0] = max(C.c_double.from_buffer(shared, 8 * i).value for i in range(len(cpus)))


def expect_quiet(what, samples=6, settle=2, tries=10, **kw):
    """No sample complains, but for the load's start. If one does when the machine
    stood still meanwhile, that is true of it, and it gets another try."""
    time.sleep(settle)
    for left in reversed(range(tries)):
        with canary() as late:
            told = watch(samples, **kw)
        for source, frames_ in told.items():
            for f in frames_:
                show(what, source, f)
        alarms = [
            f"{source}: {f['verdict']}, {f['status']}"
            for source, frames_ in told.items()
            for f in frames_
            if f["verdict"] or any(s != "ok" for s in f["status"].values())
        ]
        if not alarms:
            return
        print(f"{what}: the machine stood still for up to {late[0]:.3f} s", flush=True)
        check_verdict(left and late[0] > STOOD_STILL, f"{what}: a false alarm: {alarms}")
        if CHECKING:
            return


def cgroup(name, **limits):
    """A control group with limits, e.g. cpu_max="20000 100000"."""
    path = f"{CGROUPS}/{name}"
    for controller in {limit.split("_")[0] for limit in limits}:
        write_file(f"{CGROUPS}/cgroup.subtree_control", f"+{controller}")
    os.mkdir(path)
    for limit, value in limits.items():
        write_file(f"{path}/{limit.replace('_', '.', 1)}", str(value))
    return path


def within(group, function, *args):
    """function in that control group."""
    write_file(f"{group}/cgroup.procs", str(os.getpid()))
    function(*args)


def touch_for_ever(size):
    """Uses size bytes of memory in turns, each page written."""
    held = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    while True:
        for at in range(0, size, 4096):
            held[at] = 1
