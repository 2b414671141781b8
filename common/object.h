/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OBJECT_H
#define OBJECT_H
/*
 * Raw Kubernetes objects in an assessment database: minified JSON after redaction, zstd-compressed with the dictionary in
 * object_dictionary (row 1; without it, plain zstd). RFC 8878.
 */
#include "buf.h"
#include "db.h"

struct object_packer;
/* A packer for one run: level 1, with `dictionary` (may be absent) kept by copy. */
struct object_packer *object_packer_new(struct span dictionary);
/* Packs `json` into `out` (reset first). */
void object_pack(struct object_packer *p, struct span json, struct buf *out);
void object_packer_free(struct object_packer *p);

/* The raw JSON of the object `thing`, in `out` (reset first). ERR_INPUT when there is none or it is damaged. */
int object_json(struct db *db, int64_t thing, struct buf *out, struct err *e);
/* Makes object(thing) callable from SQL on this connection: the raw JSON as text, NULL where there is none. */
int object_register(struct db *db, struct err *e);
#endif
