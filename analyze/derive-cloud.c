// SPDX-License-Identifier: Apache-2.0
// Identities of a cloud that a cluster takes for its users and groups, by aws-auth or access entries. What steps follow is the edges'.
#include "derive-cloud.h"
#include "common/object.h"
#include "common/text.h"
#include "common/yaml-read.h"

struct mapping {
	struct db *db;
	struct arena *a;
	int64_t config_map;
	const char *cluster;
};

static int keep(const struct mapping *m, const struct json *row, const char *arn_key, struct err *e)
{
	struct span arn = json_text_at(row, arn_key);
	const struct json *groups = json_get(row, "groups");
	auto_buf list = BUF_INIT;
	size_t n = 0;

	if (!arn.n)
		return 0;
	buf_add_char(&list, '[');
	JSON_EACH(group, groups)
	{
		if (!json_str(group).n)
			continue;
		buf_add_str(&list, n++ ? "," : "");
		text_add_json(&list, json_str(group));
	}
	buf_add_char(&list, ']');
	return db_run(m->db, e, "INSERT INTO cloud_mapping(cluster, proof, arn, user, groups) VALUES (?, ?, ?, ?, ?)", "sittt", m->cluster, m->config_map, arn, json_text_at(row, "username"),
		      buf_span(&list));
}

static int read_list(const struct mapping *m, const struct json *data, const char *key, const char *arn_key, struct err *e)
{
	struct span text = json_text_at(data, key);
	struct json *rows;
	struct err why = {0};

	if (!text.n)
		return 0;
	if (yaml_parse(m->a, text, &rows, &why) || !json_is(rows, JSON_ARRAY))
		return db_run(m->db, e, "INSERT INTO problem(evidence, pointer, message) SELECT evidence, pointer || '/data/' || ?1, 'aws-auth: ' || ?1 || ': ' || ?2 FROM thing WHERE id = ?3", "ssi", key,
			      why.kind ? why.msg : "not a list", m->config_map);
	JSON_EACH(row, rows)
	{
		if (keep(m, row, arn_key, e))
			return -1;
	}
	return 0;
}

static int read_map(struct mapping *m, struct err *e)
{
	auto_buf raw = BUF_INIT;
	struct json *object;
	const struct json *data;

	if (object_json(m->db, m->config_map, &raw, NULL) || json_parse(m->a, buf_span(&raw), &object, NULL))
		return 0;
	data = json_get(object, "data");
	return read_list(m, data, "mapRoles", "rolearn", e) || read_list(m, data, "mapUsers", "userarn", e) ? -1 : 0;
}

/* The cluster that is meant: it has the name or the ARN of the EKS cluster, as `aws eks update-kubeconfig` or eksctl call it. */
#define CLUSTER_OF(name)                                                                                                                                  \
	"(SELECT min(s.name) FROM scope s WHERE s.kind = 'cluster' AND (s.name = " name " OR (s.name GLOB 'arn:aws*:eks:*:cluster/*' "                     \
	"AND substr(s.name, instr(s.name, ':cluster/') + 9) = " name ") OR (s.name LIKE '%.eksctl.io' AND instr(s.name, '@') > 0 "                        \
	"AND substr(substr(s.name, instr(s.name, '@') + 1), 1, length(" name ") + 1) = " name " || '.')) HAVING count(*) = 1)"

static const char *const entries[] = {
	"UPDATE access_entry SET cluster = " CLUSTER_OF("access_entry.eks_cluster"),
	"UPDATE eks_cluster SET cluster = " CLUSTER_OF("eks_cluster.name"),
	("INSERT INTO cloud_mapping(cluster, proof, arn, user, groups, blocked) SELECT a.cluster, a.subject, a.arn, a.user, coalesce(a.groups, '[]'), "
	"CASE a.authentication_mode WHEN 'CONFIG_MAP' THEN 'the cluster''s authentication mode is CONFIG_MAP: it asks no access entries' END "
	"FROM v_access_entry a WHERE a.cluster IS NOT NULL ORDER BY a.subject"),
	("UPDATE cloud_mapping SET blocked = 'the cluster''s authentication mode is API: it does not read aws-auth' WHERE proof IN (SELECT thing FROM config_map) "
	"AND cluster IN (SELECT cluster FROM eks_cluster WHERE authentication_mode = 'API')"),
	NULL,
};

int derive_cloud(struct db *db, struct err *e)
{
	sqlite3_stmt *s = db_stmt(db, "SELECT thing, cluster FROM config_map WHERE namespace = 'kube-system' AND name = 'aws-auth' ORDER BY thing");
	int rc;

	while ((rc = db_step(db, s, e)) == 1) {
		auto_arena a = ARENA_INIT;
		struct mapping m = {.db = db, .a = &a, .config_map = sqlite3_column_int64(s, 0), .cluster = arena_strdup(&a, db_text(s, 1).p)};

		if (read_map(&m, e)) {
			rc = -1;
			break;
		}
	}
	sqlite3_reset(s);
	return rc ? rc : db_exec_all(db, entries, e);
}
