// SPDX-License-Identifier: Apache-2.0
// YAML text to trees, item by item. The only file that includes yaml.h.
#include "yaml-read.h"
#include "limits.h"
#include "tree.h"

#include <ctype.h>
#include <yaml.h>

struct anchor {
	char *name;
	struct json value;
	size_t weight; /* values below it, what an alias to it expands to */
	bool whole;
};

/* Which anchor waits for the container that is open at each depth: index + 1, 0 none. */
struct yaml_reader {
	yaml_parser_t parser;
	struct source *source;
	struct span ahead;
	const char *const *split;
	uint64_t since_event; /* bytes handed to libyaml since the last event */
	struct err read_err;
	struct tree tree;
	struct anchor anchors[LIMIT_YAML_ANCHORS];
	size_t n_anchors, seen_anchors;
	size_t pending[LIMIT_YAML_DEPTH + 1], weight_at[LIMIT_YAML_DEPTH + 1];
	bool in_split;	/* between the start and the end of an array that is split */
	bool in_rest;	/* behind such an array, still in its document */
	bool ended;
	size_t document, index;
	char in[64], kind[128], api_version[128];
};

static const char *const only_items[] = {"items", NULL};

static int feed(void *ctx, unsigned char *out, size_t cap, size_t *got)
{
	struct yaml_reader *r = ctx;
	ssize_t n;

	if (r->ahead.n) {
		n = (ssize_t)(r->ahead.n < cap ? r->ahead.n : cap);
		memcpy(out, r->ahead.p, (size_t)n);
		r->ahead.p += n;
		r->ahead.n -= (size_t)n;
	} else if (r->source) {
		n = source_read(r->source, out, cap, &r->read_err);
		if (n < 0)
			return 0;
	} else {
		n = 0;
	}
	r->since_event += (uint64_t)n;
	if (r->since_event > LIMIT_ITEM_BYTES) {
		err_set(&r->read_err, ERR_INPUT, "more than %u bytes without structure", LIMIT_ITEM_BYTES);
		return 0;
	}
	*got = (size_t)n;
	return 1;
}

struct yaml_reader *yaml_reader_new(struct source *s, const char *const *split, struct span ahead)
{
	struct yaml_reader *r = calloc(1, sizeof(*r));

	if (!r || !yaml_parser_initialize(&r->parser))
		die("out of memory");
	r->source = s;
	r->split = split ? split : only_items;
	r->ahead = ahead;
	yaml_parser_set_input(&r->parser, feed, r);
	return r;
}

static void forget_anchors(struct yaml_reader *r)
{
	for (size_t i = 0; i < r->n_anchors; i++)
		free(r->anchors[i].name);
	r->n_anchors = 0;
}

void yaml_reader_free(struct yaml_reader *r)
{
	if (!r)
		return;
	forget_anchors(r);
	tree_fini(&r->tree);
	yaml_parser_delete(&r->parser);
	free(r);
}

static int next_event(struct yaml_reader *r, yaml_event_t *ev, struct err *e)
{
	if (!yaml_parser_parse(&r->parser, ev)) {
		if (r->read_err.kind)
			return err_set(e, r->read_err.kind, "%s", r->read_err.msg);
		return err_set(e, ERR_INPUT, "line %zu: not YAML: %s", r->parser.problem_mark.line + 1,
			       r->parser.problem ? r->parser.problem : "unreadable");
	}
	r->since_event = 0;
	return 0;
}

static bool is_number(const char *s, size_t n)
{
	size_t i = 0, digits = 0;
	bool fraction = false;

	if (n && (s[0] == '-' || s[0] == '+'))
		i++;
	/* JSON writes no leading zeros or plus signs; such scalars (modes, ids) stay text. */
	if (s[0] == '+' || (n > i + 1 && s[i] == '0' && isdigit((unsigned char)s[i + 1])))
		return false;
	for (; i < n; i++) {
		if (isdigit((unsigned char)s[i]))
			digits++;
		else if (s[i] == '.' && !fraction && digits && i + 1 < n && isdigit((unsigned char)s[i + 1]))
			fraction = true;
		else
			return false;
	}
	return digits > 0;
}

static struct json scalar(struct arena *a, const yaml_event_t *ev)
{
	const char *s = (const char *)ev->data.scalar.value;
	size_t n = ev->data.scalar.length;
	struct span t = {s, n};
	struct json v = json_make_str(a, t);

	if (ev->data.scalar.style != YAML_PLAIN_SCALAR_STYLE || (ev->data.scalar.tag && !ev->data.scalar.plain_implicit))
		return v;
	if (!n || span_eq(t, "~") || span_eq(t, "null") || span_eq(t, "Null") || span_eq(t, "NULL"))
		return (struct json){.type = JSON_NULL};
	if (span_eq(t, "true") || span_eq(t, "True") || span_eq(t, "TRUE"))
		return json_make_bool(true);
	if (span_eq(t, "false") || span_eq(t, "False") || span_eq(t, "FALSE"))
		return json_make_bool(false);
	if (is_number(s, n))
		v.type = JSON_NUMBER;
	return v;
}

/* Remembers an anchor; returns its index + 1, 0 when there is none, -1 when there are too many. */
static int anchor_add(struct yaml_reader *r, const yaml_char_t *name, size_t *index, struct err *e)
{
	*index = 0;
	if (!name)
		return 0;
	if (++r->seen_anchors > LIMIT_YAML_ANCHORS || r->n_anchors == LIMIT_YAML_ANCHORS)
		return err_set(e, ERR_INPUT, "more than %d anchors", LIMIT_YAML_ANCHORS);
	r->anchors[r->n_anchors] = (struct anchor){.name = strdup((const char *)name)};
	*index = ++r->n_anchors;
	return 0;
}

static void anchor_finish(struct yaml_reader *r, size_t index, struct json v, size_t weight)
{
	if (!index)
		return;
	r->anchors[index - 1].value = v;
	r->anchors[index - 1].weight = weight;
	r->anchors[index - 1].whole = true;
}

static int alias(struct yaml_reader *r, const yaml_event_t *ev, struct err *e)
{
	const char *name = (const char *)ev->data.alias.anchor;

	for (size_t i = r->n_anchors; i > 0; i--) {
		struct anchor *an = &r->anchors[i - 1];

		if (strcmp(an->name, name) != 0)
			continue;
		if (!an->whole)
			return err_set(e, ERR_INPUT, "anchor '%s' contains itself", name);
		r->tree.values += an->weight;
		return tree_value(&r->tree, an->value, e);
	}
	return err_set(e, ERR_INPUT, "unknown anchor '%s'", name);
}

static int open_container(struct yaml_reader *r, bool object, const yaml_char_t *name, struct err *e)
{
	size_t index;

	if (tree_wants_key(&r->tree))
		return err_set(e, ERR_INPUT, "a key is not a scalar");
	if (anchor_add(r, name, &index, e) || tree_open(&r->tree, object, e))
		return -1;
	r->pending[r->tree.depth] = index;
	r->weight_at[r->tree.depth] = r->tree.values;
	return 0;
}

static int close_container(struct yaml_reader *r, bool object, struct err *e)
{
	size_t index = r->pending[r->tree.depth], before = r->weight_at[r->tree.depth];

	if (tree_close(&r->tree, object, e))
		return -1;
	if (index)
		anchor_finish(r, index, r->tree.depth ? r->tree.slots[r->tree.n - 1] : r->tree.root, r->tree.values - before);
	return 0;
}

/* Applies one event to the tree that is being built. */
static int apply(struct yaml_reader *r, const yaml_event_t *ev, struct err *e)
{
	size_t index;

	r->tree.line = (uint32_t)ev->start_mark.line + 1;
	switch (ev->type) {
	case YAML_SCALAR_EVENT:
		if (tree_wants_key(&r->tree))
			return tree_key(&r->tree, (struct span){(const char *)ev->data.scalar.value, ev->data.scalar.length}, e);
		if (anchor_add(r, ev->data.scalar.anchor, &index, e))
			return -1;
		anchor_finish(r, index, scalar(r->tree.arena, ev), 1);
		return tree_value(&r->tree, index ? r->anchors[index - 1].value : scalar(r->tree.arena, ev), e);
	case YAML_ALIAS_EVENT:
		return alias(r, ev, e);
	case YAML_MAPPING_START_EVENT:
		return open_container(r, true, ev->data.mapping_start.anchor, e);
	case YAML_SEQUENCE_START_EVENT:
		return open_container(r, false, ev->data.sequence_start.anchor, e);
	case YAML_MAPPING_END_EVENT:
		return close_container(r, true, e);
	case YAML_SEQUENCE_END_EVENT:
		return close_container(r, false, e);
	default:
		return err_set(e, ERR_INPUT, "unexpected YAML event");
	}
}

static int depth_change(const yaml_event_t *ev)
{
	if (ev->type == YAML_MAPPING_START_EVENT || ev->type == YAML_SEQUENCE_START_EVENT)
		return 1;
	return ev->type == YAML_MAPPING_END_EVENT || ev->type == YAML_SEQUENCE_END_EVENT ? -1 : 0;
}

/* Reads on without building until `depth` containers are closed. */
static int skip(struct yaml_reader *r, int depth, struct err *e)
{
	while (depth > 0) {
		yaml_event_t ev;
		int change;

		if (next_event(r, &ev, e))
			return -1;
		change = depth_change(&ev);
		yaml_event_delete(&ev);
		depth += change;
		if (depth > 10000)
			return err_set(e, ERR_INPUT, "nested deeper than 10000");
	}
	return 0;
}

/* Builds the node that starts with `ev`. 0 done, 2 refused but read over, -1 broken. */
static int node(struct yaml_reader *r, yaml_event_t *ev, struct arena *a, struct err *e)
{
	int depth = 0;

	forget_anchors(r);
	r->seen_anchors = 0;
	tree_start(&r->tree, a, LIMIT_YAML_DEPTH);
	for (;;) {
		int rc = apply(r, ev, e);

		depth += depth_change(ev);
		yaml_event_delete(ev);
		if (rc)
			return skip(r, depth, &r->read_err) ? -1 : 2;
		if (depth == 0)
			return 0;
		if (next_event(r, ev, e))
			return -1;
	}
}

static bool splits(const struct yaml_reader *r, struct span key)
{
	if (span_eq(key, "items"))
		return true;
	for (const char *const *s = r->split; *s; s++)
		if (span_eq(key, *s))
			return true;
	return false;
}

static void note_header(struct yaml_reader *r, struct span key, const yaml_event_t *ev)
{
	if (ev->type != YAML_SCALAR_EVENT)
		return;
	if (span_eq(key, "kind"))
		snprintf(r->kind, sizeof(r->kind), "%s", (const char *)ev->data.scalar.value);
	if (span_eq(key, "apiVersion"))
		snprintf(r->api_version, sizeof(r->api_version), "%s", (const char *)ev->data.scalar.value);
}

static void describe(struct yaml_reader *r, struct arena *a, struct item *out, bool whole)
{
	const char *doc = r->document > 1 ? arena_printf(a, "#%zu", r->document) : "";

	out->pointer = whole ? doc : arena_printf(a, "%s/%s/%zu", doc, r->in, r->index);
	out->in = whole ? SPAN_NONE : span_of(r->in);
	out->kind = r->kind[0] ? span_of(r->kind) : SPAN_NONE;
	out->api_version = r->api_version[0] ? span_of(r->api_version) : SPAN_NONE;
}

static int give(struct yaml_reader *r, struct arena *a, struct item *out, bool whole, int rc)
{
	describe(r, a, out, whole);
	if (rc)
		return rc;
	out->value = arena_alloc(a, sizeof(*out->value));
	*out->value = r->tree.root;
	return 1;
}

/* Next element of a split array; 0 when the array is over. */
static int next_element(struct yaml_reader *r, struct arena *a, struct item *out, struct err *e)
{
	yaml_event_t ev;
	int rc;

	if (next_event(r, &ev, e))
		return -1;
	if (ev.type == YAML_SEQUENCE_END_EVENT) {
		yaml_event_delete(&ev);
		r->in_split = false;
		r->in_rest = true;
		return 0;
	}
	rc = node(r, &ev, a, e);
	if (rc < 0)
		return -1;
	rc = give(r, a, out, false, rc);
	r->index++;
	return rc;
}

/* Members of a root mapping behind a split array: only further split arrays matter. 1: one starts; 0: document over. */
static int rest_of_root(struct yaml_reader *r, struct err *e)
{
	for (;;) {
		yaml_event_t ev;
		char key[64] = "";
		int rc;

		if (next_event(r, &ev, e))
			return -1;
		if (ev.type == YAML_MAPPING_END_EVENT || ev.type == YAML_STREAM_END_EVENT) {
			yaml_event_delete(&ev);
			r->in_rest = false;
			return 0;
		}
		if (ev.type == YAML_SCALAR_EVENT)
			snprintf(key, sizeof(key), "%s", (const char *)ev.data.scalar.value);
		rc = depth_change(&ev);
		yaml_event_delete(&ev);
		if ((rc && skip(r, rc, e)) || next_event(r, &ev, e))
			return -1;
		rc = depth_change(&ev);
		note_header(r, span_of(key), &ev);
		if (ev.type == YAML_SEQUENCE_START_EVENT && splits(r, span_of(key))) {
			yaml_event_delete(&ev);
			snprintf(r->in, sizeof(r->in), "%s", key);
			r->index = 0;
			r->in_split = true;
			return 1;
		}
		yaml_event_delete(&ev);
		if (rc > 0 && skip(r, rc, e))
			return -1;
	}
}

/* The root node of a document: a whole item (1 or 2), or 0 when a split array begins. */
static int root(struct yaml_reader *r, yaml_event_t *ev, struct arena *a, struct item *out, struct err *e)
{
	char key[64] = "";
	int depth = 0;

	forget_anchors(r);
	r->seen_anchors = 0;
	tree_start(&r->tree, a, LIMIT_YAML_DEPTH);
	for (;;) {
		bool at_key = depth == 1 && tree_wants_key(&r->tree), in_root = depth == 1 && !at_key && r->tree.frames[0].object;
		int rc;

		if (in_root)
			note_header(r, span_of(key), ev);
		if (in_root && ev->type == YAML_SEQUENCE_START_EVENT && splits(r, span_of(key))) {
			yaml_event_delete(ev);
			snprintf(r->in, sizeof(r->in), "%s", key);
			r->index = 0;
			r->in_split = true;
			return 0;
		}
		if (at_key && ev->type == YAML_SCALAR_EVENT)
			snprintf(key, sizeof(key), "%s", (const char *)ev->data.scalar.value);
		rc = apply(r, ev, e);
		depth += depth_change(ev);
		yaml_event_delete(ev);
		if (rc)
			return skip(r, depth, &r->read_err) ? -1 : give(r, a, out, true, 2);
		if (depth == 0)
			return give(r, a, out, true, 0);
		if (next_event(r, ev, e))
			return -1;
	}
}

/* The event that a document's root begins with; 0 at the end of the stream. */
static int next_document(struct yaml_reader *r, yaml_event_t *ev, struct err *e)
{
	for (;;) {
		if (next_event(r, ev, e))
			return -1;
		if (ev->type == YAML_STREAM_END_EVENT) {
			yaml_event_delete(ev);
			r->ended = true;
			return 0;
		}
		if (ev->type == YAML_STREAM_START_EVENT || ev->type == YAML_DOCUMENT_END_EVENT) {
			yaml_event_delete(ev);
		} else if (ev->type == YAML_DOCUMENT_START_EVENT) {
			yaml_event_delete(ev);
			r->document++;
			r->kind[0] = r->api_version[0] = 0;
		} else {
			return 1;
		}
	}
}

int yaml_reader_next(struct yaml_reader *r, struct arena *a, struct item *out, struct err *e)
{
	yaml_event_t ev;
	int rc;

	*out = (struct item){.pointer = ""};
	while (!r->ended) {
		if (r->in_split) {
			rc = next_element(r, a, out, e);
		} else if (r->in_rest) {
			rc = rest_of_root(r, e);
			rc = rc < 0 ? -1 : 0;
		} else {
			rc = next_document(r, &ev, e);
			if (rc <= 0)
				return rc;
			rc = root(r, &ev, a, out, e);
			/* `---` with nothing behind it is no item. */
			if (rc == 1 && out->value->type == JSON_NULL)
				continue;
		}
		if (rc) {
			r->ended = rc < 0;
			return rc;
		}
	}
	return 0;
}

int yaml_parse(struct arena *a, struct span text, struct json **out, struct err *e)
{
	static const char *const none[] = {NULL};
	struct yaml_reader *r = yaml_reader_new(NULL, none, text);
	yaml_event_t ev;
	int rc = next_document(r, &ev, e);

	if (rc == 0)
		r->tree.root = (struct json){.type = JSON_NULL};
	if (rc > 0)
		rc = node(r, &ev, a, e);
	if (rc == 0) {
		*out = arena_alloc(a, sizeof(**out));
		**out = r->tree.root;
	}
	yaml_reader_free(r);
	return rc ? -1 : 0;
}

const char *yaml_reader_kind(const struct yaml_reader *r)
{
	return r->kind;
}
