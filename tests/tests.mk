# SPDX-License-Identifier: GPL-2.0-only
# Tests, benchmarks, linters. Included by the top-level Makefile.

# Interrupting make must not leave a VM behind.
WITH_US := setpriv --pdeathsig TERM
RUN := $(WITH_US) tests/lib/run.sh
KVER ?= 6.1

UNIT := $(patsubst tests/unit/%.c,build/asan/%,$(sort $(wildcard tests/unit/test_*.c)))
UNIT_SHARED := $(patsubst %.c,build/asan/%.o,$(filter-out tests/unit/test_%,$(wildcard tests/unit/*.c)))
FUZZ := $(patsubst tests/fuzz/%.c,build/fuzz/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
# What the guest runs, or (build/describe) installs with.
VM_PROGRAMS := programs build/vm-fuzz build/describe
# TESTS='01 tasks' selects scripts by the beginning of their names.
scripts = $(sort $(wildcard $(foreach t,$(or $(TESTS),*),$(addprefix tests/$1/$t,*.sh *.py))))
# Those that only one machine can run are in no list for another.
only = $(shell grep -ls '^\# ARCH=$1' $(wildcard tests/vm/tests/*) /dev/null)
AMD64 := $(call only,amd64)
ARM64 := $(call only,arm64)
vm-scripts = $(filter-out $(if $(findstring -arm64,$1),$(AMD64),$(ARM64)),$(call scripts,vm/tests))
SUITES := $(if $(UNIT),test-unit) $(if $(FUZZ),test-fuzz) \
	$(foreach s,cli tui,$(if $(call scripts,$s),test-$s)) test-vm

# Make's own status is always 2 on failure, said in a last line; these end with
# the status in a file instead, silently.
EXIT_FILE := build/status.$(shell echo $$PPID)
define exit-as-recorded
$(eval load build/make-exit.so(make_exit_setup))$(exit-with $(shell cat $(EXIT_FILE); rm -f $(EXIT_FILE)))
endef
build/make-exit.so: tests/lib/make-exit.c
	@mkdir -p build
	$(Q)$(CC) -O2 -Wall -Wextra -Werror -shared -fPIC -o $@ $<

test: test-run build/make-exit.so ## everything a change must pass; installs what that needs
	$(exit-as-recorded)
test-run: test-deps
	+@mkdir -p build; $(RUN) all $(SUITES); echo $$? >$(EXIT_FILE)

test-unit: $(UNIT) ## cmocka tests, with ASan and UBSan
	@$(RUN) unit $^

test-fuzz: $(FUZZ) ## the stored fuzz corpora
	@$(RUN) fuzz $^

test-cli: programs ## the command line (TESTS=)
	@$(RUN) scripts cli $(call scripts,cli)

test-tui: programs build/asan/canned build/canned ## the TUI in a real terminal (TESTS=)
	@$(RUN) scripts tui $(call scripts,tui)

screenshots: programs build/asan/canned ## the pictures of the README, from a terminal
	@tests/lib/deps.sh tmux python3
	@tests/lib/screenshots.sh

test-tui-random: build/asan/canned ## random keys and sizes, with sanitizers, for SECONDS=600 (SEED=)
	SECONDS=$(or $(SECONDS),600) SEED=$(or $(SEED),$(shell date +%N)) tests/tui/random.py

test-vm: $(VM_PROGRAMS) ## the module on a stock kernel in QEMU (KVER= TESTS=)
	+@$(RUN) all $(if $(TESTS),,test-vm-runner) $(if $(call vm-scripts,$(KVER)),test-vm-$(KVER)) \
		$(if $(filter $(KVER),6.1),$(if $(filter $(ARM64),$(call scripts,vm/tests)),test-vm-arm64))
test-vm-runner:
	@$(RUN) scripts vm tests/vm/selftest.sh
test-vm-%: $(VM_PROGRAMS)
	@KVER=$* $(RUN) vm vm-$* $(call vm-scripts,$*)
test-vm-arm64: $(VM_PROGRAMS)
	@KVER=6.1-arm64 $(RUN) vm vm-6.1-arm64 $(filter $(ARM64),$(call scripts,vm/tests))

test-matrix: test-deps ## the same on each of the kernels in turn (MATRIX= TESTS=); installs what that needs
	+@$(MAKE) --no-print-directory programs
	+@$(RUN) all $(MATRIX:%=test-vm-%)

test-install: test-deps ## the packages on Debian 11, 12 and 13: built, installed, booted (TESTS=)
	@$(RUN) scripts install $(call scripts,install)

test-endurance: programs ## an hour of sysperfd at 10 Hz and all that it does (MINUTES=60 TASKS=10000)
	MINUTES=$(or $(MINUTES),60) TASKS=$(or $(TASKS),10000) $(WITH_US) tests/endurance/hour.py

# The text of CMD as given, not as make would expand it.
vm: vm-run build/make-exit.so ## run CMD='...' in the VM (KVER= VM_ARGS= VM_ICOUNT=1)
	$(exit-as-recorded)
vm-run: $(VM_PROGRAMS)
	$(if $(value CMD),,$(error make vm CMD='command'))
	@mkdir -p build; $(WITH_US) tests/vm/run.sh --make; echo $$? >$(EXIT_FILE)
vm-run: export VM_CMD = $(value CMD)
unexport CMD

BENCH_PKGS := atop btop htop prometheus-node-exporter prometheus-process-exporter
bench: programs ## measure against the budgets, beside the peers (TESTS=); installs those
	@tests/lib/deps.sh $(BUILD_PKGS) $(TEST_PKGS) $(BENCH_PKGS)
	@failed=0; for script in $(call scripts,bench); do echo "== $$script"; $$script || failed=1; done; exit $$failed

fuzz: $(FUZZ) ## each fuzzer for FUZZ_SECONDS=60
	@set -e; for f in $(notdir $^); do \
		mkdir -p build/fuzz/corpus/$$f tests/fuzz/corpus/$${f#fuzz_}; \
		build/fuzz/$$f -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=build/fuzz/ -print_final_stats=1 \
			build/fuzz/corpus/$$f tests/fuzz/corpus/$${f#fuzz_}; done

lint: ## every linter that is installed
	@tests/lib/lint.sh $(KERNELDIR)

# Runs inside the VM, on this machine's own libraries.
build/vm-fuzz: $(wildcard tests/vm/fuzz/*.[ch]) include/uapi/sysperf.h
	@mkdir -p build
	@echo "  LD      $@"
	$(Q)$(CC) $(FLAGS) -pthread -o $@ $(filter %.c,$^)

# The programs' own functions can be tested too; a main() is not pulled in.
ALL_C := $(LIBRARY) $(DAEMON) $(TUI)
build/asan/all.a: $(ALL_C:%.c=build/asan/%.o)
build/fuzz/all.a: $(ALL_C:%.c=build/fuzz/%.o)
$(UNIT): build/asan/%: build/asan/tests/unit/%.o $(UNIT_SHARED) build/asan/all.a
	@echo "  LD      $@"
	$(Q)$(CC) $(SANITIZE) -o $@ $^ $(DAEMON_LIBS) -lcmocka
# The screen on canned frames: with sanitizers, and as fast as it is.
build/asan/canned: build/asan/tests/tui/canned.o build/asan/all.a
	@echo "  LD      $@"
	$(Q)$(CC) $(SANITIZE) -Wl,--wrap=monotonic_ns -o $@ $^ $(DAEMON_LIBS)
build/libtui.a: $(TUI:%.c=build/obj/%.o)
build/canned: build/obj/tests/tui/canned.o build/libtui.a build/libsysperf.a
	@echo "  LD      $@"
	$(Q)$(CC) -Wl,--wrap=monotonic_ns -o $@ $^ $(LIBS)
$(FUZZ): build/fuzz/%: build/fuzz/tests/fuzz/%.o build/fuzz/all.a
	@echo "  LD      $@"
	$(Q)clang $(SANITIZE) -fsanitize=fuzzer -o $@ $^ $(DAEMON_LIBS)

include tests/vm/debug/debug.mk

.PHONY: screenshots test test-run test-install test-endurance test-unit test-fuzz test-cli test-tui test-tui-random test-vm test-vm-runner test-vm-arm64 test-matrix \
	vm vm-run bench fuzz lint
