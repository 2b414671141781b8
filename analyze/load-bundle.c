// SPDX-License-Identifier: Apache-2.0
// The manifest's words into the database. Members come through input_walk() like all evidence.
#include "load-bundle.h"
#include "check.h"
#include "load-engagement.h"
#include "load.h"
#include "common/json.h"

/* What a bundle without a manifest may have numbered. */
#define SECRETS_UNKNOWN 1000000000u

int bundle_facts(const char *path, struct bundle_facts *out, struct err *e)
{
	struct bundle *b;
	const struct json *m;
	int64_t secrets = SECRETS_UNKNOWN;

	*out = (struct bundle_facts){0};
	if (bundle_open(&b, path, e))
		return -1;
	m = bundle_manifest(b);
	out->trust = bundle_trust(b);
	snprintf(out->id, sizeof(out->id), "%.*s", SPAN_ARG(json_text_at(m, "id")));
	out->start = load_time(json_text_at(m, "start"));
	out->end = load_time(json_text_at(m, "end"));
	json_int(json_get(m, "secrets"), &secrets);
	out->secrets = secrets >= 0 && secrets < SECRETS_UNKNOWN ? (uint64_t)secrets : SECRETS_UNKNOWN;
	bundle_close(b);
	return 0;
}

/* "kubernetes/secrets", or "kubernetes/..." as a whole with a star at its end. */
static bool is_kind(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!s.p[i] || (!strchr("abcdefghijklmnopqrstuvwxyz0123456789.-/", s.p[i]) && !(s.p[i] == '*' && i + 1 == s.n)))
			return false;
	return s.n > 2 && s.n < 200;
}

static int expected(struct db *db, const struct json *v, struct err *e)
{
	struct span kind = json_text_at(v, "kind"), reason = json_text_at(v, "reason"), cluster = json_text_at(v, "cluster");
	char name[512];
	int64_t scope = 0;

	if (!is_kind(kind) || !reason.n)
		return db_run(db, e, "INSERT INTO problem(message) VALUES ('the manifest lists something that was expected without its kind and a reason')", "");
	if (cluster.n && strlen(cluster.p) == cluster.n && strcmp(check_scope_of(kind.p), "cluster") == 0) {
		engagement_cluster(db, cluster.p, name, sizeof(name));
		if (load_scope(db, "cluster", span_of(name), &scope, e))
			return -1;
	}
	return db_run(db, e, "INSERT INTO expected(scope, kind, reason) VALUES (?, ?, ?)", "rtt", scope, kind, reason);
}

static int member_problems(struct db *db, const char *input, const struct bundle_member *m, struct err *e)
{
	int64_t evidence = 0;

	if (!json_count(json_get(m->entry, "problems")))
		return 0;
	evidence = db_int(db, 0, "SELECT id FROM evidence WHERE input = ? AND path = ? ORDER BY id DESC LIMIT 1", "ss", input, m->path);
	JSON_EACH(p, json_get(m->entry, "problems"))
	{
		if (db_run(db, e, "INSERT INTO problem(evidence, pointer, message) VALUES (?, ?, ?)", "rtt", evidence, json_text_at(p, "pointer"), json_text_at(p, "message")))
			return -1;
	}
	return db_run(db, e, "UPDATE evidence SET state = 'partial' WHERE id = ? AND state = 'ok'", "i", evidence);
}

static int faults(struct db *db, const struct bundle *b, const char *input, struct err *e)
{
	const char *text;

	for (size_t i = 0; (text = bundle_fault(b, i)) != NULL; i++)
		if (db_run(db, e, "INSERT INTO problem(message) VALUES (? || ': ' || ?)", "ss", input, text))
			return -1;
	return bundle_manifest(b) ? 0 : db_run(db, e, "INSERT INTO problem(message) VALUES (? || ': ' || ?)", "ss", input, bundle_why(b));
}

static bool has_member(const struct bundle *b, const char *name)
{
	for (size_t i = 0; i < bundle_count(b); i++)
		if (strcmp(bundle_at(b, i)->name, name) == 0)
			return true;
	return false;
}

/* What was collected and then lost is missing like what never was. */
static int lost(struct db *db, const struct bundle *b, const char *input, struct err *e)
{
	size_t listed = json_count(json_get(bundle_manifest(b), "members"));

	if (db_run(db, e, "INSERT INTO expected(scope, kind, reason, lost) SELECT scope, kind, path || ' cannot be read', 1 FROM evidence WHERE input = ? AND state = 'failed' "
			  "AND kind IS NOT NULL AND NOT EXISTS (SELECT 1 FROM expected x WHERE x.lost AND x.scope IS evidence.scope AND x.kind = evidence.kind) ORDER BY id", "s", input))
		return -1;
	JSON_EACH(m, listed > bundle_count(b) ? json_get(bundle_manifest(b), "members") : NULL)
	{
		auto_arena a = ARENA_INIT;
		struct json v = {.type = JSON_OBJECT};

		if (has_member(b, json_text_at(m, "name").p ? json_text_at(m, "name").p : ""))
			continue;
		json_set(&a, &v, "kind", json_make_str(&a, json_text_at(m, "kind")));
		json_set(&a, &v, "reason", json_make_str(&a, SPAN("it was lost from the bundle")));
		if (json_text_at(m, "cluster").n)
			json_set(&a, &v, "cluster", json_make_str(&a, json_text_at(m, "cluster")));
		if (expected(db, &v, e))
			return -1;
	}
	return 0;
}

int load_bundle_rest(struct db *db, const char *path, const char *input, struct err *e)
{
	struct bundle *b;
	int rc;

	if (bundle_open(&b, path, e))
		return -1;
	rc = faults(db, b, input, e);
	for (size_t i = 0; i < bundle_count(b) && rc == 0; i++)
		rc = member_problems(db, input, bundle_at(b, i), e);
	JSON_EACH(v, json_get(bundle_manifest(b), "expected"))
		rc = rc ? rc : expected(db, v, e);
	rc = rc ? rc : lost(db, b, input, e);
	bundle_close(b);
	return rc;
}
