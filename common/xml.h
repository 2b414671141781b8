/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XML_H
#define XML_H
/*
 * XML as a stream of elements (XML 1.0, expat). Entity declarations are refused, so nothing expands; depth, names and text are
 * bounded. Prefixes are cut off names. The one place that knows expat.
 */
#include "source.h"

/* `attributes`: name, value, name, value, …, NULL. Each returns -1 with `e` set to stop. */
struct xml_handlers {
	int (*start)(void *ctx, const char *name, const char *const *attributes, struct err *e);
	/* `text`: what stood between the element's last start of a child (or its own) and here, without white space around it. */
	int (*end)(void *ctx, const char *name, struct span text, struct err *e);
};

/* The value of an attribute; absent when there is none. */
struct span xml_attribute(const char *const *attributes, const char *name);
int xml_parse(struct source *in, const struct xml_handlers *h, void *ctx, struct err *e);
#endif
