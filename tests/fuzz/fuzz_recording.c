// SPDX-License-Identifier: GPL-2.0-only
/*
 * A recording from anywhere, read both ways, searched, and appended to. What
 * is appended is then the last that is read.
 *
 * Input: a byte, and either (0) a file, or (else) records, whose checksums are
 * made right here so that what is behind them is reached. A record: type,
 * flags, two bytes each of its length, ordinal, back, of how its time differs
 * from the last one; a byte: 1 compressed here, 2 of this build's schema,
 * 4 a wrong length; its payload.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#include <sysperf/recording.h>
#include <sysperf/wire.h>

#include "../../daemon/record/head.h"

#define RECORD 11

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t own_schema(void)
{
	struct sp_wire_select select;
	struct sp_wire_encoder *e;
	struct sp_bytes own = {0};
	uint32_t id;

	sp_wire_select_all(&select);
	if (sp_wire_encoder_open(&e, &select))
		abort();
	sp_wire_schema(e, &own);
	sp_wire_encoder_close(e);
	id = rec_crc(own.data, own.len);
	sp_bytes_free(&own);
	return id;
}

static unsigned int two(const uint8_t *at)
{
	return at[0] | (unsigned int)at[1] << 8;
}

static void put(int fd, const void *data, size_t len)
{
	if (write(fd, data, len) != (ssize_t)len)
		abort();
}

static void put_record(int fd, struct rec_head *h, unsigned int how,
		       const uint8_t *data, size_t len)
{
	uint8_t head[REC_HEAD], packed[ZSTD_COMPRESSBOUND(65536)];
	size_t n = len;

	memcpy(packed, data, len);
	if (how & 1)
		n = ZSTD_compress(packed, sizeof(packed), data, len, 1);
	h->length = (uint32_t)n;
	h->raw = (uint32_t)len + !!(how & 4);
	h->schema = how & 2 ? own_schema() : rec_crc("", 0);
	if (h->type == REC_SCHEMA && !(how & 2))
		h->schema = rec_crc(data, len);
	h->crc_payload = rec_crc(packed, n);
	rec_head_pack(head, h);
	put(fd, head, sizeof(head));
	put(fd, packed, n);
}

static void put_records(int fd, const uint8_t *data, size_t size)
{
	struct rec_head h = {.time_ns = 1700000000 * REC_NS_PER_S};

	while (size >= RECORD) {
		size_t len = two(data + 2);

		if (len > size - RECORD)
			len = size - RECORD;
		h.type = data[0];
		h.flags = data[1];
		h.ordinal = (uint16_t)two(data + 4);
		h.back = two(data + 6);
		h.time_ns += ((int16_t)two(data + 8)) * (REC_NS_PER_S / 16);
		put_record(fd, &h, data[10], data + RECORD, len);
		data += RECORD + len;
		size -= RECORD + len;
	}
}

static void read_all(struct sp_recording *r)
{
	const struct sp_frame *f;
	struct timespec a, b;

	while (!sp_recording_next(r, &f))
		;
	while (!sp_recording_prev(r, &f))
		;
	if (sp_recording_times(r, &a, &b))
		return;
	b.tv_sec = a.tv_sec / 2 + b.tv_sec / 2;
	sp_recording_seek(r, &b);
	sp_recording_next(r, &f);
	sp_recording_prev(r, &f);
	sp_recording_window(r, &a, &b);
	while (!sp_recording_next(r, &f))
		;
	sp_recording_rewind(r, true);
	while (!sp_recording_prev(r, &f))
		;
}

static void append(const char *path)
{
	struct sp_recorder_config cfg = {.sync = SP_SYNC_NEVER};
	struct sp_frame frame = {.time = {1800000000, 5}};
	const struct sp_frame *f;
	struct sp_recording *in;
	struct sp_recorder *r;
	char err[256];
	int ret = sp_recorder_open(&r, path, &cfg, err, sizeof(err));

	if (ret == -EBADMSG)
		return;
	if (ret || sp_recorder_add(r, &frame) || sp_recorder_close(r) ||
	    sp_recording_open(&in, path, err, sizeof(err)) ||
	    sp_recording_rewind(in, true) || sp_recording_prev(in, &f) ||
	    f->time.tv_sec != frame.time.tv_sec || f->time.tv_nsec != 5)
		abort();
	sp_recording_close(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("recording", MFD_CLOEXEC);
	struct sp_recording *r;
	char path[64], err[256];

	if (fd < 0)
		abort();
	if (size && size < 65536) {
		if (data[0])
			put_records(fd, data + 1, size - 1);
		else
			put(fd, data + 1, size - 1);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		if (!sp_recording_open(&r, path, err, sizeof(err))) {
			read_all(r);
			sp_recording_close(r);
		}
		append(path);
	}
	close(fd);
	return 0;
}
