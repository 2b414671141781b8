/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INVENTORY_H
#define INVENTORY_H
/* Rows of package and inventory, for images and nodes alike. */
#include "distinct.h"
#include "load.h"
#include "common/packages.h"

/* Adds a package row. */
struct package_place {
	int64_t thing;
	const char *path;	/* NULL: not told */
	int layer, removed_in;	/* -1: NULL */
	bool owned;
	struct span owner;	/* the operating system package that owns it; absent: not told */
	const char *namespace, *distro; /* for the package URL; NULL: none */
	struct distinct_place os;
};
int package_write(struct load *l, const struct package *p, const struct package_place *at, struct err *e);
/* What was read to list a thing's packages; `os` may be NULL; `streams` and `repositories` as the columns have them. */
int inventory_write(struct db *db, int64_t thing, const struct os_release *os, const char *database, const char *streams, const char *repositories, struct err *e);

/* All of it for a node: the texts of its os-release, dpkg status and apk installed database; absent: not collected or not
 * there. */
struct inventory_texts {
	struct span os_release, dpkg_status, apk_installed;
	const struct json *rpm; /* a list of rpm databases {path, unread, packages}; true: one was seen and not read (older collections) */
};
int inventory_node(struct load *l, int64_t thing, const struct inventory_texts *texts, struct err *e);
#endif
