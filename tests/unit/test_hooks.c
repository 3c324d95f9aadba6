// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program that alerts run: what it is told, and that it is bounded in
 * number and time, whatever it does.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include <sysperf/hooks.h>

struct bed {
	char dir[64];
	char program[128];
	sd_event *event;
	struct sp_hooks *hooks;
	struct sp_alert_rule rule;
	struct sp_alert alert;
	struct sp_frame frame;
	char why[128];
	char text[4096];
};

static void failed(void *ctx, const char *alert, const char *why)
{
	struct bed *b = ctx;

	assert_string_equal(alert, "slow");
	snprintf(b->why, sizeof(b->why), "%s", why);
}

static int setup(void **state)
{
	struct bed *b = calloc(1, sizeof(*b));

	strcpy(b->dir, "/tmp/sysperf-hooks-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	snprintf(b->program, sizeof(b->program), "%s/hook", b->dir);
	assert_true(sd_event_new(&b->event) >= 0);
	assert_int_equal(sp_hooks_open(&b->hooks, b->event, failed, b), 0);
	strcpy(b->rule.name, "slow");
	strcpy(b->rule.severity, "critical");
	b->rule.field = sp_field_find(SP_TABLE_DISK, "read_p99_us", 11);
	sp_field_row_clear(SP_TABLE_ALERT, &b->alert);
	strcpy(b->alert.name, "slow");
	strcpy(b->alert.on, "a\nb 'c' $(d)");
	strcpy(b->alert.severity, "critical");
	strcpy(b->alert.key, "disks.read_p99_us");
	b->alert.value = 1500;
	b->alert.threshold = 1000;
	b->alert.since = 86400;
	strcpy(b->frame.host, "db1");
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bed *b = *state;
	char command[128];

	sp_hooks_close(b->hooks);
	sd_event_unref(b->event);
	snprintf(command, sizeof(command), "rm -r %s", b->dir);
	assert_int_equal(system(command), 0);
	free(b);
	return 0;
}

/* $D is the directory. */
static void program(struct bed *b, const char *text)
{
	FILE *f = fopen(b->program, "w");

	assert_non_null(f);
	fprintf(f, "#!/bin/sh\nD=%s\n%s\n", b->dir, text);
	fclose(f);
	assert_int_equal(chmod(b->program, 0700), 0);
}

static void run(struct bed *b)
{
	struct sp_alert_event e = {&b->rule, &b->alert, true, 65, 0, &b->frame};

	sp_hooks_run(b->hooks, &e);
}

static struct sp_hooks_count count(struct bed *b)
{
	struct sp_hooks_count n;

	sp_hooks_count(b->hooks, &n);
	return n;
}

/* Until none runs or waits. */
static void finish(struct bed *b)
{
	while (count(b).running || count(b).waiting)
		assert_true(sd_event_run(b->event, 10000000) > 0);
}

static const char *output(struct bed *b, const char *name)
{
	char path[128];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", b->dir, name);
	f = fopen(path, "r");
	assert_non_null(f);
	n = fread(b->text, 1, sizeof(b->text) - 1, f);
	b->text[n] = '\0';
	fclose(f);
	return b->text;
}

static void what_it_is_told(void **state)
{
	struct bed *b = *state;
	const char *env;

	program(b, "/usr/bin/env >$D/env; ls -l /proc/self/fd >$D/fds; "
		   "cat >$D/stdin; pwd >$D/pwd; cat /proc/self/status >$D/st");
	sp_hooks_configure(b->hooks, b->program, 10, 1);
	setenv("SECRET_OF_OURS", "x", 1);
	run(b);
	finish(b);
	assert_string_equal(b->why, "");
	env = output(b, "env");
	assert_non_null(strstr(env, "SYSPERF_ALERT=slow\n"));
	assert_non_null(strstr(env, "SYSPERF_STATE=firing\n"));
	assert_non_null(strstr(env, "SYSPERF_SEVERITY=critical\n"));
	assert_non_null(strstr(env, "SYSPERF_ON=a?b 'c' $(d)\n"));
	assert_non_null(strstr(env, "SYSPERF_VALUE=1500\n"));
	assert_non_null(strstr(env, "SYSPERF_THRESHOLD=1000\n"));
	assert_non_null(strstr(env, "SYSPERF_SINCE=1970-01-02T00:00:00Z\n"));
	assert_non_null(strstr(env, "SYSPERF_LASTED_S=65\n"));
	assert_non_null(strstr(env, "SYSPERF_HOST=db1\n"));
	assert_non_null(strstr(env, "SYSPERF_TEXT=critical slow of a?b"));
	assert_null(strstr(env, "SECRET"));
	assert_string_equal(output(b, "stdin"), "");
	assert_string_equal(output(b, "pwd"), "/\n");
	/* No descriptor of ours: those of sd-event, to begin with. */
	assert_null(strstr(output(b, "fds"), "anon_inode"));
	assert_null(strstr(b->text, "socket:"));
	assert_non_null(strstr(output(b, "st"), "SigBlk:\t0000000000000000"));
}

static void so_many_at_a_time(void **state)
{
	struct bed *b = *state;

	/* Each says how many there are with it. */
	program(b, "mkdir $D/$$.x; ls -d $D/*.x | wc -l >>$D/seen; sleep 0.1; "
		   "rmdir $D/$$.x");
	sp_hooks_configure(b->hooks, b->program, 10, 3);
	for (int i = 0; i < 12; i++) {
		run(b);
		assert_true(count(b).running <= 3);
	}
	assert_int_equal(count(b).waiting, 9);
	finish(b);
	assert_int_equal(count(b).started, 12);
	assert_int_equal(count(b).failed, 0);
	output(b, "seen");
	for (const char *s = b->text; *s; s++)
		assert_true(*s == ' ' || *s == '\n' || (*s > '0' && *s < '4'));
}

static void too_many_wait(void **state)
{
	struct bed *b = *state;

	program(b, "true");
	sp_hooks_configure(b->hooks, b->program, 10, 2);
	for (int i = 0; i < SP_HOOKS_WAITING + 12; i++)
		run(b);
	assert_int_equal(count(b).dropped, 10);
	finish(b);
	assert_int_equal(count(b).started, SP_HOOKS_WAITING + 2);
}

/* It may be a zombie yet, of whoever reaps orphans. */
static void is_gone(pid_t pid)
{
	for (int i = 0; kill(pid, 0) == 0; i++) {
		char path[64], state_of[512] = "";
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		f = fopen(path, "r");
		if (f && !fgets(state_of, sizeof(state_of), f))
			state_of[0] = '\0';
		if (f)
			fclose(f);
		if (!*state_of || strstr(state_of, ") Z") ||
		    strstr(state_of, ") X"))
			break;
		assert_true(i < 1000);
		usleep(10000);
	}
}

/* With all that it started, and others have its place. */
static void killed_in_time(void **state)
{
	struct bed *b = *state;

	program(b, "trap '' TERM INT HUP\nsleep 1000 & echo $! >$D/child\n"
		   "wait; sleep 1000");
	sp_hooks_configure(b->hooks, b->program, 0.3, 1);
	run(b);
	run(b);
	finish(b);
	assert_int_equal(count(b).failed, 2);
	assert_string_equal(b->why, "took longer than 300 ms and was killed");
	is_gone(atoi(output(b, "child")));
}

static void failures(void **state)
{
	struct bed *b = *state;

	sp_hooks_configure(b->hooks, "/nonexistent/program", 10, 1);
	run(b);
	finish(b);
	assert_string_equal(b->why,
			    "could not be run, or ended with status 127");
	program(b, "exit 3");
	sp_hooks_configure(b->hooks, b->program, 10, 1);
	run(b);
	finish(b);
	assert_string_equal(b->why, "ended with status 3");
	program(b, "kill -SEGV $$");
	run(b);
	finish(b);
	assert_string_equal(b->why, "ended by signal 11");
	assert_int_equal(count(b).failed, 3);
	sp_hooks_configure(b->hooks, "", 10, 1);
	run(b);
	assert_int_equal(count(b).started, 3);
	assert_int_equal(count(b).dropped, 0);
}

/* Runs one that does not end. Return: what it wrote, as a number. */
static int run_for_ever(struct bed *b, const char *what)
{
	char text[256], path[128];

	snprintf(text, sizeof(text), "echo %s >$D/x; mv $D/x $D/number\n%s",
		 what, "exec sleep 1000");
	program(b, text);
	sp_hooks_configure(b->hooks, b->program, 1000, 1);
	run(b);
	snprintf(path, sizeof(path), "%s/number", b->dir);
	for (int i = 0; access(path, F_OK); i++) {
		assert_true(i < 1000);
		usleep(10000);
	}
	return atoi(output(b, "number"));
}

/* Who starts them is ended by somebody: there is another for the next. */
static void the_starter_ends(void **state)
{
	struct bed *b = *state;
	pid_t starter = run_for_ever(b, "$PPID");

	assert_int_not_equal(starter, getpid());
	program(b, "echo $PPID >$D/number");
	run(b);
	assert_int_equal(kill(starter, SIGKILL), 0);
	finish(b);
	assert_string_equal(b->why,
			    "could not be started, or was lost: errno 32");
	assert_int_equal(count(b).started, 2);
	assert_int_equal(count(b).failed, 1);
	assert_int_not_equal(atoi(output(b, "number")), starter);
}

static pid_t starter_of(struct bed *b)
{
	program(b, "echo $PPID >$D/number");
	sp_hooks_configure(b->hooks, b->program, 0.3, 1);
	run(b);
	finish(b);
	return atoi(output(b, "number"));
}

/* What takes time is to start it: that is not its own. */
static void held_up(void **state)
{
	struct bed *b = *state;
	pid_t starter = starter_of(b);

	program(b, "echo yes >$D/ran");
	assert_int_equal(kill(starter, SIGSTOP), 0);
	run(b);
	for (int i = 0; i < 8; i++)
		assert_true(sd_event_run(b->event, 100000) >= 0);
	assert_int_equal(count(b).running, 1);
	assert_int_equal(kill(starter, SIGCONT), 0);
	finish(b);
	assert_string_equal(b->why, "");
	assert_string_equal(output(b, "ran"), "yes\n");
}

static void ended_unseen(void **state)
{
	struct bed *b = *state;
	pid_t starter = starter_of(b);

	assert_int_equal(kill(starter, SIGKILL), 0);
	is_gone(starter);
	run(b);
	finish(b);
	assert_string_equal(b->why, "");
	assert_int_not_equal(atoi(output(b, "number")), starter);
}

static void keeps_nothing(void **state)
{
	struct bed *b = *state;
	int ours[] = {open("/", O_RDONLY), dup(STDIN_FILENO),
		      fcntl(STDIN_FILENO, F_DUPFD, 500)};
	char path[64], what[64];
	pid_t starter = starter_of(b);

	for (int fd = 0; fd < 600; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", starter, fd);
		/* its end of the pair, and what tells of children */
		if (readlink(path, what, sizeof(what)) > 0)
			assert_true(fd <= STDERR_FILENO + 2);
	}
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		close(ours[i]);
}

/* As an older libseccomp does it. For ever, so this comes last. */
static void keeps_nothing_filtered(void **state)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close_range, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = {sizeof(code) / sizeof(code[0]), code};

	assert_int_equal(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	assert_int_equal(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter),
			 0);
	assert_int_equal(syscall(SYS_close_range, 1000, ~0U, 0), -1);
	keeps_nothing(state);
}

/* Those that run and wait when sysperfd ends are gone with it. */
static void the_end(void **state)
{
	struct bed *b = *state;
	pid_t hook = run_for_ever(b, "$$");

	run(b);
	assert_int_equal(count(b).running, 1);
	assert_int_equal(count(b).waiting, 1);
	sp_hooks_close(b->hooks);
	b->hooks = NULL;
	is_gone(hook);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_it_is_told),
		TEST(so_many_at_a_time),
		TEST(too_many_wait),
		TEST(killed_in_time),
		TEST(failures),
		TEST(the_starter_ends),
		TEST(held_up),
		TEST(ended_unseen),
		TEST(the_end),
		TEST(keeps_nothing),
		TEST(keeps_nothing_filtered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
