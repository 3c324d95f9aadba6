#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
# sysperf with sysperfd: the same as without it, found by itself, and never
# worse off for one that is gone, stuck or of other opinions.
set -euo pipefail
. "$(dirname "$0")/../lib/sh.sh"
need_tool jq

dir=$(mktemp -d)
daemon=
finish() {
	[[ ! $daemon ]] || kill -KILL "$daemon" 2>/dev/null || true
	rm -rf "$dir"
}
trap finish EXIT
sock=$dir/sock
export XDG_CONFIG_HOME=$dir

start() { # a daemon that answers
	printf '[module]\nload = no\n[collection]\ndelay = off\nsource = procfs\nthresholds =\n' >"$dir/conf"
	build/sysperfd --config "$dir/conf" --socket "$sock" 2>"$dir/log" &
	daemon=$!
	wait_for 30 answers
}
answers() { build/sysperfd --status --socket "$sock" >/dev/null 2>&1; }
stop() { # [SIGNAL]
	kill "-${1:-TERM}" "$daemon"
	wait "$daemon" 2>/dev/null || true
	daemon=
}
count() { build/sysperfd --status --socket "$sock" | sed -n "s/^$1=//p"; }
sp() { build/sysperf --socket "$sock" "$@"; }
says() { # STATUS PATTERN COMMAND…
	local status=$1 pattern=$2 err
	shift 2
	err=$(expect_status "$status" "$@" 2>&1 >/dev/null) || die "$err"
	[[ $err =~ ^sysperf:\ .*$pattern ]] || die "message of '$*': $err"
	expect_eq "$(wc -l <<<"$err")" 1 "lines of the message of '$*'"
}
source_of() { jq -r .source.name <<<"$1"; }

# Without one.
says 2 'no sysperfd is running' sp -b -n 1 --source daemon
[[ $(source_of "$(sp --format json -n 1 -d 0.1 --top 0)") != daemon ]] || die 'a daemon that does not run'

# With one: found, and the same.
start
with=$(sp --format json -n 1 -d 0.2 2>"$dir/err")
expect_eq "$(source_of "$with")" daemon 'source, found by itself'
expect_eq "$(cat "$dir/err")" '' 'stderr with a daemon'
without=$(sp --format json -n 1 -d 0.2 --source procfs)
keys() { # but for those that are there by chance, of tasks that ended for one
	jq -r 'del(.verdict, .source.lost, .source.capabilities, (.tasks[] | select(.exited))) | [paths |
		map(if type == "number" then 0 else . end)] | unique | .[] | join(".")' <<<"$1"
}
diff <(keys "$with") <(keys "$without") || die 'keys of JSON'
expect_eq "$(jq .source.lost.frames <<<"$with")" 0 'frames lost'
if ((EUID == 0)); then # the daemon has what we would have
	expect_eq "$(jq -c '.source.capabilities' <<<"$with")" "$(jq -c '.source.capabilities' <<<"$without")" capabilities
fi
expect_eq "$(source_of "$(sp --format json -n 1 -d 0.1 --top 0 --source procfs)")" procfs 'source, as told'

# Filters, columns and threads are the viewer's own.
out=$(sp --format csv -n 1 -d 0.2 -p $$ --fields pid,comm)
expect_eq "$(tail -n 1 <<<"$out" | grep -o "$$,.*")" "$$,$(</proc/$$/comm)" 'a process of its own'
threads=$(sp --format json -n 2 -d 0.2 -H --filter 'comm ~ sysperfd' | tail -n 1)
jq -e --argjson pid "$daemon" '[.tasks[] | select(.pid == $pid)] | length >= 1' <<<"$threads" >/dev/null || die "threads: $threads"
cgroups=$(sp --format json -n 1 -d 0.2 -p $$ | jq -r '.tasks[0].cgroup')
expect_eq "$cgroups" "$(build/sysperf --format json -n 1 -d 0.2 -p $$ --source procfs | jq -r '.tasks[0].cgroup')" 'control group'
# What is printed first covers a whole interval since then.
build/sysperf --socket "$sock" --format json -d 0.7 --top 0 >/dev/null &
other=$!
wait_for 30 test "$(count viewers)" -ge 1
before=$(date +%s.%N)
sp --format json -n 1 -d 0.7 --top 0 | jq -e --argjson before "$before" \
	'(.time | sub("\\.[0-9]+Z$"; "Z") | fromdateiso8601) + 1 - .interval_s >= $before - 0.01' >/dev/null || die 'it began before'
kill $other
# What it cannot do is done without it.
says 3 'capability kmod is missing' sp -b -n 1 -d 0.1 --require kmod --source daemon

# Many at once, one collection.
many=()
for ((i = 0; i < 5; i++)); do
	sp --format json -n 5 -d 0.3 --top 0 --source daemon >"$dir/many.$i" &
	many+=($!)
done
wait_for 30 bash -c "build/sysperfd --status --socket '$sock' | grep -q '^viewers=6'"
[[ $(count collections) -le 3 ]] || die "$(count collections) collections for one delay"
wait "${many[@]}"
expect_eq "$(cat "$dir"/many.* | wc -l)" 25 'samples'

# Somebody's own thresholds are not the daemon's.
mkdir "$dir/sysperf"
printf '[thresholds]\nhysteresis_pct = 44\n' >"$dir/sysperf/config"
[[ $(source_of "$(sp --format json -n 1 -d 0.1 --top 0)") != daemon ]] || die 'judged by the wrong thresholds'
expect_eq "$(source_of "$(sp --format json -n 1 -d 0.1 --top 0 --source daemon)")" daemon 'source, as told'
rm -r "$dir/sysperf"

# It goes away: auto goes on, daemon ends.
going() { # COMMAND…: start it, and wait for its first sample
	rm -f "$dir/out"
	"$@" >"$dir/out" 2>"$dir/err" &
	going=$!
	wait_for 30 test -s "$dir/out"
}
going build/sysperf --socket "$sock" --format json -n 8 -d 0.3 --top 0
stop KILL
wait $going || die "ended with $? when sysperfd went away: $(cat "$dir/err")"
expect_eq "$(wc -l <"$dir/out")" 8 'samples in all'
expect_eq "$(jq -s -r '.[0].source.name' "$dir/out")" daemon 'the first'
[[ $(jq -s -r '.[7].source.name' "$dir/out") != daemon ]] || die 'the last'
grep -q '^sysperf: sysperfd: .*going on without it' "$dir/err" || die "not told: $(cat "$dir/err")"
# Its socket is left behind: nobody is there.
[[ -S $sock ]] || die 'no socket left behind'
expect_eq "$(sp --format json -n 1 -d 0.1 --top 0 2>&1 | jq -r .source.name)" procfs 'source' || true
start
going build/sysperf --socket "$sock" --format json -d 0.2 --top 0 --source daemon
stop KILL
status=0
wait $going || status=$?
expect_eq "$status" 2 'status without sysperfd'
expect_eq "$(wc -l <"$dir/err")" 1 'lines of message'
grep -q '^sysperf: the source failed: it has gone' "$dir/err" || die "not told: $(cat "$dir/err")"

# It is started anew: a viewer finds it again.
start
going build/sysperf --socket "$sock" --format json -d 0.2 --top 0
stop
start
seen=$(wc -l <"$dir/out")
wait_for 30 bash -c "(($(wc -l <"$dir/out") > seen + 3)) || true; [[ \$(wc -l <'$dir/out') -gt $((seen + 3)) ]]"
kill $going
wait $going || die "Ctrl-C ended it with $?"

# It is stuck: from the start, and later.
kill -STOP "$daemon"
says 0 'it does not answer; going on without it' sp -b -n 1 -d 0.1
says 2 'it does not answer' sp -b -n 1 -d 0.1 --source daemon
kill -CONT "$daemon"
wait_for 30 answers
going build/sysperf --socket "$sock" --format json -n 3 -d 0.3 --top 0
kill -STOP "$daemon"
wait $going || die "ended with $? when sysperfd was stuck"
expect_eq "$(wc -l <"$dir/out")" 3 'samples in all'
kill -CONT "$daemon"

# Through ssh, which is a script here: with the daemon there, and without it.
cat >"$dir/ssh" <<-END
	#!/bin/sh
	echo "\$*" >>$dir/asked
	while [ "\$1" != sysperfd ]; do last=\$1; shift; done
	[ "\$last" = there ] || { echo "ssh: no such host \$last" >&2; exit 255; }
	shift
	exec $PWD/build/sysperfd --config $dir/conf --socket $sock "\$@"
END
chmod +x "$dir/ssh"
export SYSPERF_SSH=$dir/ssh
wait_for 30 answers
connected=$(count viewers_connected)
expect_eq "$(source_of "$(build/sysperf --host there --format json -n 2 -d 0.2 --top 0 | tail -n 1)")" daemon 'source through ssh'
[[ $(count viewers_connected) -ge $((connected + 2)) ]] || die 'the sysperfd that runs there was not asked'
grep -q ' there sysperfd --stdio$' "$dir/asked" || die "asked: $(cat "$dir/asked")"
stop
expect_eq "$(source_of "$(build/sysperf --host there --format json -n 2 -d 0.2 --top 0 | tail -n 1)")" daemon 'source through ssh, no daemon'
wait_for 30 bash -c "! pgrep -f '[s]ysperfd --config $dir/conf' >/dev/null"
says 2 'elsewhere: ssh: no such host elsewhere' build/sysperf --host elsewhere -b -n 1 -d 0.1
says 1 'is no host' build/sysperf --host -oProxyCommand=x -b
SYSPERF_SSH=/nonexistent says 2 'cannot run ssh' build/sysperf --host there -b -n 1

# Rubbish in its place.
for what in 'echo rubbish that is long enough for a head' 'head -c 100000 /dev/zero' 'printf \\001\\000\\000\\000\\020'; do
	printf '#!/bin/sh\n%s\n' "$what" >"$dir/ssh"
	says 2 '.' build/sysperf --host there -b -n 1 -d 0.1
done

# doctor says whether it runs.
build/sysperf doctor --socket "$sock" | grep -q '^\[--\] sysperfd: .*not run' || die 'doctor without sysperfd'
start
build/sysperf doctor --socket "$sock" | grep -q '^\[ok\] sysperfd: .*viewers' || die 'doctor with sysperfd'
kill -STOP "$daemon"
build/sysperf doctor --socket "$sock" | grep -q '^\[!!\] sysperfd: .*does not answer' || die 'doctor with one that is stuck'
kill -CONT "$daemon"
