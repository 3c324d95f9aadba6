#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=400
# Hostile arguments at all interfaces, from many threads at once, with a load
# beside them; then the device still works and the module can go. FUZZ_SECONDS=
# and FUZZ_SEED= as wanted.
. tests/lib/sh.sh

stress-ng --fork 1 --switch 1 --quiet --timeout 600 &
load=$!
trap 'kill $load 2>/dev/null' EXIT
vm-fuzz "${FUZZ_SECONDS:-20}" "${FUZZ_SEED:-1}" || die "seed ${FUZZ_SEED:-1}"
kill $load
wait $load || true
wait_for 30 rmmod sysperf # nothing that is gone holds it
insmod "$SYSPERF_KO"
