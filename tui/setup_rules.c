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

const char *setup_judged_elsewhere(const struct live *l)
{
	if (feed_judges(l->feed))
		return NULL;
	if (l->o->replay)
		return "A recording keeps its verdicts; these are for others";
	if (l->o->host)
		return "sysperfd there judges, by its own; these are for here";
	return "sysperfd judges, by its own; these are for --source kmod, "
	       "procfs";
}

static void take(struct live *l, size_t i, const struct sp_threshold *t)
{
	struct sp_thresholds *all = &l->o->config.thresholds;

	all->rule[i] = *t;
	feed_set_thresholds(l->feed, all);
	l->setup.now.thresholds = *all;
	l->setup.now.changed[i] = true;
	live_say(l, false, "in force; W saves it");
}

static void typed(struct live *l, const char *text)
{
	size_t i = l->setup.cursor[LIST_RULES];
	struct sp_threshold t;
	char err[160];

	if (sp_threshold_parse(i, text, &t, err, sizeof(err)))
		live_say(l, true, "%s", err);
	else
		take(l, i, &t);
}

void setup_rule_change(struct live *l, bool usual)
{
	size_t i = l->setup.cursor[LIST_RULES];
	const char *elsewhere = setup_judged_elsewhere(l);
	struct sp_rule rule;
	char text[80], label[96];

	if (!sp_config_rule(i, &rule))
		return;
	if (elsewhere) {
		live_say(l, true, "%s", elsewhere);
		return;
	}
	if (usual) {
		take(l, i, &rule.usual);
		return;
	}
	sp_threshold_text(&l->setup.now.thresholds.rule[i], text, sizeof(text));
	snprintf(label, sizeof(label), "%s: warning critical, or off",
		 rule.key);
	prompt_open(&l->prompt, label, text, NULL, typed);
}

int setup_rule_draw(const struct screen *s, int y, const struct setup *u,
		    size_t i, char *help, size_t len)
{
	struct sp_rule rule;
	char text[80];
	int x = RULE_CELLS;

	*help = '\0';
	if (!sp_config_rule(i, &rule))
		return x;
	sp_threshold_text(&u->now.thresholds.rule[i], text, sizeof(text));
	screen_text(s, y, 1, RULE_CELLS - 2, INK_LABEL, rule.key);
	x += 1 + screen_text(s, y, x, s->cols, INK_STRONG, text);
	if (x < RULE_CELLS + LEVELS_CELLS)
		x = RULE_CELLS + LEVELS_CELLS;
	snprintf(help, len, "%s: %s", rule.unit, rule.what);
	return x;
}
