#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# How batch output ends: done, interrupted, reader gone, disk full.
set -euo pipefail
. "$(dirname "$0")/../lib/sh.sh"

expect_status 0 build/sysperf -b 0.1 2 >/dev/null

for sig in INT TERM; do
	# Without job control a background job ignores SIGINT; env undoes that.
	env --default-signal=INT build/sysperf --format csv -d 30 >/dev/null &
	pid=$!
	sleep 1
	kill -$sig $pid
	status=0
	wait $pid || status=$?
	expect_eq $status 0 "status after SIG$sig"
done

# A reader that goes away ends it at once, not at the next sample.
SECONDS=0
build/sysperf -b -d 60 | true
((SECONDS < 30)) || die "waited for the next sample after the reader went away"
set +e
build/sysperf --format json -d 0.1 2>/dev/null | head -n 1 >/dev/null
statuses=${PIPESTATUS[*]}
set -e
expect_eq "$statuses" "0 0" "status of a closed pipe"

err=$(expect_status 2 build/sysperf -b -n 1 -d 0.1 2>&1 >/dev/full)
[[ $err == "sysperf: "* ]] || die "message of a full disk: $err"
err=$(expect_status 2 build/sysperf -h 2>&1 >/dev/full)
[[ $err == "sysperf: "* ]] || die "message of a full disk: $err"

# Nowhere to write to: what is opened next must not take its place.
for args in '-b -n 1 -d 0.1' '--format json -n 1 -d 0.1' -h --list-fields doctor; do
	# shellcheck disable=SC2086
	err=$(expect_status 2 build/sysperf $args 2>&1 >&-)
	[[ $err == "sysperf: cannot write: "* && $(wc -l <<<"$err") == 1 ]] || die "message of a closed output with $args: $err"
done
expect_status 1 build/sysperf -Z 2>/dev/null >&-
expect_status 1 build/sysperf 2>/dev/null >&-
expect_status 0 build/sysperf -b -n 1 -d 0.1 <&- 2>&- >/dev/null
