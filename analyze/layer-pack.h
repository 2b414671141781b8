/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAYER_PACK_H
#define LAYER_PACK_H
/* What was kept of a layer as bytes and back, for layer-cache.c. Native byte order: a cache is this machine's. */
#include "image.h"

#include "common/buf.h"

void layer_pack(const struct layer *l, struct buf *out);
/* NULL when the bytes are not what layer_pack() writes. To be freed with layer_free(). */
struct layer *layer_unpack(struct span bytes);
#endif
