#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs tests and counts: a line "PASS name", "FAIL name: why" or "SKIP name:
# why" each, and a last line "N passed, N failed, N skipped".
#
#   run.sh all TARGET…           the suites behind make targets, counted together
#   run.sh unit PROGRAM…         cmocka programs, counted by test
#   run.sh fuzz PROGRAM…         libFuzzer programs, over their stored corpora
#   run.sh scripts SUITE FILE…   test scripts: status 0, 77 (skip) or else
#   run.sh vm SUITE FILE…        test scripts in boots of the VM; without KVER=
#                                vm-6.12 is on that kernel
#   run.sh boot SUITE FILE…      its part in one of them, with KVER=
#   run.sh guest SUITE FILE…     its part inside: the module fresh for each
#
# TEST_TIMEOUT= seconds for each script; a line "# TIMEOUT=n" in it raises the
# usual 120. Unit tests have 600: all of a file's bytes changed one by one take
# half a minute of a CPU that is not shared. "# ARCH=amd64" in a VM test: only
# there (tests/tests.mk). "# ALONE": with no other boot beside it; VM_BOOTS= of
# them, two if there are as many CPUs, share the others.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PYTHONUNBUFFERED=1 # what a test that hangs has said is seen

# Under "all" the results go to its file, and it prints the count.
results=${SYSPERF_RESULTS-}
if [[ ! $results ]]; then
	results=$(mktemp)
	own=1
	trap 'rm -f "$results"' EXIT
	export SYSPERF_RESULTS=$results
fi

# Interrupting us must not leave a VM behind.
with_us=(setpriv --pdeathsig TERM)

emit() {
	echo "$*"
	echo "$*" >>"$results"
}

count() { grep -c "^$1 " "$results" || true; }

suites() {
	local target before
	for target; do
		before=$(count FAIL)
		"${with_us[@]}" "${MAKE:-make}" --no-print-directory "$target" </dev/null && continue
		(($(count FAIL) > before)) || emit "FAIL $target: could not run"
	done
}

units() {
	local program name line before over
	for program; do
		name=unit/$(basename "$program")
		before=$(count FAIL)
		over=''
		while IFS= read -r line; do
			case $over$line in
			'[       OK ] '*) emit "PASS $name/${line#*] }" ;;
			'[  FAILED  ] '*) emit "FAIL $name/${line#*] }" ;;
			'[  SKIPPED ] '*) emit "SKIP $name/${line#*] }: by itself" ;;
			'[==========] '*' run.') over=1 ;; # the summary repeats the failed ones
			'[ RUN      ] '* | '[==========] '* | 1'['* | 1 | 1*'TEST(S)') ;;
			*) echo "    $line" ;;
			esac
		done < <(CMOCKA_MESSAGE_OUTPUT=stdout timeout -k 5 "${TEST_TIMEOUT:-600}" "$program" 2>&1 </dev/null)
		wait $! && continue
		(($(count FAIL) > before)) || emit "FAIL $name: died"
	done
}

fuzzers() {
	local program name corpus
	for program; do
		name=$(basename "$program")
		corpus=tests/fuzz/corpus/${name#fuzz_}
		if [[ ! -d $corpus ]]; then
			emit "SKIP fuzz/$name: no $corpus"
		elif timeout -k 5 "${TEST_TIMEOUT:-120}" "$program" -runs=0 -artifact_prefix=build/fuzz/ "$corpus" >"$program.log" 2>&1; then
			emit "PASS fuzz/$name"
		else
			sed 's/^/    /' "$program.log"
			emit "FAIL fuzz/$name"
		fi
	done
}

# Tasks that not even a kill ends, and what they wait for.
stuck() {
	local file
	for file in $(grep -l '^State:.D' /proc/[0-9]*/status 2>/dev/null || true); do
		cat <(head -n 1 "$file") "${file%status}stack" 2>/dev/null || true # it may end meanwhile
	done
}

script() { # SUITE FILE LOGDIR
	local name status=0
	name=$(basename "${2%.*}")
	local log=$3/$name.log limit
	limit=$(sed -n 's/^# TIMEOUT=\([0-9]*\).*/\1/p' "$2")
	limit=$((${limit:-120} * ${SYSPERF_SLOWNESS:-1}))
	mkdir -p "$3"
	PATH=$PWD/build:$PATH "${with_us[@]}" timeout -k 5 "${TEST_TIMEOUT:-$limit}" "$2" >"$log" 2>&1 </dev/null &
	wait $! || status=$?
	kill -KILL -- -$! 2>/dev/null || true # what it left running: timeout made it a group
	[[ ! $(type -t after) ]] || after >>"$log" || status=complaint
	case $status in
	0) emit "PASS $1/$name" && rm "$log" && return ;;
	77) emit "SKIP $1/$name: $(tail -n 1 "$log")" && rm "$log" && return ;;
	esac
	tail -n 60 "$log" | sed 's/^/    /'
	case $status in
	124 | 137)
		stuck
		emit "FAIL $1/$name: timed out"
		;;
	complaint) emit "FAIL $1/$name: the kernel complained" ;;
	*) emit "FAIL $1/$name: status $status" ;;
	esac
}

module_reload() {
	local try
	for ((try = 0; try < 50; try++)); do
		grep -q '^sysperf ' /proc/modules || break
		rmmod sysperf 2>/dev/null || sleep 0.1
	done
	insmod "$SYSPERF_KO"
}

guest() {
	local suite=$1 file seen
	shift
	after() { dmesg | tail -n "+$((seen + 1))" | awk -f tests/vm/klog.awk; }
	for file; do
		seen=$(dmesg | wc -l)
		if [[ ${SYSPERF_KO-} ]] && ! module_reload; then
			emit "FAIL $suite/$(basename "${file%.*}"): the module did not load"
			continue
		fi
		script "$suite" "$file" /mnt/out/logs
	done
	rmdir /mnt/out/logs 2>/dev/null || true
}

# Says why if there is nothing to test: no such kernel, or no module for it.
vm_prepare() { # SUITE
	local log why status=0
	log=$(mktemp)
	"${with_us[@]}" tests/vm/run.sh --prepare </dev/null 2>&1 | tee "$log" || status=$?
	why=$(sed -n 's/^sysperf-vm: //p' "$log" | tail -n 1)
	rm "$log"
	case $status in
	0) return ;;
	77) emit "SKIP $1: $why" ;;
	*) emit "FAIL $1: ${why:-status $status}" ;;
	esac
	return 1
}

boot() { # SUITE FILE…
	local suite=$1 failed='' status=0 line file
	while IFS= read -r line; do
		case $line in
		'FAIL '*) failed=1 ;;&
		'PASS '* | 'FAIL '* | 'SKIP '*) emit "$line" ;;
		'--- sysperf-vm '*) ;;
		*) echo "$line" ;;
		esac
	done < <(VM_TIMEOUT=${VM_TIMEOUT:-5400} exec "${with_us[@]}" tests/vm/run.sh "SYSPERF_RESULTS=/dev/null tests/lib/run.sh guest ${*@Q}")
	wait $! || status=$?
	shift
	for file; do
		file=$suite/$(basename "${file%.*}")
		grep -Eq "^(PASS|FAIL|SKIP) $file(:|$)" "$results" && continue
		emit "FAIL $file: the guest died before or in it"
		failed=1
	done
	[[ $status == 0 || $failed ]] || emit "FAIL $suite/guest: status $status"
}

# A boot keeps one CPU of the host busy, so several share the scripts; what asks
# that nothing else wants the CPUs goes last, in a boot alone.
vm() {
	local suite=$1 file share i j boots=${VM_BOOTS-} alone=() others=()
	export KVER=${KVER:-${suite#*-}}
	shift
	vm_prepare "$suite" || return 0
	for file; do
		if grep -q '^# ALONE$' "$file"; then alone+=("$file"); else others+=("$file"); fi
	done
	boots=${boots:-$(($(nproc) < 2 ? 1 : 2))}
	((boots > 0)) || boots=1 # else nothing would run, and nothing fail
	for ((i = 0; i < boots; i++)); do
		share=()
		for ((j = i; j < ${#others[@]}; j += boots)); do share+=("${others[j]}"); done
		[[ ${share-} ]] || break
		"${with_us[@]}" tests/lib/run.sh boot "$suite" "${share[@]}" &
	done
	wait
	[[ ! ${alone-} ]] || boot "$suite" "${alone[@]}"
}

# A function, read as a whole before it runs: an edit must not hit a running test.
main() {
	local already mode=$1 suite file
	already=$(count FAIL)
	shift
	case $mode in
	all) suites "$@" ;;
	unit) units "$@" ;;
	fuzz) fuzzers "$@" ;;
	scripts)
		suite=$1
		shift
		for file; do script "$suite" "$file" "build/test/$suite"; done
		;;
	vm) vm "$@" ;;
	boot) boot "$@" ;;
	guest) guest "$@" ;;
	esac

	[[ ${own-} ]] && echo "$(count PASS) passed, $(count FAIL) failed, $(count SKIP) skipped"
	(($(count FAIL) == already))
	exit
}
main "$@"
