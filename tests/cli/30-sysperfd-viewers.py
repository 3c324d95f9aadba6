#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
"""Many viewers, few collections: those of one delay share one, and its frames
are made into bytes once; others have their own delay and fields."""
import sys

sys.path.insert(0, "tests/lib")
from sysperfd import *

FRAMES = 20


def cost(viewers):
    """Of FRAMES frames to each: CPU time, samples, frames made into bytes."""
    all = [Viewer(daemon, 200) for _ in range(viewers)]
    for v in all:
        v.frame()
    cpu, samples, encoded = daemon.cpu_ns(), daemon.count("samples"), daemon.count("frames_encoded")
    for _ in range(FRAMES):
        for v in all:
            v.frame()
    result = daemon.cpu_ns() - cpu, daemon.count("samples") - samples, daemon.count("frames_encoded") - encoded
    wait_for("one collection", lambda: daemon.count("collections") == 1)
    check(not any(v.lost for v in all), "nobody loses a frame")
    for v in all:
        v.close()
    return result


daemon = Daemon()
one, many = cost(1), cost(20)
print(f"one viewer: {one}, twenty: {many}")
check(FRAMES - 2 <= many[1] <= FRAMES + 4, f"{many[1]} samples for {FRAMES} frames of 20 viewers")
check(many[2] <= many[1] + 1, f"{many[2]} frames made into bytes of {many[1]} samples")
check(many[0] < 2 * one[0], f"twenty cost {many[0] / one[0]:.2f} of one")

# Rates and fields of one's own.
slow = Viewer(daemon, 400)
fast = Viewer(daemon, 100)
few = Viewer(daemon, 100, tables={"tasks": ["pid"]})
none = Viewer(daemon, 100, tables={"cpus": None})
wait_for("a collection for each delay", lambda: daemon.count("collections") == 2)
slow.frame()
for _ in range(3):
    sizes = [len(v.frame()) for v in (fast, few, none)]
    check(sizes[2] < sizes[1] < sizes[0] / 4, f"sizes by fields: {sizes}")
fast_frames = 0
slow.frame()
while fast.ready(0) and fast_frames < 100:
    fast.frame()
    fast_frames += 1
check(fast_frames >= 2, f"the fast one had {fast_frames} while the slow one had one")

# Threads are another collection; a change of mind is one, too.
threads = Viewer(daemon, 100, threads=True, tables={"tasks": ["pid", "tid"]})
check(len(threads.frame()) > len(few.frame()), "threads are more than processes")
wait_for("and a collection of threads", lambda: daemon.count("collections") == 3)
fast.send(request(SET, 400))
fast.until(SCHEMA)
fast.frame()
paused = Viewer(daemon, 0)
check(not paused.ready(1), "who wants no frames has none")
paused.send(request(SET, 100))
paused.until(SCHEMA)
paused.frame()

# More delays than there are to be collections.
many = [Viewer(daemon, 1000 * i) for i in range(1, 13)]
granted = {v.granted_ms() for v in many}
print("granted:", sorted(granted))
check(daemon.count("collections") <= 2 * 8, "collections are bounded")
check(len(granted) < 12 and granted <= {v for v in range(0, 13000, 100)}, "the nearest one is granted")
check(max(abs(v.granted_ms() / (1000 * (i + 1)) - 1) for i, v in enumerate(many)) < 1, "near enough")

for v in many + [slow, fast, few, none, threads, paused]:
    v.close()
wait_for("all to be gone", lambda: daemon.count("viewers") == 1)  # who asks
wait_for("collections to end", lambda: daemon.count("collections") == 0)
daemon.end()
