/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trees of files for the tests of what reads /proc and /sys: the canned ones,
 * and ones made up as a test goes along.
 */
#ifndef SYSPERF_TEST_TREE_H
#define SYSPERF_TEST_TREE_H

#include <stddef.h>

/**
 * tree_canned() - a tree below SYSPERF_TESTDATA
 * @path: filled with its path
 * @size: of @path
 * @name: of the tree
 */
void tree_canned(char *path, size_t size, const char *name);

/**
 * tree_new() - an empty directory
 *
 * Return: its path; to be given to tree_remove().
 */
char *tree_new(void);

/**
 * tree_write() - make or replace a file, its directories too
 * @tree: the top
 * @path: below it
 * @text: what to write
 */
void tree_write(const char *tree, const char *path, const char *text);

/**
 * tree_delete() - remove a file or a directory with all in it
 */
void tree_delete(const char *tree, const char *path);

/**
 * tree_remove() - remove the tree and free its path
 */
void tree_remove(char *tree);

#endif /* SYSPERF_TEST_TREE_H */
