#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Names from outside do no harm; ASCII where the locale has no more; no colour
# where none is wanted.
set -euo pipefail
. "$(dirname "$0")/../lib/tui.sh"

# Escape sequences that would clear the screen, colour it, set the title.
tui_spawn bash -c "exec -a \$'\e[2J\e[31mevil\e]0;title\a\tname\x9b1mé日本\xff' sleep 100"
evil=$!
tui_spawn bash -c $'printf "\e[41mx\e[2J" >/proc/self/comm; sleep 100; :'
comm=$!

tui_start 200 24 -d 0.3 -p "$evil,$comm"
tui_wait 'evil.*name'
tui_has '日本' || die 'no wide characters'
tui_has '^CPU' || die 'the screen was cleared'
tui_keys H
tui_wait 'TID'
tui_wait '\[41mx'
! tui_tmux capture-pane -pe | grep -q $'\e\\[41m' || die 'a name set a colour'
[[ $(tui_tmux display-message -p '#{pane_title}') != title ]] ||
	die 'a name set the title'
tui_keys H
tui_quit

# Bytes beyond ASCII reach the screen only where the locale has them.
TUI_LC_ALL=C tui_start 200 24 -d 0.3 -p "$evil,$comm"
tui_wait 'evil'
tui_keys t 1 h
tui_wait '^Move'
tui_keys q
tui_wait 'evil'
if tui_screen | LC_ALL=C grep -q $'[\x80-\xff]'; then
	die 'not ASCII alone'
fi
tui_quit

# Colours, or none: no SGR but bold, dim, reverse.
colours() { tui_tmux capture-pane -pe | grep -Eq $'\e\\[([0-9;]*;)?[34][0-7][;m]'; }
tui_start 80 24 -d 0.3
colours || die 'no colours'
tui_quit
TUI_ENV='NO_COLOR=1' tui_start 80 24 -d 0.3
! colours || die 'colours in spite of NO_COLOR'
tui_quit
TUI_ENV='TERM=vt100' tui_start 80 24 -d 0.3
! colours || die 'colours on a vt100'
tui_quit
