/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMAGE_HEAD_H
#define IMAGE_HEAD_H
#include "span.h"
/* True when the first bytes (some KiB) are those of an image archive, docker save or OCI layout, plain or packed: told by the
 * name of its first entry. */
bool image_head(struct span head);
#endif
