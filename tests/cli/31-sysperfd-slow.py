#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
"""Who reads slowly loses frames, and is told how many; who reads nothing is
closed in the end. Nobody else loses any."""
import sys

sys.path.insert(0, "tests/lib")
from sysperfd import *

daemon = Daemon()
stuck, slow, good = Viewer(daemon, 100), Viewer(daemon, 100), Viewer(daemon, 100)


def read_until(condition, most=2000):
    """The good one reads meanwhile, and misses nothing."""
    for n in range(most):
        good.frame()
        check(good.lost == 0, f"the good viewer lost {good.lost}")
        if condition():
            return n
    die(f"nothing came of it in {most} frames")


# Until both sockets are full: no more of their frames are counted as given.
read_until(lambda: daemon.count("frames_lost") > 10)
slow.frame()
check(slow.lost == 0, "the first frame that it finds is of before")
while slow.lost == 0:
    slow.frame()
print(f"the slow viewer lost {slow.lost}")
check(slow.lost >= 4, f"the slow viewer is told of {slow.lost}")
before = slow.lost
for _ in range(3):
    slow.frame()
    good.frame()
check(slow.lost <= before + 1, "as soon as it reads, it has them all")

# Descriptors of who does not read are not kept for ever.
before = daemon.count("viewers")
read_until(lambda: daemon.count("viewers_dropped") == 1)
check(daemon.count("viewers") < before, "it is closed")
check("took nothing for 30 s" in daemon.said(), "and that is told")
while slow.ready(0):
    slow.frame()
stuck.ended()
read_until(lambda: True)
daemon.end()
