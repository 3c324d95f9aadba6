#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
"""A process whose command line cannot be read, as it lies in swap on a disk that
hangs: what reads it waits for the disk. The collection does not; it knows the
process by its name until the disk answers."""
import sys

sys.path.insert(0, "tests/vm/lib")
from block_test import *

GROUP = "/sys/fs/cgroup/hung"
SIZE = 64 << 11  # sectors


def hangs(pid):
    """Have what it wrote to put into swap, its stack with its arguments on top, too,
    and stop the disk; so if they can only be read from there. That takes as many
    attempts as its pages were looked at before, and what left its tables may still
    be in memory for a while, on its way to the disk."""
    write_file(f"{GROUP}/memory.high", "max")
    write_file(f"{GROUP}/memory.high", "0")
    dmsetup("suspend", "swap")
    reader = subprocess.Popen(["cat", f"/proc/{pid}/cmdline"], stdout=subprocess.DEVNULL)
    atexit.register(reader.kill)
    try:
        reader.wait(2 * SLOWNESS)
    except subprocess.TimeoutExpired:
        return True
    dmsetup("resume", "swap")
    return False


def process_name(pid):
    with open(f"/proc/{pid}/comm", encoding="utf-8") as f:
        return f.read().rstrip("\n")


def sleeper(**how):
    child = subprocess.Popen(["sleep", "10000"], **how)
    atexit.register(child.wait)
    atexit.register(child.kill)
    eventually(lambda: process_name(child.pid) == "sleep", "sleep to be executed")
    return child


def frames_of(source):
    """Another one, of a sysperf that goes on."""
    run_on = subprocess.Popen(["build/sysperf", "-b", "-d", "0.5", "-n", "1000", "--format", "json", "--source", source],
                              stdout=subprocess.PIPE, text=True)
    atexit.register(run_on.kill)
    return run_on, (json.loads(line) for line in run_on.stdout)


def command(frame, pid):
    return row(frame, pid)["command"]


disk = NullDisk(memory_backed=1)
dmsetup("create", "swap", "--table", f"0 {SIZE} linear {disk.path} 0")
atexit.register(run, "dmsetup", "remove", "--noudevsync", "swap")
run("mkswap", "/dev/mapper/swap")
run("swapon", "/dev/mapper/swap")
atexit.register(run, "swapoff", "/dev/mapper/swap")
write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory")
os.mkdir(GROUP)
atexit.register(os.rmdir, GROUP)
for source in "procfs", "kmod":
    victim = sleeper(preexec_fn=lambda: write_file(f"{GROUP}/cgroup.procs", str(os.getpid())))
    atexit.register(dmsetup, "resume", "swap")
    eventually(lambda: hangs(victim.pid), "the victim to be in swap alone", 100)
    other = sleeper()
    ours, frames = frames_of(source)
    for _ in range(3):
        frame = next(frames)
        check(command(frame, victim.pid) == "[sleep]", f"{source}: {command(frame, victim.pid)} of who hangs")
    check(command(frame, other.pid) == "sleep 10000", f"{source}: {command(frame, other.pid)} of another")
    newcomer = sleeper()
    eventually(lambda: (row(next(frames), newcomer.pid) or {}).get("command") == "sleep 10000", f"{source}: one that comes later")
    dmsetup("resume", "swap")
    eventually(lambda: command(next(frames), victim.pid) == "sleep 10000", f"{source}: its command line, which can be read now")
    ours.kill()
    ours.wait()
    victim.kill()
    victim.wait()
    write_file(f"{GROUP}/memory.high", "max")
    print(f"{source}: well", flush=True)
