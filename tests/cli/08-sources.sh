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
