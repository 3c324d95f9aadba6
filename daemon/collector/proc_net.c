// SPDX-License-Identifier: GPL-2.0-only
/*
 * The network: parsers of /proc/net/{snmp,netstat,softnet_stat,dev}. No
 * state of their own.
 */
#include "proc_net.h"

#include <errno.h>

#include "text.h"

/* A counter wanted of a pair of lines, names above numbers. */
struct wanted {
	const char *name;
	uint64_t *v;
	bool add; /* to what is there already */
};

static void take(const struct wanted *w, const struct sp_text *name, uint64_t v)
{
	for (; w->name; w++)
		if (sp_text_is(name, w->name))
			*w->v = w->add ? sp_u64_add(*w->v, v) : v;
}

/*
 * Both files are pairs of lines, "Proto: names…" and "Proto: numbers…", where
 * later kernels add names anywhere. Numbers may be negative (Tcp's MaxConn).
 */
static void parse_pairs(struct sp_text t, const char *proto,
			const struct wanted *wanted)
{
	struct sp_text names, numbers, name;
	int64_t v;

	while (sp_text_line(&t, &names)) {
		if (!sp_text_prefix(&names, proto))
			continue;
		if (!sp_text_line(&t, &numbers) ||
		    !sp_text_prefix(&numbers, proto))
			return;
		while (sp_text_word(&names, &name) && sp_text_i64(&numbers, &v))
			if (v >= 0)
				take(wanted, &name, (uint64_t)v);
		return;
	}
}

void sp_parse_snmp(const char *buf, size_t len, struct sp_raw_system *sys,
		   struct sp_tcp_counts *counts)
{
	const struct wanted wanted[] = {
		{"OutSegs", &sys->tcp_segments, false},
		{"RetransSegs", &sys->tcp_retransmits, false},
		{"CurrEstab", &counts->established, false},
		{"EstabResets", &counts->estab_resets, false},
		{"OutRsts", &counts->out_rsts, false},
		{NULL, NULL, false},
	};

	parse_pairs(sp_text_of(buf, len), "Tcp: ", wanted);
}

void sp_parse_netstat(const char *buf, size_t len, struct sp_raw_system *sys,
		      struct sp_tcp_counts *counts)
{
	uint64_t aborts = 0;
	const struct wanted wanted[] = {
		{"ListenOverflows", &sys->listen_overflows, false},
		{"TCPAbortOnClose", &aborts, true},
		{"TCPAbortOnData", &aborts, true},
		{NULL, NULL, false},
	};

	parse_pairs(sp_text_of(buf, len), "TcpExt: ", wanted);
	counts->aborts = aborts;
}

uint64_t sp_tcp_resets(const struct sp_tcp_counts *counts)
{
	uint64_t all = sp_u64_add(counts->estab_resets, counts->out_rsts);

	return all > counts->aborts ? all - counts->aborts : 0;
}

static bool hex_u64(const struct sp_text *word, uint64_t *v)
{
	const char *p = word->p;
	uint64_t n = 0;

	for (; p != word->end; p++) {
		unsigned int c = (unsigned char)*p;
		unsigned int digit = c - '0';

		if (digit > 9)
			digit = (c | 0x20) - 'a' + 10;
		if (digit > 15 || (c > '9' && digit < 10))
			return false;
		n = n > (SP_ABSENT - 1) >> 4 ? SP_ABSENT - 1 : n << 4 | digit;
	}
	*v = n;
	return word->p != word->end;
}

static bool skip_hex(struct sp_text *line, unsigned int skip, uint64_t *v)
{
	struct sp_text word;

	return sp_text_skip(line, skip) && sp_text_word(line, &word) &&
	       hex_u64(&word, v);
}

/* A line a CPU; the third number is time_squeeze, the 13th, if any, the CPU's. */
void sp_parse_softnet(const char *buf, size_t len, struct sp_raw_system *sys,
		      struct sp_cpu_counts *squeezed)
{
	struct sp_text t = sp_text_of(buf, len), line;
	uint64_t lines = 0, v, cpu;
	bool numbered = true;

	sp_cpu_counts_begin(squeezed);
	/* Without numbers it is not known who came or went. */
	for (struct sp_text u = t; sp_text_line(&u, &line); lines++)
		numbered &= skip_hex(&line, 12, &cpu);
	if (!numbered && lines != squeezed->online)
		sp_cpu_counts_forget(squeezed);
	squeezed->online = lines;
	for (lines = 0; sp_text_line(&t, &line); lines++) {
		if (!skip_hex(&line, 2, &v))
			continue;
		if (!numbered || !skip_hex(&line, 9, &cpu))
			cpu = lines;
		sp_cpu_counts_add(squeezed, cpu, v);
		sys->softnet_squeezed = squeezed->sum;
	}
}

#define MEMBER(name) offsetof(struct sp_raw_net, name)
#define UNUSED SIZE_MAX

/* In the order of /proc/net/dev. */
static const size_t dev_columns[] = {
	MEMBER(rx_bytes),
	MEMBER(rx_packets),
	MEMBER(rx_errors),
	MEMBER(rx_drops),
	UNUSED,
	UNUSED,
	UNUSED,
	UNUSED,
	MEMBER(tx_bytes),
	MEMBER(tx_packets),
	MEMBER(tx_errors),
	MEMBER(tx_drops),
};

static bool parse_dev_line(struct sp_text line, struct sp_raw_net *net)
{
	const char *colon;
	struct sp_text name;
	uint64_t v;
	size_t i;

	/* The two lines of titles have bars and no colon. */
	sp_text_blanks(&line);
	colon = memchr(line.p, ':', sp_text_len(&line));
	if (!colon || colon == line.p ||
	    memchr(line.p, '/', (size_t)(colon - line.p)))
		return false;
	name = (struct sp_text){line.p, colon};
	sp_text_copy(&name, net->name, sizeof(net->name));
	line.p = colon + 1;
	for (i = 0; i < sizeof(dev_columns) / sizeof(*dev_columns); i++) {
		if (!sp_text_u64(&line, &v))
			break;
		if (dev_columns[i] != UNUSED)
			*(uint64_t *)((char *)net + dev_columns[i]) = v;
	}
	return i > 0;
}

int sp_parse_net_dev(const char *buf, size_t len, struct sp_snapshot *snap)
{
	struct sp_text t = sp_text_of(buf, len), line;

	while (sp_text_line(&t, &line)) {
		struct sp_raw_net *net = sp_snapshot_add_net(snap);

		if (!net)
			return -ENOMEM;
		if (!parse_dev_line(line, net))
			snap->nr_nets--;
	}
	return 0;
}
