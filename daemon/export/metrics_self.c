// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns what the daemon tells of itself.
 */
#include <stddef.h>

#include "metrics.h"

static const struct {
	const char *name;
	enum metrics_type type;
	const char *unit;
	size_t offset; /* of a double in struct sp_self */
	const char *help;
} metrics[] = {
#define SELF(name, type, unit, member, help)                                   \
	{                                                                      \
		"sysperfd_" name, METRICS_##type, unit,                        \
			offsetof(struct sp_self, member), help                 \
	}
	SELF("samples", COUNTER, "", samples, "samples taken"),
	SELF("samples_failed", COUNTER, "", samples_failed,
	     "samples that gave nothing"),
	SELF("samples_late", COUNTER, "", samples_late,
	     "samples that came more than an interval late"),
	SELF("viewers", GAUGE, "", viewers, "viewers connected"),
	SELF("viewers_served", COUNTER, "", viewers_total,
	     "viewers that were connected ever"),
	SELF("viewer_frames_lost", COUNTER, "", frames_lost,
	     "frames lost by viewers that were too slow"),
	SELF("recorded_bytes", COUNTER, "bytes", recorded_bytes,
	     "bytes written to recordings"),
	SELF("recorded_samples", COUNTER, "", recorded_samples,
	     "samples written to recordings"),
	SELF("unrecorded_samples", COUNTER, "", unrecorded_samples,
	     "samples that could not be written to recordings"),
	SELF("alerts_fired", COUNTER, "", alerts_fired,
	     "times that an alert fired"),
	SELF("hooks_started", COUNTER, "", hooks_started,
	     "hook commands started"),
	SELF("hooks_failed", COUNTER, "", hooks_failed,
	     "hook commands that could not be started, failed or took too "
	     "long"),
	SELF("hooks_dropped", COUNTER, "", hooks_dropped,
	     "hook commands not started because there were too many"),
	SELF("pages", COUNTER, "", pages, "pages of metrics made"),
	SELF("cpu_seconds", COUNTER, "seconds", cpu_seconds,
	     "CPU time that sysperfd took"),
	SELF("resident_bytes", GAUGE, "bytes", resident_bytes,
	     "memory of sysperfd in RAM"),
	SELF("start_time_seconds", GAUGE, "seconds", started,
	     "when sysperfd was started, since the epoch"),
#undef SELF
};

void metrics_self(const struct metrics *m, const struct sp_self *self)
{
	if (self->version) {
		metrics_head(m, "sysperfd_build_info", METRICS_GAUGE, "",
			     "which release sysperfd is");
		fputs_unlocked("sysperfd_build_info", m->f);
		metrics_label(m, '{', "version", self->version);
		fputs_unlocked("} 1\n", m->f);
	}
	for (size_t i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++)
		metrics_single(
			m, metrics[i].name, metrics[i].type, metrics[i].unit,
			metrics[i].help,
			*(const double *)(const void *)((const char *)self +
							metrics[i].offset));
}
