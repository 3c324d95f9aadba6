// SPDX-License-Identifier: GPL-2.0-only
/*
 * Completion scripts for bash, zsh and fish. What is completed comes from the
 * program's tables, how from here. None starts the program.
 */
#include <stdio.h>
#include <string.h>

#include <sysperf/fields.h>

#include "../../tui/options_table.h"
#include "describe.h"

#define FROM "sysperf; made from its options and its field table\n"

static const struct sp_table *tasks(void)
{
	return &sp_tables[SP_TABLE_TASK];
}

static void put_words(const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		printf("%s%s", i ? " " : "", words[i]);
}

static void put_keys(void)
{
	for (size_t i = 0; i < tasks()->nr_fields; i++)
		printf("%s%s", i ? " " : "", tasks()->fields[i].key);
}

/* Every source has "any": nobody asks for it. */
static void put_caps(void)
{
	for (int i = SP_CAP_ANY + 1; i < SP_CAPS; i++)
		printf("%s%s", i > SP_CAP_ANY + 1 ? " " : "", sp_cap_names[i]);
}

static void put_verbs(void)
{
	struct verbs v;

	describe_verbs(&v);
	for (size_t i = 0; i < v.nr; i++)
		printf("%s%s", i ? " " : "", v.name[i]);
}

/* @s as a word in single quotes, without the characters @but. */
static void put_quoted(const char *s, const char *but, const char *quote)
{
	for (; *s; s++) {
		if (*s == '\'')
			fputs(quote, stdout);
		else if (strchr(but, *s))
			printf("\\%c", *s);
		else
			putchar(*s);
	}
}

/* bash: what completes each kind of argument */
static const char *const bash_actions[] = {
	[ARG_FORMAT] = "words=$formats",
	[ARG_SOURCE] = "words=$sources",
	[ARG_KEYS] = "words=$keys list=1",
	[ARG_SORT] = "words=$keys head=${cur%%[!+-]*}",
	[ARG_FILTER] = "words=$keys space=''",
	[ARG_CAPS] = "words=$caps list=1",
	[ARG_PIDS] =
		"words=$(compgen -G '/proc/[0-9]*' | sed 's,/proc/,,') list=1",
	[ARG_USER] = "words=$(compgen -u)",
	[ARG_FILE] = "_sysperf_files; return",
	[ARG_HOST] = "words=$(compgen -A hostname)",
};

static void bash_case(const struct option_def *d)
{
	enum argument kind = describe_argument(d->arg);

	if (!d->arg)
		return;
	printf("\t");
	if (d->letter)
		printf("-%c | ", d->letter);
	printf("--%s) %s ;;\n", d->name,
	       kind == ARG_NONE ? "return" : bash_actions[kind]);
}

void complete_bash(void)
{
	printf("# bash completion for " FROM "_sysperf_files() {\n"
	       "\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	       "\tcompopt -o filenames\n"
	       "}\n\n"
	       "_sysperf() {\n"
	       "\tlocal cur=${COMP_WORDS[COMP_CWORD]}"
	       " prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	       "\tlocal words='' list='' head='' space=' '\n"
	       "\tlocal formats='");
	put_words(option_formats);
	printf("'\n\tlocal sources='");
	put_words(option_sources);
	printf("'\n\tlocal caps='");
	put_caps();
	printf("'\n\tlocal keys='");
	put_keys();
	printf("'\n\tCOMPREPLY=()\n"
	       "\t# --name=value comes as three words\n"
	       "\t[[ $cur == = ]] && cur=''\n"
	       "\t[[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
	       "\tcur=${cur#[\\'\\\"]}\n"
	       "\tcase $prev in\n");
	for (size_t i = 0; i < NR_OPTION_DEFS; i++)
		bash_case(&option_defs[i]);
	printf("\t*)\n\t\tif [[ $cur == -* ]]; then\n\t\t\twords='");
	for (size_t i = 0; i < NR_OPTION_DEFS; i++)
		printf("%s--%s", i ? " " : "", option_defs[i].name);
	printf("'\n\t\telif ((COMP_CWORD == 1)); then\n\t\t\twords='");
	put_verbs();
	printf("'\n\t\telse\n\t\t\t%s\n\t\tfi\n\t\t;;\n\tesac\n",
	       bash_actions[ARG_FILE]);
	printf("\tif [[ $list ]]; then\n"
	       "\t\tspace=''\n"
	       "\t\t[[ $cur != *,* ]] || head=${cur%%,*},\n"
	       "\tfi\n"
	       "\t[[ $space ]] || compopt -o nospace\n"
	       "\tmapfile -t COMPREPLY < <(compgen -P \"$head\" -W \"$words\""
	       " -- \"${cur#\"$head\"}\")\n"
	       "}\n"
	       "complete -F _sysperf sysperf\n");
}

static const char *const zsh_actions[] = {
	[ARG_NONE] = " ",
	[ARG_FORMAT] = "($formats)",
	[ARG_SOURCE] = "($sources)",
	[ARG_KEYS] = "_sequence _sysperf_keys",
	[ARG_SORT] = "_sysperf_sort",
	[ARG_FILTER] = "_sysperf_keys -S \" \"",
	[ARG_CAPS] = "_sequence compadd - $caps",
	[ARG_PIDS] = "_sequence _pids",
	[ARG_USER] = "_users",
	[ARG_FILE] = "_files",
	[ARG_HOST] = "_hosts",
};

static void zsh_option(const struct option_def *d)
{
	if (d->letter)
		printf("\t\t'(-%c --%s)'{-%c%s,--%s%s}'[", d->letter, d->name,
		       d->letter, d->arg ? "+" : "", d->name,
		       d->arg ? "=" : "");
	else
		printf("\t\t'--%s%s[", d->name, d->arg ? "=" : "");
	put_quoted(d->help, "[]:\\", "'\\''");
	putchar(']');
	if (d->arg) {
		putchar(':');
		put_quoted(d->arg, "[]:\\", "'\\''");
		printf(":%s", zsh_actions[describe_argument(d->arg)]);
	}
	printf("' \\\n");
}

void complete_zsh(void)
{
	printf("#compdef sysperf\n# zsh completion for " FROM
	       "_sysperf_keys() {\n\tlocal -a keys=(\n");
	for (size_t i = 0; i < tasks()->nr_fields; i++) {
		printf("\t\t'%s:", tasks()->fields[i].key);
		put_quoted(tasks()->fields[i].help, "\\", "'\\''");
		printf("'\n");
	}
	printf("\t)\n\t_describe -t fields field keys \"$@\"\n}\n\n"
	       "_sysperf_sort() {\n"
	       "\tcompset -P '[-+]'\n"
	       "\t_sysperf_keys\n}\n\n"
	       "_sysperf_operand() {\n"
	       "\tif ((CURRENT == 2)); then\n\t\tcompadd ");
	put_verbs();
	printf("\n\telse\n\t\t_files\n\tfi\n}\n\n"
	       "_sysperf() {\n\tlocal -a formats=(");
	put_words(option_formats);
	printf(") sources=(");
	put_words(option_sources);
	printf(") caps=(");
	put_caps();
	printf(")\n\t_arguments -s -S \\\n");
	for (size_t i = 0; i < NR_OPTION_DEFS; i++)
		zsh_option(&option_defs[i]);
	printf("\t\t'*: :_sysperf_operand'\n}\n\n_sysperf \"$@\"\n");
}

static const char *const fish_actions[] = {
	[ARG_FORMAT] = "$__sysperf_formats",
	[ARG_SOURCE] = "$__sysperf_sources",
	[ARG_KEYS] = "(__sysperf_list $__sysperf_keys)",
	[ARG_SORT] = "+$__sysperf_keys -$__sysperf_keys $__sysperf_keys",
	[ARG_FILTER] = "$__sysperf_keys",
	[ARG_CAPS] = "(__sysperf_list $__sysperf_caps)",
	[ARG_PIDS] = "(__sysperf_list (__fish_complete_pids))",
	[ARG_USER] = "(__fish_complete_users)",
	[ARG_HOST] = "(__fish_print_hostnames)",
};

static void fish_option(const struct option_def *d)
{
	enum argument kind = describe_argument(d->arg);

	printf("complete -c sysperf");
	if (d->letter)
		printf(" -s %c", d->letter);
	printf(" -l %s", d->name);
	if (kind == ARG_FILE)
		printf(" -r -F");
	else if (kind != ARG_NONE)
		printf(" -x -a '%s'", fish_actions[kind]);
	else if (d->arg)
		printf(" -x");
	printf(" -d '");
	put_quoted(d->help, "\\", "\\'");
	printf("'\n");
}

void complete_fish(void)
{
	printf("# fish completion for " FROM "set -g __sysperf_formats ");
	put_words(option_formats);
	printf("\nset -g __sysperf_sources ");
	put_words(option_sources);
	printf("\nset -g __sysperf_caps ");
	put_caps();
	printf("\nset -g __sysperf_keys");
	for (size_t i = 0; i < tasks()->nr_fields; i++) {
		printf(" \\\n\t%s\\t'", tasks()->fields[i].key);
		put_quoted(tasks()->fields[i].help, "\\", "\\'");
		putchar('\'');
	}
	printf("\n\n# What has been typed up to the last comma, with each "
	       "word.\n"
	       "function __sysperf_list\n"
	       "\tset -l head (commandline -ct | string replace -r '[^,=]*$' ''"
	       " | string replace -r '^--[a-z-]+=' '')\n"
	       "\tprintf \"$head%%s\\n\" $argv\n"
	       "end\n\n"
	       "complete -c sysperf -n __fish_is_first_token -f -a '");
	put_verbs();
	printf("'\n");
	for (size_t i = 0; i < NR_OPTION_DEFS; i++)
		fish_option(&option_defs[i]);
}
