#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A real Prometheus scrapes sysperfd, evaluates the shipped rules and the
dashboard's queries, and fires an alert under a real load, which the journal,
the program of alerts and viewers are told of as well."""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

SHIPPED = "dkms/prometheus"
# What only the module measures, or not every machine has.
MAY_LACK = re.compile(
    r"_bucket$|^sysperf_alert$|^sysperf_disk_errors|_ecc_errors|_machine_checks|^sysperf_cgroup_|^instance|^sysperf_lost$"
    r"|^sysperf_network_rtt_mean|^sysperf_disk_mean|_psi_|^sysperf_device_|^sysperfd_.*recorded|^sysperf_task_(read|write)_bytes"
    r"|reclaim_stalls|steal|^sysperf_disk_(read|write)_bytes"
)
CONFIG = """
[collection]
source = procfs
delay = 0.5
[module]
load = no
[recording]
directory =
[metrics]
listen = 127.0.0.1:0
[alerts]
hook = {dir}/hook
[alert test-load]
when = tasks.cpu_pct > 1
on = stress-ng*
for = 1s
clear_for = 1s
severity = critical
summary = it is loaded
runbook = https://example.org/load
"""
children = []


def check(ok, what):
    if not ok:
        sys.exit(f"FAIL: {what}")


def wait_for(what, condition, seconds=60):
    until = time.monotonic() + seconds * float(os.environ.get("SYSPERF_SLOWNESS", "1"))
    while True:
        result = condition()
        if result:
            return result
        check(time.monotonic() < until, f"timed out waiting for {what}")
        time.sleep(0.2)


def start(log, *command):
    with open(log, "w", encoding="utf-8") as f:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=f, stderr=subprocess.STDOUT)
    children.append(child)
    return child


def get(port, path, **headers):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=30) as reply:
        return reply.read().decode(), reply.headers


def ask(port, query):
    text = get(port, "/api/v1/query?" + urllib.parse.urlencode({"query": query}))[0]
    return json.loads(text)["data"]["result"]


def text_of(path):
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as f:
        return f.read()


def promtool(*arguments, **more):
    run = subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False, **more)
    check(run.returncode == 0 and not run.stderr, f"promtool {arguments}: {run.stdout}{run.stderr}")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def status(sock):
    run = subprocess.run(["build/sysperfd", "--status", "--socket", sock], capture_output=True, text=True, check=False)
    return dict(line.split("=", 1) for line in run.stdout.splitlines() if "=" in line)


def frame(tmp):
    """As a viewer has it."""
    command = ["build/sysperf", "--source", "daemon", "--socket", f"{tmp}/sock", "--format", "json", "-n", "1", "-d", "0.5"]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def start_sysperfd(tmp):
    with open(f"{tmp}/sysperfd.conf", "w", encoding="utf-8") as f:
        f.write(CONFIG.format(dir=tmp))
    with open(f"{tmp}/hook", "w", encoding="utf-8") as f:
        f.write(f'#!/bin/sh\necho "$SYSPERF_STATE $SYSPERF_ALERT $SYSPERF_SEVERITY $SYSPERF_RUNBOOK" >>{tmp}/hooked\n')
    os.chmod(f"{tmp}/hook", 0o755)
    start(f"{tmp}/log", "build/sysperfd", "--config", f"{tmp}/sysperfd.conf", "--socket", f"{tmp}/sock")
    return int(wait_for("the port", lambda: int(status(f"{tmp}/sock").get("metrics_port", "0"))))


def start_prometheus(tmp, target):
    """As shipped, but for the target and the pace."""
    for name in os.listdir(SHIPPED):
        shutil.copy(f"{SHIPPED}/{name}", tmp)
    config = text_of(f"{tmp}/prometheus.yml")
    check("127.0.0.1:19118" in config and "15s" in config, "the shipped configuration")
    with open(f"{tmp}/prometheus.yml", "w", encoding="utf-8") as f:
        f.write(config.replace("127.0.0.1:19118", f"127.0.0.1:{target}").replace("15s", "1s"))
    promtool("check", "config", f"{tmp}/prometheus.yml")
    port = free_port()
    start(f"{tmp}/prometheus.log", "prometheus", f"--config.file={tmp}/prometheus.yml", f"--storage.tsdb.path={tmp}/tsdb",
          f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn")
    return port


def queries():
    """All that the dashboard asks, and the rules."""
    with open(f"{SHIPPED}/sysperf.dashboard.json", encoding="utf-8") as f:
        board = json.load(f)
    for panel in board["panels"]:
        for target in panel.get("targets", []):
            yield target["expr"].replace("$instance", ".*").replace("$__rate_interval", "5s")
    for annotation in board["annotations"]["list"]:
        yield annotation["expr"].replace("$instance", ".*")


def check_page(port):
    text, headers = wait_for("a page", lambda: page_or_none(port))
    check(headers["Content-Type"].startswith("text/plain; version=0.0.4"), headers["Content-Type"])
    promtool("check", "metrics", input=text)
    om, headers = get(port, "/metrics", Accept="application/openmetrics-text")
    check(headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0"), headers["Content-Type"])
    check(om.endswith("# EOF\n") and "# UNIT " in om, "OpenMetrics")
    tasks = len({line.split("}")[0].split("{")[1] for line in text.splitlines() if line.startswith("sysperf_task_")})
    check(1 <= tasks <= 12 * 5, f"{tasks} tasks")
    check("cache_miss" not in "".join(line for line in text.splitlines(True) if line.startswith("sysperf_task")), "private counters")


def page_or_none(port):
    try:
        return get(port, "/metrics")
    except urllib.error.HTTPError as e:
        check(e.code == 503, f"status {e.code}")
        return None


def check_queries(prometheus):
    with urllib.request.urlopen(f"http://127.0.0.1:{prometheus}/api/v1/label/__name__/values", timeout=30) as reply:
        names = set(json.load(reply)["data"])
    asked = 0
    for query in queries():
        ask(prometheus, query)  # an error if it is not understood
        for name in re.findall(r"\b(?:sysperfd?|instance)[a-z0-9_:]*", query.replace("instance=~", "").replace("(instance", "(")):
            if name == "instance":
                continue
            asked += 1
            check(name in names or MAY_LACK.search(name), f"no such metric: {name}")
    check(asked > 50, f"{asked} metrics asked for")
    rules = json.loads(get(prometheus, "/api/v1/rules")[0])["data"]["groups"]
    check(sum(len(g["rules"]) for g in rules) >= 20, "rules")
    for group in rules:
        for rule in group["rules"]:
            check(rule["health"] == "ok", rule)


def firing(prometheus):
    return ask(prometheus, 'ALERTS{alertname="SysperfAlert",alert="test-load",alertstate="firing"}')


def hooked(tmp, state):
    return f"{state} test-load critical https://example.org/load\n" in text_of(f"{tmp}/hooked")


def main(tmp):
    promtool("test", "rules", "tests/prometheus/rules_test.yml")
    port = start_sysperfd(tmp)
    check_page(port)
    prometheus = start_prometheus(tmp, port)
    wait_for("a scrape", lambda: ready(prometheus) and [r for r in ask(prometheus, "up") if r["value"][1] == "1"])
    wait_for("two scrapes", lambda: ask(prometheus, "rate(sysperfd_samples_total[10s]) > 0"))
    wait_for("rules", lambda: ask(prometheus, "instance_resource:sysperf_status_critical:ratio_5m"))
    check_queries(prometheus)
    check(not firing(prometheus), "fires without a load")

    load = start("/dev/null", "stress-ng", "--quiet", "--cpu", "2", "--timeout", "600")
    labels = wait_for("the alert", lambda: firing(prometheus))[0]["metric"]
    check(labels["severity"] == "critical" and labels["on"].startswith("stress-ng"), labels)
    wait_for("the hook", lambda: hooked(tmp, "firing"))
    check("critical test-load of stress-ng" in text_of(f"{tmp}/log"), "the log")
    check(int(status(f"{tmp}/sock")["alerts_fired"]) >= 1, "the status")
    rows = [a for a in frame(tmp)["alerts"] if a["name"] == "test-load"]
    check(rows and rows[0]["state"] == "firing" and rows[0]["value"] > 1 and rows[0]["since"], f"a viewer's: {rows}")
    load.send_signal(signal.SIGTERM)
    load.wait()
    wait_for("its end", lambda: hooked(tmp, "resolved"))
    wait_for("its end in Prometheus", lambda: not firing(prometheus))
    check("over: test-load" in text_of(f"{tmp}/log"), "the log of its end")


def ready(prometheus):
    try:
        return get(prometheus, "/-/ready")
    except OSError:
        return None


with tempfile.TemporaryDirectory() as directory:
    try:
        main(directory)
    finally:
        for process in children:
            process.terminate()
        for process in children:
            process.wait()
        sys.stdout.write(text_of(f"{directory}/log") + text_of(f"{directory}/prometheus.log"))
