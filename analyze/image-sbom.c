// SPDX-License-Identifier: Apache-2.0
// Bills of materials of all images and nodes in a database: CycloneDX 1.6 and SPDX 2.3 as JSON. What was removed by a later layer is
// not in the image and is left out. Same input, same document: ids are made from content, times from the evidence.
#include "image-out.h"
#include "image-print.h"

#include "common/text.h"

/* What the document's own id is made of. */
static const char identity_sql[] =
	"SELECT ref FROM thing WHERE id IN (SELECT id FROM temp.sbom) UNION ALL SELECT purl FROM (SELECT purl FROM package WHERE thing IN (SELECT id FROM temp.sbom) ORDER BY id)";

static const char packages_sql[] =
	"SELECT p.id, p.thing, p.type, p.name, p.version, p.license, l.expression, p.purl, p.path, p.layer, p.declared, p.owner, t.kind = 'node' FROM package p"
	" JOIN thing t ON t.id = p.thing LEFT JOIN licence l ON l.text = p.license WHERE p.removed_in IS NULL AND p.thing IN (SELECT id FROM temp.sbom) ORDER BY p.id";
enum { P_ID, P_THING, P_TYPE, P_NAME, P_VERSION, P_LICENSE, P_EXPRESSION, P_PURL, P_PATH, P_LAYER, P_DECLARED, P_OWNER, P_NODE };

static const char images_sql[] =
	"SELECT t.id, CASE t.kind WHEN 'node' THEN substr(t.ref, 6) ELSE coalesce(v.image, t.name) END, CASE t.kind WHEN 'node' THEN coalesce(i.distro || coalesce(' ' || i.distro_version, ''), '')"
	" ELSE coalesce(v.config_digest, '') END, t.kind = 'node'"
	" FROM thing t LEFT JOIN v_image v ON v.subject = t.id LEFT JOIN inventory i ON i.thing = t.id WHERE t.id IN (SELECT id FROM temp.sbom) ORDER BY t.id";

/* What a document is made of: images and root file systems, and nodes (refs are "node:cluster/name"). */
enum { I_ID, I_NAME, I_VERSION, I_NODE };

static const char *sort_of(sqlite3_stmt *q, int column)
{
	return sqlite3_column_int(q, column) ? "node" : "image";
}

/* ---- CycloneDX */

static void cyclonedx_license(struct buf *b, struct span license, struct span expression)
{
	/* One identifier stands as such, but for "or later" and references, which the schema's list does not have. */
	bool id = expression.n > 0 && !memchr(expression.p, ' ', expression.n) && !memchr(expression.p, '+', expression.n) && !span_has(expression, "Ref-");

	if (license.n == 0)
		return;
	buf_add_str(b, ",\"licenses\":[{");
	if (expression.n > 0 && !id) {
		image_print_pair(b, "expression", expression);
	} else {
		buf_add_str(b, "\"license\":{");
		image_print_pair(b, id ? "id" : "name", id ? expression : license);
		buf_add_char(b, '}');
	}
	buf_add_str(b, "}]");
}

static void cyclonedx_property(struct buf *b, const char *name, struct span value)
{
	if (value.n == 0)
		return;
	if (b->p[b->n - 1] == '}')
		buf_add_char(b, ',');
	buf_add_char(b, '{');
	image_print_pair(b, "name", span_of(name));
	buf_add_char(b, ',');
	image_print_pair(b, "value", value);
	buf_add_char(b, '}');
}

static void cyclonedx_component(struct buf *b, sqlite3_stmt *q)
{
	struct span name = db_text(q, P_NAME), type = db_text(q, P_TYPE), group = SPAN_NONE;
	const char *colon = span_eq(type, "maven") ? memrchr(name.p, ':', name.n) : NULL;

	if (colon) {
		group = (struct span){name.p, (size_t)(colon - name.p)};
		name = (struct span){colon + 1, name.n - group.n - 1};
	}
	buf_printf(b, "{\"type\":\"%s\",\"bom-ref\":\"package-%lld\",", span_eq(type, "generic") ? "application" : "library",
		   (long long)sqlite3_column_int64(q, P_ID));
	if (group.p) {
		image_print_pair(b, "group", group);
		buf_add_char(b, ',');
	}
	image_print_pair(b, "name", name);
	buf_add_char(b, ',');
	image_print_pair(b, "version", db_text(q, P_VERSION));
	cyclonedx_license(b, db_text(q, P_LICENSE), db_text(q, P_EXPRESSION));
	buf_add_char(b, ',');
	image_print_pair(b, "purl", db_text(q, P_PURL));
	buf_add_str(b, ",\"properties\":[");
	cyclonedx_property(b, "plimsoll:layer", db_text(q, P_LAYER));
	cyclonedx_property(b, "plimsoll:path", db_text(q, P_PATH));
	cyclonedx_property(b, "plimsoll:owner", db_text(q, P_OWNER));
	if (sqlite3_column_int(q, P_DECLARED))
		cyclonedx_property(b, "plimsoll:declared", SPAN("true"));
	buf_add_str(b, "]}");
}

static void cyclonedx_image(struct buf *b, sqlite3_stmt *q)
{
	buf_printf(b, "{\"type\":\"%s\",\"bom-ref\":\"%s-%lld\",", sqlite3_column_int(q, I_NODE) ? "operating-system" : "container", sort_of(q, I_NODE), (long long)sqlite3_column_int64(q, I_ID));
	image_print_pair(b, "name", db_text(q, I_NAME));
	if (db_text(q, I_VERSION).n > 0) {
		buf_add_char(b, ',');
		image_print_pair(b, "version", db_text(q, I_VERSION));
	}
	buf_add_char(b, '}');
}

static void cyclonedx_dependency(struct buf *b, sqlite3_stmt *q)
{
	buf_printf(b, "{\"ref\":\"%s-%lld\",\"dependsOn\":[", sort_of(q, 2), (long long)sqlite3_column_int64(q, 0));
	buf_add_span(b, db_text(q, 1));
	buf_add_str(b, "]}");
}

/* What to do. */
static void cyclonedx_recommendation(struct buf *b, const char *words, struct span version)
{
	buf_printf(b, ",\"recommendation\":\"%s", words);
	for (size_t i = 0; i < version.n; i++)
		if (version.p[i] > ' ' && version.p[i] < 127 && version.p[i] != '"' && version.p[i] != '\\')
			buf_add_char(b, version.p[i]);
	buf_add_char(b, '"');
}

static void cyclonedx_vulnerability(struct buf *b, sqlite3_stmt *q)
{
	struct span severity = db_text(q, 1), fixed = db_text(q, 3), paid = db_text(q, 5), reason = db_text(q, 6);

	buf_add_char(b, '{');
	image_print_pair(b, "id", db_text(q, 0));
	buf_add_str(b, ",\"source\":{");
	image_print_pair(b, "name", db_text(q, 2));
	buf_add_str(b, "},\"ratings\":[{");
	image_print_pair(b, "severity", severity);
	buf_add_str(b, "}]");
	if (fixed.n > 0)
		cyclonedx_recommendation(b, "Update to the version that fixes it: ", fixed);
	else if (paid.n > 0)
		cyclonedx_recommendation(b, "Only subscribers get the version that fixes it: ", paid);
	if (reason.n > 0) {
		buf_add_str(b, ",\"analysis\":{\"state\":\"in_triage\",");
		image_print_pair(b, "detail", reason);
		buf_add_char(b, '}');
	}
	buf_printf(b, ",\"affects\":[{\"ref\":\"package-%lld\"}]}", (long long)sqlite3_column_int64(q, 4));
}

static const char dependencies_sql[] =
	"SELECT t.id, (SELECT group_concat('\"package-' || p.id || '\"', ',') FROM (SELECT id FROM package WHERE thing = t.id AND removed_in IS NULL ORDER BY +id) p), t.kind = 'node'"
	" FROM thing t WHERE t.id IN (SELECT id FROM temp.sbom) ORDER BY t.id";
static const char vulnerabilities_sql[] =
	"SELECT name, severity, feed, fixed, package, subscription_fixed, reason FROM v_vulnerability WHERE (fixed IS NOT NULL OR NOT ?1) AND subject IN (SELECT id FROM temp.sbom) ORDER BY name, package";

static int64_t image_count(struct db *db)
{
	return db_int(db, 0, "SELECT count(*) FROM temp.sbom", "");
}

int image_out_choose(const struct image_out *o, int64_t *n, struct err *e)
{
	if (db_exec(o->db, "CREATE TEMP TABLE IF NOT EXISTS sbom(id INTEGER PRIMARY KEY)", e) ||
	    db_run(o->db, e,
		   "INSERT OR IGNORE INTO temp.sbom(id) SELECT t.id FROM thing t WHERE t.kind IN ('image', 'rootfs') AND (?1 IS NOT NULL OR ?2 IS NULL)"
		   " AND (?1 IS NULL OR t.name GLOB ?1 OR t.ref GLOB ?1 OR EXISTS (SELECT 1 FROM image_name n WHERE n.image = t.id AND n.name GLOB ?1))",
		   "ss", o->image, o->node) ||
	    db_run(o->db, e,
		   "INSERT OR IGNORE INTO temp.sbom(id) SELECT t.id FROM thing t WHERE t.kind = 'node' AND (?2 IS NOT NULL OR ?1 IS NULL) AND t.id IN (SELECT thing FROM package)"
		   " AND (?2 IS NULL OR t.name GLOB ?2 OR substr(t.ref, 6) GLOB ?2)",
		   "ss", o->image, o->node))
		return -1;
	*n = image_count(o->db);
	return 0;
}

int image_out_cyclonedx(const struct image_out *o, struct err *e)
{
	auto_buf b = BUF_INIT;
	char id[37];
	int64_t n;
	bool one;

	if (image_out_choose(o, &n, e))
		return -1;
	one = n == 1;
	image_print_id(o->db, identity_sql, id);
	buf_printf(&b, "{\"$schema\":\"http://cyclonedx.org/schema/bom-1.6.schema.json\",\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\","
		       "\"serialNumber\":\"urn:uuid:%s\",\"version\":1,\"metadata\":{\"timestamp\":", id);
	image_print_time(&b, o->db);
	buf_add_str(&b, ",\"tools\":{\"components\":[{\"type\":\"application\",\"name\":\"plimsoll\",\"version\":\"" PLIMSOLL_VERSION "\"}]}");
	buf_add_str(&b, one ? ",\"component\":" : "");
	image_print(&b);
	if (one && image_print_list(o->db, images_sql, 0, cyclonedx_image, false, e))
		return -1;
	printf("},\"components\":[\n");
	if (!one && image_print_list(o->db, images_sql, 0, cyclonedx_image, false, e))
		return -1;
	if (image_print_list(o->db, packages_sql, 0, cyclonedx_component, n > 1, e))
		return -1;
	printf("],\"dependencies\":[\n");
	if (image_print_list(o->db, dependencies_sql, 0, cyclonedx_dependency, false, e))
		return -1;
	if (o->feeds) {
		printf("],\"vulnerabilities\":[\n");
		if (image_print_list(o->db, vulnerabilities_sql, o->only_fixed, cyclonedx_vulnerability, false, e))
			return -1;
	}
	printf("]}\n");
	return 0;
}

/* ---- SPDX */

static void spdx_license(struct buf *b, struct span license, struct span expression)
{
	/* References would have to be explained in the document: only what the licence list knows stands in an expression, all else in a comment. */
	bool known = expression.n > 0 && !span_has(expression, "Ref-");

	image_print_pair(b, "licenseDeclared", known ? expression : SPAN("NOASSERTION"));
	buf_add_str(b, ",\"licenseConcluded\":\"NOASSERTION\",\"copyrightText\":\"NOASSERTION\"");
	if (license.n > 0 && !known) {
		buf_add_char(b, ',');
		image_print_pair(b, "licenseComments", license);
	}
}

static void spdx_image(struct buf *b, sqlite3_stmt *q)
{
	struct span digest = db_text(q, I_VERSION);

	buf_add_char(b, '{');
	image_print_pair(b, "name", db_text(q, I_NAME));
	buf_printf(b, ",\"SPDXID\":\"SPDXRef-%s-%lld\",\"downloadLocation\":\"NOASSERTION\",\"filesAnalyzed\":false,\"primaryPackagePurpose\":\"%s\"", sort_of(q, I_NODE),
		   (long long)sqlite3_column_int64(q, I_ID), sqlite3_column_int(q, I_NODE) ? "OPERATING-SYSTEM" : "CONTAINER");
	if (digest.n > 0) {
		buf_add_char(b, ',');
		image_print_pair(b, "versionInfo", digest);
	}
	buf_add_char(b, '}');
}

static void spdx_package(struct buf *b, sqlite3_stmt *q)
{
	buf_add_char(b, '{');
	image_print_pair(b, "name", db_text(q, P_NAME));
	buf_printf(b, ",\"SPDXID\":\"SPDXRef-package-%lld\",", (long long)sqlite3_column_int64(q, P_ID));
	image_print_pair(b, "versionInfo", db_text(q, P_VERSION));
	buf_add_str(b, ",\"downloadLocation\":\"NOASSERTION\",\"filesAnalyzed\":false,");
	spdx_license(b, db_text(q, P_LICENSE), db_text(q, P_EXPRESSION));
	if (db_text(q, P_PATH).n > 0) {
		auto_buf info = BUF_INIT;

		buf_printf(&info, "found in %.*s", SPAN_ARG(db_text(q, P_PATH)));
		buf_add_char(b, ',');
		image_print_pair(b, "sourceInfo", buf_span(&info));
	}
	if (sqlite3_column_int(q, P_DECLARED))
		buf_add_str(b, ",\"comment\":\"declared, not installed\"");
	buf_add_str(b, ",\"externalRefs\":[{\"referenceCategory\":\"PACKAGE-MANAGER\",\"referenceType\":\"purl\",");
	image_print_pair(b, "referenceLocator", db_text(q, P_PURL));
	buf_add_str(b, "}]}");
}

static void spdx_describes(struct buf *b, sqlite3_stmt *q)
{
	buf_printf(b, "{\"spdxElementId\":\"SPDXRef-DOCUMENT\",\"relationshipType\":\"DESCRIBES\",\"relatedSpdxElement\":\"SPDXRef-%s-%lld\"}", sort_of(q, I_NODE),
		   (long long)sqlite3_column_int64(q, I_ID));
}

static void spdx_contains(struct buf *b, sqlite3_stmt *q)
{
	buf_printf(b, "{\"spdxElementId\":\"SPDXRef-%s-%lld\",\"relationshipType\":\"CONTAINS\",\"relatedSpdxElement\":\"SPDXRef-package-%lld\"}", sort_of(q, P_NODE),
		   (long long)sqlite3_column_int64(q, P_THING), (long long)sqlite3_column_int64(q, P_ID));
}

int image_out_spdx(const struct image_out *o, struct err *e)
{
	auto_buf b = BUF_INIT;
	char id[37];
	int64_t n;
	bool any;

	if (image_out_choose(o, &n, e))
		return -1;
	any = n > 0;
	image_print_id(o->db, identity_sql, id);
	buf_printf(&b, "{\"spdxVersion\":\"SPDX-2.3\",\"dataLicense\":\"CC0-1.0\",\"SPDXID\":\"SPDXRef-DOCUMENT\",\"name\":\"%s\","
		       "\"documentNamespace\":\"https://plimsoll.invalid/spdx/%s\",\"creationInfo\":{\"created\":",
		   db_int(o->db, 0, "SELECT 1 FROM thing WHERE kind = 'node' AND id IN (SELECT id FROM temp.sbom)", "") ? "container images and nodes" : "container images", id);
	image_print_time(&b, o->db);
	buf_add_str(&b, ",\"creators\":[\"Tool: plimsoll-" PLIMSOLL_VERSION "\"]},\"packages\":[\n");
	image_print(&b);
	if (image_print_list(o->db, images_sql, 0, spdx_image, false, e) || image_print_list(o->db, packages_sql, 0, spdx_package, any, e))
		return -1;
	printf("],\"relationships\":[\n");
	if (image_print_list(o->db, images_sql, 0, spdx_describes, false, e) || image_print_list(o->db, packages_sql, 0, spdx_contains, any, e))
		return -1;
	printf("]}\n");
	return 0;
}
