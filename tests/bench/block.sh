#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a block request costs, in instructions, issue to completion: the module
# beside libbpf-tools' biolatency. Fails over a quarter of that.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/lib/sh.sh
PATH=$PATH:/usr/sbin
need_tool fio biolatency

# irqmode=0 completes in line, so that the guest, whose clock counts
# instructions, never idles.
VM_ICOUNT=1 tests/vm/run.sh "$(cat <<'GUEST'
modprobe null_blk irqmode=0 gb=1
echo none >/sys/block/nullb0/queue/scheduler # as for NVMe
reads() { # instructions a read
	for n in 2000 20000; do
		fio --name=r --filename=/dev/nullb0 --rw=randread --bs=4k --ioengine=psync --direct=1 --randseed=1 \
			--number_ios=$n --size=1g --output-format=json 2>/dev/null >/tmp/fio.$n
	done
	python3 -c 'import json; j = [json.load(open(f"/tmp/fio.{n}"))["jobs"][0]["read"] for n in (2000, 20000)]
print(round(j[1]["lat_ns"]["mean"], 1))'
}
echo "module $(reads)"
rmmod sysperf
echo "bare $(reads)"
insmod "$SYSPERF_KO" block=0
echo "noblock $(reads)"
rmmod sysperf
biolatency 10000 1 >/dev/null 2>&1 &
until bpftool prog 2>/dev/null | grep -q block_rq || ((i++ > 20)); do sleep 1; done
echo "biolatency $(reads)"
kill %1
GUEST
)" | tee build/bench-block.log | awk -v what="instructions a block request" -v peer=biolatency -v share=0.25 -v least=200 -f tests/bench/compare.awk
