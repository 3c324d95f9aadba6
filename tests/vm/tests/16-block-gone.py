#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A disk that goes and comes back under load: nothing stays in flight, its
record goes on. Requests of one that is offline are errors, all of them."""
import sys

sys.path.insert(0, "tests/vm/lib")
from block_test import *

device = Device()


def read_on(path):
    """Many reads at once."""
    os.execlp("fio", "fio", "--name=r", f"--filename={path}", "--rw=randread", "--bs=4k", "--direct=1", "--size=32m",
              "--ioengine=libaio", "--iodepth=32", "--time_based", "--runtime=1000", "--thread", "--output=/dev/null")


def settled(name):
    snap = device.snapshot()
    return snap.disk(name).inflight == 0 and all(t.io_inflight == 0 for t in snap.of(TASK))


def nullb_begin():
    NullDisk(irqmode=2, completion_nsec=2000000, size=64)


def nullb_end():
    os.rmdir(f"{CONFIGFS}/nullb/nullb0")


def scsi_begin():
    run("modprobe", "-a", "sd_mod")
    run("modprobe", "scsi_debug", "dev_size_mb=64", "ndelay=2000000", "max_queue=32")
    wait_for(lambda: os.path.exists("/dev/sda"), "/dev/sda")


def scsi_end():
    wait_for(lambda: subprocess.run(["modprobe", "-r", "scsi_debug"], check=False, capture_output=True).returncode == 0,
             "unloading scsi_debug")


for name, begin, power_off, end in (
    ("nullb0", nullb_begin, (f"{CONFIGFS}/nullb/nullb0/power", 0), nullb_end),
    ("sda", scsi_begin, ("/sys/block/sda/device/delete", 1), scsi_end),
):
    done = 0
    for life in range(3):
        begin()
        reader = Load(read_on, f"/dev/{name}")
        wait_for(lambda: (d := device.snapshot().disk(name)) and d.inflight > 1 and d.io[READ].requests > done + 64, "load")
        put(*power_off)
        wait_for(lambda: settled(name), f"{name} is gone, nothing in flight")
        reader.stop()
        end()
        records = [d for d in device.snapshot().of(DISK) if d.name == name.encode()]
        check(len(records) == 1, "one record for all its lives")
        print(name, "life", life, "requests", records[0].io[READ].requests, "errors", records[0].io[READ].errors, flush=True)
        done = records[0].io[READ].requests

# Offline: no driver sees the requests, whatever the scheduler.
run("modprobe", "scsi_debug", "dev_size_mb=64")
wait_for(lambda: os.path.exists("/dev/sda"), "/dev/sda")
for scheduler in "none", "mq-deadline":
    put("/sys/block/sda/queue/scheduler", scheduler)
    direct("/dev/sda", 1)

    def fail():
        buf = mmap.mmap(-1, 4096)
        for fd in fds:
            try:
                os.preadv(fd, [buf], 0)
                os._exit(1)
            except OSError:
                pass

    fds = [os.open("/dev/sda", os.O_RDONLY | os.O_DIRECT) for _ in range(9)]
    delta = Delta(device)
    put("/sys/block/sda/device/state", "offline\n")
    pid = in_child(fail)
    delta.end()
    io, task = delta.io("sda", READ), delta.task(pid)
    print("offline", scheduler, "requests", io.requests, "errors", io.errors, "task", task.ios, task.io_errors)
    check(io.requests == io.errors == 9, "each is an error of the disk")
    check(task.ios == task.io_errors == 9, "and of the task")
    put("/sys/block/sda/device/state", "running\n")
    for fd in fds:
        os.close(fd)
