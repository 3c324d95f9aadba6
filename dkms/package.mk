# SPDX-License-Identifier: GPL-2.0-only
# What is installed, released and packaged. Included by the top-level Makefile.

# The day of the release: of manuals, and of files in the tarball.
RELEASED := $(shell sed -n 's/^\#\# .* (\(.*\))$$/\1/p' dkms/CHANGELOG.md | head -n 1)

# Manuals and completions, from the tables that the program itself uses.
PAGES := $(patsubst dkms/man/%,build/man/%,$(wildcard dkms/man/*.[1-8]))
COMPLETIONS := $(addprefix build/completion/,sysperf.bash _sysperf sysperf.fish)
build/describe: $(patsubst %.c,build/obj/%.o,$(wildcard dkms/describe/*.c) $(filter-out tui/main.c,$(TUI))) build/libsysperf.a
	@echo "  LD      $@"
	$(Q)$(CC) $(FLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)
build/man/sysperfd.conf.5: build/sysperfd
build/man/%: dkms/man/% dkms/CHANGELOG.md build/describe build/obj/flags
	@mkdir -p $(@D)
	$(Q)build/describe man <$< | sed 's/@VERSION@/$(VERSION)/g; s/@DATE@/$(RELEASED)/g' >$@
build/completion/%: build/describe
	@mkdir -p $(@D)
	$(Q)build/describe $(if $(filter _%,$*),zsh,$(subst .,,$(suffix $*))) >$@

# What goes where: MODE:FROM:TO. DKMS, udev and systemd look in these places,
# whatever the prefix. What is not in the tree (yet) is left out.
MANDIR = $(PREFIX)/share/man
BASHDIR = $(PREFIX)/share/bash-completion/completions
ZSHDIR = $(PREFIX)/share/zsh/site-functions
FISHDIR = $(PREFIX)/share/fish/vendor_completions.d
UNITDIR = /usr/lib/systemd/system
DKMS_SRC = /usr/src/sysperf-$(VERSION)
there = $(if $(wildcard $2),$1:$2:$3)
INSTALLED = \
	755:build/sysperf:$(PREFIX)/bin/sysperf \
	$(if $(filter build/sysperfd,$(PROGRAMS)),755:build/sysperfd:$(PREFIX)/bin/sysperfd) \
	$(foreach p,$(PAGES),644:$p:$(MANDIR)/man$(subst .,,$(suffix $p))/$(notdir $p)) \
	644:build/completion/sysperf.bash:$(BASHDIR)/sysperf \
	644:build/completion/_sysperf:$(ZSHDIR)/_sysperf \
	644:build/completion/sysperf.fish:$(FISHDIR)/sysperf.fish \
	644:include/uapi/sysperf.h:$(PREFIX)/include/sysperf.h \
	644:dkms/60-sysperf.rules:/usr/lib/udev/rules.d/60-sysperf.rules \
	644:dkms/sysperf.sysusers:/usr/lib/sysusers.d/sysperf.conf \
	$(call there,644,dkms/sysperf.tmpfiles,/usr/lib/tmpfiles.d/sysperf.conf) \
	$(foreach u,$(wildcard dkms/*.service dkms/*.socket),unit:$u:$(UNITDIR)/$(notdir $u)) \
	$(call there,conf,dkms/sysperfd.conf,/etc/sysperf/sysperfd.conf) \
	$(foreach f,$(shell find dkms/prometheus -type f 2>/dev/null),644:$f:$(PREFIX)/share/sysperf/$(f:dkms/%=%)) \
	$(foreach f,$(filter-out %.mod.c,$(wildcard kmod/*.[ch])) kmod/Kbuild kmod/Makefile,644:$f:$(DKMS_SRC)/$(notdir $f)) \
	$(foreach f,$(wildcard include/uapi/*),644:$f:$(DKMS_SRC)/$f) \
	755:dkms/sign:$(DKMS_SRC)/sign version:dkms/dkms.conf:$(DKMS_SRC)/dkms.conf

# A configuration that somebody changed stays, at both ends.
define install_644
	@install -D -m 644 $1 "$2"

endef
define install_755
	@install -D -m 755 $1 "$2"

endef
define install_conf
	@[ -e "$2" ] || install -D -m 644 $1 "$2"

endef
define install_unit
	@install -D -m 644 /dev/null "$2" && sed 's,/usr/\(s\?bin/sysperf\),$(PREFIX)/\1,g' $1 >"$2"

endef
define install_version
	@install -D -m 644 /dev/null "$2" && sed 's/@VERSION@/$(VERSION)/' $1 >"$2"

endef
define uninstall_conf
	@! cmp -s $1 "$2" || rm "$2"

endef
uninstall_any = $(if $(filter conf,$1),$(call uninstall_conf,$2,$3),$(eval REMOVED += "$3"))
split = $(call $1,$(word 1,$2),$(word 2,$2),$(DESTDIR)$(word 3,$2))
each = $(foreach i,$(INSTALLED),$(call split,$1,$(subst :, ,$i)))
install_any = $(call install_$1,$2,$3)
# Directories that are ours alone.
OWN_DIRS = $(DKMS_SRC)/include/uapi $(DKMS_SRC)/include $(DKMS_SRC) \
	$(PREFIX)/share/sysperf/prometheus $(PREFIX)/share/sysperf /etc/sysperf

install: programs manuals completions ## install programs, manuals, and the module's source for DKMS (DESTDIR= PREFIX=)
	$(call each,install_any)
	@echo "the module: dkms install sysperf/$(VERSION); the group that may read it: systemd-sysusers"

uninstall: ## remove them
	$(call each,uninstall_any)
	@rm -f $(REMOVED)
	@for d in $(OWN_DIRS); do rmdir "$(DESTDIR)$$d" 2>/dev/null || true; done

manuals: $(PAGES)
completions: $(COMPLETIONS)

# The same bytes whoever makes it, from a checkout or from another tarball.
DIST := build/sysperf-$(VERSION)
dist: ## a tarball of the sources, reproducible
	@mkdir -p build
	@find $(wildcard kmod daemon tui include tests dkms Makefile README.md CONTRIBUTING.md LICENSE .ci .clang-format .clang-tidy .gitignore .shellcheckrc) \
		-name __pycache__ -prune -o -name .tmp_versions -prune -o -type f ! -name '*.o' ! -name '*.ko' ! -name '*.mod' ! -name '*.mod.c' \
		! -name '.*.cmd' ! -name modules.order ! -name Module.symvers ! -name '*.profraw' -print0 | LC_ALL=C sort -z | \
		tar --null --no-recursion -T - --format=ustar --mtime='$(RELEASED) 00:00 UTC' --owner=0 --group=0 --numeric-owner \
		--mode='u=rwX,go=rX' --transform='s,^,$(notdir $(DIST))/,' -c | gzip -9n >$(DIST).tar.gz.$$$$ && mv $(DIST).tar.gz.$$$$ $(DIST).tar.gz
	@echo $(DIST).tar.gz

# Debian packages, built from the tarball, by what the Makefile says of libraries.
DEB_PKGS := build-essential debhelper fakeroot
DEB := build/deb
LINTIAN := lintian
# Who answers for the packages: whoever builds them, by the variables that Debian's
# tools take, and else nobody, at an address that RFC 2606 keeps from being one.
MAINTAINER ?= $(if $(DEBEMAIL),$(or $(DEBFULLNAME),$(DEBEMAIL)) <$(DEBEMAIL)>,sysperf maintainers <noreply@sysperf.invalid>)
deb: dist ## Debian packages, in build/deb
	@tests/lib/deps.sh $(BUILD_PKGS) $(DEB_PKGS) $(LINTIAN)
	@rm -rf $(DEB) && mkdir -p $(DEB) && tar -xf $(DIST).tar.gz -C $(DEB)
	@dkms/debian.sh $(DEB)/$(notdir $(DIST)) $(VERSION) "$(MAINTAINER)" $(filter-out ?% make gcc libc6-dev,$(BUILD_PKGS))
	$(Q)cd $(DEB)/$(notdir $(DIST)) && env -u MAKEFLAGS -u MAKELEVEL -u CFLAGS -u LDFLAGS dpkg-buildpackage -b -us -uc >../build.log 2>&1 || \
		{ cat ../build.log; exit 1; }
	@rm -rf $(DEB)/$(notdir $(DIST))
	$(if $(LINTIAN),$(Q)$(LINTIAN) --fail-on error$(,)warning $(DEB)/*.changes)
	@ls $(DEB)/*.deb
, := ,

# RPMs, where rpmbuild and what the spec asks for are (RPMFLAGS=--nodeps: else).
RPM := $(CURDIR)/build/rpm
rpm: dist ## RPMs, in build/rpm
	@rm -rf $(RPM) && mkdir -p $(RPM)
	@sed 's/@VERSION@/$(VERSION)/' dkms/sysperf.spec >$(RPM)/sysperf.spec
	$(Q)env -u MAKEFLAGS -u MAKELEVEL rpmbuild -bb $(RPMFLAGS) --define '_topdir $(RPM)' --define '_sourcedir $(CURDIR)/build' \
		--define '_rpmdir $(RPM)' $(RPM)/sysperf.spec >$(RPM)/build.log 2>&1 || { cat $(RPM)/build.log; exit 1; }
	@rm -rf $(RPM)/BUILD $(RPM)/BUILDROOT; ls $(RPM)/*/*.rpm

.PHONY: deb rpm install uninstall manuals completions dist
