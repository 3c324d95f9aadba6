/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_KMOD_PARSE_H
#define SYSPERF_KMOD_PARSE_H

#include <stddef.h>

#include <sysperf/snapshot.h>

/**
 * sp_kmod_parse() - understand the records of one snapshot of the module
 * @snap: gets tasks, kcpus, kdisks, know_ns and info; histograms and module
 *	records point into @buf, which must live as long
 * @buf: the records, aligned to 8
 * @len: bytes of them; anything may be in there
 *
 * Return: 0; -EPROTONOSUPPORT if the module has another ABI version; -EPROTO
 * if the snapshot is cut short or malformed; -ENOMEM.
 */
int sp_kmod_parse(struct sp_snapshot *snap, const char *buf, size_t len);

#endif /* SYSPERF_KMOD_PARSE_H */
