// SPDX-License-Identifier: Apache-2.0
// Bases of images by the layers that they have in common, and what components count as. The layers themselves are load-image-write.c's.
#include "derive-lineage.h"
#include "pattern.h"

#include "common/embed.h"
#include "common/hash.h"
#include "common/json.h"
#include "common/yaml-read.h"

/* ---- chains */

int lineage_chain(struct db *db, const char *below, const char *diff_id, const char *digest, char chain[static 72], int64_t *id, struct err *e)
{
	char text[512], hex[HASH_HEX];
	bool absent = strcmp(diff_id, "sha256:") == 0;

	if (!below[0] && !absent) {
		snprintf(text, sizeof(text), "%.71s", diff_id);
	} else {
		snprintf(text, sizeof(text), "%.71s %s%.71s", below, absent ? "stored " : "", absent ? digest : diff_id);
		hash_span(span_of(text), hex);
		snprintf(text, sizeof(text), "sha256:%s", hex);
	}
	if (db_run(db, e, "INSERT OR IGNORE INTO layer_chain(chain_id) VALUES (?)", "s", text))
		return -1;
	*id = db_int(db, 0, "SELECT id FROM layer_chain WHERE chain_id = ?", "s", text);
	snprintf(chain, 72, "%.71s", text);
	return 0;
}

/* Rows that came without a chain: those of cases of checks. */
static int fill_chains(struct db *db, struct err *e)
{
	auto_stmt *q = NULL;
	char chain[72] = "", below[72];
	int rc;

	if (db_prepare(db, "SELECT image, ordinal, diff_id, digest FROM image_layer WHERE image IN (SELECT image FROM image_layer WHERE chain IS NULL) ORDER BY image, ordinal", &q, e))
		return -1;
	while ((rc = db_step(db, q, e)) == 1) {
		int64_t image = sqlite3_column_int64(q, 0), ordinal = sqlite3_column_int64(q, 1), id;

		memcpy(below, chain, sizeof(below));
		if (lineage_chain(db, ordinal ? below : "", (const char *)sqlite3_column_text(q, 2), (const char *)sqlite3_column_text(q, 3), chain, &id, e) ||
		    db_run(db, e, "UPDATE image_layer SET chain = ? WHERE image = ? AND ordinal = ?", "iii", id, image, ordinal))
			return -1;
	}
	return rc;
}

/* ---- bases */

/* A name of an image as people know it, and its repository: versions of one image say nothing of what either was built on. */
#define NAME_OF(image) "(SELECT n.name FROM image_name n WHERE n.image = " image " ORDER BY n.registry IS NULL, n.name LIMIT 1)"
#define APPROVES "EXISTS (SELECT 1 FROM approved_image WHERE kind = 'base')"

static const char *const bases[] = {
	"CREATE TEMP TABLE repo AS SELECT i.thing AS image, i.layers, i.readable, coalesce((SELECT min(n.registry || '/' || n.repository) FROM image_name n WHERE n.image = i.thing), "
	"(SELECT min(n.name) FROM image_name n WHERE n.image = i.thing), i.config_digest) AS repo, "
	"(SELECT y.chain FROM image_layer y WHERE y.image = i.thing AND y.ordinal = i.layers - 1) AS top FROM image i",
	"CREATE UNIQUE INDEX temp.repo_image ON repo(image)",
	"CREATE INDEX temp.repo_top ON repo(top)",
	/* Images that stand whole below this one; an older build of the image itself counts only where nothing else is known. */
	"CREATE TEMP TABLE below AS SELECT y.image, b.image AS base, b.layers, b.repo <> r.repo AS other FROM image_layer y JOIN repo r ON r.image = y.image "
	"JOIN repo b ON b.top = y.chain AND b.image <> y.image AND b.layers < r.layers AND b.readable",
	"CREATE INDEX temp.below_image ON below(image)",
	/* Lists of layers: all of a base's must be there, each at its place. */
	"CREATE TEMP TABLE listed AS SELECT i.thing AS image, k.name, k.layers, k.approved FROM image i JOIN (SELECT name, max(approved) AS approved, count(*) AS layers FROM known_base GROUP BY name) k "
	"ON k.layers <= i.layers AND k.layers = (SELECT count(*) FROM known_base d JOIN image_layer y ON y.image = i.thing AND y.ordinal = d.ordinal "
	"AND d.digest IN (y.diff_id, y.digest) WHERE d.name = k.name)",
	"CREATE INDEX temp.listed_image ON listed(image)",
	/* Chains that images of several repositories have. */
	"CREATE TEMP TABLE shared AS SELECT y.chain, max(y.ordinal) + 1 AS layers FROM image_layer y JOIN repo r ON r.image = y.image GROUP BY y.chain HAVING count(DISTINCT r.repo) > 1",
	"CREATE UNIQUE INDEX temp.shared_chain ON shared(chain)",
	/* Chosen: layers that a list names, then an image, then what is shared. An image that others stand on is no product of what it shares with them. */
	"INSERT INTO image_lineage(image, base, base_image, base_layers, told_by, sharing) SELECT r.image, "
	"CASE WHEN k.name IS NOT NULL AND k.layers >= coalesce(b.layers, 0) THEN k.name ELSE " NAME_OF("b.base") " END, "
	"CASE WHEN k.name IS NULL OR k.layers <= coalesce(b.layers, 0) THEN b.base END, max(coalesce(k.layers, 0), coalesce(b.layers, 0)), "
	"CASE WHEN k.name IS NOT NULL AND k.layers >= coalesce(b.layers, 0) THEN 'engagement' ELSE 'image' END, 0 "
	"FROM repo r LEFT JOIN listed k ON k.image = r.image AND k.name = (SELECT x.name FROM listed x WHERE x.image = r.image ORDER BY x.layers DESC, x.approved DESC, x.name LIMIT 1) "
	"LEFT JOIN below b ON b.image = r.image AND b.base = (SELECT x.base FROM below x WHERE x.image = r.image AND x.other ORDER BY x.layers DESC, " NAME_OF("x.base") ", x.base LIMIT 1) "
	"WHERE k.name IS NOT NULL OR b.base IS NOT NULL",
	"INSERT INTO image_lineage(image, base, base_layers, told_by, sharing) SELECT r.image, " NAME_OF("r.image") ", r.layers, 'image', 0 FROM repo r "
	"WHERE r.image NOT IN (SELECT image FROM image_lineage) AND r.image IN (SELECT base FROM below WHERE other)",
	"INSERT INTO image_lineage(image, base, base_layers, told_by, sharing) SELECT r.image, (SELECT l.value FROM image_label l WHERE l.image = r.image AND "
	"l.name = 'org.opencontainers.image.base.name' AND l.value <> ''), max(s.layers), 'shared', 0 FROM repo r JOIN image_layer y ON y.image = r.image AND y.ordinal < r.layers - 1 "
	"JOIN shared s ON s.chain = y.chain WHERE r.image NOT IN (SELECT image FROM image_lineage) GROUP BY r.image",
	"INSERT INTO image_lineage(image, base, base_image, base_layers, told_by, sharing) SELECT r.image, " NAME_OF("b.base") ", b.base, b.layers, 'image', 0 FROM repo r "
	"JOIN below b ON b.image = r.image AND b.base = (SELECT x.base FROM below x WHERE x.image = r.image ORDER BY x.layers DESC, x.base LIMIT 1) "
	"WHERE r.image NOT IN (SELECT image FROM image_lineage)",
	"INSERT INTO image_lineage(image, base, told_by, sharing) SELECT r.image, l.value, CASE WHEN l.value IS NULL THEN 'none' ELSE 'label' END, 0 FROM repo r LEFT JOIN image_label l "
	"ON l.image = r.image AND l.name = 'org.opencontainers.image.base.name' AND l.value <> '' WHERE r.image NOT IN (SELECT image FROM image_lineage)",
	"UPDATE image_lineage SET sharing = (SELECT count(DISTINCT o.image) - 1 FROM image_layer y JOIN image_layer o ON o.chain = y.chain "
	"WHERE y.image = image_lineage.image AND y.ordinal = image_lineage.base_layers - 1) WHERE base_layers > 0",
	NULL,
};

/* Approved is what any base says that the image demonstrably stands on, or the image itself; an image's own word proves nothing. */
#define APPROVED_NAME "(SELECT min(n.name) FROM image_name n JOIN approved_image a ON a.kind = 'base' AND n.name GLOB " PATTERN("a.pattern") " WHERE n.image = x.image)"
static const char *const approvals[] = {
	"CREATE TEMP TABLE approving AS SELECT x.image, " APPROVED_NAME " AS name FROM (SELECT thing AS image FROM image) x WHERE " APPROVES,
	"CREATE UNIQUE INDEX temp.approving_image ON approving(image)",
	"UPDATE image_lineage SET approved_base = coalesce("
	"(SELECT k.name FROM listed k WHERE k.image = image_lineage.image AND k.approved ORDER BY k.layers DESC, k.name LIMIT 1), "
	"(SELECT a.name FROM below b JOIN approving a ON a.image = b.base WHERE b.image = image_lineage.image AND a.name IS NOT NULL ORDER BY b.layers DESC, a.name LIMIT 1), "
	"(SELECT a.name FROM approving a WHERE a.image = image_lineage.image)) WHERE " APPROVES,
	"UPDATE image_lineage SET approved = CASE WHEN approved_base IS NOT NULL THEN 1 WHEN told_by IN ('engagement', 'image') THEN 0 END WHERE " APPROVES,
	"DROP TABLE temp.repo", "DROP TABLE temp.below", "DROP TABLE temp.listed", "DROP TABLE temp.shared", "DROP TABLE temp.approving",
	NULL,
};

/* ---- who answers for which content */

/* The closest line of the engagement file first, then teams (of an application also the one that owns all workloads that run it), then the default. A label alone makes nobody's base of an image. */
#define OWNED_BY(name) "SELECT min(t.name) FROM team t, json_each(t.selector, '$.images') j WHERE " name " GLOB " PATTERN("j.value")
static const char *const owners[] = {
	"CREATE TEMP TABLE said_owner AS SELECT image, class, owner FROM (SELECT l.image, o.class, o.owner, row_number() OVER (PARTITION BY l.image, o.class "
	"ORDER BY o.pattern = '*', length(o.pattern) DESC, o.pattern, o.owner) AS nth FROM content_owner o JOIN image_lineage l ON o.pattern = '*' "
	"OR EXISTS (SELECT 1 FROM image_name n WHERE n.image = l.image AND n.name GLOB " PATTERN("o.pattern") ") WHERE o.what = 'owner' AND o.said) WHERE nth = 1",
	"CREATE UNIQUE INDEX temp.said_owner_image ON said_owner(image, class)",
	"CREATE TEMP TABLE image_team AS SELECT n.image, min(t.name) AS team FROM image_name n, team t, json_each(t.selector, '$.images') j "
	"WHERE n.name GLOB " PATTERN("j.value") " OR n.registry || '/' || n.repository GLOB " PATTERN("j.value") " GROUP BY n.image",
	"CREATE UNIQUE INDEX temp.image_team_image ON image_team(image)",
	"CREATE TEMP TABLE base_team AS SELECT l.image, CASE WHEN l.base_image IS NOT NULL THEN (SELECT team FROM image_team WHERE image = l.base_image) "
	"WHEN l.base_layers IS NULL OR l.base_layers = i.layers THEN (SELECT team FROM image_team WHERE image = l.image) WHEN l.told_by = 'engagement' THEN (" OWNED_BY("l.base") ") END AS team "
	"FROM image_lineage l JOIN image i ON i.thing = l.image",
	"CREATE UNIQUE INDEX temp.base_team_image ON base_team(image)",
	"CREATE TEMP TABLE running_team AS SELECT u.image, max(w.owner) AS team FROM image_use u JOIN container c ON c.thing = u.container JOIN workload w ON w.thing = c.workload "
	"GROUP BY u.image HAVING count(DISTINCT w.owner) = 1 AND count(w.owner) = count(*)",
	"CREATE UNIQUE INDEX temp.running_team_image ON running_team(image)",
	"INSERT INTO image_owner(image, class, owner, told_by) SELECT l.image, d.class, coalesce(s.owner, t.team, CASE d.class WHEN 'application' THEN w.team END, d.owner), "
	"CASE WHEN s.owner IS NOT NULL THEN 'engagement' WHEN t.team IS NOT NULL THEN 'team' "
	"WHEN d.class = 'application' AND w.team IS NOT NULL THEN 'workloads' ELSE 'default' END "
	"FROM image_lineage l JOIN content_owner d ON d.what = 'owner' AND NOT d.said LEFT JOIN temp.said_owner s ON s.image = l.image AND s.class = d.class "
	"LEFT JOIN (SELECT image, 1 AS application, team FROM temp.image_team UNION ALL SELECT image, 0, team FROM temp.base_team) t ON t.image = l.image AND t.application = (d.class = 'application') "
	"LEFT JOIN temp.running_team w ON w.image = l.image",
	"DROP TABLE temp.running_team", "DROP TABLE temp.said_owner", "DROP TABLE temp.image_team", "DROP TABLE temp.base_team",
	NULL,
};

/* ---- what components count as */

static int read_middleware(struct db *db, struct err *e)
{
	auto_arena a = ARENA_INIT;
	struct json *doc;

	if (yaml_parse(&a, embed_find("analyze/middleware.yaml"), &doc, e))
		return err_wrap(e, "analyze/middleware.yaml");
	if (db_exec(db, "CREATE TEMP TABLE middleware(pattern TEXT PRIMARY KEY)", e))
		return -1;
	JSON_EACH(p, json_get(doc, "packages"))
	{
		if (db_run(db, e, "INSERT OR IGNORE INTO temp.middleware(pattern) VALUES (?)", "t", json_str(p)))
			return -1;
	}
	return 0;
}

/* The engagement file's patterns first, the closest one; then what the type tells. */
#define SAID(column, kind)                                                                                                                          \
	"(SELECT o.class FROM content_owner o WHERE o.what = '" kind "' AND " column " GLOB " PATTERN("o.pattern") " ORDER BY length(o.pattern) DESC, o.pattern, o.class LIMIT 1)"
static const char *const classes[] = {
	"INSERT INTO package_class(type, name, class) SELECT type, name, coalesce(" SAID("name", "package") ", CASE WHEN type = 'generic' THEN 'middleware' "
	"WHEN type NOT IN ('deb', 'apk', 'rpm') THEN 'application' WHEN EXISTS (SELECT 1 FROM temp.middleware w WHERE name GLOB " PATTERN("w.pattern") ") THEN 'middleware' "
	"ELSE 'base-os' END) FROM (SELECT DISTINCT type, name FROM package WHERE thing IN (SELECT thing FROM image))",
	"DROP TABLE temp.middleware",
	NULL,
};

int derive_lineage(struct db *db, struct err *e)
{
	if (!db_int(db, 0, "SELECT 1 FROM image LIMIT 1", ""))
		return 0;
	return fill_chains(db, e) || db_exec_all(db, bases, e) || db_exec_all(db, approvals, e) || read_middleware(db, e) || db_exec_all(db, classes, e) ? -1 : 0;
}

int derive_image_owners(struct db *db, struct err *e)
{
	return db_exec_all(db, owners, e);
}

int derive_finding_origins(struct db *db, struct err *e)
{
	return db_exec(db,
		       "INSERT INTO finding_origin(finding, in_base, in_own) SELECT f.id, json_extract(f.facts, '$.in_base'), json_extract(f.facts, '$.in_own') FROM finding f "
		       "JOIN image_lineage l ON l.image = f.thing WHERE json_type(f.facts, '$.in_base') = 'integer' AND json_type(f.facts, '$.in_own') = 'integer'",
		       e);
}
