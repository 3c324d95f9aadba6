// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the openmetrics format: a frame's page of metrics, of the tasks and
 * columns that were asked for.
 */
#include <sysperf/metrics.h>

#include "out.h"

static int openmetrics_frame(struct out *out, const struct sp_frame *frame)
{
	struct sp_metrics_page page = {
		.frame = frame,
		.tasks = out->view->rows,
		.nr_tasks = out->rows,
	};

	if (out->o->fields) {
		page.columns = out->view->columns;
		page.nr_columns = out->view->nr_columns;
	}
	return sp_metrics_write(out->f, SP_METRICS_OPENMETRICS, &page);
}

const struct out_format out_openmetrics = {
	.top = 0,
	.frame = openmetrics_frame,
};
