/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses to listen on, as they are written.
 */
#ifndef SYSPERF_EXPORT_HTTP_ADDRESS_H
#define SYSPERF_EXPORT_HTTP_ADDRESS_H

#include <sys/socket.h>

#define HTTP_CONNECTIONS_MOST 256

struct http_address {
	struct sockaddr_storage addr;
	socklen_t len;
};

/**
 * http_address_parse() - ADDRESS:PORT or [ADDRESS]:PORT, all in numbers
 *
 * Return: 0 or -EINVAL.
 */
int http_address_parse(struct http_address *a, const char *s);

#endif /* SYSPERF_EXPORT_HTTP_ADDRESS_H */
