#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""An hour of sysperfd at ten samples a second, with many tasks and much going on:
viewers that are steady, slow, or come and go, a recording, alerts that must fire,
reloads, and a scrape now and then. At the end: nothing grew, no alert was lost
or told twice, no sample is missing that is not said to be, and none was late but
for want of CPU time.

    hour.py     MINUTES=60 TASKS=10000 DELAY=0.1
"""
import bisect
import json
import multiprocessing
import os
import random
import signal
import statistics
import subprocess
import sys
import time
import urllib.request

sys.path.insert(0, "tests/lib")
import sysperfd
from cpu import cpu_ns
from sysperfd import *

MINUTES = float(os.environ.get("MINUTES", "60"))
TASKS = int(os.environ.get("TASKS", "10000"))
DELAY = float(os.environ.get("DELAY", "0.1"))
DELAY_MS = round(DELAY * 1000)
WARM = 0.15  # of the time
LARGE = 100 << 20
PATIENT = 300  # seconds until an alert is told; the machine may be busy
CONFIG = """
[collection]
source = procfs
delay = {delay}
[recording]
directory = {dir}/recording
file_mib = 64
total_mib = 0
[metrics]
listen = 127.0.0.1:0
[alerts]
hook = {dir}/hook
hooks = {hooks}
[alert large]
when = tasks.rss_bytes > {limit}
on = sp-large*
for = 2s
clear_for = 2s
[alert spinning]
when = tasks.cpu_pct > 1
on = sp-spin*
for = 0s
clear_for = 20s
"""
HOOK = """#!/bin/sh
echo "$SYSPERF_ALERT $SYSPERF_STATE $SYSPERF_ON" >>{dir}/told
"""
stop, calm = multiprocessing.Event(), multiprocessing.Event()
atexit.register(stop.set)
atexit.register(calm.set)
sysperfd.PATIENCE = PATIENT


def role(function, *args):
    """Runs beside the others until stop; its result is what result() gives."""
    mine, its = multiprocessing.Pipe(False)

    def run():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        its.send(function(*args))

    process = multiprocessing.Process(target=run)
    process.start()
    its.close()
    return process, mine


def result(of):
    """What a role found; its failure is ours."""
    process, pipe = of
    try:
        found = pipe.recv()
    except EOFError:
        found = None
    process.join()
    check(process.exitcode == 0, "one of the others failed")
    return found


class Decoder:
    """Frames, from the description in include/sysperf/wire.h."""

    def __init__(self, schema):
        self.tables = []
        n, b = take_varint(schema)
        for _ in range(n):
            name, b = take_text(b)
            columns, b = take_varint(b)
            self.tables.append((name, []))
            for _ in range(columns):
                key, b = take_text(b)
                self.tables[-1][1].append((key, b[0], b[1]))
                b = b[2:]

    @staticmethod
    def numbers(rows, decimals, b):
        tags = []
        while len(tags) < rows:
            v, b = take_varint(b)
            tags += [v & 3] * (v >> 2)
        values = []
        for tag in tags:
            v = None if tag == 0 else 0
            if tag == 2:
                v, b = take_varint(b)
                v = (v >> 1) * (-1 if v & 1 else 1) / 10**decimals
            elif tag == 3:
                v, b = struct.unpack("<d", b[:8])[0], b[8:]
            values.append(v)
        return values, b

    @staticmethod
    def texts(rows, b):
        values = []
        for _ in range(rows):
            n, b = take_varint(b)
            values.append(b[: n - 1].decode() if n else values[-1] if values else "")
            b = b[n - 1 :] if n else b
        return values, b

    def decode(self, b):
        """{table: {key: values}}"""
        frame = {}
        for name, columns in self.tables:
            rows, b = take_varint(b)
            frame[name] = {}
            for key, kind, decimals in columns:
                values, b = self.texts(rows, b) if kind else self.numbers(rows, decimals, b)
                frame[name][key] = values
        check(not b, "bytes after a frame")
        return frame


def steady(daemon):
    """(time, interval) of each frame, what was lost, and all alerts that fired."""
    viewer = Viewer(daemon)
    viewer.send(request(HELLO, DELAY_MS, tables={"alerts": None}))
    viewer.until(WELCOME)
    decoder = Decoder(viewer.until(SCHEMA))
    frames, fired = [], set()
    viewer.frame()  # it may have begun before we came
    while not stop.is_set():
        f = decoder.decode(viewer.frame())
        meta, alerts = f[".frame"], f["alerts"]
        frames.append((round(meta[".time_s"][0] * 1e9 + meta[".time_ns"][0]), meta[".interval_s"][0]))
        fired |= {(n, on) for n, on, s in zip(alerts["name"], alerts["on"], alerts["state"]) if s == "firing"}
    return frames, viewer.lost, fired


def slow(daemon):
    """All there is, and a pause after each: frames read, and lost."""
    viewer, n = Viewer(daemon, DELAY_MS), 0
    while not stop.wait(30 * DELAY):
        viewer.frame()
        n += 1
    return n, viewer.lost


def visitors(daemon):
    """Come and go: how many there were."""
    n, some = 0, [{"tasks": ["pid"]}, {"cpus": None}, {"tasks": ["pid", "cpu_pct"], "disks": None}, {"nets": None}]
    while not stop.wait(random.uniform(0, 3)):
        viewer = Viewer(daemon, DELAY_MS, tables=some[n % 4])
        for _ in range(n % 3):  # or goes before it has any
            viewer.frame()
        viewer.close()
        n += 1
    return n


def scrapes(port):
    """Pages, whose counters never fall."""
    n, before = 0, -1
    while not stop.wait(10):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENT) as reply:
            page = reply.read().decode()
        now = [float(line.split()[1]) for line in page.splitlines() if line.startswith("sysperfd_samples_total ")]
        check(now and now[0] >= before, f"samples: {before}, then {now}")
        before, n = now[0], n + 1
    return n


def told():
    """{(alert, state, on): times} that the program of alerts was run."""
    count = {}
    for line in open(f"{directory}/told"):
        key = tuple(line.rstrip("\n").split(" ", 2))
        count[key] = count.get(key, 0) + 1
    return count


def named(name, work):
    """A task of that name that does something until it is told to stop."""
    begin, end = multiprocessing.Event(), multiprocessing.Event()

    def run():
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # what ends it if its parent fails
        with open("/proc/self/comm", "w") as f:
            f.write(name)
        begin.wait()
        work(end)

    child = multiprocessing.Process(target=run, daemon=True)
    child.start()
    begin.set()
    return child, end


def be_large(end):
    room = bytearray(b"x") * LARGE
    end.wait()
    del room


def spin(end):
    while not end.is_set():
        sum(range(1000))


def loads():
    """Each of them must be told of before it ends: what was."""
    done = []
    for name, alert, work in [("sp-large", "large", be_large), ("sp-spin", "spinning", spin)] * 100000:
        if calm.wait(random.uniform(2, 15)):
            break
        child, end = named(name, work)
        on = f"{name} ({child.pid})"
        until = time.monotonic() + PATIENT
        while (alert, "firing", on) not in told():
            check(time.monotonic() < until, f"{alert} did not fire for {on}")
            time.sleep(0.2)
        end.set()
        child.join()
        done.append((alert, on))
    return done


def watch(pid):
    """What a loop of the same delay sees: (time, how late it was, how long the
    daemon's loop has been on a CPU, or waiting for one, so far)."""
    seen, due = [], time.monotonic()
    while not stop.is_set():
        due += DELAY
        time.sleep(max(0, due - time.monotonic()))
        with open(f"/proc/{pid}/task/{pid}/schedstat", encoding="ascii") as f:
            run, wait = f.read().split()[:2]
        late = time.monotonic() - due
        seen.append((time.time(), late, (int(run) + int(wait)) / 1e9))
        due += max(0, late // DELAY * DELAY)
    return seen


def footprint():
    return daemon.rss_kb(), daemon.descriptors(), len(os.listdir(f"/proc/{daemon.pid}/fd"))


def flat(values, slack, what):
    """The last third, as high as the first after it was warm."""
    values = values[int(len(values) * WARM) :]
    third = len(values) // 3
    check(third >= 2, "too short a run")
    first, last = statistics.median(values[:third]), statistics.median(values[-third:])
    print(f"{what}: {first:.0f}, in the end {last:.0f}, at most {max(values)}")
    check(last <= slack(first), f"{what} grew")


def check_gaps(times, lost, what):
    """Each interval begins where the one before ended, but where one was lost."""
    gaps = sum(abs(t - interval * 1e9 - before) > DELAY * 1e9 / 4 for (before, _), (t, interval) in zip(times, times[1:]))
    print(f"{what}: {len(times)} samples, {gaps} gaps, {lost} said to be lost")
    check(gaps <= lost, f"{what}: gaps that are not said")


def check_stalls(times, seen):
    """Intervals of more than two delays: did it work, or wait for a CPU?"""
    at = [s[0] for s in seen]
    long, worst = [], 0
    for t, interval in times:
        if interval <= 2 * DELAY:
            continue
        a = max(bisect.bisect_right(at, t / 1e9 - interval) - 1, 0)
        b = min(bisect.bisect_left(at, t / 1e9), len(seen) - 1)
        # Where whoever has a lock has no CPU, others sleep as well.
        rest = interval - (seen[b][2] - seen[a][2]) - max(late for _, late, _ in seen[a : b + 1])
        long.append((interval, rest))
        worst = max(worst, rest)
    late = [s[1] for s in seen]
    print(f"intervals: median {statistics.median(i for _, i in times):.3f} s, {len(long)} longer than {2 * DELAY:g} s, "
          f"the longest {max(i for _, i in times):.3f} s, of which neither on a CPU nor waiting for one {worst:.3f} s "
          f"more than a loop that only sleeps, which was late by up to {max(late):.3f} s")
    check(worst <= 2 * DELAY, f"sysperfd stalled: {sorted(long, key=lambda l: -l[1])[:5]}")


def all_over(done):
    """What is told of alerts, once there is nothing more to tell."""
    expected = {(alert, state, on): 1 for alert, on in done for state in ("firing", "resolved")}
    wait_for("alerts to be over", lambda: set(expected) <= set(told()))
    samples = daemon.count("recorded_samples")
    wait_for("viewers to know", lambda: daemon.count("recorded_samples") > samples + 1)
    return expected


def check_alerts(expected, done, fired):
    """Each once by hook and log, when it fired and when it was over; no other."""
    mine = {k: n for k, n in told().items() if k[0] in ("large", "spinning")}
    check(mine == expected, f"hook: {set(mine.items()) ^ set(expected.items())}")
    said = daemon.said().splitlines()
    for alert, on in done:
        for word in ("sysperfd: warning ", "sysperfd: over: "):
            n = sum(line.startswith(f"{word}{alert} of {on}:") for line in said)
            check(n == 1, f"log: {word}{alert} of {on}: {n} times")
    check(set(done) <= fired, f"viewer: not told of {set(done) - fired}")
    print(f"alerts: {len(done)} fired, each told once by hook, log and frames")


def check_recording(status):
    """It reads back whole: (time, interval) in it."""
    reader = subprocess.Popen(
        ["build/sysperf", "-r", f"{directory}/recording", "-b", "--format", "json", "--top", "0", "--fields", "pid"],
        stdout=subprocess.PIPE, text=True,
    )
    times = []
    for line in reader.stdout:
        head = json.loads(line[: line.index(',"host"')] + "}")
        whole, ms = head["time"].rstrip("Z").split(".")
        times.append((round(calendar(whole) * 1e9) + int(ms) * 1000000, head["interval_s"]))
    check(reader.wait() == 0, "the recording is damaged")
    check(len(times) >= int(status["recorded_samples"]), f"{len(times)} samples of {status['recorded_samples']} in the recording")
    check_gaps(times, int(status["not_recorded"]), "recording")
    return times


def calendar(text):
    return time.mktime(time.strptime(text + " UTC", "%Y-%m-%dT%H:%M:%S %Z")) - time.timezone


def configure(hooks):
    return CONFIG.format(delay=DELAY, dir=directory, hooks=hooks, limit=LARGE * 6 // 10)


def make_tasks():
    scale = f"{directory}/scale"
    subprocess.run(["cc", "-O2", "-pthread", "-o", scale, "tests/bench/scale.c"], check=True)
    tasks = subprocess.Popen([scale, str(TASKS), "100"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    atexit.register(lambda: (tasks.stdin.close(), tasks.wait()))
    check(tasks.stdout.readline() == b"ready\n", "no tasks")


for number in signal.SIGINT, signal.SIGTERM:  # also of a job in the background
    signal.signal(number, lambda *_: sys.exit("hour.py: interrupted"))
os.mkdir(f"{directory}/recording")
open(f"{directory}/told", "w").close()
with open(f"{directory}/hook", "w") as f:
    f.write(HOOK.format(dir=directory))
os.chmod(f"{directory}/hook", 0o755)
make_tasks()
# What is freed goes back at once, so that RSS is what is held.
FREED = {"MALLOC_TRIM_THRESHOLD_": "4096", "MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_ARENA_MAX": "1"}
daemon = Daemon(configure(4), env=FREED)
wait_for("a sample", lambda: daemon.count("recorded_samples") > 1)
port = daemon.status()["metrics_port"]
roles = {f.__name__: role(f, *of) for f, *of in [
    (steady, daemon), (slow, daemon), (visitors, daemon), (scrapes, port), (watch, daemon.pid), (loads,)]}
prints, reloads, began, begin = [], 0, time.monotonic(), daemon.status()
cpu = cpu_ns(daemon.pid) / 1e9
while time.monotonic() < began + MINUTES * 60:
    time.sleep(min(10, MINUTES))
    prints.append(footprint())
    check(daemon.process.poll() is None, f"sysperfd ended: {daemon.said()}")
    for name, (process, pipe) in roles.items():
        check(process.is_alive() and not pipe.poll(), f"{name} ended early")
    if len(prints) % 6 == 0:
        daemon.configure(configure(4 + reloads % 2))
        daemon.reload("was reloaded")
        reloads += 1
cpu, took, status = cpu_ns(daemon.pid) / 1e9 - cpu, time.monotonic() - began, daemon.status()
samples = int(status["recorded_samples"]) - int(begin["recorded_samples"])
print(f"{TASKS} tasks, {took / 60:.1f} minutes: {samples} samples of {took / DELAY:.0f} that there was time for, "
      f"{1000 * cpu / samples:.1f} ms of CPU each; {reloads} reloads")
calm.set()
done = result(roles.pop("loads"))
expected = all_over(done)
stop.set()
found = {name: result(r) for name, r in roles.items()}
check_alerts(expected, done, found["steady"][2])
print(f"viewers: {found['visitors']} came and went; the slow one read {found['slow'][0]} frames and lost {found['slow'][1]}; "
      f"{found['scrapes']} scrapes")
check(found["slow"][1] > 0, "the slow viewer is told what it lost")
status = daemon.status()
daemon.end()
frames, lost, _ = found["steady"]
check_gaps(frames, lost, "steady viewer")
recorded = {t // 1000000 for t, _ in check_recording(status)}
missing = [t for t, _ in frames if t // 1000000 not in recorded]
check(len(missing) <= int(status["not_recorded"]), f"the recording lacks {len(missing)} of the viewer's samples")
kb, descriptors, files = zip(*prints)
flat(kb, lambda v: v * 1.05 + 512, "RSS in kB")
flat(descriptors, lambda v: v + 4, "descriptors")
flat(files, lambda v: v * 1.1 + 32, "descriptors with files of tasks")
check_stalls(frames, found["watch"])
