#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# --format openmetrics: base units, labels escaped, an EOF a sample.
set -euo pipefail
. "$(dirname "$0")/../lib/sh.sh"
. "$(dirname "$0")/../lib/named.sh"

named_task 'a"\\\nb'
tmp=build/test-openmetrics.txt

build/sysperf --format openmetrics -n 2 -d 0.3 >"$tmp"
expect_eq "$(grep -c '^# EOF$' "$tmp")" 2 "samples"
expect_eq "$(tail -n 1 "$tmp")" "# EOF" "last line"
sed -i '1,/^# EOF$/d' "$tmp"
grep -Eq '^sysperf_cpu_util_ratio (0|1|0\.[0-9]+)$' "$tmp" || die "no sysperf_cpu_util_ratio"
grep -q "^sysperf_task_cpu_ratio{pid=\"$named\",.*comm=\"a\\\\\"\\\\\\\\\\\\nb\"" "$tmp" ||
	die "label: $(grep "pid=\"$named\"" "$tmp" | head -1)"
# Only base units, and every metric declared.
! grep -Eq '^sysperf_[a-z0-9_]*(_us|_pct|_per_s|_bits[a-z_]*)[{ ]' "$tmp" || die "not a base unit"
awk '/^# TYPE / { type[$3] = 1 } /^# HELP / { help[$3] = 1 }
	/^# UNIT / && $3 !~ $4 "$" { print "unit of " $3; bad = 1 }
	/^[a-z]/ { sub(/[{ ].*/, ""); if (!type[$0] || !help[$0]) { print "undeclared " $0; bad = 1 } }
	END { exit bad }' "$tmp" || die "declarations"
type -P promtool >/dev/null || exit 0
promtool check metrics <"$tmp"
