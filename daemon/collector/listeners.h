/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which TCP socket does not take its connections, and who has it open. Not
 * cheap, and so only asked for when connections are being dropped.
 */
#ifndef SYSPERF_LISTENERS_H
#define SYSPERF_LISTENERS_H

#include <stdbool.h>
#include <stdint.h>

#include "pace.h"
#include "verdict.h"

/* The socket found last and its owner. All 0: none. */
struct listeners {
	uint32_t inode;
	uint32_t pid; /* 0: nobody that may be looked at */
	struct sp_pace pace; /* of looking for an owner */
};

/**
 * listeners_fullest() - the listening socket with most connections too many
 * @ls: what is remembered
 * @l: set, if there is one with a full queue
 *
 * Of this process's network namespace; its owner is the first process in
 * /proc that has it open, looked for anew only when it is another socket.
 *
 * Return: whether there is one.
 */
bool listeners_fullest(struct listeners *ls, struct verdict_listener *l);

#endif /* SYSPERF_LISTENERS_H */
