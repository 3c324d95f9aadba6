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

ROUNDS = 8
SETTLED = 3  # rounds, after which nothing is to grow
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
daemon = subprocess.Popen(["sysperfd", "--config", "/tmp/sysperfd.conf", "--socket", SOCKET], stderr=open(LOG, "w"))
atexit.register(daemon.kill)
wait_for("sysperfd", lambda: "viewers at" in open(LOG).read())
viewer = subprocess.Popen(
    ["sysperf", "--format", "json", "-d", "0.2", "--top", "3", "--socket", SOCKET, "--source", "daemon"],
    stdout=subprocess.PIPE, text=True,
)
atexit.register(viewer.kill)
frames_until(has_kmod, "a frame of the module")
wait_for("privileges to be put down", lambda: "=ep" not in status()["capabilities"])

before = None
for i in range(ROUNDS):
    rmmod()
    frames_until(lambda f: not has_kmod(f), "a frame without the module")
    check("cap_sys_ptrace" in status()["capabilities"], "what /proc takes is not in effect")
    subprocess.run(["insmod", os.environ["SYSPERF_KO"]], check=True)
    frames_until(has_kmod, "a frame of the module again")
    now = footprint()
    print(f"round {i}: descriptors {now[0]}, RSS {now[1]} kB")
    if i == SETTLED:
        before = now
check(now[0] == before[0], f"descriptors: {before[0]} at first, {now[0]} now")
check(now[1] < before[1] * 1.1 + 1024, f"RSS: {before[1]} kB at first, {now[1]} kB now")
check(daemon.poll() is None, "sysperfd ended")
check(status()["source"] == "kmod", "the source")
daemon.terminate()
check(daemon.wait(30) == 0, "its end")
rmmod()
subprocess.run(["insmod", os.environ["SYSPERF_KO"]], check=True)
