#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
# Ten and thirty thousand tasks: all are counted, the last one can be got at in
# each order, as a row, in the tree and by a filter, and nothing is left behind.
set -euo pipefail
. "$(dirname "$0")/../lib/tui.sh"

rows() { tui_screen | grep -cE '^ *[0-9]+ ([a-z]+ +)?[RSDX] '; }
for size in 80x24 200x60; do
	for tasks in 10000 30000; do
		last=$((1000 + tasks - 1)) # the first is 1, the next 1001
		CANNED="CANNED_TASKS=$tasks CANNED_SAMPLES=3" tui_canned "${size%x*}" "${size#*x}"
		tui_has " $tasks processes" || die "$tasks tasks are not counted"
		all=$(rows)
		tui_keys End
		tui_wait "^ *$last "
		expect_eq "$(rows)" "$all" "rows at the end of $tasks"
		tui_keys Home t
		tui_wait '└'
		tui_keys End
		tui_wait_not '^ *1 S'
		expect_eq "$(rows)" "$all" "rows at the end of $tasks as a tree"
		tui_keys t Home
		tui_wait '^ *1 '
		tui_keys M
		tui_wait 'by RSS'
		tui_keys o
		tui_tmux send-keys -l -- "pid >= $last"
		tui_keys Enter
		tui_wait "^ *$last "
		tui_wait_not '^ *1 S'
		tui_until 'one row' test "$(rows)" = 1
		tui_keys Escape
		tui_tmux resize-window -x 60 -y 12
		tui_tmux resize-window -x "${size%x*}" -y "${size#*x}"
		tui_wait '^CPU'
		tui_quit
		! grep . "$tui_dir/report" || die 'the sanitizers complain'
	done
done
