// SPDX-License-Identifier: Apache-2.0
// Registries' exports into registry, repository and repository_image. What nothing tells stays NULL: which of it is a flaw is for the checks.
#include "load-registry.h"
#include "common/redact-evidence.h"
#include "load-each.h"

#include <ctype.h>

/* What only the end of loading can place. */
static const char waiting[] =
	"CREATE TEMP TABLE IF NOT EXISTS ecr_image(evidence INTEGER, account TEXT, repository TEXT, digest TEXT, tag TEXT, pushed INTEGER, pulled INTEGER, bytes INTEGER, "
	"scanned INTEGER, scan_known INTEGER, critical INTEGER, high INTEGER);"
	"CREATE TEMP TABLE IF NOT EXISTS harbor_project(host TEXT, name TEXT, public INTEGER, scan_on_push INTEGER, blocks_vulnerable INTEGER, signing_required INTEGER, "
	"lifecycle INTEGER);"
	"CREATE TEMP TABLE IF NOT EXISTS signature(repository INTEGER, account TEXT, name TEXT, digest TEXT);";

struct registry {
	struct load *l;
	const char *product;
	struct span host;   /* as the member's path tells it, else the product */
	bool scans;	    /* this member tells of scans */
	size_t kind;	    /* of the table below */
};

/* Seconds of a time that AWS CLI writes as text (version 2) or as a number (version 1); 0: none. Harbor's "0001-01-01" is none. */
static int64_t time_at(const struct json *v, const char *dotted)
{
	const struct json *t = json_path(v, dotted);
	int64_t when = 0;

	if (json_is(t, JSON_NUMBER)) {
		struct span whole = json_scalar(t), rest = whole;

		span_int(span_cut(&rest, '.'), &when);
	} else {
		when = load_time(json_str(t));
	}
	return when > 0 ? when : 0;
}

/* 1, 0 or -1 of a boolean, or of the text that Harbor's metadata has for one. */
static int flag_at(const struct json *v, const char *dotted)
{
	struct span s = json_text_at(v, dotted);

	return s.p ? span_eq(s, "true") ? 1 : span_eq(s, "false") ? 0 : -1 : json_bool_at(v, dotted);
}

static int64_t int_at(const struct json *v, const char *dotted, int64_t fallback)
{
	int64_t n = fallback;

	json_int(json_path(v, dotted), &n);
	return n;
}

/* "harbor.example.com", "registry.example.com:5000" or "10.0.0.5:5000". */
static bool is_host(struct span s)
{
	bool mark = false;

	for (size_t i = 0; i < s.n; i++) {
		if (!isalnum((unsigned char)s.p[i]) && !strchr(".-:_", s.p[i]))
			return false;
		mark |= (s.p[i] == '.' || s.p[i] == ':') && i && i + 1 < s.n;
	}
	return mark && s.n < 254;
}

static struct span host_of_path(const char *path)
{
	struct span rest = span_of(path), part, found = SPAN_NONE;

	while (part = span_cut(&rest, '/'), rest.p) /* the last part is the file */
		if (is_host(part))
			found = part;
	return found;
}

static int registry_thing(struct registry *r, struct span host, int64_t *thing, struct err *e)
{
	struct thing_spec spec = {.kind = "registry", .type = "registry", .name = host};

	spec.ref = span_of(arena_printf(&r->l->item, "registry:%.*s", SPAN_ARG(host)));
	if (load_scope(r->l->db, "registry", host, &r->l->scope, e) || load_thing(r->l, &spec, thing, NULL, e))
		return -1;
	return db_run(r->l->db, e,
		      "INSERT INTO registry(thing, host, product, collected) VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET product = excluded.product, collected = 1", "its",
		      *thing, host, r->product);
}

static int repository_thing(struct registry *r, struct span host, struct span name, const char *pointer, int64_t *thing, struct err *e)
{
	struct thing_spec spec = {.kind = "repository", .type = "repository", .name = name, .pointer = pointer};

	spec.ref = span_of(arena_printf(&r->l->item, "repository:%.*s/%.*s", SPAN_ARG(host), SPAN_ARG(name)));
	if (registry_thing(r, host, &spec.parent, e) || load_thing(r->l, &spec, thing, NULL, e))
		return -1;
	return db_run(r->l->db, e, "INSERT OR IGNORE INTO repository(thing, registry, name) VALUES (?, ?, ?)", "iit", *thing, spec.parent, name);
}

/* numbers: pushed, pulled, bytes, scanned, whether scans are known, critical, high. */
static int image(struct registry *r, int64_t repository, struct span digest, struct span tag, const int64_t numbers[7], int is_signed, struct err *e)
{
	return db_run(r->l->db, e,
		      "INSERT INTO repository_image(repository, digest, tag, pushed, pulled, bytes, signed, scanned, scan_known, critical, high) "
		      "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, nullif(?10, -1), nullif(?11, -1) "
		      "WHERE NOT EXISTS (SELECT 1 FROM repository_image WHERE repository = ?1 AND digest IS ?2 AND tag IS ?3)",
		      "ittrrrbriii", repository, digest, tag, numbers[0], numbers[1], numbers[2], is_signed, numbers[3], numbers[4], numbers[5], numbers[6]);
}

/* ---- Amazon ECR, API of 2015-09-21 */

static int ecr_repository(struct registry *r, const struct item *it, struct err *e)
{
	struct span host = json_text_at(it->value, "repositoryUri"), name = json_text_at(it->value, "repositoryName"), mutability = json_text_at(it->value, "imageTagMutability");
	int64_t thing;

	if (!name.n || host.n <= name.n + 1 || !span_ends(host, arena_printf(&r->l->item, "/%.*s", SPAN_ARG(name))))
		return load_problem(r->l, it->pointer, e, "a repository without repositoryName and repositoryUri");
	host.n -= name.n + 1;
	r->l->items++;
	if (repository_thing(r, host, name, it->pointer, &thing, e) || load_kind(r->l, r->l->kind, 1, e))
		return -1;
	return db_run(r->l->db, e,
		      "UPDATE repository SET scan_on_push = ?, immutable_tags = ?, encryption = ?, created = ? WHERE thing = ?", "bbtri",
		      flag_at(it->value, "imageScanningConfiguration.scanOnPush"), span_eq(mutability, "IMMUTABLE") ? 1 : span_starts(mutability, "MUTABLE") ? 0 : -1,
		      json_text_at(it->value, "encryptionConfiguration.encryptionType"), time_at(it->value, "createdAt"), thing);
}

/* cosign keeps the signature of sha256:HEX under the tag sha256-HEX.sig. */
static bool signature_tag(struct span tag, struct span *hex)
{
	*hex = (struct span){tag.p + 7, 64};
	return tag.n == 7 + 64 + 4 && span_starts(tag, "sha256-") && span_ends(tag, ".sig");
}

static int ecr_tag(struct registry *r, const struct json *v, struct span tag, struct err *e)
{
	const struct json *summary = json_get(v, "imageScanFindingsSummary"), *counts = json_get(summary, "findingSeverityCounts");
	struct span status = json_text_at(v, "imageScanStatus.status"), account = json_text_at(v, "registryId"), name = json_text_at(v, "repositoryName"), hex;
	int64_t scanned = time_at(summary, "imageScanCompletedAt");
	/* A scan that was done at a time that is not told is no scan that was never done. */
	bool known = scanned || !(span_eq(status, "COMPLETE") || span_eq(status, "ACTIVE"));

	if (tag.n && signature_tag(tag, &hex))
		return db_run(r->l->db, e, "INSERT INTO signature(account, name, digest) VALUES (?, ?, 'sha256:' || ?)", "ttt", account, name, hex);
	return db_run(r->l->db, e, "INSERT INTO ecr_image VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, -1), nullif(?, -1))", "ittttrrrriii", r->l->evidence, account, name,
		      json_text_at(v, "imageDigest"), tag, time_at(v, "imagePushedAt"), time_at(v, "lastRecordedPullTime"), int_at(v, "imageSizeInBytes", 0), scanned,
		      (int64_t)known, summary ? int_at(counts, "CRITICAL", 0) : -1, summary ? int_at(counts, "HIGH", 0) : -1);
}

static int ecr_image(struct registry *r, const struct item *it, struct err *e)
{
	const struct json *v = it->value;

	if (!json_text_at(v, "registryId").n || !json_text_at(v, "repositoryName").n || !json_text_at(v, "imageDigest").n)
		return load_problem(r->l, it->pointer, e, "an image without registryId, repositoryName and imageDigest");
	r->l->items++;
	JSON_EACH(tag, json_get(v, "imageTags"))
		if (ecr_tag(r, v, json_str(tag), e))
			return -1;
	return json_count(json_get(v, "imageTags")) ? 0 : ecr_tag(r, v, SPAN_NONE, e);
}

/* ---- Harbor, API v2.0 */

static int harbor_project(struct registry *r, const struct item *it, struct err *e)
{
	const struct json *meta = json_get(it->value, "metadata");
	struct span name = json_text_at(it->value, "name");
	int notary = flag_at(meta, "enable_content_trust"), cosign = flag_at(meta, "enable_content_trust_cosign");
	int64_t thing;

	if (!name.n)
		return load_problem(r->l, it->pointer, e, "a project without a name");
	r->l->items++;
	if (registry_thing(r, r->host, &thing, e) || load_kind(r->l, r->l->kind, 1, e))
		return -1;
	return db_run(r->l->db, e, "INSERT INTO harbor_project VALUES (?, ?, ?, ?, ?, ?, ?)", "ttbbbbb", r->host, name, flag_at(meta, "public"), flag_at(meta, "auto_scan"),
		      flag_at(meta, "prevent_vul"), notary == 1 || cosign == 1 ? 1 : notary == 0 || cosign == 0 ? 0 : -1,
		      /* A retention policy's id stands in the metadata as long as there is one. */
		      json_get(meta, "retention_id") ? 1 : json_get(meta, "public") ? 0 : -1);
}

static int harbor_repository(struct registry *r, const struct item *it, struct err *e)
{
	struct span name = json_text_at(it->value, "name");
	int64_t thing;

	if (!name.n)
		return load_problem(r->l, it->pointer, e, "a repository without a name");
	r->l->items++;
	if (repository_thing(r, r->host, name, it->pointer, &thing, e) || load_kind(r->l, r->l->kind, 1, e))
		return -1;
	return db_run(r->l->db, e, "UPDATE repository SET created = ?, updated = ? WHERE thing = ?", "rri", time_at(it->value, "creation_time"),
		      time_at(it->value, "update_time"), thing);
}

/* 1: a signature hangs on it; 0: what hangs on it was listed and none is; -1: not told. */
static int harbor_signed(const struct json *v)
{
	const struct json *list = json_get(v, "accessories");

	JSON_EACH(x, list)
		if (span_starts(json_text_at(x, "type"), "signature."))
			return 1;
	JSON_EACH(tag, json_get(v, "tags"))
		if (json_bool_at(tag, "signed") == 1)
			return 1;
	return json_is(list, JSON_ARRAY) ? 0 : -1;
}

static void harbor_scan(struct registry *r, const struct json *v, int64_t numbers[7])
{
	JSON_MEMBERS(m, json_get(v, "scan_overview"))
	{
		const struct json *counts = json_path(&m->value, "summary.summary");
		int64_t when = time_at(&m->value, "end_time");

		if (!span_eq(json_text_at(&m->value, "scan_status"), "Success") || when < numbers[3])
			continue;
		numbers[3] = when;
		numbers[5] = counts ? int_at(counts, "Critical", 0) : -1;
		numbers[6] = counts ? int_at(counts, "High", 0) : -1;
	}
	r->scans |= json_count(json_get(v, "scan_overview")) > 0;
}

static int harbor_artifact(struct registry *r, const struct item *it, struct err *e)
{
	const struct json *v = it->value;
	struct span name = json_text_at(v, "repository_name"), digest = json_text_at(v, "digest");
	int64_t numbers[7] = {time_at(v, "push_time"), time_at(v, "pull_time"), int_at(v, "size", 0), 0, 0, -1, -1}, thing;

	if (!name.n || !digest.n)
		return load_problem(r->l, it->pointer, e, "an artifact without repository_name and digest");
	r->l->items++;
	harbor_scan(r, v, numbers);
	if (repository_thing(r, r->host, name, NULL, &thing, e) || load_kind(r->l, r->l->kind, 1, e))
		return -1;
	JSON_EACH(tag, json_get(v, "tags"))
		if (image(r, thing, digest, json_text_at(tag, "name"), numbers, harbor_signed(v), e))
			return -1;
	if (json_count(json_get(v, "tags")))
		return 0;
	return image(r, thing, digest, SPAN_NONE, numbers, harbor_signed(v), e);
}

/* ---- OCI distribution-spec 1.1 (docker registry API v2) */

static int catalog(struct registry *r, const struct item *it, struct err *e)
{
	int64_t thing;

	if (registry_thing(r, r->host, &thing, e) || load_kind(r->l, r->l->kind, json_count(json_get(it->value, "repositories")), e))
		return -1;
	JSON_EACH(name, json_get(it->value, "repositories"))
	{
		r->l->items++;
		if (json_str(name).n && repository_thing(r, r->host, json_str(name), it->pointer, &thing, e))
			return -1;
	}
	return 0;
}

static int tags(struct registry *r, const struct item *it, struct err *e)
{
	static const int64_t nothing[7] = {0, 0, 0, 0, 0, -1, -1};
	struct span name = json_text_at(it->value, "name"), hex;
	const struct json *list = json_get(it->value, "tags");
	int64_t thing, n = 0;

	if (!name.n)
		return load_problem(r->l, it->pointer, e, "a list of tags without the repository's name");
	r->l->items++;
	if (repository_thing(r, r->host, name, it->pointer, &thing, e) || load_kind(r->l, r->l->kind, 1, e))
		return -1;
	JSON_EACH(tag, list)
	{
		bool sig = json_str(tag).n && signature_tag(json_str(tag), &hex);

		n += !sig;
		if (sig ? db_run(r->l->db, e, "INSERT INTO signature(repository, digest) VALUES (?, 'sha256:' || ?)", "it", thing, hex) :
			  image(r, thing, SPAN_NONE, json_str(tag), nothing, -1, e))
			return -1;
	}
	return db_run(r->l->db, e, "UPDATE repository SET tags = ? WHERE thing = ?", "ii", n, thing);
}

/* ---- the walk */

typedef int registry_reader(struct registry *r, const struct item *it, struct err *e);

static const struct {
	const char *kind, *product;
	registry_reader *read;
} kinds[] = {
	{"registry/ecr-repositories", "ecr", ecr_repository},
	{"registry/ecr-images", "ecr", ecr_image},
	{"registry/harbor-projects", "harbor", harbor_project},
	{"registry/harbor-repositories", "harbor", harbor_repository},
	{"registry/harbor-artifacts", "harbor", harbor_artifact},
	{"registry/catalog", "distribution", catalog},
	{"registry/tags", "distribution", tags},
};

static int one_item(struct load *l, const struct item *it, void *ctx, struct err *e)
{
	struct registry *r = ctx;

	(void)l;
	return kinds[r->kind].read(r, it, e);
}

int load_registry(struct load *l, struct source *content, struct err *e)
{
	int64_t before = db_int(l->db, 0, "SELECT coalesce(max(id), 0) FROM repository_image", "");
	struct registry r = {.l = l, .host = host_of_path(l->path)};
	struct load_walk w = {.lists = redact_evidence_lists(l->kind), .each = one_item, .ctx = &r, .more = "nextToken"};
	size_t i = 0;

	while (i < sizeof(kinds) / sizeof(kinds[0]) && strcmp(kinds[i].kind, l->kind) != 0)
		i++;
	if (i == sizeof(kinds) / sizeof(kinds[0]))
		return load_problem(l, NULL, e, "an export of registries of an unknown kind: %s", l->kind);
	r.kind = i;
	r.product = kinds[i].product;
	if (!r.host.n)
		r.host = span_of(r.product);
	if (db_exec(l->db, waiting, e) || load_each(l, content, &w, e))
		return -1;
	/* Scans are in an export for all of it or for none. */
	return r.scans ? db_run(l->db, e, "UPDATE repository_image SET scan_known = 1 WHERE id > ?", "i", before) : 0;
}

/* Images of ECR name the account, not the region: the repository of that name in the account's registries, when there is one such. */
static const char *const place[] = {
	"CREATE TEMP TABLE ecr_place AS SELECT DISTINCT i.account, i.repository AS name, (SELECT min(p.thing) FROM repository p JOIN registry r ON r.thing = p.registry "
	"WHERE p.name = i.repository AND r.host GLOB i.account || '.dkr.ecr.*' HAVING count(*) = 1) AS thing FROM ecr_image i",
	"INSERT INTO problem(evidence, message) SELECT i.evidence, 'the registry of ' || count(DISTINCT i.repository) || ' repositories, such as ' || min(i.repository) || ', is not "
	"told: describe-repositories of the same region tells it' FROM ecr_image i JOIN ecr_place p ON p.account = i.account AND p.name = i.repository "
	"WHERE p.thing IS NULL GROUP BY i.evidence",
	"UPDATE evidence SET state = 'partial' WHERE state = 'ok' AND id IN (SELECT i.evidence FROM ecr_image i JOIN ecr_place p ON p.account = i.account "
	"AND p.name = i.repository WHERE p.thing IS NULL)",
	"INSERT INTO repository_image(repository, digest, tag, pushed, pulled, bytes, scanned, scan_known, critical, high) SELECT p.thing, i.digest, i.tag, i.pushed, i.pulled, "
	"i.bytes, i.scanned, i.scan_known, i.critical, i.high FROM ecr_image i JOIN ecr_place p ON p.account = i.account AND p.name = i.repository "
	"WHERE p.thing IS NOT NULL GROUP BY p.thing, i.digest, i.tag ORDER BY min(i.rowid)",
	"INSERT INTO evidence_kind(scope, kind, items) SELECT t.scope, 'registry/ecr-images', count(*) FROM ecr_image i JOIN ecr_place p ON p.account = i.account "
	"AND p.name = i.repository JOIN thing t ON t.id = p.thing GROUP BY t.scope ON CONFLICT DO UPDATE SET items = items + excluded.items",
	"UPDATE evidence SET scope = (SELECT t.scope FROM ecr_image i JOIN ecr_place p ON p.account = i.account AND p.name = i.repository JOIN thing t ON t.id = p.thing "
	"WHERE i.evidence = evidence.id LIMIT 1) WHERE kind = 'registry/ecr-images' AND scope IS NULL",
	"UPDATE signature SET repository = (SELECT p.thing FROM ecr_place p WHERE p.account = signature.account AND p.name = signature.name) WHERE repository IS NULL",
	"UPDATE repository_image SET signed = 1 WHERE (repository, digest) IN (SELECT repository, digest FROM signature)",
	"DROP TABLE temp.ecr_place",
	"DROP TABLE temp.ecr_image",
	"DROP TABLE temp.signature",
	NULL,
};

int load_registry_waiting(struct db *db, struct err *e)
{
	if (!db_int(db, 0, "SELECT count(*) FROM sqlite_temp_master WHERE name = 'ecr_image'", ""))
		return 0;
	return db_exec_all(db, place, e);
}

/* A project's settings hold for its repositories, also for those that only workloads name. */
int derive_registry_projects(struct db *db, struct err *e)
{
	if (!db_int(db, 0, "SELECT count(*) FROM sqlite_temp_master WHERE name = 'harbor_project'", ""))
		return 0;
	return db_exec(db,
		       "UPDATE repository SET public = p.public, scan_on_push = p.scan_on_push, blocks_vulnerable = p.blocks_vulnerable, signing_required = p.signing_required, "
		       "lifecycle = p.lifecycle FROM registry r, harbor_project p WHERE r.thing = repository.registry AND p.host = r.host "
		       "AND p.name = substr(repository.name, 1, instr(repository.name, '/') - 1); DROP TABLE temp.harbor_project",
		       e);
}
