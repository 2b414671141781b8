// SPDX-License-Identifier: Apache-2.0
// Prints the components and vulnerabilities of images as JSON Lines and as a table. Bills of materials are image-sbom.c's.
#include "image-out.h"

#include "common/text.h"

#define THINGS "(SELECT t.id AS thing, t.ref, coalesce(v.image, t.name) AS image FROM thing t LEFT JOIN v_image v ON v.subject = t.id WHERE t.kind IN ('image', 'rootfs'))"

static int print(struct buf *b)
{
	fwrite(b->p ? b->p : "", 1, b->n, stdout);
	buf_reset(b);
	return 0;
}

/* Columns of the row as a JSON object; a name that ends with '?' is a boolean, with '$' text that is JSON already. */
static void add_row(struct buf *b, sqlite3_stmt *q)
{
	buf_add_char(b, '{');
	for (int i = 0; i < sqlite3_column_count(q); i++) {
		struct span name = span_of(sqlite3_column_name(q, i));
		char last = name.n ? name.p[name.n - 1] : 0;

		if (last == '?' || last == '$')
			name.n--;
		if (i)
			buf_add_char(b, ',');
		text_add_json(b, name);
		buf_add_char(b, ':');
		if (sqlite3_column_type(q, i) == SQLITE_NULL)
			buf_add_str(b, "null");
		else if (last == '?')
			buf_add_str(b, sqlite3_column_int(q, i) ? "true" : "false");
		else if (last == '$' || sqlite3_column_type(q, i) != SQLITE_TEXT)
			buf_add_span(b, db_text(q, i));
		else
			text_add_json(b, db_text(q, i));
	}
	buf_add_str(b, "}\n");
}

static int print_rows(const struct image_out *o, const char *sql, struct err *e)
{
	auto_buf b = BUF_INIT;
	auto_stmt *q = NULL;
	int r;

	if (db_prepare(o->db, sql, &q, e))
		return -1;
	sqlite3_bind_int(q, 1, o->only_fixed);
	while ((r = db_step(o->db, q, e)) == 1) {
		add_row(&b, q);
		print(&b);
	}
	return r;
}

static const char images[] =
	"SELECT 'image' AS kind, x.image, t.ref AS id, i.digest, i.os, i.architecture, v.distro, v.distro_version, v.database AS package_database,"
	" i.layers, i.verified AS 'verified?', i.readable AS 'readable?', v.packages, v.repositories"
	" FROM " THINGS " x JOIN thing t ON t.id = x.thing LEFT JOIN image i ON i.thing = t.id LEFT JOIN inventory v ON v.thing = t.id"
	" WHERE ?1 IS NOT NULL ORDER BY x.image, x.ref";

static const char components[] =
	"SELECT 'component' AS kind, p.name, p.version, p.type, p.purl, p.source, p.layer, p.path,"
	" CASE WHEN p.license IS NULL THEN '[]' ELSE json_array(p.license) END AS 'licenses$', p.removed_in, p.declared AS 'declared?', x.image, p.owner"
	" FROM " THINGS " x JOIN package p ON p.thing = x.thing WHERE ?1 IS NOT NULL"
	" ORDER BY x.image, x.ref, p.type, p.name, p.version, p.arch, p.path, p.layer";

/* `vulnerability` is the primary id; several copies of a component that one layer brought are one line. */
static const char vulnerabilities[] =
	"SELECT 'vulnerability' AS kind, x.image, v.component, v.version, v.layer, v.name AS vulnerability, v.aliases AS 'aliases$', v.severity, v.fixed,"
	" v.status, v.feed, v.kev AS 'kev?', v.epss, v.subscription_fixed, v.product, v.reason FROM " THINGS " x JOIN v_vulnerability v ON v.subject = x.thing"
	" WHERE v.fixed IS NOT NULL OR NOT ?1 GROUP BY x.thing, v.component, v.type, v.version, v.layer, v.name"
	" ORDER BY x.image, x.ref, v.severity_rank DESC, v.component, v.version, v.name, v.layer";

static const char coverage[] =
	"SELECT 'coverage' AS kind, x.image, c.ecosystem, c.release, c.package, c.state, c.packages, c.newest, c.reason FROM " THINGS " x"
	" JOIN feed_coverage c ON c.thing = x.thing WHERE ?1 IS NOT NULL ORDER BY x.image, x.ref, c.package IS NOT NULL, c.ecosystem, c.release, c.package";

int image_out_json(const struct image_out *o, struct err *e)
{
	if (print_rows(o, images, e) || print_rows(o, components, e))
		return -1;
	return o->feeds && (print_rows(o, vulnerabilities, e) || print_rows(o, coverage, e)) ? -1 : 0;
}

/* ---- table */

enum { COLUMNS_MAX = 8, WIDTH_MAX = 60 };

static int text_columns(struct span s)
{
	int width = 0;
	uint32_t cp;

	for (size_t n; s.n > 0 && (n = utf8_decode(s.p, s.n, &cp)) > 0; s = (struct span){s.p + n, s.n - n})
		width += text_width(cp);
	return width;
}

static int print_table(const struct image_out *o, const char *sql, struct err *e)
{
	int widths[COLUMNS_MAX] = {0}, r = 0;
	auto_stmt *q = NULL;

	if (db_prepare(o->db, sql, &q, e))
		return -1;
	for (int pass = 0; pass < 2; pass++) {
		bool head = false;

		sqlite3_reset(q);
		sqlite3_bind_int(q, 1, o->only_fixed);
		while ((r = db_step(o->db, q, e)) == 1) {
			int n = sqlite3_column_count(q) < COLUMNS_MAX ? sqlite3_column_count(q) : COLUMNS_MAX;

			for (int line = head ? 1 : 0; line < 2; line++) {
				for (int i = 0; i < n; i++) {
					auto_buf cell = BUF_INIT;
					int width;

					text_add_clean(&cell, line ? db_text(q, i) : span_of(sqlite3_column_name(q, i)), false);
					width = text_columns(buf_span(&cell));
					if (pass == 0 && width > widths[i])
						widths[i] = width < WIDTH_MAX ? width : WIDTH_MAX;
					if (pass == 1)
						printf("%s%s%*s", i ? "  " : "", buf_str(&cell), i + 1 < n && widths[i] > width ? widths[i] - width : 0, "");
				}
				if (pass == 1)
					putchar('\n');
			}
			head = true;
		}
		if (r < 0)
			return -1;
	}
	return 0;
}

static const char image_table[] =
	"SELECT x.image AS IMAGE, coalesce(v.distro || ' ' || v.distro_version, v.distro, 'unknown') AS SYSTEM, v.database AS DATABASE, v.packages AS PACKAGES,"
	" CASE WHEN i.thing IS NULL THEN '-' WHEN NOT i.readable THEN 'not all layers could be read' WHEN i.verified THEN 'verified' ELSE 'UNVERIFIED' END AS STATE"
	" FROM " THINGS " x LEFT JOIN inventory v ON v.thing = x.thing LEFT JOIN image i ON i.thing = x.thing WHERE ?1 IS NOT NULL ORDER BY x.image, x.ref";
static const char component_table[] =
	"SELECT p.name AS NAME, p.version AS VERSION, p.type AS TYPE, coalesce(p.layer, '-') AS LAYER,"
	" CASE WHEN p.removed_in IS NOT NULL THEN 'removed in ' || p.removed_in WHEN p.declared THEN 'declared' WHEN p.owned THEN 'of ' || coalesce(p.owner, 'the system')"
	" ELSE 'installed' END AS STATE, p.license AS LICENCE, p.path AS PATH FROM " THINGS " x JOIN package p ON p.thing = x.thing WHERE ?1 IS NOT NULL"
	" ORDER BY x.image, x.ref, p.type, p.name, p.version, p.arch, p.path, p.layer";
static const char vulnerability_table[] =
	"SELECT v.name AS VULNERABILITY, v.severity AS SEVERITY, v.component AS COMPONENT, v.version AS VERSION, coalesce(v.fixed, v.subscription_fixed || ' (subscribers)', '-') AS FIXED,"
	" v.layer AS LAYER, v.status || CASE WHEN v.kev THEN ', exploited' ELSE '' END AS STATUS FROM " THINGS " x JOIN v_vulnerability v ON v.subject = x.thing"
	" WHERE v.fixed IS NOT NULL OR NOT ?1 ORDER BY x.image, x.ref, v.severity_rank DESC, v.component, v.version, v.name, v.package";
static const char unassessed_table[] =
	"SELECT coalesce(c.package, c.ecosystem, '?') AS 'NOT ASSESSED', c.packages AS PACKAGES, c.reason AS REASON FROM " THINGS " x"
	" JOIN feed_coverage c ON c.thing = x.thing WHERE c.state <> 'assessed' AND ?1 IS NOT NULL ORDER BY x.image, x.ref, c.id";

static const char assumed_table[] =
	"SELECT coalesce(c.ecosystem || ' ' || c.release, c.ecosystem) AS ASSUMED, c.packages AS PACKAGES, c.reason AS REASON FROM " THINGS " x"
	" JOIN feed_coverage c ON c.thing = x.thing WHERE c.state = 'assessed' AND c.reason IS NOT NULL AND ?1 IS NOT NULL ORDER BY x.image, x.ref, c.id";

int image_out_table(const struct image_out *o, struct err *e)
{
	if (print_table(o, image_table, e))
		return -1;
	putchar('\n');
	if (print_table(o, component_table, e))
		return -1;
	if (!o->feeds)
		return 0;
	putchar('\n');
	if (print_table(o, vulnerability_table, e))
		return -1;
	putchar('\n');
	if (print_table(o, unassessed_table, e))
		return -1;
	if (!db_int(o->db, 0, "SELECT 1 FROM feed_coverage WHERE state = 'assessed' AND reason IS NOT NULL LIMIT 1", ""))
		return 0;
	putchar('\n');
	return print_table(o, assumed_table, e);
}
