// SPDX-License-Identifier: Apache-2.0
// Hosts by their root directories. What is read of one is common/node-root.c's: the analyzer reads copies of hosts just so.
#include "collect.h"
#include "common/node-root.h"
#include "common/progress.h"
#include "common/text.h"

struct host {
	struct collect *c;
	const char *root;
	char name[256];
};

/* A name that may stand in a path. */
static const char *path_name(struct arena *a, const char *name)
{
	char *s = arena_strdup(a, name);

	for (char *p = s; *p; p++)
		if (*p == '/' || (unsigned char)*p < ' ')
			*p = '_';
	return strcmp(s, ".") == 0 || strcmp(s, "..") == 0 ? "host" : s;
}

static int one_fact(void *ctx, struct node_fact *f, struct err *e)
{
	struct host *h = ctx;
	struct member_spec spec = {.kind = f->kind, .type = "json", .cluster = h->c->options->cluster_name, .time = collect_now(), .source = h->root};

	snprintf(h->name, sizeof(h->name), "%s", f->host);
	progress_show(f->host, bundle_members(h->c->w), 0, "members");
	spec.path = arena_printf(f->arena, "node/%s/%s.json", path_name(f->arena, f->host), f->kind + strlen("node/"));
	return evidence_document(&h->c->evidence, &spec, f->doc, e);
}

/* "node/manifests: etc/kubernetes/manifests/x.yaml: line 3: …" */
static void not_read(struct host *h, struct span line)
{
	auto_arena a = ARENA_INIT;
	struct span rest = line, kind = span_cut(&rest, ':');
	auto_buf reason = BUF_INIT;

	buf_printf(&reason, "host %s:", h->name);
	text_add_clean(&reason, rest, false);
	bundle_expected(h->c->w, h->c->options->cluster_name, arena_strndup(&a, kind.p, kind.n), h->root, buf_str(&reason));
}

static int one_root(struct collect *c, const char *root, struct err *e)
{
	struct host h = {.c = c, .root = root};
	auto_buf missing = BUF_INIT;
	struct err why = {0};
	struct span rest;

	if (node_root_read(root, NULL, one_fact, &h, &missing, &why)) {
		if (why.kind != ERR_INPUT) {
			*e = why;
			return -1;
		}
		bundle_expected(c->w, c->options->cluster_name, "node/*", root, why.msg);
		return 0;
	}
	rest = buf_span(&missing);
	while (rest.p && rest.n)
		not_read(&h, span_cut(&rest, '\n'));
	return 0;
}

int source_node(struct collect *c, struct err *e)
{
	for (size_t i = 0; i < c->options->nodes.n; i++)
		if (one_root(c, c->options->nodes.at[i], e))
			return -1;
	return 0;
}
