/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PICTURE_SVG_H
#define PICTURE_SVG_H
#include "buf.h"
#include "picture.h"
/* Appends the picture as an SVG 1.1 document without scripts, links and fonts of its own. Names are escaped and cut to their room. */
void picture_svg(const struct picture *p, struct span title, struct buf *out);
#endif
