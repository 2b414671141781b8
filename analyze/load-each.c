// SPDX-License-Identifier: Apache-2.0
#include "load-each.h"

#include "common/redact-evidence.h"

static int one(struct load *l, const struct item *it, const struct load_walk *w, struct err *e)
{
	if (l->redact)
		redact_evidence(l->redact, &l->item, l->kind, SPAN_NONE, it->value);
	return json_is(it->value, JSON_NULL) && !l->redact && !w->nulls ? 0 : w->each(l, it, w->ctx, e);
}

static int walk(struct load *l, struct items *items, const struct load_walk *w, struct err *e)
{
	struct err bad = {0};
	struct item it;
	int rc;

	while ((rc = items_next(items, &l->item, &it, &bad)) != 0) {
		if (rc < 0 && bad.kind == ERR_ENV) {
			*e = bad;
			return -1;
		}
		if (rc == 1 ? one(l, &it, w, e) : load_problem(l, NULL, e, "%s", bad.msg))
			return -1;
		if (rc < 0)
			break;
		bad = (struct err){0};
		arena_reset(&l->item);
	}
	if (w->more && items_truncated(items))
		return load_problem(l, NULL, e, "one page of several (%s): what the others hold is missing", w->more);
	return 0;
}

int load_each(struct load *l, struct source *content, const struct load_walk *w, struct err *e)
{
	struct items *items = items_open(content, w->lists);
	int rc = walk(l, items, w, e);

	items_close(items);
	return rc ? -1 : 0;
}
