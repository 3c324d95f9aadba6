// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns how the listening socket comes about. One that another sysperfd left
 * behind is replaced; one on which somebody answers is not.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "listen.h"

#define BACKLOG 128

int listen_given(struct listen_given *given, char *err, size_t len)
{
	int n = sd_listen_fds(1);

	*given = (struct listen_given){-1, -1};
	if (n < 0)
		snprintf(err, len, "what systemd passes on: %s", strerror(-n));
	for (int fd = SD_LISTEN_FDS_START; fd < SD_LISTEN_FDS_START + n; fd++) {
		if (given->viewers < 0 &&
		    sd_is_socket(fd, AF_UNIX, SOCK_STREAM, 1) > 0) {
			given->viewers = fd;
		} else if (given->metrics < 0 &&
			   sd_is_socket_inet(fd, 0, SOCK_STREAM, 1, 0) > 0) {
			given->metrics = fd;
			fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
		} else {
			snprintf(err, len,
				 "systemd passes on what is neither a Unix nor "
				 "a TCP socket that listens, or two of one");
			return -EINVAL;
		}
	}
	return n < 0 ? n : 0;
}

/* Somebody who does not answer is somebody, too. */
static bool answers(const struct sockaddr_un *sun)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool yes = false;

	if (fd < 0)
		return false;
	if (!connect(fd, (const struct sockaddr *)sun, sizeof(*sun)) ||
	    errno == EAGAIN || errno == EACCES)
		yes = true;
	close(fd);
	return yes;
}

static int bind_to(int fd, const struct sockaddr_un *sun)
{
	mode_t before = umask(0117);
	int ret = 0;

	if (bind(fd, (const struct sockaddr *)sun, sizeof(*sun)))
		ret = -errno;
	umask(before);
	return ret;
}

static int open_at(const char *path, const char *group)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	const struct group *g = *group ? getgrnam(group) : NULL;
	int fd, ret;

	if (strlen(path) >= sizeof(sun.sun_path))
		return -ENAMETOOLONG;
	memcpy(sun.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	ret = bind_to(fd, &sun);
	if (ret == -EADDRINUSE && !answers(&sun)) {
		ret = unlink(path) ? -errno : bind_to(fd, &sun);
	}
	/* Who may not give it to the group serves itself and root. */
	if (!ret && g && chown(path, (uid_t)-1, g->gr_gid) && errno != EPERM)
		ret = -errno;
	if (!ret && listen(fd, BACKLOG))
		ret = -errno;
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

int listen_open(const char *path, const char *group, char *err, size_t len)
{
	int fd = open_at(path, group);

	if (fd == -EADDRINUSE)
		snprintf(err, len, "%s: another sysperfd is running", path);
	else if (fd < 0)
		snprintf(err, len, "cannot listen at %s: %s", path,
			 strerror(-fd));
	return fd;
}
