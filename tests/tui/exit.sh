#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# However it ends, the terminal is as it was and the status is right.
set -euo pipefail
. "$(dirname "$0")/../lib/tui.sh"

# settings FILE: the terminal's, written from the shell in it
settings() {
	tui_keys "clear; stty -a >$tui_dir/$1; echo do''ne" Enter
	tui_wait 'done'
	tui_wait 'ready>'
}

same_terminal() { # WHAT
	settings after
	diff "$tui_dir/before" "$tui_dir/after" || die "$1 left other settings"
	[[ $(tui_tmux display-message -p '#{alternate_on}#{cursor_flag}') == 01 ]] ||
		die "$1 left the other screen or no cursor"
	tui_keys 'clear; echo us""able' Enter
	tui_wait '^usable'
}

tui_shell 80 24
settings before

tui_run -d 0.3
tui_wait 'PID .*COMMAND'
tui_quit
same_terminal q

tui_run -d 0.3
tui_wait 'PID .*COMMAND'
tui_keys C-c
tui_wait 'status=0\.'
same_terminal Ctrl-C

tui_run -d 0.3
tui_wait 'PID .*COMMAND'
kill -TERM "$(tui_pid)"
tui_wait 'status=0\.'
same_terminal SIGTERM

# Where there is no other screen to leave, the shell goes on upon a clean line.
for name in linux vt100; do
	TUI_ENV=TERM=$name tui_run -d 0.3
	tui_wait 'PID .*COMMAND'
	tui_quit
	tui_wait '^status=0\.$'
	same_terminal "q on $name"
done

# Fatal signals kill it all the same, with the terminal given back.
for sig in SEGV ABRT; do
	tui_run -d 0.3
	tui_wait 'PID .*COMMAND'
	kill -s "$sig" "$(tui_pid)"
	tui_wait 'status=[1-9][0-9]*\.'
	same_terminal "SIG$sig"
done

# Stopped and continued: back in the shell meanwhile, drawn again after.
tui_run -d 0.3
tui_wait 'PID .*COMMAND'
tui_keys C-z
tui_wait 'Stopped'
tui_keys 'clear; fg; echo st""atus=$?.' Enter
tui_wait 'PID .*COMMAND'
tui_quit
same_terminal Ctrl-Z

# A terminal that goes away takes it along.
tui_run -d 0.3
tui_wait 'PID .*COMMAND'
pid=$(tui_pid)
tui_tmux kill-server
tui_until 'it to end with its terminal' eval "! kill -0 $pid 2>/dev/null"

# No terminal, or one nobody knows: one line, status 1, nothing on stdout.
refused() { # ENVIRONMENT…
	local status=0
	env "$@" script -qec "'$SYSPERF' --source procfs" "$tui_dir/typescript" \
		>/dev/null </dev/null || status=$?
	expect_eq "$status" 1 "status with $*"
	grep -q 'sysperf: ' "$tui_dir/typescript" || die "no message with $*"
}
status=0
"$SYSPERF" --source procfs >"$tui_dir/out" 2>"$tui_dir/err" </dev/null || status=$?
expect_eq "$status" 1 'status without a terminal'
expect_eq "$(wc -c <"$tui_dir/out")" 0 'bytes on stdout'
expect_eq "$(wc -l <"$tui_dir/err")" 1 'lines on stderr'
grep -q '^sysperf: ' "$tui_dir/err" || die 'no message without a terminal'
if type -P script >/dev/null; then
	refused TERM=dumb
	refused TERM=no-such-terminal
	refused -u TERM
fi
