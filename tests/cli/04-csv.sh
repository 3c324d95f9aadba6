#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# --format csv: RFC 4180, one head line for all samples.
set -euo pipefail
. "$(dirname "$0")/../lib/sh.sh"
. "$(dirname "$0")/../lib/named.sh"

named_task 'a"b,\nc'

build/sysperf --format csv -n 2 -d 0.3 --source procfs | python3 -c '
import csv, io, sys

victim = sys.argv[1]
text = io.TextIOWrapper(sys.stdin.buffer, "utf-8", newline="")
rows = list(csv.reader(text, strict=True))
head = rows[0]
assert head[:4] == ["time", "interval_s", "tid", "pid"], head
assert all(len(r) == len(head) for r in rows)
assert rows.count(head) == 1
assert len({r[0] for r in rows[1:]}) == 2
mine = [dict(zip(head, r)) for r in rows if r[3] == victim]
assert len(mine) == 2
assert mine[0]["comm"] == "a\"b,\nc", mine[0]["comm"]
assert mine[0]["runq_wait_p99_us"] == ""
' "$named"

expect_eq "$(build/sysperf --format csv -n 1 -d 0.1 --top 1 --fields pid,comm | head -1)" \
	"time,interval_s,pid,comm" "head line"
