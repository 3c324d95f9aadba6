# SPDX-License-Identifier: GPL-2.0-only
# Prints the lines of a kernel log that no run may leave behind, and a little
# of what follows the first; exits with 1 if there are any.

# An OOM kill dumps the stack of the task that ran out: no fault by itself.
# Nor is an allocation that fails while a test makes allocations fail, which it
# says before and after.
/sysperf-test: allocations fail/ { failing = 1 }
/sysperf-test: allocations work/ { failing = 0 }
/invoked oom-killer/ { excuse = NR }
failing && /page allocation failure|vmalloc error|[Uu]nable to allocate|kmemleak: Cannot allocate a scan area|kmem_cache_create.* failed with error -(12|22)/ { excuse = NR; next }
/Call Trace:/ && excuse && NR - excuse < 8 { next }

# A data race, between two ruled lines, is ours if one of the two functions is.
# The kernel has its own, which are no business of this.
/BUG: KCSAN: / {
	race = $0
	racing = 1
	ours = / KCSAN: .*sysperf/
	next
}
racing {
	race = race "\n" $0
	if (!/====================/)
		next
	racing = 0
	if (ours) {
		print race
		found = 1
	}
	next
}

{
	line = $0
	sub(/^\[[^]]*\](\[[^]]*\])? */, "", line)
}

line ~ /^(WARNING|BUG)[: ]|^\[ BUG: / ||
line ~ /\[ cut here \]|Call Trace:|Oops|kernel BUG at|Kernel panic|KASAN: |UBSAN: |KFENCE: / ||
line ~ /general protection fault|unable to handle|divide error|double fault|refcount_t:|list_(add|del) corruption/ ||
line ~ /scheduling while atomic|sleeping function called|suspicious RCU|possible (circular|recursive|irq|deadlock|unsafe)/ ||
line ~ /INFO: possible|INFO: trying to register|INFO: task .* blocked for|rcu: INFO|rcu.*detected stall|soft lockup|hard LOCKUP/ ||
line ~ /inconsistent lock state|turning off the locking correctness|ODEBUG: |using (smp_processor_id|__this_cpu)/ ||
line ~ /kmemleak: [0-9]+ new|kmemleak: (Cannot allocate|.*disabled)|DEBUG_LOCKS_WARN_ON|unregister_netdevice: waiting|page allocation failure/ {
	if (!found)
		rest = 25
	found = 1
	print
	next
}

rest > 0 { rest--; print }

END {
	if (racing && ours) {
		print race
		found = 1
	}
	exit found
}
