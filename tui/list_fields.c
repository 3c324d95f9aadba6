// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns --list-fields.
 */
#include "options.h"

static void list_one(FILE *f, const char *key, const struct sp_field *field)
{
	fprintf(f, "  %-41s %-17s %-7s %s\n", key, sp_unit_names[field->unit],
		field->needs == SP_CAP_ANY ? "-" : sp_cap_names[field->needs],
		field->help);
}

static void list_table(FILE *f, enum sp_table_id id)
{
	const struct sp_table *t = &sp_tables[id];

	fprintf(f, "%s%s\n", t->name,
		id == SP_TABLE_TASK ? " (keys for --fields, -o and --filter)"
				    : "");
	for (size_t i = 0; i < t->nr_fields; i++) {
		const struct sp_field *field = &t->fields[i];
		char key[96];

		if (id == SP_TABLE_GOLDEN)
			snprintf(key, sizeof(key), "%s.%s.%s",
				 sp_resource_names[field->resource],
				 sp_signal_names[field->signal], field->key);
		else
			snprintf(key, sizeof(key), "%s", field->key);
		list_one(f, key, field);
	}
	fputc('\n', f);
}

void fields_list(FILE *f)
{
	fprintf(f, "  %-41s %-17s %-7s %s\n\n", "KEY", "UNIT", "NEEDS", "HELP");
	for (int id = 0; id < SP_TABLES; id++)
		list_table(f, (enum sp_table_id)id);
	fputs("NEEDS: sched, block, net, tcp, reclaim: that part of the kernel "
	      "module; pmu:\nhardware counters, through the module; io: root, "
	      "or "
	      "the module; psi:\n/proc/pressure. sysperf doctor says what "
	      "there "
	      "is. A value that cannot be\nmeasured is \"-\", null in json, "
	      "empty "
	      "in csv and left out of openmetrics.\n",
	      f);
}
