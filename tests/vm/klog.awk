# SPDX-License-Identifier: GPL-2.0-only
# Prints the lines of a kernel log that no run may leave behind, and a little
# of what follows the first; exits with 1 if there are any.

# An OOM kill dumps the stack of the task that ran out: no fault by itself.
/invoked oom-killer/ { oom = NR }
/Call Trace:/ && oom && NR - oom < 8 { next }

{
	line = $0
	sub(/^\[[^]]*\](\[[^]]*\])? */, "", line)
}

line ~ /^(WARNING|BUG)[: ]/ ||
line ~ /\[ cut here \]|Call Trace:|Oops|kernel BUG at|Kernel panic|KASAN: |UBSAN: |KCSAN: |KFENCE: / ||
line ~ /general protection fault|unable to handle|divide error|double fault|refcount_t:|list_(add|del) corruption/ ||
line ~ /scheduling while atomic|sleeping function called|suspicious RCU|possible (circular|recursive|irq|deadlock|unsafe)/ ||
line ~ /INFO: possible|INFO: task .* blocked for|rcu: INFO|rcu.*detected stall|soft lockup|hard LOCKUP/ ||
line ~ /kmemleak: [0-9]+ new|DEBUG_LOCKS_WARN_ON|unregister_netdevice: waiting|page allocation failure/ {
	if (!found)
		rest = 25
	found = 1
	print
	next
}

rest > 0 { rest--; print }

END { exit found }
