# SPDX-License-Identifier: GPL-2.0-only
"""What the VM tests of block requests share, besides sysperf_test: devices of
known behaviour, and the kernel's own counters of them."""

import atexit
import contextlib

from sysperf_test import *

READ, WRITE, FLUSH, DISCARD = range(4)
CONFIGFS = "/sys/kernel/config"


def put(path, text):
    with open(path, "w", encoding="ascii") as f:
        f.write(str(text))


def wait_for(condition, what, seconds=30):
    for _ in range(seconds * 10 * SLOWNESS):
        if condition():
            return
        time.sleep(0.1)
    check(False, f"{what}: did not happen")


def null_disks():
    """Makes NullDisk possible. Return: the attributes they can have here."""
    loaded = "/sys/module/null_blk/parameters/nr_devices"
    if os.path.exists(loaded) and int(open(loaded, encoding="ascii").read()):
        wait_for(lambda: subprocess.run(["modprobe", "-r", "null_blk"], check=False).returncode == 0, "unloading null_blk")
    run("modprobe", "null_blk", "nr_devices=0")
    if not os.path.ismount(CONFIGFS):
        run("mount", "-t", "configfs", "configfs", CONFIGFS)
    with open(f"{CONFIGFS}/nullb/features", encoding="ascii") as f:
        return f.read().strip().split(",")


def dmsetup(verb, name, *args):
    """dmsetup that does by itself what udev would: the guest has none, but perhaps
    the socket of one that an earlier test ran."""
    run("dmsetup", verb, name, "--noudevsync", *args)
    if verb == "create":
        run("dmsetup", "mknodes")


class NullDisk:
    """A null_blk device with attributes of its own. Each has another number,
    and the first has the lowest: nullb0."""

    def __init__(self, index=0, **attributes):
        null_disks()
        self.dir = f"{CONFIGFS}/nullb/nullb{index}"
        os.mkdir(self.dir)
        for name, value in {"size": 256, **attributes}.items():
            put(f"{self.dir}/{name}", value)
        put(f"{self.dir}/power", 1)
        self.name = f"nullb{index}"
        self.path = f"/dev/{self.name}"
        wait_for(lambda: os.path.exists(self.path), self.path)
        self.set("scheduler", "none")
        atexit.register(self.remove, True)

    def set(self, attribute, value):
        put(f"/sys/block/{self.name}/queue/{attribute}", value)

    def remove(self, if_there=False):
        if os.path.exists(self.dir) or not if_there:
            os.rmdir(self.dir)


def kernel_name(path):
    """What the kernel calls a device."""
    number = os.stat(path).st_rdev
    return os.path.basename(os.path.realpath(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}"))


def diskstats(name):
    """Counters of /proc/diskstats: requests and sectors by operation."""
    with open("/proc/diskstats", encoding="ascii") as f:
        n = next([int(n) for n in line.split()[3:]] for line in f if line.split()[2] == name)
    return {READ: (n[0], n[2]), WRITE: (n[4], n[6]), DISCARD: (n[11], n[13]), FLUSH: (n[15], 0)}


class Delta:
    """What changed between two snapshots, or since one."""

    def __init__(self, device, before=None):
        self.device = device
        self.before = before or device.snapshot()

    def end(self):
        self.after = self.device.snapshot()
        check(self.after.header.lost_requests == self.before.header.lost_requests, "no request lost")
        return self

    def io(self, name, op):
        """A direction of a disk: every member's growth; None if it has no record."""
        old, new = (s.disk(name) for s in (self.before, self.after))
        if not new:
            return None
        grown = {}
        for member in "requests bytes errors latency_ns queue_ns".split():
            grown[member] = getattr(new.io[op], member) - (getattr(old.io[op], member) if old else 0)
        grown["hist"] = [a - (old.io[op].hist[i] if old else 0) for i, a in enumerate(new.io[op].hist)]
        check(sum(grown["hist"]) == grown["requests"], f"histogram of {name}, op {op}")
        check(new.inflight == 0, f"{name} has {new.inflight} in flight")
        return type("Io", (), grown)

    def task(self, tid):
        old, new = (s.task(tid) for s in (self.before, self.after))
        new = new or self.after.task(tid, EXITED)
        check(new, f"task {tid} is there")
        grown = {}
        for member in "ios io_bytes io_errors io_ns read_bytes write_bytes".split():
            grown[member] = getattr(new, member) - (getattr(old, member) if old else 0)
        hist = sum(new.io_hist) - (sum(old.io_hist) if old else 0)
        check(hist == grown["ios"], f"histogram of task {tid}")
        return type("Task", (), grown)

    def total(self):
        """Requests and bytes of all tasks, those that ended included."""
        now = {t.tid: t for t in self.after.of(EXITED) + self.after.of(TASK)}
        then = {t.tid: t for t in self.before.of(TASK)}
        ios = size = 0
        for tid, t in now.items():
            ios += t.ios - (then[tid].ios if tid in then else 0)
            size += t.io_bytes - (then[tid].io_bytes if tid in then else 0)
        return ios, size


def hist_low(index, sub=5):
    """The least value of a bucket, as include/uapi/sysperf.h describes them."""
    octave, step = divmod(index, 1 << sub)
    if octave == 0:
        return step * (1024 >> sub)
    return ((1 << sub) + step) << (octave - 1 + 10 - sub)


def percentile(hist, pct):
    """The middle of the bucket that a percentile falls in, nanoseconds."""
    rank, seen = sum(hist) * pct / 100, 0
    for index, n in enumerate(hist):
        seen += n
        if seen >= rank and n:
            return (hist_low(index) + hist_low(index + 1)) / 2
    return None


@contextlib.contextmanager
def opened(path, flags):
    fd = os.open(path, flags)
    try:
        yield fd
    finally:
        os.close(fd)


def direct(path, count, block=4096, write=False, flags=0, start=0):
    """count direct reads or writes, one after the other; how many failed."""
    buf, failed = mmap.mmap(-1, block), 0
    with opened(path, os.O_RDWR | os.O_DIRECT | flags) as fd:
        for i in range(count):
            try:
                (os.pwritev if write else os.preadv)(fd, [buf], start + i * block)
            except OSError:
                failed += 1
    return failed


def in_child(function, *args):
    """Call it in a process of its own; the process's id, when it is done."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            function(*args)
            status = 0
        finally:
            os._exit(status)
    check(os.waitpid(pid, 0)[1] == 0, f"{function.__name__} in a child")
    return pid


def read_at(path, sector):
    """Did one direct read of that sector succeed?"""
    return direct(path, 1, start=sector * 512) == 0


def errors_are_exact(device, name, path, bad, good=20, failing=7):
    """Reads of a disk, or of what lies on it, of which those of a bad sector fail:
    counted for the disk, for what lies on it and, once, for the task."""
    before = device.snapshot()
    check(all([read_at(path, 0) for _ in range(good)]), "the good sector is read")
    check(not any([read_at(path, bad & ~7) for _ in range(failing)]), "the bad one is not")
    after = device.snapshot()
    a, b = (s.disk(name).io[READ] for s in (before, after))
    mine = [s.task(os.getpid()) for s in (before, after)]
    print(path, "requests", b.requests - a.requests, "errors", b.errors - a.errors)
    check(b.requests - a.requests == good + failing, "requests of the device")
    check(b.errors - a.errors == failing, "errors of the device")
    check(mine[1].io_errors - mine[0].io_errors == failing, "errors of the task")
    check(mine[1].ios - mine[0].ios == good + failing, "requests of the task")
    above = kernel_name(path)
    if above == name:
        return
    its = [s.disk(above).io[READ] if s.disk(above) else None for s in (before, after)]
    grown = [getattr(its[1], m) - (getattr(its[0], m) if its[0] else 0) for m in ("requests", "errors")]
    check(grown == [0, failing], f"what lies on it has no requests of its own, but as many errors: {grown}")


def read_on(path):
    """Many reads at once."""
    os.execlp("fio", "fio", "--name=r", f"--filename={path}", "--rw=randread", "--bs=4k", "--direct=1", "--size=32m",
              "--ioengine=libaio", "--iodepth=32", "--time_based", "--runtime=1000", "--thread", "--output=/dev/null")


def settled(device, name):
    snap = device.snapshot()
    return snap.disk(name).inflight == 0 and all(t.io_inflight == 0 for t in snap.of(TASK))


def goes_and_comes_back(device, name, begin, power_off, end):
    """A disk under load, three times: nothing stays in flight, its record goes on."""
    done = 0
    for life in range(3):
        begin()
        reader = Load(read_on, f"/dev/{name}")
        wait_for(lambda: (d := device.snapshot().disk(name)) and d.inflight > 1 and d.io[READ].requests > done + 64, "load")
        put(*power_off)
        wait_for(lambda: settled(device, name), f"{name} is gone, nothing in flight")
        reader.stop()
        end()
        records = [d for d in device.snapshot().of(DISK) if d.name == name.encode()]
        check(len(records) == 1, "one record for all its lives")
        print(name, "life", life, "requests", records[0].io[READ].requests, "errors", records[0].io[READ].errors, flush=True)
        done = records[0].io[READ].requests
