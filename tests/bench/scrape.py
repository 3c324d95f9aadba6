#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What a scrape of sysperfd costs beside those of node_exporter and
process-exporter, with many processes of which one in a hundred is busy: in the
VM, whose CPU time counts instructions, so that figures repeat. sysperfd takes
its samples whether it is scraped or not; they are told of apart.

    scrape.py [PROCESSES…]      1000 and 10000 by default
    scrape.py --here N…         on this machine, as it is
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, "tests/lib")
from cpu import cpu_ns

EVERY = 100
SCRAPES, SAMPLES = 20, 10
DELAY = 2  # of the machine's seconds; an emulated one skips what it sleeps
EACH = 15  # samples to a scrape, as shipped
# Over node_exporter and process-exporter together, which look once a scrape.
BUDGET = 1 / 10
PORTS = {"sysperfd": 9124, "node_exporter": 9125, "process-exporter": 9126}


def scrape(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as reply:
        return reply.read()


def await_first(port):
    for _ in range(600):
        try:
            return scrape(port)
        except OSError:
            time.sleep(0.5)
    return sys.exit(f"FAIL: nothing answers at {port}")


def commands(directory):
    """(name, command) of those that are here."""
    with open(f"{directory}/sysperfd.conf", "w", encoding="ascii") as f:
        f.write(f"[collection]\ndelay = {DELAY}\n[module]\nload = no\n[recording]\ndirectory =\n[metrics]\nlisten = 127.0.0.1:{PORTS['sysperfd']}\n")
    with open(f"{directory}/process.yml", "w", encoding="ascii") as f:
        f.write('process_names:\n  - name: "{{.Comm}}"\n    cmdline: [".+"]\n')
    sysperfd = shutil.which("sysperfd") or "build/sysperfd"
    yield "sysperfd", [sysperfd, "--config", f"{directory}/sysperfd.conf", "--socket", f"{directory}/sock"]
    yield "node_exporter", ["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{PORTS['node_exporter']}"]
    yield "process-exporter", [
        "prometheus-process-exporter", f"--config.path={directory}/process.yml", f"--web.listen-address=127.0.0.1:{PORTS['process-exporter']}"]


def ours(pid, port):
    """(ns of a scrape, ns of a sample): samples are counted apart, and taken off."""
    def samples():
        return int(float(next(line for line in scrape(port).decode().splitlines() if line.startswith("sysperfd_samples_total")).split()[1]))

    time.sleep(3 * DELAY)
    first, before = samples(), cpu_ns(pid)
    time.sleep(SAMPLES * DELAY)
    idle = cpu_ns(pid) - before  # nobody asks in the meantime
    sample = idle / (samples() - first)
    first, before = samples(), cpu_ns(pid)
    for _ in range(SCRAPES):
        time.sleep(DELAY)  # so that each page is made anew
        scrape(port)
    total = cpu_ns(pid) - before
    return (total - sample * (samples() - first)) / SCRAPES, sample


def theirs(pid, port):
    scrape(port)
    before = cpu_ns(pid)
    for _ in range(3):
        scrape(port)
    return (cpu_ns(pid) - before) / 3


def table(n, directory):
    print(f"\nA scrape, {n} processes{'':20} {'M instr.':>9} {'bytes':>9}", flush=True)
    costs = {}
    for name, command in commands(directory):
        if not shutil.which(command[0]):
            print(f"{name:40} {'-':>9}   (not installed)", flush=True)
            continue
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            size = len(await_first(PORTS[name]))
            if name == "sysperfd":
                costs[name], costs["sample"] = ours(process.pid, PORTS[name])
            else:
                costs[name] = theirs(process.pid, PORTS[name])
            process.kill()
        print(f"{name:40} {costs[name] / 1e6:9.2f} {size:9}", flush=True)
    print(f"{'(sysperfd, a sample, scraped or not)':40} {costs['sample'] / 1e6:9.2f}")
    peers = [costs[k] for k in ("node_exporter", "process-exporter") if k in costs]
    if len(peers) < 2:
        return False
    ratio = costs["sysperfd"] / sum(peers)
    all_in = (costs["sysperfd"] + EACH * costs["sample"]) / sum(peers)
    print(f"of both others: {ratio:.4f}; with the samples of {EACH} seconds {all_in:.4f}: {'OVER' if all_in > BUDGET else 'within'} {BUDGET:.3g}",
          flush=True)
    return all_in > BUDGET


def here(sizes):
    failed = False
    for n in sizes:
        load = subprocess.Popen(["build/bench-scale", n, str(EVERY)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        try:
            if load.stdout.readline() != b"ready\n":
                sys.exit("FAIL: the load did not start")
            with tempfile.TemporaryDirectory() as directory:
                failed |= table(int(n), directory)
        finally:
            load.stdin.close()
            load.wait()
    return failed


def main():
    if sys.argv[1:2] == ["--here"]:
        sys.exit(here(sys.argv[2:]))
    sizes = sys.argv[1:] or ["1000", "10000"]
    os.makedirs("build", exist_ok=True)
    subprocess.run([os.environ.get("CC", "gcc"), "-O2", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE", "-static", "-pthread",
                    "-o", "build/bench-scale", "tests/bench/scale.c"], check=True)
    setup = "sysctl -qw kernel.pid_max=200000 kernel.threads-max=200000 vm.max_map_count=200000; ulimit -u unlimited"
    env = {"VM_TIMEOUT": "3000", "VM_ARGS": "-m 6G", **os.environ, "VM_ICOUNT": "1"}
    vm = subprocess.run(["tests/vm/run.sh", f"{setup}; tests/bench/scrape.py --here {' '.join(sizes)}"], env=env, check=False)
    sys.exit(vm.returncode)


main()
