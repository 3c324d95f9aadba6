// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the capabilities, which each thread has for itself: what is here
 * is about the loop's. Those that it starts begin with what it has then.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>

#include "privileges.h"

static const cap_value_t for_load[] = {CAP_SYS_MODULE};
static const cap_value_t for_procfs[] = {CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH,
					 CAP_NET_ADMIN};
#define NR(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* Of these, those that are permitted. */
static int keep(cap_t old, cap_t new, const cap_value_t *caps, int n)
{
	for (int i = 0; i < n; i++) {
		cap_flag_value_t has;

		if (cap_get_flag(old, caps[i], CAP_PERMITTED, &has))
			return -errno;
		if (has == CAP_SET &&
		    cap_set_flag(new, CAP_PERMITTED, 1, &caps[i], CAP_SET))
			return -errno;
	}
	return 0;
}

int privileges_start(void)
{
	cap_t old = cap_get_proc(), new = cap_init();
	int ret = old && new ? 0 : -ENOMEM;

	/* What the unit gives ambient would be a hook's, too. */
	if (!ret && cap_reset_ambient())
		ret = -errno;
	if (!ret)
		ret = keep(old, new, for_load, NR(for_load));
	if (!ret)
		ret = keep(old, new, for_procfs, NR(for_procfs));
	if (!ret && cap_set_proc(new))
		ret = -errno;
	if (!ret && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		ret = -errno;
	cap_free(old);
	cap_free(new);
	return ret;
}

/* In effect, or no longer; as far as they are permitted. */
static void effective(const cap_value_t *caps, int n, bool on, bool for_good)
{
	cap_t all = cap_get_proc();

	for (int i = 0; all && i < n; i++) {
		cap_flag_value_t has = CAP_CLEAR;

		cap_get_flag(all, caps[i], CAP_PERMITTED, &has);
		if (has != CAP_SET)
			continue;
		cap_set_flag(all, CAP_EFFECTIVE, 1, &caps[i],
			     on ? CAP_SET : CAP_CLEAR);
		if (for_good)
			cap_set_flag(all, CAP_PERMITTED, 1, &caps[i],
				     CAP_CLEAR);
	}
	if (all)
		cap_set_proc(all);
	cap_free(all);
}

void privileges_load(bool on)
{
	effective(for_load, NR(for_load), on, !on);
}

void privileges_procfs(bool on)
{
	effective(for_procfs, NR(for_procfs), on, false);
}

void privileges_none(void)
{
	cap_t none = cap_init();

	if (none)
		cap_set_proc(none);
	cap_free(none);
}

void privileges_text(char *text, size_t len)
{
	cap_t all = cap_get_proc();
	char *s = all ? cap_to_text(all, NULL) : NULL;

	snprintf(text, len, "%s", s ? s : "");
	cap_free(s);
	cap_free(all);
}
