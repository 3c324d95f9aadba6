// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns how an address to listen on is written. No names: what they mean is
 * not known yet when a service starts, and asking blocks.
 */
#include <errno.h>
#include <netdb.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "http_address.h"

int http_address_parse(struct http_address *a, const char *s)
{
	const struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM,
	};
	const char *port = strrchr(s, ':');
	struct addrinfo *found;
	char host[64];
	size_t n;

	if (!port || !port[1])
		return -EINVAL;
	n = (size_t)(port - s);
	if (*s == '[' && n > 2 && s[n - 1] == ']') {
		s++;
		n -= 2;
	} else if (memchr(s, ':', n)) {
		return -EINVAL;
	}
	if (!n || n >= sizeof(host))
		return -EINVAL;
	memcpy(host, s, n);
	host[n] = '\0';
	port++;
	/* getaddrinfo() takes 65536 for 0. */
	if (strlen(port) > 5 || strspn(port, "0123456789") != strlen(port) ||
	    strtoul(port, NULL, 10) > 65535 ||
	    getaddrinfo(host, port, &hints, &found))
		return -EINVAL;
	memset(a, 0, sizeof(*a));
	memcpy(&a->addr, found->ai_addr, found->ai_addrlen);
	a->len = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}
