/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What sysperf doctor finds: each probe looks at one thing and says how it
 * is, why, and what to do. Probes change nothing and need no privilege.
 */
#ifndef SYSPERF_TUI_DOCTOR_H
#define SYSPERF_TUI_DOCTOR_H

enum mark {
	MARK_OK, /* it is there */
	MARK_NONE, /* it is not; sysperf does without */
	MARK_BAD, /* it could be, but something is in the way */
	MARKS,
};

struct finding {
	enum mark mark;
	char what[200]; /* how it is */
	char todo[400]; /* what to do about it; "" for nothing */
};

/**
 * finding_set() - fill a finding
 * @todo: what to do, "" for nothing
 * @form: how it is, as for printf
 */
void finding_set(struct finding *f, enum mark mark, const char *todo,
		 const char *form, ...) __attribute__((format(printf, 4, 5)));

/**
 * doctor_read_line() - the first line of a small file
 *
 * Return: 0 or -errno.
 */
int doctor_read_line(const char *path, char *buf, int len);

/* The module (doctor_kmod.c). */
void doctor_module(struct finding *f);
void doctor_parts(struct finding *f);
/* What else the kernel offers (doctor_probes.c). */
void doctor_pmu(struct finding *f);
void doctor_psi(struct finding *f);
void doctor_io(struct finding *f);
void doctor_schedstat(struct finding *f);
void doctor_exits(struct finding *f);
void doctor_delayacct(struct finding *f);
void doctor_hidepid(struct finding *f);
void doctor_iostats(struct finding *f);
void doctor_netlink(struct finding *f);
void doctor_terminal(struct finding *f);

#endif /* SYSPERF_TUI_DOCTOR_H */
