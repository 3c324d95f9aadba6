# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A task with any name whatever, after sh.sh: named_task NAME sets $named to
# its pid and ends it when the script ends.

need_tool python3
named_all=()
named_ready=$(mktemp)
trap 'rm -f "$named_ready"; kill "${named_all[@]}" 2>/dev/null || true' EXIT

named_task() { # NAME with Python's escapes
	: >"$named_ready"
	python3 -c '
import os, sys, time
name = sys.argv[1].encode().decode("unicode_escape").encode("latin-1")
open("/proc/self/comm", "wb", 0).write(name)
open(sys.argv[2], "w").write(str(os.getpid()))
time.sleep(120)' "$1" "$named_ready" &
	named_all+=($!)
	wait_for 20 test -s "$named_ready"
	named=$(<"$named_ready")
	named_all+=("$named")
}
