/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LICENSE_LIST_H
#define LICENSE_LIST_H
/* Looks up analyze/licences.yaml. */
#include "license.h"

struct license_entry {
	const char *id;
	enum license_class class;
};
/* By identifier or another way of writing it, whatever the case; NULL: not known. */
const struct license_entry *license_find(struct span written);
/* By the identifier of an exception; NULL: not known. class: LICENSE_WEAK when it takes copyleft off what is linked, else LICENSE_STRONG. */
const struct license_entry *license_exception(struct span id);
/* What the words say that are no identifier. */
enum license_class license_words(struct span text);
#endif
