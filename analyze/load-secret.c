// SPDX-License-Identifier: Apache-2.0
// Secrets and config maps: what they are called and how they look, never what they hold.
#include "kubernetes.h"

static int insert_key(struct kube *k, struct span key, struct err *e)
{
	return db_run(k->l->db, e, "INSERT OR IGNORE INTO secret_key(owner, key) VALUES (?, ?)", "it", k->thing, key);
}

static int insert_keys(struct kube *k, const char *const *members, int64_t *n, struct err *e)
{
	for (; *members; members++)
		JSON_MEMBERS(m, json_get(k->object, *members))
		{
			++*n;
			if (insert_key(k, json_str(&m->key), e))
				return -1;
		}
	return 0;
}

int load_secret(struct kube *k, struct err *e)
{
	static const char *const members[] = {"data", "stringData", NULL};
	const struct json *notes = json_get(k->meta, "annotations");
	struct span type = json_text_at(k->object, "type");
	int64_t keys = 0;

	if (insert_keys(k, members, &keys, e))
		return -1;
	return db_run(k->l->db, e,
		      "INSERT INTO secret(thing, cluster, namespace, name, type, keys, immutable, in_annotation, service_account) "
		      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		      "istttibbt", k->thing, kube_cluster(k->l), k->namespace, k->name, type.n ? type : SPAN("Opaque"), keys,
		      json_bool_at(k->object, "immutable") == 1, json_get(notes, "kubectl.kubernetes.io/last-applied-configuration") != NULL,
		      json_str(json_get(notes, "kubernetes.io/service-account.name")));
}

int load_config_map(struct kube *k, struct err *e)
{
	static const char *const members[] = {"data", "binaryData", NULL};
	int64_t keys = 0, secrets = 0;

	if (insert_keys(k, members, &keys, e))
		return -1;
	return db_run(k->l->db, e, "INSERT INTO config_map(thing, cluster, namespace, name, keys, secrets) VALUES (?, ?, ?, ?, ?, ?)", "isttii", k->thing,
		      kube_cluster(k->l), k->namespace, k->name, keys, secrets);
}
