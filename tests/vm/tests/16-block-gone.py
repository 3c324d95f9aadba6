#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A disk that goes and comes back under load: nothing stays in flight, its
record goes on. 19-block-scsi has the same of SCSI's."""
import sys

sys.path.insert(0, "tests/vm/lib")
from block_test import *

goes_and_comes_back(
    Device(), "nullb0",
    begin=lambda: NullDisk(irqmode=2, completion_nsec=2000000 * COARSE, size=64),
    power_off=(f"{CONFIGFS}/nullb/nullb0/power", 0),
    end=lambda: os.rmdir(f"{CONFIGFS}/nullb/nullb0"),
)
