/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_STOCK_H
#define SYSPERF_STOCK_H

struct kmem_cache;

/**
 * sysperf_stock_init() - fill the stock
 * @cache: whose objects it has, zeroed
 *
 * Context: process. What memory there is none for is missing.
 */
void sysperf_stock_init(struct kmem_cache *cache);

/**
 * sysperf_stock_exit() - free it; nobody may be taking from it
 */
void sysperf_stock_exit(void);

/**
 * sysperf_stock_take() - an object that was made in advance
 *
 * Context: any but a run-queue lock held; takes no lock that sleeps.
 *
 * Return: the object, which is the caller's; NULL if there is none left.
 */
void *sysperf_stock_take(void);

#endif /* SYSPERF_STOCK_H */
