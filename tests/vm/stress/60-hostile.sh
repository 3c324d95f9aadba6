#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=3600
# The fuzzer of 66-hostile for five minutes, with a seed that it says.
seconds=20
[[ ${STRESS_FULL-} == 1 ]] && seconds=300
export FUZZ_SECONDS=$seconds FUZZ_SEED=$RANDOM
echo "seed $FUZZ_SEED"
exec tests/vm/tests/66-hostile.sh
