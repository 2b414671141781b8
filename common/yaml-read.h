/* SPDX-License-Identifier: Apache-2.0 */
#ifndef YAML_READ_H
#define YAML_READ_H
/*
 * YAML 1.1 syntax (libyaml) with the scalar rules of the YAML 1.2 core schema, as kubectl writes it: only
 * true/false are booleans, so `no` stays text. Anchors are shared, their expansion is counted against
 * LIMIT_JSON_VALUES; an anchor that contains itself is refused. Flow depth and anchors are bounded because
 * libyaml is quadratic in both.
 */
#include "source.h"

struct yaml_reader;
struct yaml_reader *yaml_reader_new(struct source *s, const char *const *split, struct span ahead);
/* As items_next. `ahead` above is what was already read from the source to recognise the format. */
int yaml_reader_next(struct yaml_reader *r, struct arena *a, struct item *out, struct err *e);
void yaml_reader_free(struct yaml_reader *r);

/* Parses one whole document (a check, a template's front matter, an engagement file). An empty text gives null. */
int yaml_parse(struct arena *a, struct span text, struct json **out, struct err *e);
/* The kind of the last document that was begun, "" where it has none. */
const char *yaml_reader_kind(const struct yaml_reader *r);
#endif
