/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JSON_READ_H
#define JSON_READ_H
/* Parsing many documents with one set of buffers; json_parse() in json.h is the short form for one. */
#include "tree.h"

struct json_reader;
struct json_reader *json_reader_new(void);
/* As json_parse. */
int json_reader_parse(struct json_reader *r, struct arena *a, struct span text, struct json **out, struct err *e);
/* The value that `text` begins with, where that is whole and plain (json-fast.h): how many bytes it takes; 0: it is not, which only json_reader_parse() can judge. */
size_t json_reader_begin(struct json_reader *r, struct arena *a, struct span text, struct json **out);
void json_reader_free(struct json_reader *r);
#endif
