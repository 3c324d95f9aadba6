#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What was written cell by cell, by the shortest ways, is what the whole screen
# drawn anew looks like: by what several types of terminals are told.
set -euo pipefail
. "$(dirname "$0")/../lib/tui.sh"

# Cells with their attributes and colours, but of those of blanks that nobody
# sees the colour alone.
shown() {
	tui_tmux capture-pane -ep | python3 -c '
import re, sys
look = {}
for y, line in enumerate(sys.stdin.read().split("\n")):
    for codes, char in re.findall("\x1b\\[([0-9;]*)m|([^\x1b])", line):
        if char:
            seen = {k: v for k, v in look.items() if char != " " or k == "7"}
            if char != " " or seen:
                print(y, char, sorted(seen.items()))
        for code in (codes or "0").split(";") if not char else []:
            if code == "0":
                look = {}
            elif code in ("39", "49"):
                look.pop("f" if code == "39" else "b", None)
            elif len(code) == 2 or len(code) == 3:
                look["b" if code[-2] in "40" else "f"] = code
            else:
                look[code] = True'
}

for type in xterm-256color xterm tmux-256color screen vt220; do
	TUI_ENV="TERM=$type" tui_start 200 60 -d 0.1
	tui_keys Tab
	sleep 1
	tui_keys BTab M Down
	sleep 2 # of refreshes
	tui_keys z
	tui_wait PAUSED
	tui_still
	shown >"$tui_dir/written"
	tui_keys C-l
	sleep 0.3
	tui_still
	shown >"$tui_dir/drawn"
	diff "$tui_dir/written" "$tui_dir/drawn" || die "$type: not what it should be"
	tui_has '^ +PID' || die "$type: no tasks"
	tui_keys q
	tui_wait 'status=0'
done
