/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TTY_H
#define TTY_H
/* Text that goes line by line to a terminal: its width, whether it gets colours, and cutting text to columns. */
#include "buf.h"
#include "err.h"

#include <stdio.h>

/* Columns of the terminal that `f` is (COLUMNS goes before what the terminal says); 0: not a terminal, lines have no end. */
int tty_width(FILE *f);
/* Reads the value of --color: auto (NULL too), always or never. auto is: `f` is a terminal and NO_COLOR is not set (no-color.org). */
int tty_colour(const char *when, FILE *f, bool *yes, struct err *e);
/* The escape sequence (ECMA-48 SGR) for a severity, or for a verdict that is no fail; "" for others. TTY_PLAIN ends it. */
const char *tty_severity(struct span name);
#define TTY_PLAIN "\033[0m"
#define TTY_BOLD "\033[1m"

enum tty_fit { TTY_LEFT, /* what is too long loses its end */ TTY_TAIL /* its beginning: the end of a ref tells most */ };
/* Columns that the cleaned text takes. */
size_t tty_columns(struct span s);
/* Adds `s` cleaned (as text_add_clean) in at most `columns`, with an ellipsis where it was cut, and filled up with blanks when `pad`. */
void tty_add(struct buf *b, struct span s, size_t columns, enum tty_fit fit, bool pad);
#endif
