// SPDX-License-Identifier: Apache-2.0
// Secrets and config maps: what they are called and how they look, never what they hold.
#include "kubernetes.h"

/* A value that redaction replaced, wholly or in part, says of what class it was. */
void kube_secret_class(struct span value, struct redact_token *out)
{
	const char *inside = value.p ? memmem(value.p, value.n, "@plim:", 6) : NULL;
	struct span from = inside ? (struct span){inside, value.n - (size_t)(inside - value.p)} : value;
	size_t digits = 0;

	out->class = redact_class(from, out);
	while (digits < out->number.n && out->number.p[digits] >= '0' && out->number.p[digits] <= '9')
		digits++;
	out->number.n = digits;
	if (!digits)
		out->number = SPAN_NONE;
}

/* Classes that are no secret: all others count as one. */
static bool is_secret(struct span class)
{
	static const char *const harmless[] = {"plain", "empty", "reference", "placeholder", "certificate", NULL};

	for (size_t i = 0; harmless[i]; i++)
		if (span_eq(class, harmless[i]))
			return false;
	return class.n > 0;
}

static int insert_keys(struct kube *k, const char *const *members, int64_t *n, int64_t *secrets, struct err *e)
{
	for (; *members; members++)
		JSON_MEMBERS(m, json_get(k->object, *members))
		{
			struct redact_token t = {SPAN_NONE, SPAN_NONE, SPAN_NONE};

			++*n;
			if (json_str(&m->value).p)
				kube_secret_class(json_str(&m->value), &t);
			*secrets += is_secret(t.class);
			if (db_run(k->l->db, e, "INSERT OR IGNORE INTO secret_key(owner, key, length, class, token) VALUES (?, ?, ?, ?, ?)", "itttt", k->thing,
				   json_str(&m->key), t.length, t.class, t.number))
				return -1;
		}
	return 0;
}

int load_secret(struct kube *k, struct err *e)
{
	static const char *const members[] = {"data", "stringData", NULL};
	const struct json *notes = json_get(k->meta, "annotations"), *cert = json_path(k->object, "plimsollFacts.certificate");
	struct span type = json_text_at(k->object, "type"), applied = json_str(json_get(notes, "kubectl.kubernetes.io/last-applied-configuration"));
	int64_t keys = 0, secrets = 0, bits = 0;

	json_int(json_get(cert, "keyBits"), &bits);
	if (insert_keys(k, members, &keys, &secrets, e))
		return -1;
	return db_run(k->l->db, e,
		      "INSERT INTO secret(thing, cluster, namespace, name, type, keys, immutable, in_annotation, service_account, cert_subject, cert_issuer, "
		      "cert_not_after, key_type, key_bits) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		      "istttibbtttrtr", k->thing, kube_cluster(k->l), k->namespace, k->name, type.n ? type : SPAN("Opaque"), keys,
		      json_bool_at(k->object, "immutable") == 1, span_has(applied, "held-secret-values"), json_str(json_get(notes, "kubernetes.io/service-account.name")),
		      json_text_at(cert, "subject"), json_text_at(cert, "issuer"), load_time(json_text_at(cert, "notAfter")), json_text_at(cert, "keyType"), bits);
}

int load_config_map(struct kube *k, struct err *e)
{
	static const char *const members[] = {"data", "binaryData", NULL};
	int64_t keys = 0, secrets = 0;

	if (insert_keys(k, members, &keys, &secrets, e))
		return -1;
	return db_run(k->l->db, e, "INSERT INTO config_map(thing, cluster, namespace, name, keys, secrets) VALUES (?, ?, ?, ?, ?, ?)", "isttii", k->thing,
		      kube_cluster(k->l), k->namespace, k->name, keys, secrets);
}
