// SPDX-License-Identifier: Apache-2.0
// Volumes, claims and storage classes.
#include "common/quantity.h"
#include "kubernetes.h"

static int64_t bytes(const struct json *v)
{
	int64_t n;

	return quantity_units(json_scalar(v), &n) ? n : 0;
}

/* The member that says what kind of volume it is. */
static const struct json_member *volume_type(const struct json *spec)
{
	JSON_MEMBERS(m, spec)
	{
		struct span key = json_str(&m->key);

		if (json_is(&m->value, JSON_OBJECT) && !span_eq(key, "capacity") && !span_eq(key, "claimRef") && !span_eq(key, "nodeAffinity"))
			return m;
	}
	return NULL;
}

int load_persistent_volume(struct kube *k, struct err *e)
{
	const struct json_member *type = volume_type(k->spec);
	struct span reclaim = json_text_at(k->spec, "persistentVolumeReclaimPolicy"), path = json_text_at(k->spec, "hostPath.path");

	if (!path.p)
		path = json_text_at(k->spec, "local.path");
	return db_run(k->l->db, e,
		      "INSERT INTO persistent_volume(thing, cluster, name, class, capacity_bytes, phase, reclaim, claim_namespace, claim_name, type, driver, "
		      "host_path) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		      "isttrttttttt", k->thing, kube_cluster(k->l), k->name, json_text_at(k->spec, "storageClassName"),
		      bytes(json_path(k->spec, "capacity.storage")), json_text_at(k->status, "phase"), reclaim.n ? reclaim : SPAN("Retain"),
		      json_text_at(k->spec, "claimRef.namespace"), json_text_at(k->spec, "claimRef.name"), type ? json_str(&type->key) : SPAN_NONE,
		      json_text_at(k->spec, "csi.driver"), path);
}

int load_persistent_volume_claim(struct kube *k, struct err *e)
{
	return db_run(k->l->db, e,
		      "INSERT INTO persistent_volume_claim(thing, cluster, namespace, name, class, request_bytes, phase, volume, modes) "
		      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		      "istttrttt", k->thing, kube_cluster(k->l), k->namespace, k->name, json_text_at(k->spec, "storageClassName"),
		      bytes(json_path(k->spec, "resources.requests.storage")), json_text_at(k->status, "phase"), json_text_at(k->spec, "volumeName"),
		      kube_array(&k->l->item, json_get(k->spec, "accessModes")));
}

int load_storage_class(struct kube *k, struct err *e)
{
	const struct json *notes = json_get(k->meta, "annotations");
	struct span encrypted = json_text_at(k->object, "parameters.encrypted"), reclaim = json_text_at(k->object, "reclaimPolicy");
	bool is_default = span_eq(json_str(json_get(notes, "storageclass.kubernetes.io/is-default-class")), "true") ||
			  span_eq(json_str(json_get(notes, "storageclass.beta.kubernetes.io/is-default-class")), "true");

	return db_run(k->l->db, e,
		      "INSERT INTO storage_class(thing, cluster, name, provisioner, reclaim, encrypted, is_default) VALUES (?, ?, ?, ?, ?, ?, ?)", "istttbb",
		      k->thing, kube_cluster(k->l), k->name, json_text_at(k->object, "provisioner"), reclaim.n ? reclaim : SPAN("Delete"),
		      encrypted.p ? span_ieq(encrypted, "true") : -1, is_default);
}
