#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A usage error: status 1, one line "sysperf: …" on stderr, nothing on stdout.
set -euo pipefail
. "$(dirname "$0")/../lib/sh.sh"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

refused() {
	local status=0
	build/sysperf "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
	expect_eq "$status" 1 "status of: $*"
	expect_eq "$(wc -c <"$tmp/out")" 0 "bytes on stdout of: $*"
	expect_eq "$(wc -l <"$tmp/err")" 1 "lines on stderr of: $*"
	grep -q '^sysperf: .' "$tmp/err" || die "stderr of '$*': $(<"$tmp/err")"
}

refused -Z
refused --no-such-option
refused -b -n 0
refused -b -n 3x
refused -b -n
refused -b -d 0
refused -b -d 0.01
refused -b -d -1
refused -b -d 1s
refused --format xml
refused -b --fields nosuch
refused -b -o nosuch
refused -b --filter 'cpu_pct'
refused -b --filter 'cpu_pct > many'
refused -b -p 0
refused -b -u no-such-user-here
refused -b --top -1
refused -b -w 1
refused -b --source nosuch
refused -b --require nosuch
refused nosuchverb
refused doctor again
refused -b 1 2 3
refused -r
refused -r ''
refused -b --begin 12:00
refused -b -r file --begin noon
refused -b -r file --end 25:00
refused record
refused record a b
refused record -r a b
refused report
refused report a b
refused report '' --html x
refused report a --html ''
refused report a --format json
refused report a --threshold 5
refused report -r a a
refused diff
refused diff a
refused diff a b c
refused diff a b --threshold -1
refused diff a b --threshold 5%
refused diff a b --format csv
refused diff a b --html x
refused -b --html x
refused -b --threshold 5

# The live screen without a terminal: it says what to do instead.
refused
grep -q -- '-b' "$tmp/err" || die "no hint at -b: $(<"$tmp/err")"
# The key that was meant.
refused -b --fields rss
grep -q rss_bytes "$tmp/err" || die "no hint at rss_bytes: $(<"$tmp/err")"
