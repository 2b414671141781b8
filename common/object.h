/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OBJECT_H
#define OBJECT_H
/*
 * Raw Kubernetes objects in an assessment database: minified JSON after redaction, zstd-compressed (RFC 8878). The objects of one list
 * are much alike: its first ones, as they are, are the dictionary of the others (a raw content dictionary: what comes before the text), kept in table
 * object_dictionary.
 */
#include "buf.h"
#include "db.h"

struct object_packer;
/* A packer for one run into `db`. */
struct object_packer *object_packer_new(struct db *db);
/* Another list begins. */
void object_packer_begin(struct object_packer *p);
/* Packs `json` into `out` (reset first); `*dictionary`: the row that it needs, 0: none. -1: the environment. */
int object_pack(struct object_packer *p, struct span json, struct buf *out, int64_t *dictionary, struct err *e);
void object_packer_free(struct object_packer *p);

/* The raw JSON of the object `thing`, in `out` (reset first). ERR_INPUT when there is none or it is damaged. */
int object_json(struct db *db, int64_t thing, struct buf *out, struct err *e);
/* Makes object(thing) callable from SQL on this connection: the raw JSON as text, NULL where there is none. */
int object_register(struct db *db, struct err *e);
#endif
