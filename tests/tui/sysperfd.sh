#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The live screen with sysperfd: its frames as they come, paused and at another
# delay; and on its own when sysperfd goes away.
set -euo pipefail
. "$(dirname "$0")/../lib/tui.sh"
sock=$tui_dir/sock
printf '[module]\nload = no\n[collection]\ndelay = off\nsource = procfs\nthresholds =\n' >"$tui_dir/conf"
sysperfd=$(dirname "$SYSPERF")/sysperfd

start() {
	"$sysperfd" --config "$tui_dir/conf" --socket "$sock" 2>"$tui_dir/log" &
	daemon=$!
	tui_pids+=("$daemon")
	wait_for 30 answers
}
answers() { "$sysperfd" --status --socket "$sock" >"$tui_dir/status" 2>/dev/null; }
count() {
	answers
	sed -n "s/^$1=//p" "$tui_dir/status"
}
grows() { # KEY: it does
	local before
	before=$(count "$1")
	wait_for 20 eval "((\$(count $1) > before))"
}
clock() { tui_screen | grep -Eo '[0-9]{2}:[0-9]{2}:[0-9]{2}' | head -n 1; }
clock_is_not() { [[ $(clock) != "$1" ]]; }

start
tui_shell 120 40
tui_run -d 0.3 --socket "$sock" --source auto
tui_wait 'sysperfd, procfs'
tui_wait 'PID .*CPU%.*COMMAND'
expect_eq "$(count viewers)" 2 'viewers'
tui_until 'the clock to go on' clock_is_not "$(clock)"

# Paused: it asks for nothing, and loses nothing.
tui_keys z
tui_wait PAUSED
wait_for 20 eval '[[ $(count collections) == 0 ]]'
tui_keys z
tui_wait_not PAUSED
tui_until 'the clock to go on' clock_is_not "$(clock)"
tui_lacks LOST || die 'frames are lost'

tui_keys d 0 . 2 Enter
tui_wait 'every 0.2s'
grows frames
tui_keys H
tui_wait 'threads'
tui_until 'the clock to go on' clock_is_not "$(clock)"

# It goes away, and the screen goes on.
kill -KILL "$daemon"
tui_wait 'going on without it'
tui_wait 'procfs: (no module|module not used)|kmod'
tui_until 'the clock to go on' clock_is_not "$(clock)"
tui_quit

# No other source was wanted: the screen says so, and tries again.
start
tui_shell 120 40
tui_run -d 0.3 --socket "$sock" --source daemon
tui_wait 'sysperfd, procfs'
kill -KILL "$daemon"
tui_wait 'source failed'
start
tui_wait 'sysperfd, procfs'

# One that is stuck: keys are answered all the while.
kill -STOP "$daemon"
tui_keys h
tui_wait 'PgUp, PgDn: move'
tui_keys q
kill -CONT "$daemon"
tui_quit
