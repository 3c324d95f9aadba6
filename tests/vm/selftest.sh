#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests the VM runner itself: status, quoting, the kernel log's check, timeout.
set -euo pipefail
# shellcheck source=tests/lib/sh.sh
. "$(dirname "$0")/../lib/sh.sh"

run() { VM_NOMOD=1 "$(dirname "$0")/run.sh" "$@"; }
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$dir"' EXIT

command=$(cat <<'EOF'
x="a 'b'"; echo "$x \$x \"q\"" 'single "$x"' $((6*7))
echo err >&2; echo reopened >/dev/stderr
[ -t 1 ] || cat; echo kept >/mnt/out/file
printf 'no newline'; (sleep 60 &)
exit 37
EOF
)
expected="--- sysperf-vm begin
a 'b' \$x \"q\" single \"\$x\" 42
err
reopened
no newline
--- sysperf-vm end"
# Three at once. A fault in the kernel's log fails a run that went well; an OOM
# kill's stack dump does not.
run 'echo "WARNING: CPU: 0 PID: 1 at mm/x.c:1 f+0x1/0x2" >/dev/kmsg' >/dev/null 2>"$dir/warning" &
warned=$!
run 'for line in "hog invoked oom-killer: gfp_mask=0" "CPU: 0 PID: 1" "Call Trace:"; do echo "$line" >/dev/kmsg; done' \
	>/dev/null 2>"$dir/oom" &
oom=$!
status=0
output=$(run "$command" 2>"$dir/command") || status=$?
expect_eq "$status" 37 status
expect_eq "$output" "$expected" output
kept=$(sed -n 's/^sysperf-vm: files: //p' "$dir/command")
expect_eq "$(<"$kept/file")" kept 'file from /mnt/out'
expect_status 125 wait "$warned"
grep -q 'WARNING: CPU: 0' "$dir/warning" || die "the fault was not shown"
expect_status 0 wait "$oom"

VM_TIMEOUT=2 expect_status 124 run 'echo never' 2>"$dir/timeout" >/dev/null
grep -q 'timed out after 2 s' "$dir/timeout" || die "no word of the timeout"

sed -n 's/^sysperf-vm: files: //p' "$dir"/* | xargs rm -rf
