// SPDX-License-Identifier: GPL-2.0-only
/* Questions that hang, in threads that others wait for. */
#include <errno.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../daemon/collector/lookup.h"

#define HANGS UINT32_MAX

static sem_t let_go;

static char *look(const char *root, uint32_t id)
{
	if (id == HANGS)
		while (sem_wait(&let_go))
			;
	return strdup(root);
}

static void ask(struct lookup *l, uint32_t id)
{
	assert_int_equal(lookup_ask(l, id, 0), 0);
}

static unsigned int wait_for(struct lookup *l, unsigned int ms)
{
	struct lookup_item *item = lookup_wait(l, ms, ms);
	unsigned int nr = 0;

	for (; item; item = lookup_free(item)) {
		assert_string_equal(item->text, "answer");
		nr++;
	}
	return nr;
}

/* Threads that have had nothing to do since go on where another one hangs. */
static void idle_ones_go_on(void **state)
{
	struct lookup *l = lookup_open(look, "answer", 4);

	(void)state;
	assert_non_null(l);
	ask(l, HANGS);
	assert_int_equal(wait_for(l, 100), 0);
	ask(l, 1);
	assert_int_equal(wait_for(l, 10000), 1);
	sem_post(&let_go);
	for (int i = 0; !wait_for(l, 10); i++) {
		assert_true(i < 1000);
		usleep(10000);
	}
	/* Two are there now. The last one asked is the first one looked up. */
	for (uint32_t id = 0; id < 20; id++)
		ask(l, id);
	ask(l, HANGS);
	assert_int_equal(wait_for(l, 2000), 20);
	sem_post(&let_go);
	lookup_close(l);
}

static void no_more_than_many(void **state)
{
	struct lookup *l = lookup_open(look, "answer", 1);
	uint32_t nr = 0;

	(void)state;
	while (!lookup_ask(l, nr, 0))
		assert_true(++nr < 1000000);
	assert_int_equal(lookup_ask(l, nr, 0), -EAGAIN);
	for (int i = 0; nr; i++) {
		nr -= wait_for(l, 10000);
		assert_true(i < 1000);
	}
	ask(l, 1);
	assert_int_equal(wait_for(l, 10000), 1);
	lookup_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(idle_ones_go_on),
		cmocka_unit_test(no_more_than_many),
	};

	sem_init(&let_go, 0, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
