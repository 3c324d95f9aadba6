#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Configuration files: which are read and in what order, what is refused, and
# that thresholds decide about the verdict.
set -euo pipefail
. "$(dirname "$0")/../lib/sh.sh"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"; kill $(jobs -p) 2>/dev/null || true' EXIT
export XDG_CONFIG_HOME=$tmp/xdg
mkdir -p "$tmp/xdg/sysperf"

refused() { # PATTERN COMMAND…
	local status=0 pattern=$1
	shift
	"$@" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
	expect_eq "$status" 1 "status of: $*"
	expect_eq "$(wc -c <"$tmp/out")" 0 "bytes on stdout of: $*"
	expect_eq "$(wc -l <"$tmp/err")" 1 "lines on stderr of: $*"
	grep -q "^sysperf: .*$pattern" "$tmp/err" || die "stderr of '$*': $(<"$tmp/err")"
}

in_force() { # KEY [OPTION…]
	local key=$1
	shift
	build/sysperf --print-config "$@" | sed -n "s/^$key = //p"
}

# What is printed is a file that says the same.
build/sysperf --print-config >"$tmp/printed"
build/sysperf --print-config --config "$tmp/printed" | cmp - "$tmp/printed" || die "printed, read and printed again"
(($(grep -c '^[a-z_]* = ' "$tmp/printed") > 30)) || die "too few keys"

grep -qx '\[screen\]' "$tmp/printed" || die "no section of the screen"
printf '[screen]\ntheme = mono\ndelay = 2.5\n' >"$tmp/xdg/sysperf/config"
expect_eq "$(in_force theme)" mono "theme in one's own file"
expect_eq "$(in_force delay)" 2.5 "delay in one's own file"

# One's own file, and one that is named instead.
usual=$(in_force steal_warning)
printf '[thresholds]\nsteal_warning = 7\n' >"$tmp/xdg/sysperf/config"
printf '[thresholds]\nthrottled = off\n' >"$tmp/named"
expect_eq "$(in_force steal_warning)" 7 "one's own file"
expect_eq "$(in_force steal_warning --config "$tmp/named")" "$usual" "a named file is read instead"
expect_eq "$(in_force throttled_critical --config "$tmp/named")" off "the named file"

refused "$tmp/none: cannot open: No such file" build/sysperf -b -n 1 --config "$tmp/none"
refused "$tmp: cannot read: Is a directory" build/sysperf --format json -n 1 --config "$tmp"
printf '[thresholds]\n\nsteal_warning = 31\n' >"$tmp/named"
refused "$tmp/named:3: steal_warning is 31, above steal_critical" build/sysperf --format csv --config "$tmp/named"
printf '[thresholds]\nsteel = off\n' >"$tmp/xdg/sysperf/config"
refused "$tmp/xdg/sysperf/config:2: no key 'steel'" build/sysperf -b -n 1
refused "$tmp/xdg/sysperf/config:2: no key 'steel'" build/sysperf --print-config
# What shows no verdict has no use for it.
build/sysperf --list-fields >/dev/null || die "--list-fields reads it"
build/sysperf -h >/dev/null || die "-h reads it"
rm "$tmp/xdg/sysperf/config"

# Nothing is complained of that is off; little is enough if little is said to be.
build/sysperf --print-config | sed 's/^\([a-z_]*_\(warning\|critical\)\) = .*/\1 = off/' >"$tmp/off"
for ((i = 0; i < 3 * $(nproc); i++)); do
	(while :; do :; done) &
done
verdict() { build/sysperf --format json -n 1 -d 1 --top 0 --source procfs --config "$1" | jq -c .verdict; }
expect_eq "$(verdict "$tmp/off")" null "with all rules off"
{
	sed '/^cpu_waiting_/d' "$tmp/off"
	printf 'cpu_waiting_warning = 0.01\ncpu_waiting_critical = 0.02\n'
} >"$tmp/low"
[[ $(verdict "$tmp/low") == *'"severity":"critical","resource":"cpu","signal":"saturation"'* ]] || die "with a low threshold"
