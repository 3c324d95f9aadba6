# SPDX-License-Identifier: GPL-2.0-only
"""sysperf and the tools that others trust, on one load over one interval: the
second of each, as their beginning is a load of its own. They begin it within
a second of each other, so the load must be steady."""
from sysperf_test import *

SECONDS = 8
TWICE = str(SECONDS), "2"  # as sysstat's tools take it
SOURCES = ("kmod", "procfs")


def together(*commands, total=lambda: 0):
    """What each prints, after the frames of sysperf by both sources and by how
    much a second the total grew."""
    os.environ |= {"LC_ALL": "C", "S_COLORS": "never", "S_TIME_FORMAT": "ISO"}
    ours = [["sysperf", "-b", "--format", "json", "--source", s, "-n", "2", "-d", str(SECONDS)] for s in SOURCES]
    running = [subprocess.Popen(c, stdout=subprocess.PIPE, text=True) for c in (*commands, *ours)]
    time.sleep(SECONDS + 1)
    begin, was = time.monotonic(), total()
    time.sleep(SECONDS - 1)
    grown = (total() - was) / (time.monotonic() - begin)
    said = [p.communicate()[0] for p in running]
    for p in running:
        check(p.returncode == 0, f"{p.args} ended with {p.returncode}")
    frames_ = [json.loads(text.splitlines()[1]) for text in said[len(commands):]]
    return dict(zip(SOURCES, frames_)), grown, *said[: len(commands)]


def one_of_three(compare):
    """A machine that stands still in the one's second and not in the other's
    makes them differ, now and then; what is wrong differs each time. One that
    checks itself stands still all the time."""
    for left in 2, 1, 0:
        try:
            return compare()
        except SystemExit as e:
            if not (left or CHECKING):
                raise
            print(e, "- once more" if left else "- let it be", flush=True)
    return None


def table(text, *first):
    """The last but the average of sysstat's tables whose first columns are so
    called: [{column: value}]."""
    columns, rows = None, []
    for line in text.splitlines():
        words = line.split()
        if not words or words[0] == "Average:":
            columns = None
        elif words[1 : 1 + len(first)] == list(first):
            columns, rows = words[1:], []
        elif columns:
            rows.append(dict(zip(columns, words[1:])))
    check(rows, f"a table of {first} in {text}")
    return rows


def statistics(text):
    """The same of what they print as JSON."""
    return json.loads(text)["sysstat"]["hosts"][0]["statistics"][1]


def pressure(kind):
    """Nanoseconds in which some task waited."""
    with open(f"/proc/pressure/{kind}", encoding="ascii") as f:
        return int(f.readline().split("total=")[1]) * 1000


def same(what, ours, theirs, pct=2, absolute=0.0):
    """Of both sources, against another tool's; what that prints is rounded."""
    theirs = float(theirs)
    print(f"{what}: {ours}, theirs {theirs}", flush=True)
    for source, value in ours.items():
        check(value is not None, f"{what} is measured by {source}")
        check(abs(value - theirs) <= COARSE * (absolute + theirs * pct / 100), f"{what} by {source}")


def of_golden(frames, resource, signal, key):
    return {s: f["golden"][resource][signal][key] for s, f in frames.items()}


def of_row(frames, table, name, value, key):
    return {s: next(r for r in f[table] if r[name] == value)[key] for s, f in frames.items()}
