# SPDX-License-Identifier: GPL-2.0-only
"""CPU time of other processes."""
import time

PROCESS_CLOCK = 2  # CPUCLOCK_SCHED, include/linux/posix-timers.h, 6.1


def cpu_ns(pid):
    """Of all its threads, those that ended included."""
    return time.clock_gettime_ns((~pid << 3) | PROCESS_CLOCK)
