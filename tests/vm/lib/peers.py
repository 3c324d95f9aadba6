# SPDX-License-Identifier: GPL-2.0-only
"""sysperf and the tools that others trust, on one load over one interval. The
load must be steady: no two of them begin at the same instant."""
from sysperf_test import *

SECONDS = 10
SOURCES = ("kmod", "procfs")


def together(*commands):
    """What each prints, after the frames of sysperf by both sources."""
    os.environ |= {"LC_ALL": "C", "S_COLORS": "never", "S_TIME_FORMAT": "ISO"}
    ours = [["sysperf", "-b", "--format", "json", "--source", s, "-n", "1", "-d", str(SECONDS)] for s in SOURCES]
    running = [subprocess.Popen(c, stdout=subprocess.PIPE, text=True) for c in (*commands, *ours)]
    said = [p.communicate()[0] for p in running]
    for p in running:
        check(p.returncode == 0, f"{p.args} ended with {p.returncode}")
    return dict(zip(SOURCES, map(json.loads, said[len(commands):]))), *said[: len(commands)]


def table(text, *first):
    """The rows of that of sysstat's tables whose first columns are so called:
    [{column: value}]."""
    columns, rows = None, []
    for line in text.splitlines():
        words = line.split()[1:]  # the time, or "Average:"
        if not words:
            columns = None
        elif words[: len(first)] == list(first):
            columns = words
        elif columns:
            rows.append(dict(zip(columns, words)))
    check(rows, f"a table of {first} in {text}")
    return rows


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
