# SPDX-License-Identifier: GPL-2.0-only
# Kernels that check the module. Included by tests/tests.mk.

# Those that have allocations fail, which the other kernel cannot.
DEBUG_ONLY := $(shell grep -ls '^\# KERNEL=debug' $(wildcard tests/vm/stress/*) /dev/null)
# With QUICK=1 the stress scripts take a minute or so each.
STRESS_ARGS = VM_TIMEOUT=14400 VM_APPEND='$(if $(QUICK),,STRESS_FULL=1) $(VM_APPEND)'

test-debug-kernel: $(VM_PROGRAMS) ## all VM tests and more on kernels with KASAN, lockdep, KCSAN (QUICK=1 TESTS=)
	+@$(RUN) all test-debug-checks test-vm-debug test-stress-debug test-stress-kcsan

# That faults are seen, before none being seen means something.
test-debug-checks:
	@$(RUN) scripts vm tests/vm/debug/klog-selftest.sh tests/vm/debug/selftest.sh
test-stress-%: $(VM_PROGRAMS)
	@$(STRESS_ARGS) KVER=$* $(RUN) vm stress-$* $(filter-out $(if $(filter debug,$*),,$(DEBUG_ONLY)),$(call scripts,vm/stress))

.PHONY: test-debug-kernel test-debug-checks
