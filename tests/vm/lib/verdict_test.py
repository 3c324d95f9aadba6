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


def watch(samples, *args, sources=SOURCES, delay=1):
    """{source: frames} of all sources at the same time."""
    argv = ["sysperf", "-b", "--format", "json", "--top", "0", "-n", str(samples), "-d", str(delay), *args]
    running = {s: subprocess.Popen([*argv, "--source", s], stdout=subprocess.PIPE, text=True) for s in sources}
    told = {}
    for source, p in running.items():
        told[source] = [json.loads(line) for line in p.communicate()[0].splitlines()]
        check(p.returncode == 0 and len(told[source]) == samples, f"{source}: {len(told[source])} samples")
    return told


def show(what, source, frame):
    seen = {f"{r} {k}": v for r, g in frame["golden"].items() for s in g.values() for k, v in s.items() if v}
    print(f"{what}, {source}: {frame['verdict']}\n    {seen}", flush=True)


def right(verdict, resource, signal, pids, text, cgroup):
    if not verdict or (verdict["resource"], verdict["signal"]) != (resource, signal) or text not in verdict["text"]:
        return False
    culprit = verdict["culprit"]
    if pids is None:
        return True
    return culprit and culprit["pid"] in pids and (cgroup is None or culprit["cgroup"] == cgroup)


def expect(what, resource, signal, pids, text="", cgroup=None, **kw):
    """Within three samples the verdict names the resource, the signal and one of
    the pids (None: whoever), and its text has that in it. Until then it may say
    nothing, but not something else."""
    for source, frames_ in watch(SAMPLES, **kw).items():
        named = [f["verdict"] for f in frames_]
        for f in frames_:
            show(what, source, f)
        check(any(right(v, resource, signal, pids, text, cgroup) for v in named), f"{what}, {source}: {named}")
        others = [v for v in named if v and v["resource"] != resource]
        check(not others, f"{what}, {source}: first something else: {others}")
        check(all(len(v["text"]) < 160 for v in named if v), "one line")


def expect_quiet(what, samples=6, settle=2, **kw):
    """No sample complains, but for the load's start."""
    time.sleep(settle)
    for source, frames_ in watch(samples, **kw).items():
        for f in frames_:
            show(what, source, f)
        check(not any(f["verdict"] for f in frames_), f"{what}, {source}: a false alarm")
        check(all(s == "ok" for f in frames_ for s in f["status"].values()), f"{what}, {source}: status")


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
