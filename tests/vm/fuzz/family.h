/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FAMILY_H
#define FAMILY_H

extern unsigned short family_id; /* 0: not there */
extern unsigned int family_groups[2];

/**
 * family_resolve() - ask the kernel for them
 */
void family_resolve(void);

#endif /* FAMILY_H */
