#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Doing something to tasks: what is asked before, what is done, what is refused
# and what is not even tried.
set -euo pipefail
. "$(dirname "$0")/../lib/tui.sh"

tui_spawn sleep 1000
one=$!
tui_spawn sleep 1000
two=$!
nice_of() { [[ $(ps -o ni= -p "$1" | tr -d ' ') == "$2" ]]; }
gone() { ! kill -0 "$1" 2>/dev/null; }

tui_start 120 24 -d 0.3 -p "$one,$two"
tui_wait "^ *$one "
tui_keys / "$one" Enter

# One task: at once.
tui_keys F8
tui_until 'nice up' nice_of "$one" 1
tui_keys r 5 Enter
tui_until 'its nice value' nice_of "$one" 5
tui_keys a 0 Enter
tui_until 'its CPUs' eval "[[ \$(taskset -cp $one) == *': 0' ]]"
tui_keys a 99999 Enter
tui_wait 'is no list of CPUs'
tui_keys p id Tab
tui_wait 'I/O priority of .*: idle'
tui_keys Enter
tui_until 'its I/O priority' eval "[[ \$(ionice -p $one) == idle ]]"
tui_keys p nonsense Enter
tui_wait 'is no I/O priority'

# Many: asked about once more; any key but y is no.
tui_keys Home Space Space
tui_wait '2 tagged'
tui_keys r 7 Enter
tui_wait 'nice value 7 for 2 tagged tasks\?'
tui_keys n
tui_wait 'nothing was done'
nice_of "$one" 5 || die 'done without a yes'
tui_keys r 7 Enter
tui_wait '2 tagged tasks\?'
tui_keys y
tui_until 'both to be niced' nice_of "$two" 7
nice_of "$one" 7 || die 'not of both'
tui_keys U

# A signal by a name that Tab completes, from the task's own page.
tui_keys / "$two" Enter Enter
tui_wait "process $two of"
tui_keys k KI Tab
tui_wait 'KILL'
tui_keys Enter
tui_until 'it to be killed' gone "$two"
gone "$one" && die 'killed another one'
tui_keys q
tui_quit

# What is not permitted is told, with who may.
if [[ $(id -u) == 0 ]]; then
	chmod 755 "$tui_dir"
	tui_shell 120 24
	tui_keys "clear; setpriv --reuid 65534 --clear-groups $SYSPERF --source procfs -d 0.3 -p $one" Enter
	tui_wait "^ *$one "
	tui_keys k 15 Enter
	tui_wait 'not permitted; its owner may, or root'
	tui_keys F7
	tui_wait 'not permitted; less nice'
	tui_keys q
	tui_wait 'ready>'
fi

# --readonly: not even asked.
tui_start 120 24 -d 0.3 -p "$one" --readonly
tui_wait "^ *$one "
for key in k F7 F8 r a p; do
	tui_keys "$key"
	tui_wait 'only looked at'
done
tui_keys z
gone "$one" && die 'it was killed'
tui_quit
