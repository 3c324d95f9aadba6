// SPDX-License-Identifier: GPL-2.0-only
/*
 * One task: parsers of /proc/PID/{stat,schedstat,io}. No state. They run for
 * each task that did anything, at each refresh.
 */
#include "proc_task.h"

#include "text.h"

static uint32_t to_u32(uint64_t v)
{
	return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

/* "123 (name) ": leaves the text at the state. */
static bool parse_head(struct sp_text *t, struct sp_task_stat *st)
{
	struct sp_text name;
	const char *close;
	uint64_t tid;

	if (!sp_text_u64(t, &tid) || !sp_text_prefix(t, " ("))
		return false;
	close = memrchr(t->p, ')', sp_text_len(t));
	if (!close)
		return false;
	name = (struct sp_text){t->p, close};
	sp_text_copy(&name, st->comm, sizeof(st->comm));
	st->tid = to_u32(tid);
	t->p = close + 1;
	return true;
}

/* How many numbers follow the state, as far as they are wanted. */
#define NUMBERS 39
/* The place of field n of proc(5) among them. */
#define FIELD(n) ((n)-4)

/* Nothing before the resident set may be missing. */
#define NEEDED (FIELD(24) + 1)

/*
 * Negative numbers (tpgid, priority) become 0 but for nice, which is given
 * back apart: all others that are wanted are unsigned.
 */
static unsigned int parse_numbers(struct sp_text *t, uint64_t *v, int64_t *nice)
{
	unsigned int i;

	for (i = 0; i < NUMBERS; i++) {
		sp_text_blanks(t);
		if (t->p != t->end && *t->p == '-') {
			int64_t n;

			if (!sp_text_i64(t, &n))
				break;
			v[i] = 0;
			if (i == FIELD(19))
				*nice = n;
			continue;
		}
		if (!sp_text_u64(t, &v[i]))
			break;
		if (i == FIELD(19))
			*nice = v[i] > INT32_MAX ? INT32_MAX : (int64_t)v[i];
	}
	return i;
}

bool sp_parse_task_stat(const char *buf, size_t len, struct sp_task_stat *st)
{
	struct sp_text t = sp_text_of(buf, len), state;
	uint64_t v[NUMBERS] = {0};
	int64_t nice = 0;

	if (!parse_head(&t, st) || !sp_text_word(&t, &state) ||
	    parse_numbers(&t, v, &nice) < NEEDED)
		return false;
	st->state = *state.p;
	st->ppid = to_u32(v[FIELD(4)]);
	st->flags = to_u32(v[FIELD(9)]);
	st->minor_faults = v[FIELD(10)];
	st->major_faults = v[FIELD(12)];
	st->cpu_ticks = sp_u64_add(v[FIELD(14)], v[FIELD(15)]);
	st->nice = nice < INT32_MIN ? INT32_MIN : (int32_t)nice;
	st->threads = to_u32(v[FIELD(20)]);
	st->start_ticks = v[FIELD(22)];
	st->rss_pages = v[FIELD(24)];
	st->cpu = to_u32(v[FIELD(39)]);
	st->policy = to_u32(v[FIELD(41)]);
	st->blkio_ticks = v[FIELD(42)];
	return true;
}

bool sp_parse_task_sched(const char *buf, size_t len,
			 struct sp_task_sched *sched)
{
	struct sp_text t = sp_text_of(buf, len);

	return sp_text_u64(&t, &sched->run_ns) &&
	       sp_text_u64(&t, &sched->delay_ns) &&
	       sp_text_u64(&t, &sched->count) &&
	       (sched->run_ns || sched->delay_ns || sched->count);
}

void sp_parse_task_io(const char *buf, size_t len, uint64_t *read_bytes,
		      uint64_t *write_bytes)
{
	struct sp_text t = sp_text_of(buf, len), line;

	*read_bytes = SP_ABSENT;
	*write_bytes = SP_ABSENT;
	while (sp_text_line(&t, &line)) {
		if (sp_text_prefix(&line, "read_bytes:"))
			sp_text_u64(&line, read_bytes);
		else if (sp_text_prefix(&line, "write_bytes:"))
			sp_text_u64(&line, write_bytes);
	}
}

void sp_parse_loadavg(const char *buf, size_t len, uint64_t *threads,
		      uint64_t *last_pid)
{
	struct sp_text t = sp_text_of(buf, len), word;
	uint64_t running;

	*threads = SP_ABSENT;
	*last_pid = SP_ABSENT;
	/* Three averages, "running/all", and then it. */
	if (!sp_text_skip(&t, 3) || !sp_text_word(&t, &word))
		return;
	sp_text_u64(&t, last_pid);
	if (sp_text_u64(&word, &running) && sp_text_prefix(&word, "/"))
		sp_text_u64(&word, threads);
}

uint32_t sp_parse_pid(const char *name)
{
	uint64_t n = 0;

	do {
		unsigned int digit = (unsigned char)*name - '0';

		if (digit > 9 || n > UINT32_MAX / 10 - 1)
			return 0;
		n = n * 10 + digit;
	} while (*++name);
	return (uint32_t)n;
}
