// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the golden signals as text: a line a resource with its four signals in
 * columns, each with as many of its values as the width allows, the most
 * telling first.
 */
#include <math.h>
#include <string.h>

#include "fmt.h"
#include "text_golden.h"

#define NAME_CELLS 8 /* the longest resource */
#define STATUS_CELLS 9
#define ITEM_MAX 64
#define GAP 2 /* cells between two items or columns */
#define PICKS 4

static const char *const heads[SP_SIGNALS] = {"LATENCY", "TRAFFIC", "ERRORS",
					      "SATURATION"};

/* Keys in the order of what they tell; the mean only where it must do. */
static const char *const picks[SP_RESOURCES][SP_SIGNALS][PICKS] = {
	[SP_RES_CPU] =
		{
			[SP_SIG_LATENCY] = {"runq_wait_p99_us",
					    "runq_wait_max_us",
					    "runq_wait_p50_us",
					    "runq_wait_mean_us"},
			[SP_SIG_TRAFFIC] = {"util_pct",
					    "context_switches_per_s", "ipc",
					    "cache_misses_per_s"},
			[SP_SIG_ERRORS] = {"throttled_per_s",
					   "machine_checks_per_s"},
			[SP_SIG_SATURATION] = {"runnable_per_cpu",
					       "psi_some_pct", "steal_pct"},
		},
	[SP_RES_MEMORY] =
		{
			[SP_SIG_LATENCY] = {"major_faults_per_s",
					    "reclaim_stall_p99_us",
					    "reclaim_stalls_per_s"},
			[SP_SIG_TRAFFIC] = {"allocated_bytes_per_s",
					    "faults_per_s",
					    "reclaimed_bytes_per_s"},
			[SP_SIG_ERRORS] = {"oom_kills_per_s",
					   "ecc_errors_per_s"},
			[SP_SIG_SATURATION] = {"used_pct", "psi_some_pct",
					       "swap_in_bytes_per_s",
					       "swap_out_bytes_per_s"},
		},
	[SP_RES_DISK] =
		{
			[SP_SIG_LATENCY] = {"p99_us",
					    "max_us", "p50_us", "mean_us"},
			[SP_SIG_TRAFFIC] =
				{"read_bytes_per_s", "write_bytes_per_s",
				 "reads_per_s", "writes_per_s"},
			[SP_SIG_ERRORS] = {"errors_per_s"},
			[SP_SIG_SATURATION] = {"queue_depth", "psi_some_pct",
					       "util_pct", "psi_full_pct"},
		},
	[SP_RES_NETWORK] =
		{
			[SP_SIG_LATENCY] = {"rtt_p99_us", "rtt_p50_us",
					    "rtt_p95_us", "rtt_mean_us"},
			[SP_SIG_TRAFFIC] =
				{"rx_bits_per_s", "tx_bits_per_s",
				 "rx_packets_per_s", "tx_packets_per_s"},
			[SP_SIG_ERRORS] = {"retransmits_per_s", "errors_per_s",
					   "resets_per_s",
					   "listen_overflows_per_s"},
			[SP_SIG_SATURATION] = {"drops_per_s", "util_pct",
					       "backlog_bytes",
					       "softnet_squeezed_per_s"},
		},
};

/* What one line shows of one signal. */
struct cell {
	char item[PICKS][ITEM_MAX]; /* "title value", those that are known */
	size_t nr, shown;
	int used; /* cells that the shown ones take */
};

struct matrix {
	struct cell cells[SP_RESOURCES][SP_SIGNALS];
	int width[SP_SIGNALS]; /* 0: no room for it */
	unsigned int last; /* signal that there is room for */
	bool failing; /* some error is not 0 */
};

/* Titles and values are ASCII: bytes are cells. */
static void add_item(struct matrix *m, struct cell *c, const struct sp_field *f,
		     const struct sp_golden *g)
{
	char value[32];
	double v;

	if (!f)
		return;
	v = sp_field_num(f, g);
	if (!isfinite(v))
		return;
	m->failing |= f->signal == SP_SIG_ERRORS && v > 0;
	/* Most errors are 0 at most times: no need for "0.00". */
	snprintf(c->item[c->nr++], ITEM_MAX, "%s %s%s", f->title,
		 v == 0 ? "0" : fmt_value(value, sizeof(value), f, v, 6),
		 fmt_unit(f->unit));
}

static void fill_cell(struct matrix *m, const struct sp_golden *g,
		      unsigned int res, unsigned int sig)
{
	struct cell *c = &m->cells[res][sig];

	for (size_t i = 0; i < PICKS && picks[res][sig][i]; i++)
		add_item(m, c, sp_field_golden(res, sig, picks[res][sig][i]),
			 g);
	if (!c->nr)
		snprintf(c->item[c->nr++], ITEM_MAX, "-");
	c->shown = 1;
	c->used = (int)strlen(c->item[0]);
}

/* One more item, if the column may grow by as much as it takes. */
static void show_more(struct cell *c, int *width, int *spare)
{
	int used, more;

	if (!*width || c->shown == c->nr)
		return;
	used = c->used + GAP + (int)strlen(c->item[c->shown]);
	more = used > *width ? used - *width : 0;
	if (more > *spare)
		return;
	*spare -= more;
	*width += more;
	c->used = used;
	c->shown++;
}

/* Who waits, and for how much, before how much was done. */
static const enum sp_signal turns[SP_SIGNALS] = {
	SP_SIG_LATENCY,
	SP_SIG_SATURATION,
	SP_SIG_TRAFFIC,
	SP_SIG_ERRORS,
};

static void leave_out(struct matrix *m, enum sp_signal s, int *spare)
{
	if (*spare >= 0 || !m->width[s])
		return;
	*spare += m->width[s] + GAP;
	m->width[s] = 0;
}

/* Errors that are none say the least, and those that are some say much. */
static void leave_out_columns(struct matrix *m, int *spare)
{
	if (!m->failing)
		leave_out(m, SP_SIG_ERRORS, spare);
	leave_out(m, SP_SIG_TRAFFIC, spare);
	leave_out(m, SP_SIG_ERRORS, spare);
	leave_out(m, SP_SIG_SATURATION, spare);
	leave_out(m, SP_SIG_LATENCY, spare);
	for (unsigned int s = 0; s < SP_SIGNALS; s++)
		if (m->width[s])
			m->last = s;
}

/* Each that has room gets its first item; the rest of the width goes round. */
static void lay_out(struct matrix *m, int width)
{
	int spare = width - NAME_CELLS - STATUS_CELLS - GAP * SP_SIGNALS;

	for (unsigned int s = 0; s < SP_SIGNALS; s++) {
		m->width[s] = (int)strlen(heads[s]);
		for (unsigned int r = 0; r < SP_RESOURCES; r++)
			if (m->cells[r][s].used > m->width[s])
				m->width[s] = m->cells[r][s].used;
		spare -= m->width[s];
	}
	leave_out_columns(m, &spare);
	for (unsigned int i = 0; i < (PICKS - 1) * SP_SIGNALS; i++) {
		enum sp_signal s = turns[i % SP_SIGNALS];

		for (unsigned int r = 0; r < SP_RESOURCES; r++)
			show_more(&m->cells[r][s], &m->width[s], &spare);
	}
}

static void write_cell(FILE *f, const struct cell *c, int width)
{
	fprintf(f, "%*s", GAP, "");
	for (size_t i = 0; i < c->shown; i++)
		fprintf(f, "%*s%s", i ? GAP : 0, "", c->item[i]);
	fprintf(f, "%*s", width - c->used, "");
}

static void write_head(FILE *f, const struct matrix *m)
{
	fprintf(f, "%-*s%-*s", NAME_CELLS, "", STATUS_CELLS, " STATUS");
	for (unsigned int s = 0; s < SP_SIGNALS; s++)
		if (m->width[s])
			fprintf(f, "%*s%-*s", GAP, "",
				s == m->last ? 0 : m->width[s], heads[s]);
	putc_unlocked('\n', f);
}

void text_golden_write(FILE *f, const struct sp_frame *frame, int width)
{
	struct matrix m = {0};

	for (unsigned int r = 0; r < SP_RESOURCES; r++)
		for (unsigned int s = 0; s < SP_SIGNALS; s++)
			fill_cell(&m, &frame->golden, r, s);
	lay_out(&m, width);
	write_head(f, &m);
	for (unsigned int r = 0; r < SP_RESOURCES; r++) {
		const char *status = sp_status_names[frame->status[r]];

		fprintf(f, "%-*s %-*s", NAME_CELLS, sp_resource_names[r],
			STATUS_CELLS - 1, status ? status : "-");
		for (unsigned int s = 0; s < SP_SIGNALS; s++)
			if (m.width[s])
				write_cell(f, &m.cells[r][s],
					   s == m.last ? m.cells[r][s].used
						       : m.width[s]);
		putc_unlocked('\n', f);
	}
}
