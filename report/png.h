/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_PNG_H
#define REPORT_PNG_H
/* Logos: a PNG (PNG 1.2) is checked whole before the PDF library sees it, because libpng ends the program at a broken one. */
#include "common/arena.h"
#include "common/err.h"
#include "common/span.h"

/* `out` gets the image with its critical chunks only. Refused: what is not 8 bits deep, interlaced, above 2000 × 2000, or damaged. */
int png_clean(struct arena *a, struct span file, struct span *out, struct err *e);
#endif
