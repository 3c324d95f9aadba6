# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Helpers for tests of the live screen: a shell in a tmux of its own, in which
# sysperf is started as a person would.
#   . "$(dirname "$0")/../lib/tui.sh"

# shellcheck source=tests/lib/sh.sh
. "$(dirname "${BASH_SOURCE[0]}")/sh.sh"
need_tool tmux stty

SYSPERF=${SYSPERF:-$(type -P sysperf || true)}
[[ -x $SYSPERF ]] || die "no sysperf: set SYSPERF or PATH"
SYSPERF=$(realpath "$SYSPERF")
tui_dir=$(mktemp -d)
tui_pids=()

# A server for each shell: one that is ending would take new sessions along.
tui_socket=sysperf-test-$$
tui_servers=0
tui_tmux() { tmux -L "$tui_socket-$tui_servers" -f /dev/null "$@"; }

# A screen with sanitizers that loses its terminal may look for leaks for ever:
# the helper that they start is ended by the same signal.
tui_kill_server() {
	local shell
	for shell in $(tui_tmux list-panes -a -F '#{pane_pid}' 2>/dev/null); do
		pkill -KILL -x -P "$shell" canned || true
	done
	tui_tmux kill-server 2>/dev/null || true
}

tui_end() {
	local pid
	tui_kill_server
	for pid in "${tui_pids[@]}"; do
		kill -9 "$pid" 2>/dev/null || true
	done
	rm -rf "$tui_dir"
}
trap tui_end EXIT

tui_screen() { tui_tmux capture-pane -p; }

# tui_has REGEX: is it on the screen now?
tui_has() { tui_screen | grep -Eq -- "$1"; }
tui_lacks() { ! tui_has "$1"; }

# tui_wait REGEX: until it is on the screen
tui_until() {
	local what=$1 until=$((SECONDS + 20))
	shift
	until "$@"; do
		if ((SECONDS >= until)); then
			tui_screen >&2
			die "timed out waiting for $what"
		fi
		sleep 0.05
	done
}
tui_wait() { tui_until "'$1'" tui_has "$1"; }
tui_wait_not() { tui_until "'$1' to go" tui_lacks "$1"; }

# tui_keys KEY…: as tmux names them
tui_keys() { tui_tmux send-keys -- "$@"; }

# tui_shell COLUMNS ROWS: a shell with a prompt on a screen of that size
tui_shell() {
	tui_kill_server
	tui_servers=$((tui_servers + 1))
	echo "export XDG_CONFIG_HOME=$tui_dir/config LC_ALL=${TUI_LC_ALL-C.UTF-8} PS1='ready> '" >"$tui_dir/rc"
	env -u TMUX LC_ALL=C.UTF-8 \
		tmux -L "$tui_socket-$tui_servers" -f /dev/null new-session -d \
		-x "$1" -y "$2" "exec bash --rcfile $tui_dir/rc -i"
	tui_tmux set-option -g status off
	tui_tmux set-option -g window-size manual
	tui_tmux resize-window -x "$1" -y "$2"
	tui_wait 'ready>'
}

# tui_run ARGUMENTS: sysperf in that shell; its status is shown at its end.
# The screen is cleared first, so that a later "status" is its own.
tui_run() {
	tui_keys "clear; ${TUI_ENV-} $SYSPERF --source procfs $*; echo st\"\"atus=\$?." Enter
}

# tui_start COLUMNS ROWS ARGUMENTS: both, until the first frame is there
tui_start() {
	tui_shell "$1" "$2"
	shift 2
	tui_run "$@"
	tui_wait 'CPU'
	tui_wait_not 'collecting'
}

# tui_canned COLUMNS ROWS ARGUMENTS: the screen on canned frames, as many as
# CANNED_SAMPLES at once (40), then none; with sanitizers. CANNED= has more of
# what tests/tui/canned.c takes.
tui_canned() {
	local canned
	canned=$(dirname "$SYSPERF")/asan/canned
	[[ -x $canned ]] || die "no $canned: make test-tui builds it"
	tui_shell "$1" "$2"
	shift 2
	rm -f "$tui_dir/taken"
	tui_keys "clear; TZ=UTC ${TUI_ENV-} CANNED_SAMPLES=40 CANNED_DONE=$tui_dir/taken ${CANNED-} $canned $* 2>$tui_dir/report; echo st\"\"atus=\$?." Enter
	tui_until 'canned frames' test -e "$tui_dir/taken"
	tui_still
}

# tui_still: until the screen is the same for a while
tui_still() {
	local before now same=0
	before=$(tui_screen)
	while ((same < 3)); do
		sleep 0.1
		now=$(tui_screen)
		if [[ $now == "$before" ]]; then same=$((same + 1)); else same=0; fi
		before=$now
	done
}

# tui_quit: by q, expecting status 0
tui_quit() {
	tui_keys q
	tui_wait 'status=0\.'
}

# tui_spawn COMMAND…: in the background until the test's end; $! is its pid
tui_spawn() {
	"$@" >/dev/null 2>&1 </dev/null &
	tui_pids+=($!)
}

# tui_pid: of the sysperf in the shell
tui_pid() {
	pgrep -P "$(tui_tmux display-message -p '#{pane_pid}')" -x sysperf
}
