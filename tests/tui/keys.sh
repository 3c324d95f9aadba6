#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Help, menus, screens, prompts, pause; and keys that mean nothing.
set -euo pipefail
. "$(dirname "$0")/../lib/tui.sh"

tui_start 80 24 -d 0.5

# Help opens, scrolls, names what it must, and closes.
tui_keys h
tui_wait 'quit|move by a row'
tui_has 'search name' || die 'help does not tell of search'
tui_keys NPage NPage
tui_wait '^  Cgroups +control groups'
tui_keys End
tui_wait 'procfs'
tui_has '^  † exit N' || die 'help shows another mark than the table'
tui_keys Home
tui_wait '^Move'
tui_keys q
tui_wait 'PID .*COMMAND'

# Screens, forwards and back again.
tui_keys Tab
tui_wait '^CPU +USER%'
tui_keys Tab
tui_wait '^stall p99'
tui_keys Tab
tui_wait '^DISK +R/S'
tui_keys Tab
tui_wait '^NET +RX'
tui_keys Tab
tui_wait '^CGROUP +TASKS'
tui_keys Tab
tui_wait '^run-queue wait'
tui_keys Tab
tui_wait '^FROM +LASTED'
tui_keys Tab
tui_wait 'PID .*COMMAND'
tui_keys BTab BTab BTab
tui_wait '^CGROUP +TASKS'
tui_keys BTab BTab BTab BTab BTab
tui_wait 'PID .*COMMAND'

# The menu of columns to sort by.
tui_keys F6
tui_wait '^Sort by'
tui_keys Home Enter
tui_wait 'by TID'
tui_keys P
tui_wait 'by CPU%'
tui_keys '>'
tui_wait_not 'by CPU%'

# Meters, pause, delay: a wrong one is refused, with the reason.
tui_keys 1
tui_wait '^ +0 .*%'
tui_keys 1 z
tui_wait 'PAUSED'
tui_keys z
tui_wait_not 'PAUSED'
tui_keys d 0.001 Enter
tui_wait 'a delay is'
tui_keys d x Enter
tui_wait 'no number'
tui_keys d 0.3 Enter
tui_wait 'every 0.3s'

# Users and signals that do not exist.
tui_keys u no-such-user-here Enter
tui_wait 'no-such-user-here'
tui_keys k NOSUCH Enter
tui_wait 'no signal'

# Everything else on the keyboard is ignored.
tui_keys Escape x y Q Z X ! @ '#' '$' % '&' '*' '(' ')' _ + C-a C-b C-e \
	F11 F12 é 日 Insert DC
tui_keys Left Right Right Left i i K K t t F F Space U
tui_wait 'PID .*COMMAND'
tui_quit
