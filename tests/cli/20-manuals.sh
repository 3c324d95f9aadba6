#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Manual pages: without a warning, and saying what the program and the module do.
set -euo pipefail
. "$(dirname "$0")/../lib/sh.sh"
need_tool man mandoc

make --no-print-directory manuals
pages=(build/man/*.[1-8])
((${#pages[@]} >= 5)) || die "pages: ${pages[*]}"
for page in "${pages[@]}"; do
	warnings=$(MANPAGER=cat MANWIDTH=80 LC_ALL=C.UTF-8 man -l --warnings -E UTF-8 -Z "$page" 2>&1 >/dev/null)
	[[ ! $warnings ]] || die "$page: $warnings"
	mandoc -T lint -W style "$page" || die "mandoc does not like $page"
	! grep -n '@[A-Z]*@' "$page" || die "not filled in: $page"
done
text() { LC_ALL=C.UTF-8 MANPAGER=cat MANWIDTH=200 man -l -E UTF-8 --nh --nj "$1" 2>/dev/null | col -bx; }
sysperf=$(text build/man/sysperf.1) fields=$(text build/man/sysperf-fields.7) device=$(text build/man/sysperf.4)
version=$(build/sysperf -V | sed -n '1s/.* //p')
grep -q "sysperf $version" <<<"$sysperf" || die "sysperf(1) is not of version $version"

# Each option and verb of the help, with its argument; each status.
while read -r option; do
	grep -Eq -- "^ +(-., )?$option\$" <<<"$sysperf" || die "sysperf(1) lacks $option"
done < <(build/sysperf -h | sed -n "s/^  .*\(--[a-z-]*\( [^ ]*\)\?\)  .*/\1/p" | sed 's/[][+]/\\&/g')
(($(build/sysperf -h | grep -c -- '^  .*--') > 15)) || die "the help has too few options"
status=$(sed -n '/^EXIT STATUS/,/^ENVIRONMENT/p' <<<"$sysperf")
while read -r code; do
	grep -Eq "^ +$code " <<<"$status" || die "sysperf(1) lacks exit status $code"
done < <(sed -n 's/^\tEXIT_[A-Z]* = \([0-9]\).*/\1/p' tui/options.h)

service=$(text build/man/sysperfd.8)
options=$(build/sysperfd -h | sed -n 's/^  \(-.,\|   \) \(--[a-z-]*\).*/\2/p')
(($(wc -l <<<"$options") > 5)) || die "the help of sysperfd has too few options"
while read -r option; do
	grep -Eq -- "(^|[ |])$option([],| ]|\$)" <<<"$service" || die "sysperfd(8) lacks $option"
done <<<"$options"
settings=$(text build/man/sysperfd.conf.5)
while read -r key; do
	grep -Eq "^ *$key =( |\$)" <<<"$settings" || die "sysperfd.conf(5) lacks $key"
done < <(build/sysperfd --print-config | sed -n 's/^\([a-z_]*\) =.*/\1/p')

# Each key with its unit.
while read -r key unit; do
	grep -A 2 "^ *$key\( \|$\)" <<<"$fields" | grep -qF "$unit" || die "sysperf-fields(7) lacks $key ($unit)"
done < <(build/sysperf --list-fields | sed '/^NEEDS: /,$d' | sed -n 's/^  \([a-z][a-z0-9_.]*\)  *\([a-z]*\).*/\1 \2/p')

# Each parameter with its default, each command and group.
parameters=$(sed -n '/^MODULE PARAMETERS/,/^ERRORS/p' <<<"$device")
expect_eq "$(sed -n 's/^ *\([a-z_]*\) (.*/\1/p' <<<"$parameters" | sort | xargs)" \
	"$(sed -n 's/^module_param(\([a-z_]*\),.*/\1/p' kmod/*.c | sort | xargs)" "parameters in sysperf(4)"
while read -r name value; do
	grep -Eq "^ *$name \\($value\\)" <<<"$parameters" || die "sysperf(4): $name is $value"
done < <(sed -n 's/^static uint \([a-z_]*\) = \([0-9]*\);.*/\1 \2/p' kmod/*.c)
while read -r name; do
	grep -qw "$name" <<<"$device" || die "sysperf(4) lacks $name"
done < <(sed -n 's/^\tSYSPERF_CMD_\(GET_[A-Z]*\|SET\),.*/\1/p; s/^#define \(SYSPERF_\(IOC_[A-Z_]\+\|MODE_[A-Z]*\|READ_MIN\)\) .*/\1/p' include/uapi/sysperf.h)
