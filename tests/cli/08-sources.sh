#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# --source and --require: what fails, with which status and message.
set -euo pipefail
. "$(dirname "$0")/../lib/sh.sh"

says() { # STATUS PATTERN COMMAND…
	local status=$1 pattern=$2 err
	shift 2
	err=$(expect_status "$status" "$@" 2>&1 >/dev/null) || die "$err"
	[[ $err =~ ^sysperf:\ .*$pattern ]] || die "message of '$*': $err"
}

expect_eq "$(build/sysperf --format json -n 1 -d 0.1 --source procfs --top 0 | grep -o '"name":"procfs"')" \
	'"name":"procfs"' "source"
says 2 'no sysperfd' build/sysperf -b --source daemon
says 3 'capability kmod is missing' build/sysperf -b --source procfs --require kmod
says 3 'capability pmu is missing' build/sysperf -b --source procfs --require pmu
if [[ ! -e /dev/sysperf ]]; then
	says 2 '.' build/sysperf -b --source kmod
	says 3 'capability kmod is missing: .' build/sysperf -b --require kmod
fi

# A key that nothing here measures is told of once; the samples are as ever.
told() { # KEY OPTION…
	local key=$1 err
	shift
	err=$(expect_status 0 build/sysperf -b -n 2 -d 0.1 --source procfs --top 3 "$@" 2>&1 >/dev/null)
	expect_eq "$err" "${key:+sysperf: $key is not measured here (sysperf doctor says why)}" "stderr with $*"
}
told runq_wait_p99_us -o runq_wait_p99_us
told ios_per_s --format json --filter 'cpu_pct >= 0' --filter 'ios_per_s > 1'
told '' -o rss_bytes --filter 'cpu_pct > 1000' --filter 'comm ~ x'
if [[ $(</proc/sys/kernel/task_delayacct) == 0 ]]; then
	told iowait_pct --filter 'iowait_pct > 20'
fi
