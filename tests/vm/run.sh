#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Boots a stock Debian kernel in QEMU on this machine's own root (read-only,
# under an overlay), loads the module, and runs a command there.
#
#   tests/vm/run.sh COMMAND     (bash; - reads it from stdin)
#   tests/vm/run.sh --prepare   only fetches and builds all that this needs; 77 if
#                               there is no such kernel and need not be
#
# Its output comes between two marker lines, its status is ours. Files that it
# leaves in /mnt/out are kept in build/vm/. 124 is a timeout, 125 a guest that
# failed otherwise: no boot, no module, or a complaint in the kernel's log.
#
# KVER=6.1         the kernel: 5.10 6.1 6.12 7.2 experimental; -rt may follow, and
#                  -arm64, in a Debian of its own with sysperf cross-built
# VM_ARGS=         more arguments for QEMU      VM_APPEND=   for the kernel
# VM_ICOUNT=1      count instructions: one guest nanosecond each, one CPU
# VM_THREAD=multi  a thread of the host for each guest CPU: faster, but QEMU (7.2
#                  at least) can then miss that one CPU patched code which the
#                  other runs, and loop for ever on a breakpoint that is gone,
#                  as attaching to tracepoints patches code.
# VM_TIMEOUT=300   seconds for all of it        VM_NOMOD=1   boot without module
# KMOD_DIR=kmod    the module's sources
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd -P)
version=$(sed -n 's/^VERSION := //p' "$project/Makefile")

say() { echo "sysperf-vm: $*" >&2; }
die() {
	say "$*"
	exit 125
}

# shellcheck source=tests/vm/kernel.sh
. "$project/tests/vm/kernel.sh"
# shellcheck source=tests/vm/foreign.sh
. "$project/tests/vm/foreign.sh"

cleanup() {
	[[ ${qemu-} ]] && kill "$qemu" 2>/dev/null
	[[ -d ${out-} ]] || return 0
	# A run that went well leaves nothing but what the command put there.
	[[ ${failed-} ]] || rm -rf "$vm"
	rmdir "$out" 2>/dev/null || say "files: ${out#"$project/"}/"
}

# The command as given. Through make, $ may have been doubled as is usual there:
# then every one is, and some do not stand alone as the shell's $$ does.
command_text() {
	local text=${1--}
	local odd='(^|[^$])(\$\$)*\$([^$]|$)' doubled='\$\$[A-Za-z_0-9{(?#@*!$]'
	case $text in
	-) text=$(cat) ;;
	--make)
		text=$VM_CMD
		[[ ! $text =~ $odd && $text =~ $doubled ]] && text=${text//'$$'/'$'}
		;;
	esac
	printf '%s\n' "$text"
}

prepare() { # everything that goes into the guest
	kernel_get "${KVER:-6.1}"
	guest_root=/
	if [[ $arch != amd64 ]]; then
		foreign_guest
		foreign_programs
	fi
	kernel_initrd
	mkdir -p "$project/build/vm"
	out=$(mktemp -d "$project/build/vm/out-XXXXXX")
	vm=$out/.vm
	mkdir "$vm" "$vm/test-modules"
	echo "$project" >"$vm/project"
	echo "$arch" >"$vm/arch"
	command_text "$@" >"$vm/cmd"
	[[ ${VM_NOMOD-} ]] && return
	kernel_module "$(realpath "${KMOD_DIR:-$project/kmod}")" "$vm/sysperf.ko"
	local dir
	for dir in "$project"/tests/vm/modules/*/; do
		[[ -e $dir/Kbuild ]] && kernel_module "${dir%/}" "$vm/test-modules/$(basename "$dir").ko"
	done
	return 0
}

share() { # PATH TAG [ro]
	echo -virtfs
	echo "local,path=$1,mount_tag=$2,security_model=none,multidevs=remap${3:+,readonly=on}"
}

boot() {
	local cpu=(-accel "tcg,thread=${VM_THREAD:-single}" -smp 2) machine shares
	[[ ${VM_ICOUNT-} ]] && cpu=(-accel 'tcg,thread=single' -icount 'shift=0,sleep=off' -smp 1)
	# Clearing a page byte by byte, as it would with erms, takes QEMU (7.2) up to
	# milliseconds if the page once held code: it looks at all of it each time.
	case $arch in
	amd64) machine=(qemu-system-x86_64 -cpu 'max,-erms,-fsrm') console=ttyS0 ;;
	arm64) machine=(qemu-system-aarch64 -M virt -cpu 'max,pauth-impdef=on') console=ttyAMA0 ;;
	esac
	type -P "${machine[0]}" >/dev/null || die "no ${machine[0]} here: make test-deps installs it"
	mapfile -t shares < <(share "$guest_root" host ro
		share "$kernel/lib/modules/$release" modules ro
		[[ $guest_root == / ]] || share "$project" project ro
		share "$out" out)
	# With a clock of instructions that sleeps, QEMU (7.2) can miss the end of a
	# sleep of both CPUs: each line to its monitor makes it look again.
	local lines=/dev/null
	if [[ ${kernel_machine-} ]]; then
		cpu=("${kernel_machine[@]}" -monitor stdio)
		exec 6< <(exec 2>/dev/null; while sleep 5; do echo || exit; done)
		lines=/dev/fd/6
	fi
	# shellcheck disable=SC2206
	local more=(${VM_ARGS-})
	failed=1
	# The command's output comes through descriptor 3 into a copy and our stdout.
	exec 3> >(exec tee "$vm/output")
	copier=$!
	setpriv --pdeathsig TERM timeout -k 5 "${VM_TIMEOUT:-300}" "${machine[@]}" "${cpu[@]}" -m 2G \
		-nodefaults -no-user-config -display none -no-reboot -kernel "$kernel/vmlinuz" -initrd "$initrd" \
		-append "console=$console loglevel=5 log_buf_len=4M panic=-1 oops=panic ${kernel_append-} ${VM_APPEND-}" \
		-serial file:"$vm/console" \
		-device virtio-serial-pci -chardev file,id=output,path=/dev/fd/3 -device virtserialport,chardev=output \
		"${shares[@]}" "${more[@]}" <"$lines" >"$vm/qemu" 2>&1 &
	qemu=$!
	exec 3>&- 6<&-
	qemu_status=0
	wait "$qemu" || qemu_status=$?
	qemu=''
	wait "$copier" || true
	if [[ -s $vm/output ]]; then
		tail -c 1 "$vm/output" | cmp -s - <(echo) || echo
		echo '--- sysperf-vm end'
	fi
}

verdict() { # sets status
	local log=$vm/console taint complaints=1
	[[ -s $vm/dmesg ]] && log=$vm/dmesg
	awk -f "$project/tests/vm/klog.awk" "$log" >"$vm/complaints" && complaints=''
	# Out of tree (4096) and unsigned (8192) is what a module here is.
	taint=$(($(cat "$vm/taint" 2>/dev/null || echo 0) & ~(4096 | 8192)))

	status=125
	if ((qemu_status == 124 || qemu_status == 137)); then
		say "timed out after ${VM_TIMEOUT:-300} s"
		status=124
	elif [[ -e $vm/error ]]; then
		say "$(<"$vm/error")"
	elif [[ ! -s $vm/status ]]; then
		say "the guest died"
		[[ $complaints ]] || tail -n 20 "$vm/console" "$vm/qemu" >&2
	else
		status=$(<"$vm/status")
	fi
	if [[ $complaints ]]; then
		say "the kernel complained:"
		head -n 100 "$vm/complaints" >&2
	fi
	((taint)) && say "the kernel is tainted: $taint (Documentation/admin-guide/tainted-kernels.rst)"
	if ((status == 0)) && [[ $complaints || $taint != 0 ]]; then
		status=125
	fi
	((status)) || failed=''
}

main() { # a function, so that an edit does not hit a running VM
	trap cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	prepare "$@"
	[[ ${1-} == --prepare ]] && exit
	boot
	verdict
	exit "$status"
}
main "$@"
