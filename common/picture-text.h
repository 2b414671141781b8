/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PICTURE_TEXT_H
#define PICTURE_TEXT_H
/* The picture of a network in characters: a frame for each namespace, its rows, and below each what leads to it and from it. */
#include "picture.h"

enum picture_ink { PICTURE_PLAIN, PICTURE_DIM, PICTURE_BOLD, PICTURE_BAD, PICTURE_HALF, PICTURE_GOOD };
/* Calls `each` for every line, cleaned and at most `width` columns wide (40 at least). Without `utf8` frames and signs are ASCII; names stay as they are. */
typedef void picture_each(void *user, enum picture_ink ink, struct span line);
void picture_text(const struct picture *p, size_t width, bool utf8, picture_each *each, void *user);
#endif
