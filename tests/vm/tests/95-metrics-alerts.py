#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
# ALONE
"""What sysperfd tells Prometheus with the module: every request and every wait
is in a histogram, in the right bucket, and none is forgotten when the module is
loaded again; shipped alerts fire on failing requests and on hogs."""
import sys
import urllib.request

sys.path.insert(0, "tests/vm/lib")
from block_test import *

CONFIG = """
[collection]
delay = 0.2
[recording]
directory =
[metrics]
listen = 127.0.0.1:0
[alert cpu-warning]
for = 2s
clear_for = 1s
[alert disk-errors]
clear_for = 1s
"""
RUNQ = "sysperf_cpu_runq_wait_seconds"
REQUEST = "sysperf_disk_request_seconds"
# What a machine without load, ECC memory or recordings lacks.
MAY_LACK = re.compile(r"^sysperf_alert$|^instance|^sysperf_cgroup_|recorded|_ecc_errors|_machine_checks|_mean_seconds$|^sysperf_network_(rx|tx|drops|errors)|^sysperf_task_")


def status():
    lines = subprocess.run(["sysperfd", "--status", "--socket", SOCKET], capture_output=True, text=True, check=False).stdout
    return dict(line.split("=", 1) for line in lines.splitlines() if "=" in line)


def page():
    """{series: value}"""
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/metrics") as reply:
        lines = reply.read().decode().splitlines()
    return {s: float(v) for s, v in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}


def page_if(condition):
    """A page of which it is true, None if there is none."""
    try:
        p = page()
    except OSError:  # 503: no sample since the source was another one
        return None
    return p if condition(p) else None


def await_page(condition, what):
    found = []
    eventually(lambda: found.append(page_if(condition)) or found[-1], what)
    return found[-1]


def later(n=2):
    """A page of samples that were all taken after the call."""
    then = await_page(lambda p: True, "a page")["sysperfd_samples_total"]
    return await_page(lambda p: p["sysperfd_samples_total"] >= then + n, "samples")


def waits():
    return sum(sum(c.runq_hist) for c in device.snapshot().of(CPU))


def requests(p, disk, operation, part="count", le=""):
    return p.get(f'{REQUEST}_{part}{{device="{disk.name}",operation="{operation}"{le}}}', 0)


def alert(name, on):
    return lambda p: any(s.startswith(f'sysperf_alert{{alert="{name}",on="{on}"') and v == 2 for s, v in p.items())


directory = f"/tmp/sysperf-metrics-{os.getpid()}"
os.mkdir(directory)
SOCKET = f"{directory}/sock"
write_file(f"{directory}/conf", CONFIG)
device = Device()
disk = NullDisk(0, irqmode=2, completion_nsec=1500000)
bad = NullDisk(1, badblocks="+64-71")
direct(disk.path, 1)
first = waits()
daemon = subprocess.Popen(["sysperfd", "--config", f"{directory}/conf", "--socket", SOCKET])
atexit.register(daemon.kill)
eventually(lambda: int(status().get("metrics_port", 0)), "the port")
PORT = status()["metrics_port"]

# Requests are exact, in each bucket: as many as another reader of the module's own
# histogram finds below the bound, and none that takes 1.5 ms is below 1.
before = later()
middle = waits()
delta = Delta(device)
direct(disk.path, 200)
direct(disk.path, 100, write=True)
delta.end()
after = later()
for operation, op, n in ("read", READ, 200), ("write", WRITE, 100):
    hist = delta.io(disk.name, op).hist
    for shift in range(12, 34):
        bound = f',le="{((1 << shift) - 1) / 1e9:.9f}"'
        got = requests(after, disk, operation, "bucket", bound) - requests(before, disk, operation, "bucket", bound)
        want = sum(count for i, count in enumerate(hist) if hist_low(i) < 1 << shift)
        check(got == want and (shift > 20 or got == 0), f"{operation}s below {bound}: {got}, not {want}")
    check(got == requests(after, disk, operation) - requests(before, disk, operation) == n, f"{operation}s: {got}")
    took = requests(after, disk, operation, "sum") - requests(before, disk, operation, "sum")
    near(took, delta.io(disk.name, op).latency_ns / 1e9, 0.001, f"sum of {operation}s")

# So are waits, as near as two readers can agree on the moment.
counted = after[f"{RUNQ}_count"]
last = waits()
print("waits", first, middle, last, "counted", counted)
check(middle - first >= 0 and counted <= last - first, "no wait counts twice")
enough = later()[f"{RUNQ}_count"]
check(enough >= last - middle, "no wait is left out")
check(after[f'{RUNQ}_bucket{{le="+Inf"}}'] == counted, "the last bucket has all")

# Everything that the rules and the dashboard ask for is there.
names = {s.split("{")[0] for s in after}
with open("dkms/prometheus/sysperf.dashboard.json", encoding="utf-8") as f:
    asked = " ".join(t["expr"] for p in json.load(f)["panels"] for t in p.get("targets", []))
for rules in "sysperf.rules.yml", "sysperf.alerts.yml":
    with open(f"dkms/prometheus/{rules}", encoding="utf-8") as f:
        asked += " ".join(re.findall(r"(?:expr:|^ {10,})(.*)", f.read(), re.M))
missing = {n for n in re.findall(r"\b(?:sysperfd?_[a-z0-9_]+)(?![a-z0-9_:])", asked) if n not in names and not MAY_LACK.search(n)}
missing = {n for n in missing if f":{n}:" not in asked}
check(not missing, f"no such metrics: {missing}")
run("promtool", "check", "metrics", input=urllib.request.urlopen(f"http://127.0.0.1:{PORT}/metrics").read().decode())

# Alerts as shipped, but for their patience. A host that stalls this machine has
# its tasks wait, which is told, and then it ends by itself.
await_page(lambda p: not any(s.startswith("sysperf_alert{") and v == 2 for s, v in p.items()), "no alert without cause")
check(not read_at(bad.path, 64), "the bad sector is not read")
await_page(alert("disk-errors", bad.name), "the alert of a request that failed")
await_page(lambda p: not alert("disk-errors", bad.name)(p), "its end")
hogs = [Load(spin) for _ in range(4 * os.cpu_count())]
await_page(alert("cpu-warning", ""), "the alert of hogs")
for h in hogs:
    h.stop()
await_page(lambda p: not alert("cpu-warning", "")(p), "its end")

# Counters go on where they were when the module comes again.
before = later()
device.close()
eventually(lambda: subprocess.run(["rmmod", "sysperf"], check=False).returncode == 0, "sysperfd lets the module go")
without = await_page(lambda p: p['sysperf_capability{capability="kmod"}'] == 0, "a page without the module")
check(f"{RUNQ}_count" not in without, "absent is not zero")
run("insmod", os.environ["SYSPERF_KO"])
await_page(lambda p: p['sysperf_capability{capability="kmod"}'] == 1, "the module again")
direct(disk.path, 50)
again = later()
check(again[f"{RUNQ}_count"] >= before[f"{RUNQ}_count"], "waits fell")
check(again["sysperf_cpu_context_switches_total"] > before["sysperf_cpu_context_switches_total"], "switches fell")
got = requests(again, disk, "read") - requests(before, disk, "read")
check(0 <= got <= 50, f"reads after the module came again: {got}")
daemon.terminate()
check(daemon.wait() == 0, "sysperfd ends well")
