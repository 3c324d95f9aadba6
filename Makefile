# SPDX-License-Identifier: GPL-2.0-only
# sysperf. "make" builds what this machine can build; "make help" lists the rest.

VERSION := 0.1.0
PREFIX ?= /usr/local
KREL := $(shell uname -r)
KERNELDIR ?= /lib/modules/$(KREL)/build
FUZZ_SECONDS ?= 60
MATRIX := 5.10 6.1 6.12 7.2 7.3 experimental 6.1-rt 6.12-rt 6.1-arm64

# Sources are whatever lies in these directories.
LIBRARY := $(sort $(wildcard daemon/*/*.c))
DAEMON := $(sort $(wildcard daemon/*.c))
TUI := $(sort $(wildcard tui/*.c))
KMOD := $(wildcard kmod/*.[ch] kmod/Kbuild include/uapi/*.h)
PROGRAMS := $(if $(shell grep -lsw 'int main' $(TUI) /dev/null),build/sysperf) \
	$(if $(shell grep -lsw 'int main' $(DAEMON) /dev/null),build/sysperfd)

# What to install on a Debian machine; ?name only where there is one.
BUILD_PKGS := gcc libc6-dev make pkg-config libnl-3-dev libnl-genl-3-dev libnl-route-3-dev \
	libncurses-dev libyajl-dev libinih-dev uthash-dev libcap-dev libkmod-dev \
	libzstd-dev libisal-dev libsystemd-dev libmicrohttpd-dev ?linux-headers-$(KREL)
TEST_PKGS := libcmocka-dev clang libclang-rt-dev tmux python3 python3-yaml jq \
	procps iproute2 util-linux kmod udev systemd xz-utils zstd qemu-system-x86 qemu-system-arm busybox-static mmdebstrap ?linux-headers-amd64 \
	stress-ng fio dmsetup mdadm iperf3 sysstat prometheus \
	linux-perf libbpf-tools bpftool man-db bsdextrautils mandoc zsh fish e2fsprogs

PKGS := libnl-3.0 libnl-genl-3.0 libnl-route-3.0 ncursesw yajl inih libcap libzstd libisal \
	libkmod libsystemd libmicrohttpd
DAEMON_PKGS := libkmod libsystemd libmicrohttpd
PKG_CONFIG := 2>/dev/null pkg-config
MISSING := $(strip $(shell for p in $(PKGS); do $(PKG_CONFIG) --exists $$p || echo $$p; done) \
	$(if $(wildcard /usr/include/uthash.h),,uthash))
LIBS := $(shell $(PKG_CONFIG) --libs $(filter-out $(MISSING) $(DAEMON_PKGS),$(PKGS))) -lm -lpthread
DAEMON_LIBS := $(LIBS) $(shell $(PKG_CONFIG) --libs $(filter-out $(MISSING),$(DAEMON_PKGS)))
FLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror -D_GNU_SOURCE= -DSYSPERF_VERSION='"$(VERSION)"' \
	-Iinclude -Iinclude/uapi $(shell $(PKG_CONFIG) --cflags $(filter-out $(MISSING),$(PKGS))) $(CFLAGS)

Q := $(if $(V),,@)
SUBMAKE := +@$(MAKE) --no-print-directory
export CC

all: programs module ## build everything that this machine can build (default)

programs: $(PROGRAMS) ## build/sysperf and build/sysperfd

# $(call flavour,DIR,COMPILER,MORE FLAGS): how to compile into build/DIR/.
define flavour
build/$1/%.o: %.c build/$1/flags | libraries
	@mkdir -p $$(@D)
	@echo "  CC      $$@"
	$(Q)$2 $$(FLAGS) $3 -MMD -MP -c -o $$@ $$<
build/$1/flags: FORCE
	@mkdir -p $$(@D)
	@echo '$(subst ','\'',$2 $(FLAGS) $3)' | cmp -s - $$@ || echo '$(subst ','\'',$2 $(FLAGS) $3)' >$$@
-include $(wildcard build/$1/*/*.d build/$1/*/*/*.d)
endef
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
$(eval $(call flavour,obj,$$(CC),))
$(eval $(call flavour,asan,$$(CC),$(SANITIZE)))
$(eval $(call flavour,fuzz,clang,$(SANITIZE) -fsanitize=fuzzer-no-link))
.SECONDARY:

build/libsysperf.a: $(LIBRARY:%.c=build/obj/%.o)
build/sysperf: $(TUI:%.c=build/obj/%.o) build/libsysperf.a
build/sysperfd: LIBS := $(DAEMON_LIBS)
build/sysperfd: $(DAEMON:%.c=build/obj/%.o) build/libsysperf.a
$(PROGRAMS):
	@echo "  LD      $@"
	$(Q)$(CC) $(FLAGS) $(LDFLAGS) -o $@.$$$$ $^ $(LIBS) && mv $@.$$$$ $@

# Renamed into place, so that what runs or reads the old one is not disturbed.
# P: full paths, as several directories may have a file of one name.
build/%.a:
	@echo "  AR      $@"
	$(Q)$(AR) rcsP $@.$$$$ $^ && mv $@.$$$$ $@

libraries:
	$(if $(MISSING),$(error libraries missing: $(MISSING); "make deps" installs them))

module: ## kmod/sysperf.ko, for the running kernel or KERNELDIR=
ifeq ($(wildcard kmod/*.c),)
else ifeq ($(wildcard $(KERNELDIR)/Makefile),)
	@echo "left out: kmod/sysperf.ko (no headers of kernel $(KREL) at $(KERNELDIR); install them or say KERNELDIR=)"
else
module: kmod/sysperf.ko
kmod/sysperf.ko: $(KMOD) build/kerneldir
	$(SUBMAKE) -C kmod KERNELDIR=$(KERNELDIR) SYSPERF_VERSION=$(VERSION) modules
	@touch $@
build/kerneldir: FORCE
	@mkdir -p build; echo '$(KERNELDIR) $(VERSION)' | cmp -s - $@ || echo '$(KERNELDIR) $(VERSION)' >$@
endif

run: deps ## install what is missing, build, load the module if possible, start (ARGS=)
	+@$(MAKE) --no-print-directory all >&2
	@tests/lib/load.sh
	@if [ -t 1 ]; then exec build/sysperf $(ARGS); else exec build/sysperf -b -n 5 $(ARGS); fi

deps: ## install the Debian packages missing for building
	@tests/lib/deps.sh $(BUILD_PKGS)

test-deps: ## install those missing for testing
	@tests/lib/deps.sh $(BUILD_PKGS) $(TEST_PKGS)

clean: ## remove what was built, but not the downloaded kernels in build/cache
	rm -rf $(filter-out build/cache,$(wildcard build/*))
	rm -rf $(wildcard $(addprefix kmod/,*.o *.ko *.mod *.mod.c .*.cmd modules.order Module.symvers .tmp_versions))

distclean: clean ## remove those as well
	rm -rf --one-file-system build

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14
	@echo "Variables of the VM: CMD= KVER=$(subst $() ,|,$(MATRIX)) VM_ARGS= VM_ICOUNT=1; more in tests/vm/run.sh"

include dkms/package.mk
include tests/tests.mk

FORCE:
.PHONY: FORCE all programs module libraries run deps test-deps clean distclean help
.DELETE_ON_ERROR:
