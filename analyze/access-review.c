// SPDX-License-Identifier: Apache-2.0
// `plimsoll access review, matrix, unused, pss`: listings over the views of schema/rbac.sql, audit.sql and pss.sql.
#include "access.h"
#include "derive-defaults.h"
#include "listing.h"
#include "common/text.h"

int access_review(struct access *x, struct err *e)
{
	return listing_query(&x->db, "plimsoll.access.review/1", x->json, "no account holds a sensitive right", e,
			     "SELECT cluster, class, kind, name, coalesce(place, 'everywhere') AS \"where\", rights, bindings, via, "
			     "CASE WHEN used > 0 THEN strftime('%Y-%m-%dT%H:%M:%SZ', used, 'unixepoch') WHEN logs THEN 'never' END AS last_used FROM v_account_right "
			     "WHERE (?1 IS NULL OR cluster = ?1) AND (?2 IS NULL OR place IS NULL OR place = ?2) AND (?3 OR NOT builtin OR class NOT IN ('system', 'group')) "
			     "ORDER BY cluster, class = 'system', class = 'group', weight DESC, name, place",
			     "ssi", x->cluster, x->namespace, (int64_t)x->all);
}

int access_unused(struct access *x, struct err *e)
{
	return listing_query(
		&x->db, "plimsoll.access.unused/1", x->json, "nothing of that kind", e,
		"SELECT t.ref, u.what, u.detail FROM ("
		"SELECT r.subject, 'role bound to nobody' AS what, NULL AS detail FROM v_role r WHERE r.bindings = 0 AND (?2 OR NOT r.bootstrap) AND NOT EXISTS "
		"(SELECT 1 FROM label l WHERE l.thing = r.subject AND l.key GLOB 'rbac.*/aggregate-to-*') "
		"UNION ALL SELECT subject, 'binding to a role that does not exist', role_kind || ' ' || role_name FROM v_binding WHERE role IS NULL "
		"UNION ALL SELECT s.binding, 'binding of an account that does not exist', coalesce(s.namespace, '-') || '/' || s.name FROM binding_subject s "
		"WHERE s.kind = 'ServiceAccount' AND s.thing IS NULL "
		"UNION ALL SELECT b.thing, 'binding without subjects', NULL FROM binding b WHERE NOT EXISTS (SELECT 1 FROM binding_subject s WHERE s.binding = b.thing) "
		"UNION ALL SELECT subject, 'binding that repeats another', same_as FROM v_binding_duplicate "
		"UNION ALL SELECT subject, 'binding not used since the logs begin', strftime('%Y-%m-%d', logs_from, 'unixepoch') FROM v_binding_use "
		"WHERE uses = 0 AND (?2 OR NOT bootstrap)) u JOIN thing t ON t.id = u.subject WHERE (?1 IS NULL OR t.cluster = ?1) ORDER BY u.what, t.ref, u.detail",
		"si", x->cluster, (int64_t)x->all);
}

int access_pss(struct access *x, struct err *e)
{
	return listing_query(&x->db, "plimsoll.access.pss/1", x->json, "no workloads", e,
			     "SELECT * FROM (SELECT cluster, namespace, kind, name, level, enforced, breaches FROM v_pss WHERE (?1 IS NULL OR cluster = ?1) "
			     "AND (?2 IS NULL OR namespace = ?2) UNION ALL "
			     "SELECT cluster, namespace, 'Namespace', namespace, CASE min(CASE level WHEN 'privileged' THEN 0 WHEN 'baseline' THEN 1 ELSE 2 END) "
			     "WHEN 0 THEN 'privileged' WHEN 1 THEN 'baseline' ELSE 'restricted' END, min(enforced), NULL FROM v_pss WHERE (?1 IS NULL OR cluster = ?1) "
			     "AND (?2 IS NULL OR namespace = ?2) GROUP BY cluster, namespace) ORDER BY cluster, namespace, kind = 'Namespace' DESC, kind, name",
			     "ss", x->cluster, x->namespace);
}

/* The matrix: accounts and groups that bindings name, against sensitive rights. */
enum { RIGHTS_MAX = 64 };

struct matrix {
	struct access *x;
	struct span rights[RIGHTS_MAX];
	size_t n;
	struct arena arena;
	struct buf out;
	bool first;
};

static int matrix_columns(struct matrix *m, struct err *e)
{
	sqlite3_stmt *s = db_stmt(&m->x->db, "SELECT w.right FROM v_right_word w WHERE w.right IN (SELECT right FROM rule_right) ORDER BY w.weight DESC, w.right");
	int rc;

	while ((rc = db_step(&m->x->db, s, e)) == 1 && m->n < RIGHTS_MAX)
		m->rights[m->n++] = (struct span){arena_strndup(&m->arena, db_text(s, 0).p, db_text(s, 0).n), db_text(s, 0).n};
	sqlite3_reset(s);
	return rc < 0 ? -1 : 0;
}

/* `places[i]`: where the right i is held: JSON array of namespaces, "everywhere", absent. */
static void matrix_row(struct matrix *m, struct span cluster, struct span who, const struct span *places)
{
	struct buf *b = &m->out;

	if (!m->x->json) {
		for (size_t i = 0; i < m->n; i++)
			buf_add_str(b, !places[i].p ? " ." : span_eq(places[i], "everywhere") ? " A" : " n");
		buf_add_str(b, "  ");
		text_add_clean(b, who, false);
		buf_add_char(b, '\n');
		return;
	}
	buf_add_str(b, m->first ? "\n{\"cluster\":" : ",\n{\"cluster\":");
	text_add_json(b, cluster);
	buf_add_str(b, ",\"subject\":");
	text_add_json(b, who);
	buf_add_str(b, ",\"rights\":{");
	for (size_t i = 0, some = 0; i < m->n; i++) {
		if (!places[i].p)
			continue;
		buf_add_str(b, some++ ? "," : "");
		text_add_json(b, m->rights[i]);
		buf_add_char(b, ':');
		if (span_eq(places[i], "everywhere"))
			buf_add_str(b, "\"everywhere\"");
		else
			buf_add_span(b, places[i]);
	}
	buf_add_str(b, "}}");
	m->first = false;
}

static void matrix_head(struct matrix *m)
{
	if (m->x->json) {
		buf_add_str(&m->out, "{\"schema\":\"plimsoll.access.matrix/1\",\"rows\":[");
		return;
	}
	for (size_t i = 0; i < m->n; i++) {
		for (size_t k = 0; k < i; k++)
			buf_add_str(&m->out, " |");
		buf_add_char(&m->out, ' ');
		buf_add_char(&m->out, '/');
		buf_add_str(&m->out, " ");
		buf_add_span(&m->out, m->rights[i]);
		buf_add_char(&m->out, '\n');
	}
}

static int matrix_rows(struct matrix *m, struct err *e)
{
	sqlite3_stmt *s = db_stmt(&m->x->db, "SELECT cluster, who, right, CASE WHEN max(namespace IS NULL) THEN 'everywhere' ELSE json_group_array(DISTINCT namespace) END "
					     "FROM v_right WHERE (?1 IS NULL OR cluster = ?1) AND (?2 OR NOT builtin) AND (?3 IS NULL OR namespace IS NULL OR namespace = ?3) "
					     "GROUP BY cluster, who, right ORDER BY cluster, who");
	struct span places[RIGHTS_MAX] = {{0}}, cluster = SPAN_NONE, who = SPAN_NONE;
	int rc;

	db_bind(s, "sis", m->x->cluster, (int64_t)m->x->all, m->x->namespace);
	while ((rc = db_step(&m->x->db, s, e)) == 1) {
		struct span c = db_text(s, 0), w = db_text(s, 1);

		if (who.p && (!span_is(c, cluster) || !span_is(w, who))) {
			matrix_row(m, cluster, who, places);
			memset(places, 0, sizeof(places));
		}
		cluster = (struct span){arena_strndup(&m->arena, c.p, c.n), c.n};
		who = (struct span){arena_strndup(&m->arena, w.p, w.n), w.n};
		for (size_t i = 0; i < m->n; i++)
			if (span_is(m->rights[i], db_text(s, 2)))
				places[i] = (struct span){arena_strndup(&m->arena, db_text(s, 3).p, db_text(s, 3).n), db_text(s, 3).n};
	}
	sqlite3_reset(s);
	if (who.p && rc == 0)
		matrix_row(m, cluster, who, places);
	return rc;
}

int access_matrix(struct access *x, struct err *e)
{
	struct matrix m = {.x = x, .first = true};
	int rc = matrix_columns(&m, e);

	if (rc == 0) {
		matrix_head(&m);
		rc = matrix_rows(&m, e);
	}
	if (rc == 0) {
		buf_add_str(&m.out, x->json ? "\n]}\n" : "A everywhere, n in namespaces\n");
		if (fwrite(m.out.p, 1, m.out.n, stdout) != m.out.n || fflush(stdout))
			rc = err_errno(e, "standard output");
	}
	arena_fini(&m.arena);
	buf_fini(&m.out);
	return rc;
}

/* The defaults of one version are known; of a cluster of another, what Kubernetes itself changed since shows as a difference. */
static int warn_versions(struct access *x, struct err *e)
{
	sqlite3_stmt *s = db_stmt(&x->db, "SELECT cluster, minor FROM v_cluster_minor WHERE (?1 IS NULL OR cluster = ?1) AND minor IS NOT ?2 ORDER BY cluster");
	auto_buf name = BUF_INIT;
	int rc;

	db_bind(s, "si", x->cluster, (int64_t)DEFAULTS_MINOR);
	while ((rc = db_step(&x->db, s, e)) == 1) {
		buf_reset(&name);
		text_add_clean(&name, db_text(s, 0), false);
		if (sqlite3_column_type(s, 1) == SQLITE_NULL)
			warn("the version of cluster %s is not known: it is compared with the roles and bindings of v1.%d", buf_str(&name), DEFAULTS_MINOR);
		else
			warn("cluster %s runs v1.%d: it is compared with the roles and bindings of v1.%d, so what Kubernetes changed between the two shows too", buf_str(&name),
			     sqlite3_column_int(s, 1), DEFAULTS_MINOR);
	}
	sqlite3_reset(s);
	return rc;
}

int access_diff_defaults(struct access *x, struct err *e)
{
	if (warn_versions(x, e))
		return -1;
	return listing_query(&x->db, "plimsoll.access.diff-defaults/1", x->json, "no difference from Kubernetes' own roles and bindings (v1.35)", e,
			     "SELECT cluster, kind, namespace, name, change, detail FROM v_default_change WHERE (?1 IS NULL OR cluster = ?1) "
			     "AND (?2 OR change NOT IN ('missing', 'removed')) ORDER BY cluster, kind, namespace, name, change, detail",
			     "si", x->cluster, (int64_t)x->all);
}
