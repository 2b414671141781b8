/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TERM_H
#define TERM_H
/* The terminal: the only place that knows curses. Text is cleaned here, so that no name from a site steers it. */
#include "common/err.h"
#include "common/span.h"

enum style {
	STYLE_PLAIN, STYLE_DIM, STYLE_BOLD, STYLE_TITLE, STYLE_SELECTED, STYLE_CRITICAL, STYLE_HIGH, STYLE_MEDIUM, STYLE_LOW, STYLE_INFO,
	STYLE_GOOD, STYLES
};

/* Keys that are not characters; characters are their code points. */
enum key {
	KEY_NONE_ = 0x110000, KEY_UP_, KEY_DOWN_, KEY_LEFT_, KEY_RIGHT_, KEY_PAGE_UP_, KEY_PAGE_DOWN_, KEY_HOME_, KEY_END_, KEY_ENTER_, KEY_ESCAPE_,
	KEY_BACKSPACE_, KEY_RESIZED_
};

/* Takes the terminal over. Without colour when `colour` is false, NO_COLOR is set or the terminal has none. ERR_USAGE when
 * standard output is no terminal that can place a cursor. The terminal is given back by term_close, also on exit and signals. */
int term_open(bool colour, struct err *e);
void term_close(void);
int term_rows(void);
int term_columns(void);
bool term_utf8(void);
/* Waits for a key. */
uint32_t term_key(void);
void term_clear(void);
void term_show(void);
/* Writes text at row y, column x, cleaned, cut to `width` columns with an ellipsis and padded when `pad`. Returns the columns used. */
int term_put(int y, int x, int width, enum style s, bool pad, struct span text);
int term_printf(int y, int x, int width, enum style s, const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* A bar of `width` columns filled to share (0-1), with ASCII where UTF-8 is not spoken. */
void term_bar(int y, int x, int width, enum style s, double share);
#endif
