// SPDX-License-Identifier: GPL-2.0-only
/*
 * Both ends of a connection, at the mercy of the other. The first byte says
 * which: a viewer whose sysperfd says what follows, or the payload of a request
 * to sysperfd. What is understood is said again and understood alike.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sysperf/client.h>

#include "../../daemon/serve/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void to_sysperfd(const uint8_t *data, size_t size)
{
	struct sp_request r, again;
	struct sp_bytes b = {0};
	char err[256] = "";

	if (sp_request_parse(&r, data, size, err, sizeof(err))) {
		if (!*err)
			abort();
		return;
	}
	sp_message_request(&b, SP_MESSAGE_SET, &r);
	if (sp_request_parse(&again, b.data + SP_PROTOCOL_HEAD,
			     b.len - SP_PROTOCOL_HEAD, err, sizeof(err)) ||
	    memcmp(&r.select, &again.select, sizeof(r.select)) != 0 ||
	    r.delay_ms != again.delay_ms || r.threads != again.threads)
		abort();
	sp_bytes_free(&b);
}

/* All of it was said before the viewer has asked. */
static void to_viewer(const uint8_t *data, size_t size)
{
	const struct sp_frame *frame;
	struct sp_wish wish = {.delay_s = 1};
	struct sp_client *c;
	char err[256];
	bool early;
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd))
		abort();
	if (write(fd[1], data, size) != (ssize_t)size)
		abort();
	shutdown(fd[1], SHUT_WR);
	if (!sp_client_adopt(&c, fd[0], &wish, 1, err, sizeof(err))) {
		while (!sp_client_receive(c, &frame, &early) && frame)
			;
		sp_client_close(c);
	}
	close(fd[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size || size > 65536)
		return 0;
	if (*data & 1)
		to_viewer(data + 1, size - 1);
	else
		to_sysperfd(data + 1, size - 1);
	return 0;
}
