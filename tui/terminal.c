// SPDX-License-Identifier: GPL-2.0-only
/*
 * The terminal: owns curses' start and end, the terminal's saved settings and
 * every signal handler of the live screen.
 *
 * Signals that ask for something are blocked except inside ppoll(), so that
 * nothing else is ever interrupted. Fatal ones give the terminal back with
 * nothing but what is safe in a handler: strings prepared beforehand, write()
 * and tcsetattr().
 */
#include <errno.h>
#include <ncurses.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "terminal.h"

static const int fatal_signals[] = {SIGSEGV, SIGBUS,  SIGFPE,
				    SIGILL,  SIGABRT, SIGSYS};
static const int end_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

#define NR_FATAL (sizeof(fatal_signals) / sizeof(fatal_signals[0]))
#define NR_END (sizeof(end_signals) / sizeof(end_signals[0]))

/* One a process, as signal handlers and the terminal are. */
static struct {
	SCREEN *screen;
	struct termios saved;
	struct sigaction old_fatal[NR_FATAL];
	sigset_t waiting; /* the mask in which signals are taken */
	char restore[256]; /* what makes the terminal usable again */
	size_t restore_len;
	volatile sig_atomic_t end, size;
	char stack[16384]; /* handlers' own: the stack may be what broke */
} term;

uint64_t monotonic_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

int terminal_check(char *err, size_t len)
{
	const char *name = getenv("TERM");
	int status, ret = -ENOTTY;
	const char *cup;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		snprintf(err, len,
			 "the live screen needs a terminal; -b prints text");
		return -ENOTTY;
	}
	if (!name || !*name)
		name = "unknown";
	if (setupterm(name, STDOUT_FILENO, &status) == ERR || status != 1) {
		snprintf(err, len,
			 "no description of terminal type '%.40s'; set TERM, "
			 "or use -b for text",
			 name);
		return -ENOTTY;
	}
	cup = tigetstr("cup");
	if (cup && cup != (char *)-1)
		ret = 0;
	else
		snprintf(err, len,
			 "terminal type '%.40s' cannot move its cursor; set "
			 "TERM, or use -b for text",
			 name);
	del_curterm(set_curterm(NULL)); /* newterm() makes its own */
	return ret;
}

static int restore_putc(int c)
{
	if (term.restore_len < sizeof(term.restore))
		term.restore[term.restore_len++] = (char)c;
	return c;
}

/* What curses would send on endwin(), ready for a signal handler. */
static void restore_prepare(void)
{
	static const char *const caps[] = {"sgr0", "op", "rmkx", "cnorm",
					   "rmcup"};
	static const char mouse_off[] = "\033[?1000l\033[?1006l";
	const char *s;
	size_t i;

	term.restore_len = 0;
	for (i = 0; i < sizeof(caps) / sizeof(caps[0]); i++) {
		s = tigetstr(caps[i]);
		if (s && s != (char *)-1)
			tputs(s, 1, restore_putc);
	}
	/* Descriptions of terminals do not say how a mouse is let go. */
	s = tigetstr("kmous");
	for (i = 0; s && s != (char *)-1 && mouse_off[i]; i++)
		restore_putc(mouse_off[i]);
}

/*
 * The old action gets the signal next, by default ending the process with a
 * core; a sanitizer's handler would print its report.
 */
static void on_fatal(int sig)
{
	int saved_errno = errno;
	size_t i;

	if (write(STDOUT_FILENO, term.restore, term.restore_len) < 0)
		errno = saved_errno; /* there is nothing else to try */
	tcsetattr(STDIN_FILENO, TCSANOW, &term.saved);
	for (i = 0; i < NR_FATAL; i++) {
		if (fatal_signals[i] == sig)
			sigaction(sig, &term.old_fatal[i], NULL);
	}
	raise(sig);
}

static void on_end(int sig)
{
	(void)sig;
	term.end = 1;
}

static void on_size(int sig)
{
	(void)sig;
	term.size = 1;
}

static void signals_catch(void)
{
	stack_t stack = {.ss_sp = term.stack, .ss_size = sizeof(term.stack)};
	struct sigaction sa = {.sa_handler = on_fatal};
	sigset_t blocked;
	size_t i;

	sigaltstack(&stack, NULL);
	sa.sa_flags = SA_ONSTACK | SA_NODEFER;
	sigfillset(&sa.sa_mask);
	for (i = 0; i < NR_FATAL; i++)
		sigaction(fatal_signals[i], &sa, &term.old_fatal[i]);

	sigemptyset(&blocked);
	sa.sa_flags = 0;
	sa.sa_handler = on_end;
	for (i = 0; i < NR_END; i++) {
		sigaction(end_signals[i], &sa, NULL);
		sigaddset(&blocked, end_signals[i]);
	}
	sa.sa_handler = on_size;
	sigaction(SIGWINCH, &sa, NULL);
	sigaddset(&blocked, SIGWINCH);
	sigprocmask(SIG_BLOCK, &blocked, &term.waiting);
	for (i = 0; i < NR_END; i++)
		sigdelset(&term.waiting, end_signals[i]);
	sigdelset(&term.waiting, SIGWINCH);
}

static char *capability(const char *name)
{
	char *s = tigetstr(name);

	return s != (char *)-1 ? s : NULL;
}

static void cut(char *s, const char *what)
{
	char *at = s ? strstr(s, what) : NULL;

	if (at)
		memmove(at, at + strlen(what), strlen(at + strlen(what)) + 1);
}

/*
 * Shorter ways to say the same, which the descriptions of terminals leave out:
 * - With each change of attributes those like xterm are told to go back to
 *   their usual characters, which we never leave.
 * - curses takes no line feed to move down, as a terminal's driver may make a
 *   carriage return of it as well. A vertical tab is the same to all that have
 *   the VT100's commands, and is left alone.
 * It is a fifth of what a refresh writes. curses has no way to change its
 * strings, but they are in memory of its own, where tigetstr() tells.
 */
static void shorten_strings(void)
{
	char *down = capability("cud1"), *move = capability("cup");

	cut(capability("sgr0"), "\033(B");
	cut(capability("sgr"), "%?%p9%t\033(0%e\033(B%;");
	if (down && move && !strcmp(down, "\n") && !strncmp(move, "\033[", 2))
		*down = '\v';
}

int terminal_open(char *err, size_t len)
{
	if (tcgetattr(STDIN_FILENO, &term.saved) < 0) {
		snprintf(err, len, "cannot read the terminal's settings: %s",
			 strerror(errno));
		return -errno;
	}
	term.screen = newterm(NULL, stdout, stdin);
	if (!term.screen) {
		snprintf(err, len, "cannot start curses on this terminal");
		return -EIO;
	}
	restore_prepare();
	shorten_strings();
	signals_catch();
	set_escdelay(25);
	mouseinterval(0);
	cbreak();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	leaveok(stdscr, TRUE); /* it is not seen: bytes for nothing */
	idlok(stdscr, TRUE); /* rows that move are told to */
	curs_set(0);
	return 0;
}

void terminal_mouse(bool on)
{
	mmask_t want = BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED;

	mousemask(on ? want : 0, NULL);
}

void terminal_close(void)
{
	size_t i;

	if (!exit_ca_mode) { /* the screen stays, and the shell's on top of it */
		move(LINES - 1, 0);
		clrtoeol();
		refresh();
	}
	mousemask(0, NULL);
	curs_set(1);
	endwin();
	for (i = 0; i < NR_FATAL; i++)
		sigaction(fatal_signals[i], &term.old_fatal[i], NULL);
	delscreen(term.screen);
	term.screen = NULL;
}

/* ppoll() takes no signals when there is something to read at once. */
static void signals_take(void)
{
	sigset_t blocked;

	sigprocmask(SIG_SETMASK, &term.waiting, &blocked);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
}

unsigned int terminal_wait(uint64_t deadline_ns, int fd)
{
	struct pollfd p[2] = {{.fd = STDIN_FILENO, .events = POLLIN},
			      {.fd = fd, .events = POLLIN}};
	uint64_t now = monotonic_ns();
	uint64_t left = deadline_ns > now ? deadline_ns - now : 0;
	struct timespec timeout = {.tv_sec = (time_t)(left / 1000000000),
				   .tv_nsec = (long)(left % 1000000000)};
	unsigned int wake = 0;
	int n;

	n = ppoll(p, 2, &timeout, &term.waiting);
	if (n < 0) /* also after having been stopped: all is to be redrawn */
		wake |= errno == EINTR ? WAKE_SIZE : WAKE_END;
	if (n > 0 && p[0].revents)
		wake |= p[0].revents == POLLIN ? WAKE_KEY : WAKE_END;
	if (n > 0 && p[1].revents)
		wake |= WAKE_FEED;
	if (n > 0)
		signals_take();
	if (term.size)
		wake |= WAKE_SIZE;
	term.size = 0;
	if (term.end)
		wake |= WAKE_END;
	if (monotonic_ns() >= deadline_ns)
		wake |= WAKE_TIME;
	return wake;
}

void terminal_resized(void)
{
	struct winsize ws;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) < 0 || !ws.ws_row ||
	    !ws.ws_col)
		return;
	resizeterm(ws.ws_row, ws.ws_col);
}
