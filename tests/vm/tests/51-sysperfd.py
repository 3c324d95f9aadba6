#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
"""The module is unloaded and loaded under a sysperfd that serves a viewer: it
lets the module go, carries on with /proc, and takes the module up again. It
neither ends nor leaks, and has the privileges that /proc takes only then."""
import atexit
import json
import os
import subprocess
import sys
import time

ROUNDS = 12  # of which the latter half is to hold no more than the first
SOCKET = "/tmp/sysperfd.sock"
LOG = "/tmp/sysperfd.log"


def die(why):
    print(why, file=sys.stderr)
    print(open(LOG).read(), file=sys.stderr)
    sys.exit(1)


def check(condition, why):
    if not condition:
        die(why)


def status():
    text = subprocess.run(
        ["sysperfd", "--status", "--socket", SOCKET], check=True, capture_output=True, text=True
    ).stdout
    return dict(line.split("=", 1) for line in text.splitlines())


def wait_for(what, condition):
    until = time.monotonic() + 60
    while not condition():
        if time.monotonic() > until:
            die(f"timed out waiting for {what}")
        time.sleep(0.1)


def has_kmod(frame):
    return "kmod" in frame["source"]["capabilities"]


def frames_until(condition, what):
    """Frames keep coming meanwhile: as many as it may take, then it is an error."""
    for n in range(100):
        line = viewer.stdout.readline()
        check(line, f"the viewer ended before {what}")
        if condition(json.loads(line)):
            return n
    die(f"100 frames without {what}")


def rmmod():
    """It is in use only while it is being read."""
    for _ in range(50):
        if subprocess.run(["rmmod", "sysperf"], stderr=subprocess.DEVNULL).returncode == 0:
            return
        time.sleep(0.05)
    die("the module cannot be unloaded")


def footprint():
    rss = [int(l.split()[1]) for l in open(f"/proc/{daemon.pid}/status") if l.startswith("VmRSS")][0]
    return len(os.listdir(f"/proc/{daemon.pid}/fd")), rss


with open("/tmp/sysperfd.conf", "w") as f:
    f.write("[recording]\ndirectory =\n")
# What is freed goes back at once, so that RSS is what is held.
freed = {"MALLOC_TRIM_THRESHOLD_": "4096", "MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_ARENA_MAX": "1"}
daemon = subprocess.Popen(
    ["sysperfd", "--config", "/tmp/sysperfd.conf", "--socket", SOCKET], stderr=open(LOG, "w"), env={**os.environ, **freed}
)
atexit.register(daemon.kill)
wait_for("sysperfd", lambda: "viewers at" in open(LOG).read())
viewer = subprocess.Popen(
    ["sysperf", "--format", "json", "-d", "0.2", "--top", "3", "--socket", SOCKET, "--source", "daemon"],
    stdout=subprocess.PIPE, text=True,
)
atexit.register(viewer.kill)
frames_until(has_kmod, "a frame of the module")
wait_for("privileges to be put down", lambda: "=ep" not in status()["capabilities"])

seen = []
for i in range(ROUNDS):
    rmmod()
    frames_until(lambda f: not has_kmod(f), "a frame without the module")
    check("cap_sys_ptrace" in status()["capabilities"], "what /proc takes is not in effect")
    subprocess.run(["insmod", os.environ["SYSPERF_KO"]], check=True)
    frames_until(has_kmod, "a frame of the module again")
    seen.append(footprint())
    print(f"round {i}: descriptors {seen[-1][0]}, RSS {seen[-1][1]} kB")
# A single round may find one in the middle of a sample: what leaks raises the
# least of them.
first, last = ([min(column) for column in zip(*half)] for half in (seen[: ROUNDS // 2], seen[ROUNDS // 2 :]))
check(last[0] <= first[0], f"descriptors: {first[0]} at first, {last[0]} at the end")
check(last[1] < first[1] * 1.1, f"RSS: {first[1]} kB at first, {last[1]} kB at the end")
check(daemon.poll() is None, "sysperfd ended")
check(status()["source"] == "kmod", "the source")
daemon.terminate()
check(daemon.wait(30) == 0, "its end")
rmmod()
subprocess.run(["insmod", os.environ["SYSPERF_KO"]], check=True)
