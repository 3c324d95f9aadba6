#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The pages of resources and of one task; from the verdict to its culprit.
set -euo pipefail
. "$(dirname "$0")/../lib/tui.sh"
need_tool python3

tui_canned 80 24

# v: what the verdict is about, c: who, Enter: all about that one.
tui_keys v
tui_wait '^LATENCY +TRAFFIC'
tui_has 'p99 +[0-9.]+ms' || die 'the page of the CPU has no percentiles'
tui_has 'runnable/CPU +1\.9( |$)' || die 'no number of the verdict'
tui_has '^CPU USER%' || die 'no CPUs'
tui_has '^ +PID USER' || die 'no tasks that use the CPU'
tui_keys c
tui_wait 'STATES'
tui_keys Enter
tui_wait '^backup  process 1002 of alice'
tui_has 'R running 32.1%  Q waiting for a CPU 13.6%' || die 'no states'
tui_has 'run-queue wait +[0-9.]+us +[0-9.]+us +[0-9.]+ms' || die 'no percentiles'
tui_keys NPage
tui_wait 'WAITp99 +[0-9.]+us'
tui_keys End
tui_wait "it is not in this machine's /proc"
tui_keys Home
tui_wait '^backup  process'
tui_keys q
tui_wait 'PID .*COMMAND'

# Each resource has its page, with numbers, past, devices and users.
tui_keys Tab Tab
tui_wait 'stall p99'
tui_has '^NODE CPUS' || die 'no NUMA nodes'
tui_keys Tab
tui_wait '^DISK +R/S'
tui_keys Tab
tui_wait 'RTT p99'
tui_has '^NET +RX' || die 'no interfaces'

# Control groups as a tree; Enter shows the tasks of one.
tui_keys Tab
tui_wait '^system.slice '
tui_has '^  db.service ' || die 'no tree'
tui_keys Down Enter
tui_wait 'only by cgroup'
tui_has '^ *1001 ' || die 'not the tasks of the group'
tui_has '^ *1002 ' && die 'tasks of other groups'
tui_keys '='
tui_wait '^ *1002 '

# Latencies over time, and what was complained of: Enter goes to whom.
tui_keys BTab BTab
tui_wait 'under 1 %'
tui_has '^run-queue wait, the last' || die 'no map of the run-queue wait'
tui_has '^ +1ms ' || die 'no scale'
tui_has '█.*' || die 'no shades'
tui_keys Tab
tui_wait '^12:00:13 +29s\+ WARN cpu +saturation backup'
tui_keys Enter
tui_wait '^backup  process 1002'
tui_keys Escape
tui_wait '^FROM'
tui_quit

# Without the module there are no percentiles, and it is said so.
CANNED='CANNED_SCENE=procfs' tui_canned 80 40
tui_keys Enter
tui_wait 'percentiles need the kernel module'
tui_has 'I waiting for I/O -' || die 'what is not measured is not -'
tui_keys Escape
tui_wait 'PID .*COMMAND'
tui_quit

# Of a real task: its threads, limits and files, and its whole command line.
tui_spawn python3 -c '
import threading, time
f = open("/etc/hostname")
for i in range(3):
    threading.Thread(target=time.sleep, args=(100,)).start()' "$(printf '/a.jar:%.0s' {1..60})" sp-what-it-is
pid=$!
tui_start 160 50 -d 0.3 -p "$pid"
tui_wait "^ *$pid "
tui_keys Enter
tui_wait "process $pid of"
tui_wait 'THREADS 4'
tui_wait 'sp-what-it-is'
tui_wait '/etc/hostname'
tui_wait "open files +at most $(ulimit -n)"
kill -9 "$pid"
tui_wait 'It is no longer there|It was ended by signal 9'
tui_wait 'LIMITS AND FILES: -'
tui_keys q
tui_quit
