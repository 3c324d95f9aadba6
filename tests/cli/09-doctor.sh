#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# sysperf doctor: a mark a finding, a summary last, status 0 for anyone.
set -euo pipefail
. "$(dirname "$0")/../lib/sh.sh"

check() {
	local out
	out=$("$@")
	head -n 1 <<<"$out" | grep -q '^sysperf [0-9]' || die "no version: $out"
	(($(grep -c '^\[\(ok\|--\|!!\)\] ' <<<"$out") >= 10)) || die "too few findings: $out"
	grep -q '^\[..\] kernel module: ' <<<"$out" || die "no word of the module"
	grep -q '^\[ok\] source: ' <<<"$out" || die "no source"
	tail -n 1 <<<"$out" | grep -q '^summary: ' || die "no summary"
}

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

check build/sysperf doctor
# What would keep sysperf from starting.
mkdir -p "$tmp/sysperf"
config() { XDG_CONFIG_HOME=$tmp build/sysperf doctor "$@" | grep '^\[..\] configuration: '; }
printf '[thresholds]\nsteal_warning = 9\n' >"$tmp/sysperf/config"
[[ $(config) == '[ok]'* ]] || die "of a good configuration: $(config)"
printf '[thresholds]\nsteel_warning = 9\n' >"$tmp/sysperf/config"
[[ $(config) == "[!!] configuration: $tmp/sysperf/config:2: no key"* ]] || die "of a bad configuration: $(config)"
[[ $(config --config "$tmp/none") == "[!!] configuration: $tmp/none: cannot open"* ]] || die "of one that is not there"
if ((EUID == 0)) && type -P setpriv >/dev/null; then
	chmod 755 "$tmp"
	cp build/sysperf "$tmp/copy"
	check setpriv --reuid=65534 --regid=65534 --clear-groups "$tmp/copy" doctor
fi
