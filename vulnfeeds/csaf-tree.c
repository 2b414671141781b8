// SPDX-License-Identifier: Apache-2.0
// Product trees of CSAF documents, as a sorted list.
#include "csaf-tree.h"

#include "common/limits.h"

#include <stdlib.h>

static struct csaf_product *add(struct arena *a, struct csaf_tree *t, struct span id)
{
	t->at = arena_room(a, t->at, t->n, &t->cap, sizeof(*t->at));
	t->at[t->n] = (struct csaf_product){.id = id};
	return &t->at[t->n++];
}

static void add_product(struct arena *a, struct csaf_tree *t, const struct json *product)
{
	struct span id = json_text_at(product, "product_id");
	struct csaf_product *p;

	if (!id.p)
		return;
	p = add(a, t, id);
	p->name = json_text_at(product, "name");
	p->cpe = json_text_at(product, "product_identification_helper.cpe");
	p->purl = json_text_at(product, "product_identification_helper.purl");
	if (!p->purl.p) /* CSAF 2.1 has a list */
		JSON_EACH(purl, json_path(product, "product_identification_helper.purls"))
		{
			p->purl = json_str(purl);
		}
}

static int add_branches(struct arena *a, struct csaf_tree *t, const struct json *branches, int depth, struct err *e)
{
	if (depth > LIMIT_JSON_DEPTH)
		return err_set(e, ERR_INPUT, "branches nested more than %d deep", LIMIT_JSON_DEPTH);
	JSON_EACH(b, branches)
	{
		if (json_get(b, "product"))
			add_product(a, t, json_get(b, "product"));
		if (add_branches(a, t, json_get(b, "branches"), depth + 1, e))
			return -1;
	}
	return 0;
}

static int product_cmp(const void *x, const void *y)
{
	const struct csaf_product *a = x, *b = y;

	return span_cmp(a->id, b->id);
}

int csaf_tree_read(struct arena *a, const struct json *tree, struct csaf_tree *out, struct err *e)
{
	*out = (struct csaf_tree){0};
	if (add_branches(a, out, json_get(tree, "branches"), 0, e))
		return -1;
	JSON_EACH(p, json_get(tree, "full_product_names"))
	{
		add_product(a, out, p);
	}
	JSON_EACH(r, json_get(tree, "relationships"))
	{
		struct span id = json_text_at(r, "full_product_name.product_id");
		struct csaf_product *p = id.p ? add(a, out, id) : NULL;

		if (!p)
			continue;
		p->name = json_text_at(r, "full_product_name.name");
		p->purl = json_text_at(r, "full_product_name.product_identification_helper.purl");
		p->cpe = json_text_at(r, "full_product_name.product_identification_helper.cpe");
		p->component = json_text_at(r, "product_reference");
		p->parent = json_text_at(r, "relates_to_product_reference");
	}
	if (out->n > 1)
		qsort(out->at, out->n, sizeof(out->at[0]), product_cmp);
	return 0;
}

const struct csaf_product *csaf_find(const struct csaf_tree *t, struct span id)
{
	struct csaf_product key = {.id = id};

	return t->n && id.p ? bsearch(&key, t->at, t->n, sizeof(t->at[0]), product_cmp) : NULL;
}
