// SPDX-License-Identifier: Apache-2.0
// Connections that somebody observed, line by line into the table of flows, where the same ones are added up. The formats are flow-*.c's.
#include "load-flow.h"
#include "flow.h"
#include "kubernetes.h"
#include "common/limits.h"
#include "common/lines.h"

static int write_flow(struct load *l, const char *format, const struct flow *f, struct err *e)
{
	return db_run(l->db, e,
		      "INSERT INTO flow(cluster, source, target, name, protocol, port, allowed, reply, origin, tls, first, last, count, at_source, at_target) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
		      "?11, ?12, max(?13, 1), ?14, ?15) ON CONFLICT DO UPDATE SET count = count + ?13, at_source = max(at_source, ?14), at_target = max(at_target, ?15), name = coalesce(name, excluded.name), "
		      "tls = min(coalesce(tls, excluded.tls), coalesce(excluded.tls, tls)), first = min(coalesce(first, excluded.first), coalesce(excluded.first, first)), "
		      "last = max(coalesce(last, excluded.last), coalesce(excluded.last, last))",
		      "sttttibbsbrribb", kube_cluster(l), f->source, f->target, f->name, f->protocol, f->port, (int)f->outcome, f->reply, format, f->tls, f->first, f->last, f->count, f->at_source, f->at_target);
}

/* 1 when the table is full. */
static int one_line(struct load *l, struct flow_reader *r, struct span line, int64_t number, struct err *e)
{
	struct err why = {0};
	struct flow f;
	int rc = flow_parse(r, line, &f, &why);

	if (rc < 0)
		rc = load_problem(l, arena_printf(&l->item, "line %lld", (long long)number), e, "%s", why.msg);
	else if (rc > 0 && (rc = write_flow(l, r->format->name, &f, e)) == 0)
		l->items++;
	arena_reset(&l->item);
	if (rc < 0)
		return -1;
	return sqlite3_last_insert_rowid(l->db->h) > LIMIT_FLOWS && db_int(l->db, 0, "SELECT max(id) FROM flow", "") > LIMIT_FLOWS;
}

static int full(struct load *l, int64_t number, struct err *e)
{
	return load_problem(l, arena_printf(&l->item, "line %lld", (long long)number), e, "more than %u different connections: what follows is left out", LIMIT_FLOWS) ||
		       db_run(l->db, e, "INSERT OR REPLACE INTO meta(key, value) VALUES ('flows-cut', '1')", "")
		       ? -1
		       : 0;
}

int load_flows(struct load *l, struct source *content, struct err *e)
{
	struct flow_reader r = {.format = flow_format(span_after_last(span_of(l->kind), '/')), .item = &l->item};
	auto_lines lines = {.source = content};
	struct err why = {0};
	struct span line;
	int rc;

	if (!r.format)
		return load_problem(l, NULL, e, "'%s' is no format of flows that is known", l->kind);
	while ((rc = lines_next(&lines, &line, &why)) > 0) {
		if (rc == 2) {
			if (load_problem(l, NULL, e, "line %lld is over %u bytes", (long long)lines.number, LIMIT_LINE_BYTES))
				return -1;
			continue;
		}
		rc = line.n ? one_line(l, &r, line, lines.number, e) : 0;
		if (rc < 0 || (rc > 0 && full(l, lines.number, e)))
			return -1;
		if (rc > 0)
			break;
	}
	if (rc < 0 && load_problem(l, NULL, e, "%s", why.msg))
		return -1;
	return load_kind(l, l->kind, l->items, e);
}
