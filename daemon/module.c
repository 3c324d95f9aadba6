// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns libkmod's handles, for the length of a call: what modules there are may
 * have changed at the next.
 */
#include <errno.h>
#include <libkmod.h>
#include <string.h>

#include "module.h"
#include "privileges.h"
#include "serve/log.h"

#define MODULE "sysperf"

bool module_is_there(void)
{
	struct kmod_ctx *ctx = kmod_new(NULL, NULL);
	struct kmod_module *module;
	int state = -ENOENT;

	if (ctx && !kmod_module_new_from_name(ctx, MODULE, &module)) {
		state = kmod_module_get_initstate(module);
		kmod_module_unref(module);
	}
	if (ctx)
		kmod_unref(ctx);
	return state == KMOD_MODULE_LIVE || state == KMOD_MODULE_BUILTIN;
}

/* As modprobe does, with what modprobe.d says. Return: 0 or -errno. */
static int insert(void)
{
	struct kmod_ctx *ctx = kmod_new(NULL, NULL);
	struct kmod_list *found = NULL, *i;
	int ret = ctx ? 0 : -ENOMEM;

	if (!ret)
		ret = kmod_module_new_from_lookup(ctx, MODULE, &found);
	if (!ret && !found)
		ret = -ENOENT;
	kmod_list_foreach(i, found)
	{
		struct kmod_module *module = kmod_module_get_module(i);

		if (!ret)
			ret = kmod_module_probe_insert_module(
				module, KMOD_PROBE_APPLY_BLACKLIST, NULL, NULL,
				NULL, NULL);
		kmod_module_unref(module);
	}
	kmod_module_unref_list(found);
	if (ctx)
		kmod_unref(ctx);
	return ret == KMOD_PROBE_APPLY_BLACKLIST ? -EACCES : ret;
}

static const char *words_for(int error)
{
	switch (error) {
	case -ENOENT:
		return "it is not installed for this kernel";
	case -EPERM:
		return "that takes CAP_SYS_MODULE";
	case -EACCES:
		return "modprobe.d has it blacklisted";
	case -ENOKEY:
		return "its signature is not accepted here (Secure Boot)";
	default:
		return strerror(-error);
	}
}

int module_load(void)
{
	int ret;

	if (module_is_there()) {
		privileges_load(false);
		return 0;
	}
	privileges_load(true);
	ret = insert();
	privileges_load(false);
	if (!ret || ret == -EEXIST) {
		slog(LOG_INFO, "module-loaded", "the kernel module is loaded");
		return 0;
	}
	slog(LOG_NOTICE, "module-not-loaded",
	     "the kernel module is not loaded: %s; going on without it",
	     words_for(ret));
	return ret;
}
