// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pressure stall information: the parser of /proc/pressure/{cpu,memory,io}.
 * No state. The averages are not used: they are over 10 seconds and more.
 */
#include "proc_psi.h"

#include "text.h"

bool sp_parse_psi(const char *buf, size_t len, struct sp_psi *psi)
{
	struct sp_text t = sp_text_of(buf, len), line, word;

	*psi = (struct sp_psi){SP_ABSENT, SP_ABSENT};
	while (sp_text_line(&t, &line)) {
		uint64_t *total_ns = NULL;
		uint64_t us;

		if (sp_text_prefix(&line, "some "))
			total_ns = &psi->some_ns;
		else if (sp_text_prefix(&line, "full "))
			total_ns = &psi->full_ns;
		while (total_ns && sp_text_word(&line, &word)) {
			if (sp_text_prefix(&word, "total=") &&
			    sp_text_u64(&word, &us))
				*total_ns = sp_u64_scale(us, 1000);
		}
	}
	return psi->some_ns != SP_ABSENT || psi->full_ns != SP_ABSENT;
}
