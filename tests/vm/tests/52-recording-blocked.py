#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=900
"""The disk that sysperfd records to hangs: a suspended device under a file
system. Viewers have their frames as before, what is lost is counted and told,
and recording goes on when the disk does."""
import statistics
import sys

sys.path[:0] = ["tests/vm/lib", "tests/lib"]
import sysperfd
from block_test import *

sysperfd.PATIENCE = 300
DELAY = 0.2
SIZE = 128 << 11  # sectors
MOUNT, DIRECTORY = f"{sysperfd.directory}/disk", f"{sysperfd.directory}/disk/rec"
ELSEWHERE = f"{sysperfd.directory}/elsewhere"


def config(directory, sync="keys"):
    return f"[collection]\ndelay = {DELAY}\n[recording]\ndirectory = {directory}\nsync = {sync}\n[metrics]\nlisten = off\n"


def frames(n):
    """The median of their intervals, as the viewer has them."""
    for _ in range(2):  # what was on its way
        viewer.stdout.readline()
    lines = [viewer.stdout.readline() for _ in range(n)]
    check(all(lines), "the viewer ended")
    found = [json.loads(line) for line in lines]
    check(not any(f["source"]["lost"].get("frames") for f in found), f"lost frames: {found[-1]['source']['lost']}")
    return statistics.median(f["interval_s"] for f in found)


def suspend(*how):
    dmsetup("suspend", "slow", *how)


def resume():
    dmsetup("resume", "slow")


def hangs():
    """Frames go on while the disk hangs, until samples are lost."""
    lost, told = daemon.count("not_recorded"), daemon.said().count("does not keep up")
    before = frames(20)
    suspend(*how)
    atexit.register(resume)
    during = frames(80)
    print(f"intervals: {before:.3f} s, {during:.3f} s while the disk hangs")
    # An emulated machine is as fast as others let it be.
    check(during < 5 * max(before, DELAY), f"frames come every {during} s, and every {before} s before")
    sysperfd.wait_for("samples to be lost", lambda: daemon.count("not_recorded") > lost)
    check(daemon.count("recording_waits") > 10, "samples wait for the disk")
    sysperfd.wait_for("that to be told", lambda: daemon.said().count("does not keep up") == told + 1)


disk = NullDisk(memory_backed=1)
dmsetup("create", "slow", "--table", f"0 {SIZE} linear {disk.path} 0")
run("mkfs.ext4", "-q", "/dev/mapper/slow")
os.mkdir(MOUNT)
run("mount", "/dev/mapper/slow", MOUNT)
os.mkdir(DIRECTORY)
os.mkdir(ELSEWHERE)
daemon = sysperfd.Daemon(config(DIRECTORY))
viewer = subprocess.Popen(
    ["sysperf", "--format", "json", "-d", str(DELAY), "--top", "1", "--socket", daemon.path, "--source", "daemon"],
    stdout=subprocess.PIPE, text=True,
)
atexit.register(viewer.kill)

# Writes hang with the file system, and what forces them to the disk without it.
for how, sync in ((), "keys"), (("--nolockfs",), "all"):
    daemon.configure(config(DIRECTORY, sync))
    daemon.reload("was reloaded")
    again = daemon.said().count("again; samples")
    hangs()
    recorded = daemon.count("recorded_samples")
    resume()
    sysperfd.wait_for("recording to go on", lambda: daemon.said().count("again; samples") == again + 1)
    sysperfd.wait_for("samples", lambda: daemon.count("recorded_samples") > recorded + 70)

def threads():
    return len(os.listdir(f"/proc/{daemon.pid}/task"))


# Elsewhere while it hangs: what waits is written when it does not any more.
before = threads()
hangs()
waits = daemon.count("recording_waits")
recorded = daemon.count("recorded_samples")
daemon.configure(config(ELSEWHERE))
daemon.reload("was reloaded")
check(f"samples that are not in {DIRECTORY}: " in daemon.said(), "what waits is told")
sysperfd.wait_for("a recording elsewhere", lambda: daemon.count("recorded_samples") > 5)
check(ELSEWHERE in daemon.status()["recording"], "the path")
frames(5)
resume()


def read(directory):
    done = subprocess.run(["sysperf", "-r", directory, "-b", "--format", "json", "--top", "0"], capture_output=True, text=True, check=False)
    check(done.returncode == 0, f"reading {directory}: {done.stderr}")
    return len(done.stdout.splitlines())


sysperfd.wait_for("what waited to be written", lambda: threads() <= before)
check(read(DIRECTORY) >= recorded + waits, "what waited is written")

# It can be ended while the disk hangs, and what waits is told.
daemon.configure(config(DIRECTORY))
daemon.reload("was reloaded")
sysperfd.wait_for("a recording here again", lambda: daemon.count("recorded_samples") > 5)
suspend()
sysperfd.wait_for("samples to wait", lambda: daemon.count("recording_waits") > 5)
told = daemon.said().count("samples that are not in")
daemon.process.terminate()
sysperfd.wait_for("its end", lambda: daemon.said().count("samples that are not in") > told)
resume()
check(daemon.process.wait(60) == 0, "its end")
check(read(DIRECTORY) > recorded + waits, "nothing is damaged")
run("umount", MOUNT)
dmsetup("remove", "slow")
