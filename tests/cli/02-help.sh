#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# -h, -V and --list-fields: to stdout, status 0.
set -euo pipefail
. "$(dirname "$0")/../lib/sh.sh"

help=$(build/sysperf -h)
for flag in ' -b' --batch ' -n' ' -d' --format --fields --list-fields ' -o' --top \
	' -p' ' -u' --filter ' -H' ' -i' --source --require ' -w' ' -h' ' -V' doctor; do
	[[ $help == *"$flag"* ]] || die "-h does not tell of $flag"
done
expect_eq "$(build/sysperf --help)" "$help" "--help"
build/sysperf -V | grep -Eqx 'sysperf [0-9]+\.[0-9]+\.[0-9]+' || die "-V"
fields=$(build/sysperf --list-fields)
for key in cpu.latency.runq_wait_p99_us network.errors.retransmits_per_s \
	softirq_pct write_p99_us rx_bits_per_s runq_wait_p99_us started; do
	grep -q "^  $key " <<<"$fields" || die "--list-fields lacks $key"
done
# What is in the column of needs, the legend explains.
legend=$(sed -n '/^NEEDS: /,$p' <<<"$fields")
needs=$(sed '/^NEEDS: /,$d' <<<"$fields" | cut -c63-69 | grep -Ev 'NEEDS|-' | tr -d ' ' | sort -u)
while read -r need; do
	[[ ! $need ]] || grep -qw "$need" <<<"$legend" || die "--list-fields does not say what $need is"
done <<<"$needs"
widest=$(wc -L <<<"$legend")
((widest <= 80)) || die "the legend has $widest columns"
