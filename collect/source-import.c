// SPDX-License-Identifier: Apache-2.0
// What a site exported already: everything that the analyzer would read itself, redacted on its way in.
#include "collect.h"
#include "common/input.h"
#include "common/progress.h"

struct import {
	struct collect *c;
	const char *prefix; /* NULL: only one path was given, its members keep their paths */
	bool feeds;	    /* vulnerability feeds lie among the files */
	struct arena arena;
};

static int one_member(void *ctx, struct member *m, struct err *e)
{
	struct import *in = ctx;
	struct err broken = {0};
	struct member_spec spec = {.kind = m->kind, .type = "json", .time = m->time};
	uint64_t items;

	arena_reset(&in->arena);
	spec.path = in->prefix ? arena_printf(&in->arena, "%s/%s", in->prefix, m->path) : arena_strdup(&in->arena, m->path);
	spec.source = spec.path;
	in->feeds |= m->feed;
	if (m->ignored)
		return 0;
	progress_show("importing", bundle_members(in->c->w), 0, "members");
	if (m->err.kind || !m->kind) {
		bundle_left_out(in->c->w, spec.path, m->err.kind ? m->err.msg : "not recognised as evidence");
		return 0;
	}
	if (strcmp(m->kind, "image/archive") == 0)
		return image_collect(in->c, &spec, m, e);
	if (evidence_copy(&in->c->evidence, &spec, m->content, &items, &broken, e))
		return -1;
	if (broken.kind && !items)
		bundle_left_out(in->c->w, spec.path, broken.msg);
	return 0;
}

static const char *base_name(struct arena *a, const char *path)
{
	struct span s = span_of(path);

	while (s.n > 1 && s.p[s.n - 1] == '/')
		s.n--;
	s = span_after_last(s, '/');
	if (!s.n || span_eq(s, ".") || span_eq(s, ".."))
		return "import";
	return arena_strndup(a, s.p, s.n);
}

/* What the analyzer tells by more signs, and may be too late to mend then. */
static void warn_partly(const struct import *in, const char *path)
{
	const struct evidence_seen *seen = &in->c->evidence.seen;

	if (seen->first[0] && !seen->kube_system)
		warn("%s: its objects lie in %s%s, and none in kube-system: kubectl get lists all namespaces only with -A", path, seen->several ? "several namespaces" : "namespace ",
		     seen->several ? "" : seen->first);
}

int source_import(struct collect *c, struct err *e)
{
	const struct opt_list *paths = &c->options->imports;
	struct import in = {.c = c};
	auto_arena names = ARENA_INIT;
	int rc = 0;

	for (size_t i = 0; i < paths->n && rc == 0; i++) {
		struct err why = {0};

		in.prefix = NULL;
		c->evidence.seen = (struct evidence_seen){0};
		if (paths->n > 1)
			in.prefix = base_name(&names, paths->at[i]);
		for (size_t k = 0; k < i && in.prefix; k++)
			if (strcmp(base_name(&names, paths->at[k]), in.prefix) == 0) {
				in.prefix = arena_printf(&names, "%s-%zu", in.prefix, i + 1);
				break;
			}
		if (input_is_bundle(paths->at[i]))
			rc = err_set(&why, ERR_INPUT, "a bundle already: give it to plimsoll analyze beside others");
		else
			rc = input_walk(paths->at[i], one_member, &in, &why);
		if (rc && why.kind != ERR_INPUT)
			*e = why;
		else if (rc) {
			bundle_left_out(c->w, paths->at[i], why.msg);
			rc = 0;
		}
		if (rc == 0)
			warn_partly(&in, paths->at[i]);
	}
	if (in.feeds)
		warn("vulnerability feeds are no evidence and were not collected (plimsoll feeds import reads them)");
	arena_fini(&in.arena);
	return rc;
}
