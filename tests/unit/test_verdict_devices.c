// SPDX-License-Identifier: GPL-2.0-only
/* The verdict on disks and network: the right device, and whose work it does. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "judged.h"

static void slow_disk_only_if_waited_for(void **state)
{
	struct fixture *f = *state;
	struct sp_golden *g = &f->frame.golden;
	struct sp_disk *d = &f->disks[0];

	d->reads_per_s = 3;
	d->writes_per_s = 1;
	d->read_mean_us = 250000;
	d->write_mean_us = 50000;
	d->util_pct = 90;
	g->disk_psi_some_pct = 2;
	judge(f);
	expect_ok(f);
	g->disk_psi_some_pct = 60;
	f->tasks[0].write_bytes_per_s = 1e6;
	judge(f);
	expect(f, SP_STATUS_CRITICAL, SP_RES_DISK, SP_SIG_LATENCY);
	expect_culprit(f, "small");
	expect_text(f, "sda: requests take 200 ms");
	/* Without PSI: a CPU idles for it. */
	g->disk_psi_some_pct = NAN;
	judge(f);
	expect_ok(f);
	f->frame.cpus = &(struct sp_cpu){.iowait_pct = 40};
	f->frame.nr_cpu_rows = 1;
	judge(f);
	expect(f, SP_STATUS_CRITICAL, SP_RES_DISK, SP_SIG_LATENCY);
}

static void which_disk(void **state)
{
	struct fixture *f = *state;

	f->frame.golden.disk_psi_some_pct = 50;
	for (int i = 0; i < 2; i++) {
		f->disks[i].util_pct = 95;
		f->disks[i].reads_per_s = 10;
		f->disks[i].read_mean_us = 50000;
	}
	judge(f);
	expect_text(f, "sda: "); /* what lies on it is only as slow */
	f->disks[0].read_mean_us = 100;
	judge(f);
	expect_text(f, "dm-0: "); /* it is slow by itself */
	f->disks[1].reads_per_s = f->disks[1].writes_per_s = 0;
	f->disks[1].read_mean_us = NAN;
	f->disks[1].util_pct = 0;
	judge(f);
	expect_ok(f);
	f->disks[1].stuck = true;
	judge(f);
	expect_ok(f); /* nobody waits for that one all the time */
	f->frame.golden.disk_psi_some_pct = 97;
	judge(f);
	expect_text(f, "dm-0: no request ends");
	f->disks[1].stuck = false;
	f->disks[0].reads_per_s = f->disks[0].util_pct = 0;
	f->disks[0].writes_per_s = 0;
	f->frame.golden.disk_psi_some_pct = 20;
	judge(f);
	expect_ok(f); /* it may have been for a moment that is over */
	f->frame.golden.disk_psi_some_pct = 50;
	judge(f);
	expect_ok(f); /* an io_uring loop that waits for clients */
	f->tasks[1].state[0] = 'D';
	f->tasks[1].iowait_pct = 0;
	judge(f);
	expect_ok(f); /* and who waits for something else, we know */
	f->tasks[1].state[0] = 'S';
	f->tasks[1].iowait_pct = 10;
	f->tasks[1].state_threads = 2;
	judge(f);
	expect_ok(f); /* not half of that time */
	f->tasks[1].iowait_pct = 13;
	judge(f);
	expect_text(f, "no disk finishes a request, tasks wait for I/O 50 %");
	f->tasks[1].iowait_pct = NAN;
	judge(f);
	expect_ok(f);
	f->tasks[1].state[0] = 'D';
	judge(f);
	expect_text(f, "no disk finishes a request, tasks wait for I/O 50 %");
	f->disks[0].reads_per_s = 10;
	f->disks[0].util_pct = 95;
	f->disks[0].queue_mean_us = 30000; /* the module's, before issue */
	judge(f);
	expect_text(f, "sda: requests take 30 ms");
}

static void who_does_the_io(void **state)
{
	struct fixture *f = *state;

	f->frame.golden.disk_psi_some_pct = 50;
	f->disks[0].util_pct = 95;
	f->disks[0].reads_per_s = 10;
	f->disks[0].read_mean_us = 50000;
	f->tasks[0].read_bytes_per_s = 4e6; /* 1000 small ones */
	f->tasks[0].ios_per_s = 1000;
	f->tasks[1].read_bytes_per_s = 20e6; /* 20 large ones */
	f->tasks[1].ios_per_s = 20;
	judge(f);
	expect_culprit(f, "small");
	/* The other is the one that waits for it. */
	f->tasks[0].iowait_pct = 2;
	f->tasks[1].iowait_pct = 95;
	judge(f);
	expect_culprit(f, "large");
	f->tasks[0].ios_per_s = f->tasks[0].read_bytes_per_s = 0;
	f->tasks[1].ios_per_s = f->tasks[1].read_bytes_per_s = 0;
	judge(f);
	expect_culprit(f, "large");
	f->tasks[0].iowait_pct = f->tasks[1].iowait_pct = NAN;
	f->tasks[0].read_bytes_per_s = 4e6;
	f->tasks[0].ios_per_s = 1000;
	f->tasks[1].read_bytes_per_s = 20e6;
	f->tasks[1].ios_per_s = 20;
	/* What writes for others is not to blame as long as those show. */
	f->tasks[0].kthread = true;
	judge(f);
	expect_culprit(f, "large");
	f->tasks[1].read_bytes_per_s = 1000;
	f->tasks[1].ios_per_s = 1;
	judge(f);
	expect_culprit(f, "small");
}

static void failing_disk(void **state)
{
	struct fixture *f = *state;

	f->disks[1].errors_per_s = 3;
	f->tasks[1].ios_per_s = 1000;
	f->tasks[2].io_errors_per_s = 3;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_DISK, SP_SIG_ERRORS);
	expect_text(f, "dm-0: 3 requests failed");
	expect_culprit(f, "idle");
	f->disks[0].errors_per_s =
		2; /* with several that it passed on in one */
	judge(f);
	expect_text(f, "sda: 2 requests failed");
	f->disks[0].errors_per_s = 30;
	judge(f);
	expect(f, SP_STATUS_CRITICAL, SP_RES_DISK, SP_SIG_ERRORS);
	expect_text(f, "sda: 30 requests failed");
}

static void saturated_link(void **state)
{
	struct fixture *f = *state;
	struct sp_net *n = &f->nets[1];

	n->speed_bits_per_s = 10e9;
	n->shaper_bits_per_s = 10e6;
	n->tx_bits_per_s = 9.7e6;
	n->tx_packets_per_s = 800;
	n->backlog_bytes = n->overlimits_per_s = 0;
	f->tasks[1].net_tx_bytes_per_s = 1.2e6;
	judge(f);
	expect_ok(f); /* nothing waits */
	n->overlimits_per_s = 500;
	/* What is dropped is its doing. */
	f->frame.golden.network_retransmits_per_s = 100;
	f->frame.golden.network_retransmits_pct = 12;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_NETWORK, SP_SIG_SATURATION);
	expect_text(f, "eth1 sends 9.7 Mbit/s, 97 % of what its shaper");
	expect_culprit(f, "large");
	n->shaper_bits_per_s = NAN;
	judge(f);
	expect(f, SP_STATUS_CRITICAL, SP_RES_NETWORK, SP_SIG_ERRORS);
}

static void standing_queue(void **state)
{
	struct fixture *f = *state;
	struct sp_net *n = &f->nets[0];

	n->tx_bits_per_s = 8e6;
	n->backlog_bytes = 150e3;
	n->queue_us = 150e3;
	judge(f);
	expect_ok(f); /* it may be gone by the next sample */
	judge(f);
	expect(f, SP_STATUS_CRITICAL, SP_RES_NETWORK, SP_SIG_SATURATION);
	expect_text(f, "eth0: packets wait 150 ms");
}

static void lossy_network(void **state)
{
	struct fixture *f = *state;
	struct sp_golden *g = &f->frame.golden;

	g->network_retransmits_per_s = 4;
	g->network_retransmits_pct = 30;
	judge(f);
	expect_ok(f); /* a handful */
	g->network_retransmits_per_s = 50;
	g->network_retransmits_pct = 2;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_NETWORK, SP_SIG_ERRORS);
	/* Hysteresis holds for the handful, too. */
	g->network_retransmits_per_s = 4.5;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_NETWORK, SP_SIG_ERRORS);
	g->network_retransmits_per_s = 3.9;
	judge(f);
	expect_ok(f);
	f->nets[0].rx_drops_per_s = 80;
	f->nets[0].rx_packets_per_s = 920;
	f->nets[0].tx_packets_per_s = 1000;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_NETWORK, SP_SIG_SATURATION);
	expect_text(f, "eth0: 4.0 % of packets dropped");
	f->nets[0].physical = false; /* a bridge drops what it has no use for */
	judge(f);
	expect_ok(f);
	f->nets[1].rx_errors_per_s = 10;
	f->nets[1].rx_packets_per_s = 1990;
	f->nets[1].tx_packets_per_s = 0;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_NETWORK, SP_SIG_ERRORS);
	expect_text(f, "eth1: errors in 0.5 % of packets");
}

static void listen_queue(void **state)
{
	struct fixture *f = *state;
	struct sp_golden *g = &f->frame.golden;

	g->network_listen_overflows_per_s = 30;
	g->network_retransmits_per_s = 30; /* their clients */
	g->network_retransmits_pct = 90;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_NETWORK, SP_SIG_ERRORS);
	expect_text(f, "30 connections a second dropped");
	assert_false(f->frame.verdict.has_culprit);
	f->listener = (struct verdict_listener){8080, 129, 128, 102, 75};
	judge(f);
	expect_text(f, "port 8080: 129 wait, 128 fit");
	expect_culprit(f, "idle");
	assert_true(f->frame.verdict.culprit.share_pct == 75);
	f->listener.pid = 999; /* in another pid namespace */
	judge(f);
	assert_false(f->frame.verdict.has_culprit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		JUDGED(slow_disk_only_if_waited_for),
		JUDGED(which_disk),
		JUDGED(who_does_the_io),
		JUDGED(failing_disk),
		JUDGED(saturated_link),
		JUDGED(standing_queue),
		JUDGED(lossy_network),
		JUDGED(listen_queue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
