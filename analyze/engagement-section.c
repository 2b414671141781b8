// SPDX-License-Identifier: Apache-2.0
#include "engagement-section.h"

int engagement_once(struct engagement_reader *r, const struct entry *n, struct span name, struct err *e)
{
	if (sqlite3_changes(r->db->h))
		return 0;
	return entry_error(n, NULL, e, "'%.*s' stands twice", (int)(name.n > 64 ? 64 : name.n), name.p);
}

int engagement_mapping(const struct entry *n, const char *const *keys, struct entry *inner, struct err *e)
{
	const struct json *v = json_get(n->v, n->section);

	*inner = (struct entry){n->file, n->section, NULL, v && v->line ? v->line : n->line};
	if (!v || v->type == JSON_NULL)
		return 0;
	if (v->type != JSON_OBJECT)
		return entry_error(n, v, e, "a mapping was expected");
	inner->v = v;
	return keys ? entry_keys(inner, keys, e) : 0;
}
