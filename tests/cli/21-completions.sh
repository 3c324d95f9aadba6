#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Completions: each shell loads its script without a word and completes options,
# their values, comma lists, and commands.
set -euo pipefail
. "$(dirname "$0")/../lib/sh.sh"
need_tool zsh fish

make --no-print-directory completions
dir=$PWD/build/completion
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

in_bash() { # LINE: what Tab offers at its end
	cat >"$work/ask.bash" <<-'END'
		. "$1" || exit
		# = is a word of its own there
		read -ra COMP_WORDS <<<"${2//=/ = }"
		[[ $2 != *[\ =] || ${COMP_WORDS[-1]} == = ]] || COMP_WORDS+=('')
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		compopt() { :; } # nothing to set it for
		_sysperf
		printf '%s\n' "${COMPREPLY[@]}"
	END
	bash "$work/ask.bash" "$dir/sysperf.bash" "$1"
}

in_zsh() {
	cat >"$work/ask.zsh" <<-'END'
		zmodload zsh/zpty
		zpty ask zsh -f -i
		zpty -w ask "PS1=; stty -echo; fpath=($1 \$fpath); autoload -U compinit; compinit -u -d $2/dump"
		zpty -w ask "zstyle ':completion:*' list-packed no; zstyle ':completion:*' insert-tab no; LISTMAX=1000 COLUMNS=200"
		# What was matched, as zsh itself counts it, rather than what it draws.
		zpty -w ask "show() { compadd() { [[ \$*[(r)-[OAD]] ]] && { builtin compadd \"\$@\"; return }; local -a found; builtin compadd -O found \"\$@\"; print -rl -- '<'\$^PREFIX_DONE\$^found'>' >>$2/found; builtin compadd \"\$@\" } ; _main_complete; print -r -- done >>$2/found }"
		zpty -w ask "zle -C show .complete-word show; bindkey '^X' show"
		zpty -w -n ask "$3"$'\x18'
		repeat 300; do zpty -r -t ask junk; [[ -e $2/found ]] && grep -qx done $2/found && break; sleep 0.1; done
		zpty -d ask
	END
	rm -f "$work/found"
	zsh -f "$work/ask.zsh" "$dir" "$work" "$1"
	sed -n 's/^<\(.*\)>$/\1/p' "$work/found"
}

in_fish() {
	HOME=$work fish --no-config -c 'source $argv[1]; complete -C $argv[2]' "$dir/sysperf.fish" "$1" | cut -f 1
}

has() { # WORD LINE: the last word of what each shell offers
	local shell offered
	for shell in bash zsh fish; do
		offered=$("in_$shell" "$2")
		grep -Eq -- "(^|[,=])$1\$" <<<"$offered" || die "$shell does not complete '$2' to $1, but: ${offered:-nothing}"
	done
}

hasnt() { # WORD LINE
	local shell
	for shell in bash zsh fish; do
		! "in_$shell" "$2" | grep -Eq -- "(^|[,=])$1\$" || die "$shell completes '$2' to $1"
	done
}

has --format 'sysperf --for'
has openmetrics 'sysperf --format '
has procfs 'sysperf -b --source p'
hasnt kmod 'sysperf -b --source p'
has runq_wait_p99_us 'sysperf --fields runq_w'
has runq_wait_p99_us 'sysperf --fields pid,comm,runq_w'
has pmu 'sysperf -b --require kmod,p'
has iowait_pct 'sysperf --filter iow'
has '[+]?rss_bytes' 'sysperf -o +rss'
has doctor 'sysperf do'
has root 'sysperf -u roo'
touch "$work/a-file"
has '.*a-file' "sysperf --config $work/a-"

# All that there is, in each.
while read -r word; do
	for script in "$dir"/*; do
		grep -Eq -- "[[:space:]',]${word}[][ :'=+}\\]|-l ${word#--} " "$script" || die "${script##*/} lacks $word"
	done
done < <(build/sysperf -h | sed -n 's/^  \(-.,\|   \) \(--[a-z-]*\).*/\2/p'
	build/sysperf --list-fields | sed -n '/^tasks/,/^$/s/^  \([a-z0-9_]*\) .*/\1/p')
