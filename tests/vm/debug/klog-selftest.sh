#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What tests/vm/klog.awk reports of a kernel's log, and what it lets pass.
. tests/lib/sh.sh

klog() { awk -f tests/vm/klog.awk; }

# One line is enough of each of these.
while read -r line; do
	! printf '[    1.000000] boots\n[   12.345678] %s\n' "$line" | klog >/dev/null || die "not seen: $line"
	! printf '[    1.000000][  T123] %s\n' "$line" | klog >/dev/null || die "not seen, with a caller: $line"
done <<'EOF'
BUG: KASAN: slab-use-after-free in probe_switch+0x12/0x34 [sysperf]
BUG: KCSAN: data-race in probe_switch [sysperf] / sysperf_sched_fill [sysperf]
BUG: KCSAN: data-race in sysperf_tasks_fill+0x12/0x34 / dup_task_struct
WARNING: possible circular locking dependency detected
WARNING: possible recursive locking detected
WARNING: inconsistent lock state
WARNING: suspicious RCU usage
[ BUG: Invalid wait context ]
BUG: sleeping function called from invalid context at mm/slub.c:1
BUG: using smp_processor_id() in preemptible [00000000] code: sysperf/1
BUG: scheduling while atomic: sysperf/1/0x2
BUG: MAX_LOCKDEP_KEYS too low!
turning off the locking correctness validator.
INFO: trying to register non-static key.
kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)
kmemleak: Kernel memory leak detector disabled
kmemleak: Cannot allocate a kmemleak_object structure
ODEBUG: free active (active state 0) object: 1 object type: rcu_head hint: 0x0
refcount_t: underflow; use-after-free.
UBSAN: array-index-out-of-bounds in kmod/sched.c:1:2
list_del corruption, 1->next is LIST_POISON1
WARNING: CPU: 0 PID: 1 at kernel/x.c:1 f+0x1/0x2
------------[ cut here ]------------
rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:
insmod: page allocation failure: order:0, mode:0xcc0
Call Trace:
EOF

passes() { # WHAT; the log on stdin
	klog >/dev/null || die "not let pass: $1"
}

passes 'a race of the kernel with itself' <<'EOF'
[    5.0] ==================================================================
[    5.0] BUG: KCSAN: data-race in tick_nohz_stop_tick / tick_nohz_next_event
[    5.0]
[    5.0] write to 0xffffffff8a of 4 bytes by task 1 on cpu 0:
[    5.0]  tick_nohz_stop_tick+0x1/0x2
[    5.0]  probe_fork+0x1/0x2 [sysperf]
[    5.0] Call Trace:
[    5.0] CPU: 0 UID: 0 PID: 123 Comm: sysperf
[    5.0] ==================================================================
EOF
passes 'allocations that are made to fail' <<'EOF'
[    5.0] sysperf-test: allocations fail
[    5.0] insmod: vmalloc error: size 4096, failed to allocated page array size 8
[    5.0] CPU: 0 UID: 0 PID: 123 Comm: insmod
[    5.0] Call Trace:
[    5.0] kmemleak: Cannot allocate a scan area, scanning the full object
[    5.0] __kmem_cache_create_args(sysperf_task) failed with error -12
[    5.0] CPU: 0 UID: 0 PID: 123 Comm: insmod
[    5.0] Call Trace:
[    5.0] sysperf-test: allocations work
EOF
passes 'an OOM kill' <<'EOF'
[    5.0] hog invoked oom-killer: gfp_mask=0
[    5.0] Call Trace:
EOF
# But only while they are, and only them.
! klog >/dev/null <<'EOF' || die "a failing allocation after the test"
[    5.0] sysperf-test: allocations fail
[    5.0] sysperf-test: allocations work
[    6.0] insmod: vmalloc error: size 4096, failed to allocated page array size 8
[    6.0] Call Trace:
EOF
! klog >/dev/null <<'EOF' || die "a fault while allocations fail"
[    5.0] sysperf-test: allocations fail
[    5.0] WARNING: CPU: 0 PID: 1 at kernel/x.c:1 f+0x1/0x2
EOF
# A race of ours comes with its stacks, and what follows is looked at again.
out=$(klog <<'EOF'
[    5.0] BUG: KCSAN: data-race in account [sysperf] / sysperf_block_fill [sysperf]
[    5.0]  account+0x1/0x2 [sysperf]
[    5.0] ==================================================================
[    5.0] BUG: KCSAN: data-race in a / b
[    5.0]  a+0x1/0x2
[    5.0] ==================================================================
[    6.0] WARNING: suspicious RCU usage
EOF
) && die "a race of ours passes"
expect_eq "$(wc -l <<<"$out")" 4 'lines of the report'
