#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=3600
# The kernels that check the module do check: one with faults gets caught.
. tests/lib/sh.sh

reports() { # KVER PARAMETERS PATTERN…: each is in what the run says
	local kver=$1 params=$2 out status=0 pattern
	shift 2
	out=$(KVER=$kver KMOD_DIR=tests/vm/debug/faulty VM_TIMEOUT=1500 tests/vm/run.sh "rmmod faulty
		echo clear >/sys/kernel/debug/kmemleak; insmod \$SYSPERF_KO work=1 $params
		for i in 1 2 3 4; do sleep 6; echo scan >/sys/kernel/debug/kmemleak; done; true" 2>&1) || status=$?
	expect_eq "$status" 125 "status with the $kver kernel"
	for pattern; do
		grep -q "$pattern" <<<"$out" || die "$kver: no report of '$pattern' in $out"
	done
	rm -rf "$(sed -n 's/^sysperf-vm: files: //p' <<<"$out")"
}

reports debug raw=0 'KASAN: slab-use-after-free' 'sleeping function called' 'possible circular locking' 'kmemleak: .* new'
reports debug raw=1 'BUG: Invalid wait context'
reports kcsan '' 'KCSAN: data-race in .*sysperf_faulty_race'
