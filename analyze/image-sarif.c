// SPDX-License-Identifier: Apache-2.0
// Vulnerabilities of images as SARIF 2.1.0 (OASIS, errata 01), with what code scanning services read of it: a rule per vulnerability, a result per component that has it.
#include "image-out.h"
#include "image-print.h"

#include "common/hash.h"
#include "common/text.h"

#define SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#define IMAGES "t.kind IN ('image', 'rootfs') AND (x.fixed IS NOT NULL OR NOT ?1)"

static const char rules_sql[] =
	"SELECT x.name, min(x.severity), max(x.score), min(x.summary), max(x.kev) FROM v_vulnerability x JOIN thing t ON t.id = x.subject WHERE " IMAGES " GROUP BY x.name ORDER BY x.name";
static const char results_sql[] =
	"SELECT name, severity, component, version, fixed, image, path, layer, purl, status, dense_rank() OVER (ORDER BY name) - 1, subscription_fixed, reason FROM (SELECT x.name, x.severity, x.component, x.version, x.fixed,"
	" coalesce(v.image, t.name) AS image, x.path, x.layer, x.purl, x.status, x.subject, x.subscription_fixed, x.reason FROM v_vulnerability x JOIN thing t ON t.id = x.subject LEFT JOIN v_image v ON v.subject = x.subject WHERE " IMAGES
	" GROUP BY x.subject, x.name, x.type, x.component, x.version, x.layer) ORDER BY name, image, subject, component, version, layer";

static const char *level_of(struct span severity)
{
	return span_eq(severity, "critical") || span_eq(severity, "high") ? "error" : span_eq(severity, "medium") ? "warning" : "note";
}

/* What services take for critical, high, medium and low where no vector gives a score. */
static const char *score_of(struct span severity)
{
	return span_eq(severity, "critical") ? "9.5" : span_eq(severity, "high") ? "8.0" : span_eq(severity, "medium") ? "5.5" : span_eq(severity, "low") ? "2.5" : "0.0";
}

static void rule(struct buf *b, sqlite3_stmt *q)
{
	struct span name = db_text(q, 0), severity = db_text(q, 1), summary = db_text(q, 3);

	buf_add_char(b, '{');
	image_print_pair(b, "id", name);
	buf_add_str(b, ",\"shortDescription\":{");
	image_print_pair(b, "text", summary.n ? summary : name);
	buf_printf(b, "},\"defaultConfiguration\":{\"level\":\"%s\"},\"properties\":{\"security-severity\":\"", level_of(severity));
	if (sqlite3_column_type(q, 2) == SQLITE_NULL)
		buf_add_str(b, score_of(severity));
	else
		buf_printf(b, "%.1f", sqlite3_column_double(q, 2));
	buf_printf(b, "\",\"precision\":\"very-high\",\"tags\":[\"security\",\"vulnerability\"%s]}}", sqlite3_column_int(q, 4) ? ",\"exploited\"" : "");
}

/* A relative reference (RFC 3986): the file that tells of the component, else the image's name. */
static void add_uri(struct buf *b, struct span path)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < path.n; i++) {
		unsigned char c = (unsigned char)path.p[i];

		if ((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || (c && strchr("-._~/", c))) {
			buf_add_char(b, (char)c);
		} else {
			buf_add_char(b, '%');
			buf_add_char(b, hex[c >> 4]);
			buf_add_char(b, hex[c & 15]);
		}
	}
}

/* The same finding in the next build of the image has the same fingerprint: no digest, layer or version of the package is in it. */
static void add_fingerprint(struct buf *b, sqlite3_stmt *q)
{
	char hex[HASH_HEX];
	struct hash h;

	hash_init(&h);
	for (int i = 0; i <= 6; i++) {
		if (i == 1 || i == 3 || i == 4)
			continue;
		hash_add(&h, db_text(q, i).p, db_text(q, i).n);
		hash_add(&h, "\n", 1);
	}
	hash_hex(&h, hex);
	buf_printf(b, ",\"partialFingerprints\":{\"plimsoll/v1\":\"%.32s\"}", hex);
}

static void result(struct buf *b, sqlite3_stmt *q)
{
	struct span fixed = db_text(q, 4), image = db_text(q, 5), path = db_text(q, 6), paid = db_text(q, 11), reason = db_text(q, 12);
	auto_buf text = BUF_INIT;

	buf_printf(&text, "%.*s %.*s in %.*s has %.*s", SPAN_ARG(db_text(q, 2)), SPAN_ARG(db_text(q, 3)), SPAN_ARG(image), SPAN_ARG(db_text(q, 0)));
	if (fixed.n)
		buf_printf(&text, ", fixed in %.*s.", SPAN_ARG(fixed));
	else if (paid.n)
		buf_printf(&text, ", fixed for subscribers only, in %.*s.", SPAN_ARG(paid));
	else if (reason.n)
		buf_printf(&text, ", perhaps: %.*s.", SPAN_ARG(reason));
	else
		buf_add_str(&text, ", for which no fix is known.");
	buf_add_char(b, '{');
	image_print_pair(b, "ruleId", db_text(q, 0));
	buf_printf(b, ",\"ruleIndex\":%lld,\"level\":\"%s\",\"message\":{", (long long)sqlite3_column_int64(q, 10), level_of(db_text(q, 1)));
	image_print_pair(b, "text", buf_span(&text));
	buf_add_str(b, "},\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"");
	add_uri(b, path.n ? path : image);
	buf_add_str(b, "\"},\"region\":{\"startLine\":1}},\"logicalLocations\":[{");
	image_print_pair(b, "fullyQualifiedName", image);
	buf_add_str(b, "}]}]");
	add_fingerprint(b, q);
	buf_add_str(b, ",\"properties\":{");
	image_print_pair(b, "purl", db_text(q, 8));
	buf_add_char(b, ',');
	image_print_pair(b, "status", db_text(q, 9));
	if (paid.n) {
		buf_add_char(b, ',');
		image_print_pair(b, "subscription_fixed", paid);
	}
	buf_add_str(b, "}}");
}

/* Which image the run is of, as other scanners tell it. */
static int add_image(struct buf *b, struct db *db, struct err *e)
{
	sqlite3_stmt *q = db_stmt(db, "SELECT v.image, v.config_digest FROM v_image v WHERE (SELECT count(*) FROM thing WHERE kind IN ('image', 'rootfs')) = 1");
	int rc = db_step(db, q, e);

	if (rc == 1) {
		buf_add_str(b, ",\"properties\":{");
		image_print_pair(b, "imageName", db_text(q, 0));
		buf_add_char(b, ',');
		image_print_pair(b, "imageID", db_text(q, 1));
		buf_add_char(b, '}');
	}
	sqlite3_reset(q);
	return rc < 0 ? -1 : 0;
}

int image_out_sarif(const struct image_out *o, struct err *e)
{
	auto_buf image = BUF_INIT;

	printf("{\"$schema\":\"" SCHEMA "\",\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"Plimsoll\",\"version\":\"" PLIMSOLL_VERSION "\",\"rules\":[\n");
	if (image_print_list(o->db, rules_sql, o->only_fixed, rule, false, e))
		return -1;
	if (add_image(&image, o->db, e))
		return -1;
	printf("]}},\"columnKind\":\"utf16CodeUnits\"%s,\"results\":[\n", buf_str(&image));
	if (image_print_list(o->db, results_sql, o->only_fixed, result, false, e))
		return -1;
	printf("]}]}\n");
	return 0;
}
