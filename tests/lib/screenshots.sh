#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The pictures of the README, from a real terminal on the frames that the golden
# screens have: always the same, so that a difference is one of the screen.
set -euo pipefail
cd "$(dirname "$0")/../.."
export SYSPERF=build/sysperf
. tests/lib/tui.sh
to=tui/screenshots
mkdir -p "$to"

shot() { # NAME COLS ROWS [KEY…]
	local name=$1 size=$2x$3
	CANNED='CANNED_TASKS=120' tui_canned "$2" "$3"
	shift 3
	if (($#)); then
		tui_keys "$@"
		tui_still
	fi
	tui_tmux capture-pane -peN | tests/lib/ansi2svg.py "$size" >"$to/$name.svg"
	tui_keys Escape # from a page of a task, q goes back
	tui_quit
}

shot tasks 132 36
shot cpus 100 30 Tab
shot heat 100 30 Tab Tab Tab Tab Tab Tab
shot task 100 30 c Enter
