# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# sysperfd, where the package has it.

has_daemon() { [[ -e /usr/bin/sysperfd ]]; }

daemon_works() {
	has_daemon || return 0
	check "sysperfd is active" systemctl -q is-active sysperfd.service
}

# Around an upgrade.
daemon_before() { has_daemon || return 0; }

daemon_after() {
	has_daemon || return 0
	check "sysperfd is active again" systemctl -q is-active sysperfd.service
}
