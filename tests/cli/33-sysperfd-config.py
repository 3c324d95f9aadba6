#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=200
"""sysperfd's command line and configuration: what is wrong is told with file
and line; a reload is all or nothing."""
import sys
import urllib.error
import urllib.request

sys.path.insert(0, "tests/lib")
from sysperfd import *


def run(*args, status=0, stdin=None):
    p = subprocess.run(["build/sysperfd", *args], capture_output=True, text=True, timeout=PATIENCE)
    check(p.returncode == status, f"{args}: status {p.returncode}, not {status}: {p.stderr}")
    check(status == 0 or not p.stdout, f"{args}: something on stdout")
    check(not p.stderr or p.stderr.startswith("sysperfd: "), f"{args}: {p.stderr}")
    return p.stdout if status == 0 else p.stderr


def file(content):
    path = f"{directory}/some.conf"
    with open(path, "w") as f:
        f.write(content)
    return path


help = run("--help")
for option in "--config --socket --stdio --check-config --print-config --status --load-module -V".split():
    check(option in help, f"help lacks {option}")
check(run("-V").startswith("sysperfd "), "version")
run("--nonsense", status=1)
run("--config", status=1)
run("more", status=1)
check("no sysperfd is running" in run("--status", "--socket", f"{directory}/none", status=1), "nobody there")

# What is printed is a file that says the same, and is the one that is shipped.
bad = file("[viewers]\nmax = 3\nmax = 4\n")
shipped = run("--print-config", "--config", file(""))
check(shipped == open("dkms/sysperfd.conf").read(), "dkms/sysperfd.conf is not what --print-config says")
changed = run("--print-config", "--config", file("[viewers]\nmax = 3\n"))
check("\nmax = 3\n" in changed and changed == run("--print-config", "--config", file(changed)), "not the same again")
for text, words in {
    "[viewers]\nmax = 3\nmax = 4\n": "3: max is there already",
    "[viewers]\n\nmaximum = 3\n": "3: no key 'maximum' in [viewers]",
    "[collection]\nthresholds = /etc/passwd\n": "/etc/passwd:1: ",
}.items():
    path = file(text)
    said = run("--check-config", "--config", path, status=1)
    check(words in said, f"'{said}' does not say '{words}'")
    check(run("--config", path, "--socket", f"{directory}/x", status=1) == said, "a start says the same")
run("--check-config", "--config", file(shipped))
check("/no.conf: cannot open" in run("--check-config", "--config", f"{directory}/no.conf", status=1), "no file")

# SIGHUP. One viewer may be there, then two.
daemon = Daemon("[viewers]\nmax = 1\n")
one = Viewer(daemon, 100)


def full():
    v = Viewer(daemon)
    v.send(request(HELLO, 100))
    try:
        return "too many viewers" in v.next()[1].decode(errors="replace")
    finally:
        v.close()


wait_for("the limit", full)
daemon.configure("[viewers]\nmax = 5\n[collection]\ndelay = soon\n")
daemon.reload("the configuration stays as it was")
check(f"{daemon.config}:6: delay is 'soon'" in daemon.said(), daemon.said())
check(full(), "a bad file took effect in part")
one.frame()
daemon.configure("[viewers]\nmax = 5\n")
daemon.reload("the configuration was reloaded")
wait_for("the new limit", lambda: not full())
one.frame()
check(one.lost == 0, "a reload costs a frame")

# Other thresholds judge at once, without another collection.
judge = file("[thresholds]\nhysteresis_pct = 33\n")
samples = daemon.count("samples")
daemon.configure(f"[collection]\ndelay = off\nthresholds = {judge}\n[viewers]\nmax = 5\n")
old = one.welcome
daemon.reload("the configuration was reloaded")
said = [one.next() for _ in range(20)]  # the last reload's may be among them
check(any(kind == WELCOME and payload != old for kind, payload in said), "that others judge now is told")
check(daemon.count("collections") == 1, "no other collection")
daemon.end()

# What a reload does not change goes on: an alert that is not due yet counts on,
# and metrics are those of the last sample until there is another.
METRICS = "[collection]\ndelay = 0.5\n[recording]\ndirectory =\n[metrics]\nlisten = 127.0.0.1:0\n"
daemon = Daemon(METRICS)


def page():
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{daemon.status()['metrics_port']}/metrics") as reply:
            return reply.status
    except urllib.error.HTTPError as e:
        return e.code


def reload_and_ask():
    daemon.reload("the configuration was reloaded")
    check(page() == 200, "no metrics after a reload")
    return daemon.count("alerts_fired") == 1


wait_for("metrics", lambda: page() == 200)
daemon.configure(METRICS + "[alert always]\nwhen = golden.memory.used_pct > 0\nfor = 3s\n")
wait_for("an alert in spite of reloads", reload_and_ask)
daemon.end()
