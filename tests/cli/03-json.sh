#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# --format json: an object a line, with every key, whatever names tasks have.
set -euo pipefail
. "$(dirname "$0")/../lib/sh.sh"
. "$(dirname "$0")/../lib/named.sh"

# A task with a name that is neither UTF-8 nor polite.
named_task '"\\\xff\n\x1b'

build/sysperf --format json -n 2 -d 0.3 --source procfs |
	python3 -c '
import json, re, sys

victim = int(sys.argv[1])
lines = sys.stdin.buffer.read().decode("utf-8").split("\n")
assert len(lines) == 3 and lines[2] == "", len(lines)
for line in lines[:2]:
    s = json.loads(line, parse_constant=lambda c: sys.exit("constant " + c))
    assert s["schema"] == "sysperf/1"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", s["time"])
    assert 0.2 < s["interval_s"] < 30, s["interval_s"]
    assert s["host"] and s["kernel"]
    assert s["source"]["name"] == "procfs"
    assert s["source"]["kmod_version"] is None
    assert "kmod" not in s["source"]["capabilities"]
    assert isinstance(s["source"]["lost"], dict)
    for r in "cpu", "memory", "disk", "network":
        assert list(s["golden"][r]) == ["latency", "traffic", "errors",
                                        "saturation"]
        assert s["status"][r] in ("ok", "warning", "critical", None)
    assert s["golden"]["cpu"]["latency"]["runq_wait_p99_us"] is None
    assert s["golden"]["cpu"]["traffic"]["util_pct"] <= 100
    for k in "cpus", "disks", "nets", "cgroups", "tasks":
        assert isinstance(s[k], list), k
    assert [c["cpu"] for c in s["cpus"]] == sorted(c["cpu"] for c in s["cpus"])
    assert s["verdict"] is None or s["verdict"]["severity"] in ("warning",
                                                                "critical")
    t = {t["pid"]: t for t in s["tasks"]}
    assert t[victim]["comm"].startswith("\"\\\ufffd"), t[victim]["comm"]
    assert all(isinstance(p, int) for p in t)
    assert t[victim]["runq_wait_p99_us"] is None
    assert re.match(r"\d{4}-", t[victim]["started"])
    assert "exited" not in t[victim]
' "$named"

keys=$(build/sysperf --format json -n 1 -d 0.1 --fields pid,comm,cpu_pct --top 1 |
	python3 -c 'import json, sys; print(*json.load(sys.stdin)["tasks"][0])')
expect_eq "${keys% exited*}" "pid comm cpu_pct" "keys with --fields"
