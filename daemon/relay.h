/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sysperfd --stdio: one viewer at the other end of stdin and stdout, as ssh
 * makes it. No port of our own is opened for that.
 */
#ifndef SYSPERF_RELAY_H
#define SYSPERF_RELAY_H

#include "settings.h"

/**
 * relay_run() - serve stdin and stdout until they end
 * @path: of the socket of the sysperfd that runs here. If none does, or it is
 *	not for us, the viewer is served by this process
 *
 * Return: an exit status.
 */
int relay_run(const char *path, const struct settings *settings);

#endif /* SYSPERF_RELAY_H */
