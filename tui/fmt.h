/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values as people read them. Machine formats print plain numbers instead and
 * take only fmt_number() from here.
 */
#ifndef SYSPERF_TUI_FMT_H
#define SYSPERF_TUI_FMT_H

#include <stddef.h>
#include <stdio.h>

#include <sysperf/fields.h>

#define FMT_LINE_MAX 2048 /* bytes of a line of a page */

/**
 * fmt_value() - a number with its unit, for people
 * @buf: result, NUL-terminated
 * @len: of @buf, at least 16
 * @f: the field, for its unit and precision
 * @v: the value; NaN gives "-"
 * @width: most cells to use; precision is given up first, then the prefix
 *	grows
 *
 * 1234567 bytes are "1.2M" (binary), bits "1.2M" (decimal), 1234.5 us "1.23ms",
 * 250 us "250us"; percentages and counts have no unit.
 *
 * Return: @buf.
 */
char *fmt_value(char *buf, size_t len, const struct sp_field *f, double v,
		int width);

/**
 * fmt_seen() - a value as the live screen has it: in two significant digits
 *
 * More than that is noise from one second to the next, and nearly all that is
 * measured is no more exact. What is no measurement of an interval (a size, a
 * count, CPU time so far) is left as it is.
 *
 * Return: the value, rounded.
 */
double fmt_seen(const struct sp_field *f, double v);

/**
 * fmt_in_row() - likewise, in a row of a table
 *
 * A task's waits for a CPU below 100 us are 0 or 100 us there: nobody looks for
 * them in a list, and they change in every row. All about one task has them.
 *
 * Return: the value, rounded.
 */
double fmt_in_row(const struct sp_field *f, double v);

/**
 * fmt_seen_value() - as fmt_value(), of fmt_seen()
 */
char *fmt_seen_value(char *buf, size_t len, const struct sp_field *f, double v,
		     int width);

/**
 * fmt_unit() - what fmt_value() leaves to its reader: "%", "/s", "B" and so on
 *
 * Return: the unit, "" where there is none or the value has it.
 */
const char *fmt_unit(enum sp_unit unit);

/**
 * fmt_number() - a number for programs: plain decimal, no exponent, no unit
 * @buf: result
 * @len: of @buf, at least 32
 * @f: the field, for its precision (two digits more than are shown people)
 * @v: the value; not NaN
 *
 * Return: @buf.
 */
char *fmt_number(char *buf, size_t len, const struct sp_field *f, double v);

/**
 * fmt_text() - a name made safe for a terminal
 * @buf: result, NUL-terminated
 * @len: of @buf
 * @s: bytes from outside: control characters, DEL, C1 and invalid UTF-8
 *	become '?'
 * @width: most cells to use; wide characters count two
 *
 * Return: cells used.
 */
int fmt_text(char *buf, size_t len, const char *s, int width);

/**
 * fmt_line() - a line of a page of text, made safe as by fmt_text()
 * @f: where it goes, with a newline
 * @width: most cells to use
 * @form: as for printf; bytes beyond FMT_LINE_MAX are cut off
 */
void fmt_line(FILE *f, int width, const char *form, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* SYSPERF_TUI_FMT_H */
