// SPDX-License-Identifier: GPL-2.0-only
/*
 * The setup screen's list of thresholds: from when on the verdict complains.
 * They take effect at once where this process judges.
 */
#include "live.h"
#include "setup.h"

#define RULE_CELLS 18
#define LEVELS_CELLS 14

size_t setup_rules(void)
{
	struct sp_rule rule;
	size_t n = 0;

	while (sp_config_rule(n, &rule))
		n++;
	return n;
}

static void typed(struct live *l, const char *text)
{
	size_t i = l->setup.cursor[LIST_RULES];
	struct sp_thresholds *t = &l->o->config.thresholds;
	struct sp_thresholds new = *t;
	char err[160];

	if (sp_threshold_parse(i, text, &new.rule[i], err, sizeof(err))) {
		live_say(l, true, "%s", err);
		return;
	}
	if (feed_set_thresholds(l->feed, &new)) {
		live_say(l, true,
			 l->o->replay ? "a recording keeps its verdicts"
				      : "sysperfd judges, by what its own "
					"configuration says");
		return;
	}
	*t = new;
	l->setup.now.thresholds = new;
}

void setup_rule_change(struct live *l)
{
	size_t i = l->setup.cursor[LIST_RULES];
	struct sp_rule rule;
	char text[80], label[96];

	if (!sp_config_rule(i, &rule))
		return;
	sp_threshold_text(&l->setup.now.thresholds.rule[i], text, sizeof(text));
	snprintf(label, sizeof(label), "warning and critical, %s", rule.unit);
	prompt_open(&l->prompt, label, text, NULL, typed);
}

void setup_rule_draw(const struct screen *s, int y, const struct setup *u,
		     size_t i)
{
	const int unit = RULE_CELLS + LEVELS_CELLS;
	struct sp_rule rule;
	char text[80];
	int x;

	if (!sp_config_rule(i, &rule))
		return;
	sp_threshold_text(&u->now.thresholds.rule[i], text, sizeof(text));
	screen_text(s, y, 1, RULE_CELLS - 2, INK_LABEL, rule.key);
	screen_text(s, y, RULE_CELLS, LEVELS_CELLS, INK_STRONG, text);
	x = unit + screen_text(s, y, unit, s->cols, INK_PLAIN, rule.unit);
	screen_printf(s, y, x, s->cols, INK_PLAIN, ": %s", rule.what);
}
