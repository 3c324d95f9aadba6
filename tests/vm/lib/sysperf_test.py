# SPDX-License-Identifier: GPL-2.0-only
"""What the VM tests share: an independent reader of /dev/sysperf, written from
the description in include/uapi/sysperf.h and not from our own C, and loads
whose truth is known."""

import atexit
import ctypes as C
import errno
import faulthandler
import fcntl
import json
import mmap
import os
import re
import signal
import subprocess
import sys
import time

# A test that takes too long says where it is.
faulthandler.register(signal.SIGTERM, chain=True)

DEVICE = "/dev/sysperf"
ABI_VERSION = 2
HEADER, CPU, DISK, TASK, EXITED, END, TCP, MEMORY = range(1, 9)
RUNNING, RUNQ, IOWAIT, BLOCKED, SLEEPING = range(5)
BUCKETS, TASK_BUCKETS = 27 << 5, 27 << 2
U32, U64 = C.c_uint32, C.c_uint64


def struct(*fields):
    return type("Record", (C.Structure,), {"_fields_": [("type", U32), ("size", U32), *fields]})


class PmuCount(C.Structure):
    _fields_ = [("count", U64), ("running_ns", U64)]


class Pmu(C.Structure):
    _fields_ = [("enabled_ns", U64), ("event", PmuCount * 4)]


class Net(C.Structure):
    _fields_ = [(n, U64) for n in ("rx_bytes", "tx_bytes", "rx_packets", "tx_packets")]


class DiskIo(C.Structure):
    _fields_ = [(n, U64) for n in ("requests", "bytes", "errors", "latency_ns", "latency_max_ns", "queue_ns")] + [
        ("hist", U32 * BUCKETS)
    ]


RECORDS = {
    HEADER: struct(
        ("abi_version", U32), ("caps", U32), ("flags", U32), ("pmu_events", U32), ("now_ns", U64),
        ("mono_ns", U64), ("nr_tasks", U32), ("max_tasks", U32), ("map_bytes", U64),
        *[(f"lost_{n}", U64) for n in "tasks exited requests disks calls sockets events".split()],
        ("version", C.c_char * 32),
    ),
    CPU: struct(
        ("cpu", U32), ("online", U32), ("switches", U64), ("runq_wait_ns", U64),
        ("runq_wait_max_ns", U64), ("pmu", Pmu), ("runq_hist", U32 * BUCKETS),
    ),
    TCP: struct(
        ("cpu", U32), ("pad", U32), ("rtt_samples", U64), ("rtt_ns", U64), ("rtt_max_ns", U64),
        ("retransmits", U64), ("rtt_hist", U32 * BUCKETS),
    ),
    MEMORY: struct(
        ("reclaim_stalls", U64), ("reclaim_ns", U64), ("reclaim_max_ns", U64), ("oom_kills", U64),
        ("reclaim_hist", U32 * BUCKETS),
    ),
    DISK: struct(
        ("major", U32), ("minor", U32), ("name", C.c_char * 32), ("inflight", U32), ("pad", U32),
        ("oldest_ns", U64), ("io", DiskIo * 4),
    ),
    TASK: struct(
        *[(n, U32) for n in ("tid", "pid", "ppid", "uid", "flags", "exit_code", "cpu")],
        ("nice", C.c_int32), ("policy", U32), ("threads", U32), ("state", C.c_uint8),
        ("state_char", C.c_char), ("pad", C.c_uint16), ("io_inflight", U32), ("comm", C.c_char * 16),
        ("start_ns", U64), ("now_ns", U64), ("since_ns", U64), ("state_ns", U64 * 5),
        *[
            (n, U64)
            for n in (
                "utime_ns stime_ns nvcsw nivcsw min_flt maj_flt rss_bytes rchar wchar syscr syscw "
                "read_bytes write_bytes cancelled_write_bytes runq_wait_ns runq_wait_max_ns "
                "ios io_bytes io_errors io_ns io_max_ns cgroup_id"
            ).split()
        ],
        ("pmu", Pmu), ("net", Net * 2),
        ("reclaim_stalls", U64), ("reclaim_ns", U64), ("reclaim_max_ns", U64),
        ("runq_hist", U32 * TASK_BUCKETS), ("io_hist", U32 * TASK_BUCKETS),
        ("ended_cpu_ns", U64),
    ),
    END: struct(("nr_tasks", U32), ("nr_exited", U32)),
}
RECORDS[EXITED] = RECORDS[TASK]
IOC_INFO = 2 << 30 | C.sizeof(RECORDS[HEADER]) << 16 | 0xE5 << 8
IOC_MODE = 1 << 30 | 4 << 16 | 0xE5 << 8 | 1
FULL, CHANGES = range(2)
CHANGES_MAX = 16


def check(condition, message):
    if not condition:
        sys.exit(f"FAILED: {message}")


def fails(code, function, *args):
    """The call fails with that error; which is returned."""
    try:
        function(*args)
    except OSError as e:
        check(e.errno == code, f"{function.__name__}{args}: {e}, expected {errno.errorcode[code]}")
        return e
    return check(False, f"{function.__name__}{args} worked")


def eventually(condition, what, seconds=30):
    """It comes true; how soon is nobody's business."""
    end = time.monotonic() + seconds * max(COARSE, SLOWNESS)
    while not condition():
        check(time.monotonic() < end, what)
        time.sleep(0.05)


def say_more(files):
    """Until all who write those files have written on."""
    had = [os.fstat(f.fileno()).st_size for f in files]
    eventually(lambda: all(os.fstat(f.fileno()).st_size > n for f, n in zip(files, had)), "they say more")


# On a kernel that checks all it does nothing takes the time it should, and what
# is looked at twice has changed in between: it is there for its reports.
CHECKING = "-sysperf-" in os.uname().release
KERNEL = tuple(int(n) for n in re.match(r"(\d+)\.(\d+)", os.uname().release).groups())
COARSE = 8 if CHECKING else 1
SLOWNESS = int(os.environ.get("SYSPERF_SLOWNESS", "1"))


def near(got, want, pct, what):
    """got is within pct percent of want."""
    pct *= COARSE
    print(f"{what}: {got:.6g}, expected {want:.6g} within {pct} %", flush=True)
    check(got is not None and abs(got - want) <= abs(want) * pct / 100, what)


class Device:
    """/dev/sysperf held open, so that ended tasks are told to this reader."""

    def __init__(self):
        self.fd = os.open(DEVICE, os.O_RDONLY)

    def snapshot(self):
        data, pos = b"", 0
        while chunk := os.pread(self.fd, 1 << 20, pos):
            data += chunk
            pos += len(chunk)
        return Snapshot(data)

    def info(self):
        header = RECORDS[HEADER]()
        fcntl.ioctl(self.fd, IOC_INFO, header)
        return header

    def mode(self, mode):
        fcntl.ioctl(self.fd, IOC_MODE, U32(mode))

    def close(self):
        os.close(self.fd)


class Snapshot:
    def __init__(self, data):
        self.records, at = [], 0
        while at < len(data):
            kind, size = U32.from_buffer_copy(data, at).value, U32.from_buffer_copy(data, at + 4).value
            check(size >= C.sizeof(RECORDS[kind]) and size % 8 == 0, f"record {kind} of size {size}")
            self.records.append(RECORDS[kind].from_buffer_copy(data, at))
            at += size
        self.header, self.end = self.records[0], self.records[-1]
        check(self.header.type == HEADER and self.end.type == END, "header first, end last")
        check(self.header.abi_version == ABI_VERSION, "ABI version")
        check(self.end.nr_tasks == len(self.of(TASK)), "number of tasks")
        check(self.end.nr_exited == len(self.of(EXITED)), "number of ended tasks")

    def of(self, kind):
        return [r for r in self.records if r.type == kind]

    def task(self, tid, kind=TASK):
        found = [r for r in self.of(kind) if r.tid == tid]
        return found[0] if found else None

    def disk(self, name):
        found = [r for r in self.of(DISK) if r.name == name.encode()]
        return found[0] if found else None


class Region(C.Structure):
    _fields_ = [(n, U32) for n in ("type", "count", "stride", "offset")]


class Map(C.Structure):
    _fields_ = [("abi_version", U32), ("nr_regions", U32), ("region", Region * 8)]


def in_map(mapped, kind):
    """The records of a type that are in use in what the device's mapping holds."""
    head, found = Map.from_buffer_copy(mapped), []
    for region in head.region[:head.nr_regions]:
        for i in range(region.count if region.type == kind else 0):
            record = RECORDS[kind].from_buffer_copy(mapped, region.offset + i * region.stride)
            if record.type:
                found.append(record)
    return found


def state_pct(before, after):
    """Shares of the five states between two records of a task."""
    wall = after.now_ns - before.now_ns
    return [100 * (a - b) / wall for a, b in zip(after.state_ns, before.state_ns)]


class Load:
    """A Python function in a process of its own, ended with the test."""

    def __init__(self, function, *args, cpu=None):
        self.pid = os.fork()
        if self.pid == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            if cpu is not None:
                os.sched_setaffinity(0, {cpu})
            function(*args)
            os._exit(0)

    def stop(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def spin():
    while True:
        pass


def sleep_long():
    time.sleep(10000)


def write_file(path, text):
    with open(path, "w", encoding="ascii") as f:
        f.write(text)


def set_until_exit(path, text):
    """The guest is the next test's too."""
    with open(path, encoding="ascii") as f:
        atexit.register(write_file, path, f.read())
    write_file(path, text)


def no_huge_pages():
    """They would keep a slow guest busy with compaction for a minute on end."""
    path = "/sys/kernel/mm/transparent_hugepage/enabled"
    if not os.path.exists(path):  # -rt has none
        return
    with open(path, encoding="ascii") as f:
        atexit.register(write_file, path, re.search(r"\[(\w+)\]", f.read())[1])
    write_file(path, "never")


def let_starve(cpu):
    """No share of the CPU is kept for those whom real-time tasks starve."""
    set_until_exit("/proc/sys/kernel/sched_rt_runtime_us", "-1")
    fair_server = f"/sys/kernel/debug/sched/fair_server/cpu{cpu}/runtime"
    if os.path.exists(fair_server):  # 6.12 on
        set_until_exit(fair_server, "0")


def real_time():
    """Before all ordinary tasks, but not before an -rt kernel's own threads,
    of which some have this priority too, so in turns with them."""
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


def hog():
    real_time()
    spin()


def read_direct(path, count, block=4096):
    """count direct reads of a device; how long each took, in microseconds."""
    buf = mmap.mmap(-1, block)
    fd = os.open(path, os.O_RDONLY | os.O_DIRECT)
    took = []
    for i in range(count):
        begin = time.monotonic()
        os.preadv(fd, [buf], i * block)
        took.append((time.monotonic() - begin) * 1e6)
    os.close(fd)
    return took


def read_for_ever(path):
    while True:
        read_direct(path, 1000)


def run(*command, **kw):
    return subprocess.run(command, check=True, capture_output=True, text=True, **kw).stdout


def null_blk(**params):
    subprocess.run(["modprobe", "-rq", "null_blk"], check=False)  # another test's
    run("modprobe", "null_blk", *[f"{k}={v}" for k, v in params.items()])
    eventually(lambda: os.path.exists("/dev/nullb0"), "/dev/nullb0, which another test may still use")


def two_addresses(v6=False):
    """Of lo: a connection between them is none to an address of its own."""
    two = ("fd09::1", "fd09::2") if v6 else ("10.9.0.1", "10.9.0.2")
    there = run("ip", "addr", "show", "dev", "lo")
    for address in two:
        if f" {address}/" not in there:  # to replace one may take its route away
            run("ip", "addr", "add", address, "dev", "lo", *(["nodad"] if v6 else []))
    return two


def take(size):
    return mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE)


def take_and_give(share):
    """Holds that much memory, and takes and gives back more all the time."""
    held = take(share)
    while held:
        take(80 << 20).close()


def read_through_cache(path):
    """Fills the page cache, which is what can be reclaimed."""
    fd, at = os.open(path, os.O_RDONLY), os.getpid() << 20
    while True:
        at += len(os.pread(fd, 1 << 20, at))


def reclaimers():
    """Loads of which each has to reclaim memory."""
    no_huge_pages()
    null_blk(queue_mode=2, irqmode=0, gb=200)
    with open("/proc/meminfo", encoding="ascii") as f:
        available = next(int(line.split()[1]) << 10 for line in f if line.startswith("MemAvailable"))
    share = (available - (250 << 20)) // 2
    return [Load(take_and_give, share) for _ in "ab"] + [Load(read_through_cache, "/dev/nullb0") for _ in "ab"]


def process_state(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        return f.read().rpartition(")")[2].split()[0]


def cpu_time(pid):
    """Seconds of CPU time that a process used, threads that ended included."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        user, system = f.read().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def schedstat(pid):
    """(running ns, waiting ns, times run) of /proc/PID/schedstat."""
    with open(f"/proc/{pid}/schedstat", encoding="ascii") as f:
        return [int(n) for n in f.read().split()]


def frames(*args):
    """What sysperf prints as JSON."""
    return [json.loads(line) for line in run("sysperf", "-b", "--format", "json", *args).splitlines()]


def row(frame, pid):
    found = [t for t in frame["tasks"] if t["pid"] == pid]
    return found[0] if found else None
