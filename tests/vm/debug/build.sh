# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Kernels that check what modules do, built from Debian's source; sourced by
# kernel.sh for KVER=debug (memory, locks, contexts, leaks, failing allocations)
# and KVER=kcsan (data races).
#
#   debug_kernel_get VARIANT   builds it, unless it is here; sets what
#                              kernel_get does
#
# Their configuration is what base.config and VARIANT.config name, and nothing
# else. Source and build trees lie in a Debian root of their own, which also has
# the compiler; modules are built against the build tree.

debug_source=linux-source-7.2
debug_suite=trixie
debug_packages=make,gcc,binutils,flex,bison,bc,libelf-dev,libc6-dev,xz-utils,kmod,perl-base

debug_root_make() {
	local final=$root main
	main=$(mirror Debian)
	say "making a Debian $debug_suite root to build kernels in (once)"
	root=$final.new
	as_root rm -rf --one-file-system "$root"
	mkdir -p "${root%/*}"
	as_root mmdebstrap --quiet --variant=apt --skip=cleanup/apt --include=$debug_packages \
		$debug_suite "$root" "deb $main $debug_suite main" "deb $main $debug_suite-backports main"
	as_root install -d -o "$(id -u)" "$root$area" "$root$area/debs"
	say "fetching $debug_source (once)"
	in_root sh -c 'cd "$1" && apt-get -o APT::Sandbox::User=root download -qq "$2"' - "$area/debs" "$debug_source"
	dpkg-deb --fsys-tarfile "$root$area"/debs/*.deb | tar -xO "./usr/src/$debug_source.tar.xz" |
		xz -dc | tar -x -C "$root$area"
	# With PROVE_RCU_LIST for_each_process_thread() in a module names this lock.
	echo 'EXPORT_SYMBOL_GPL(tasklist_lock);' >>"$root$area/$debug_source/kernel/fork.c"
	basename "$root$area"/debs/*.deb .deb >"$root$area/source"
	as_root rm -rf "$root$area/debs" "$final"
	as_root mv "$root" "$final"
	root=$final
}

# Kconfig drops without a word what cannot be. FRAGMENT CONFIG
debug_config_check() {
	local line lost=''
	while read -r line; do
		case $line in
		CONFIG_*) grep -qxF -- "$line" "$2" || lost+=" ${line%%=*}" ;;
		'# CONFIG_'*' is not set') ! grep -q "^${line:2:-11}=" "$2" || lost+=" !${line:2:-11}" ;;
		esac
	done <"$1"
	[[ $lost ]] || return 0
	echo "Kconfig did not take:$lost"
	return 1
}

# Everything here is in the root, with the root's compiler.
debug_make() { # VARIANT MAKE-ARGUMENTS…
	local tree=$area/$1
	shift
	in_root nice -n 10 make -s -j"$(nproc)" -C "$area/$debug_source" O="$tree" "$@"
}

debug_build() { # VARIANT
	local tree=$root$area/$1
	mkdir -p "$tree"
	debug_config "$1" >"$tree.config"
	debug_make "$1" KCONFIG_ALLCONFIG="$area/$1.config" allnoconfig &&
		debug_config_check "$tree.config" "$tree/.config" &&
		debug_make "$1" bzImage modules || return
	release=$(debug_make "$1" kernelrelease) || return
	as_root rm -rf "$root/lib/modules/$release"
	as_root install -d -o "$(id -u)" "$root/lib/modules"
	debug_make "$1" modules_install || return

	as_root rm -rf "$kernel" "$kernel.new"
	mkdir -p "$kernel.new/lib/modules"
	cp "$tree/arch/x86/boot/bzImage" "$kernel.new/vmlinuz" &&
		cp -r "$root/lib/modules/$release" "$kernel.new/lib/modules/" &&
		/sbin/depmod -b "$kernel.new" "$release" &&
		debug_made_of "$1" >"$kernel.new/made-of" &&
		echo "$release" >"$kernel.new/release" &&
		mv "$kernel.new" "$kernel"
}

debug_config() { cat "${project:?}/tests/vm/debug/base.config" "$project/tests/vm/debug/$1.config"; }

debug_made_of() { { cat "$root$area/source" && debug_config "$1"; } | sha256sum; }

debug_kernel_get() { # VARIANT
	# shellcheck disable=SC2034 # for our caller
	KVER=$1 arch=amd64 cross=()
	kernel=${cache:?}/kernels/$1 root=$cache/roots/debug area=/sysperf
	# A clock that counts instructions, as these take three times as many; and
	# both CPUs in a table that is there without ACPI.
	# shellcheck disable=SC2034
	kernel_append='tsc=reliable' kernel_machine=(-accel 'tcg,thread=single' -icount "shift=${VM_SHIFT:-3},sleep=on" -smp '2,sockets=2')
	mkdir -p "$cache/kernels" "$cache/roots"
	exec 9>"$root.lock"
	flock 9
	[[ -d $root ]] || debug_root_make
	exec 9>"$kernel.lock" # the variants may be built at the same time
	flock 9
	if [[ $(debug_made_of "$1") != "$(cat "$kernel/made-of" 2>/dev/null)" ]]; then
		say "building the $1 kernel (once; some 15 minutes on two cores)"
		debug_build "$1" >"$root$area/$1.log" 2>&1 ||
			{ tail -n 30 "$root$area/$1.log" >&2; die "the $1 kernel does not build"; }
	fi
	release=$(<"$kernel/release")
	flock -u 9
}
