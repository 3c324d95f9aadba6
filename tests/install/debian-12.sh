#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=28800
# The packages on Debian 12: built, installed, booted, upgraded, removed.
exec tests/install/lib/install.sh bookworm
