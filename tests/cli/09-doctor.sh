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

check build/sysperf doctor
if ((EUID == 0)) && type -P setpriv >/dev/null; then
	copy=$(mktemp -d)
	trap 'rm -rf "$copy"' EXIT
	chmod 755 "$copy"
	cp build/sysperf "$copy/"
	check setpriv --reuid=65534 --regid=65534 --clear-groups "$copy/sysperf" doctor
fi
