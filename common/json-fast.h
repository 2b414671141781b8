/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JSON_FAST_H
#define JSON_FAST_H
/*
 * JSON as nearly all of it is: reads one value in one pass, several times faster than events. It takes a part of what json-read.c takes and reads that just so;
 * whatever else there is (an escaped surrogate or NUL, a strange number, any mistake, a text that ends too early) it leaves to json-read.c, which judges and says what
 * is wrong. Grammar: RFC 8259.
 */
#include "tree.h"

/* Reads the value that begins at `text` (white space first) into `tree`, started anew: how many bytes it took, with the value in tree->root; 0: it is not for here.
 * A number is taken only where something follows it. */
size_t json_fast(struct tree *tree, struct arena *a, struct span text);
#endif
