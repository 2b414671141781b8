// SPDX-License-Identifier: Apache-2.0
// What is known of an image's vulnerabilities as VEX statements: OpenVEX 0.2.0 and CSAF 2.0 in its profile for VEX (section 4.5). What a statement that was given with the feeds rules
// out is said too.
#include "image-out.h"
#include "image-print.h"

#include "common/text.h"

/* One row per vulnerability, image and component. `state`: affected, under_investigation, not_affected, fixed. */
static const char statements_sql[] =
	"SELECT x.name, x.subject, x.package, p.purl, x.component, x.version, x.fixed, x.status, CASE WHEN x.vex = 'fixed' THEN 'fixed' WHEN x.vex = 'not-affected' THEN 'not_affected'"
	" WHEN x.status = 'under-investigation' OR x.vex = 'under-investigation' THEN 'under_investigation' ELSE 'affected' END AS state, x.vex_justification, x.vex_note,"
	" coalesce(v.image, t.name) AS image, coalesce(v.digest, v.config_digest) AS digest, (SELECT n.registry || '/' || n.repository FROM image_name n WHERE n.image = x.subject AND n.repository IS NOT NULL"
	" ORDER BY n.name LIMIT 1) AS repository, u.aliases, u.summary, x.subscription_fixed FROM v_match x JOIN package p ON p.id = x.package JOIN thing t ON t.id = x.subject JOIN vulnerability u ON u.id = x.vulnerability"
	" LEFT JOIN v_image v ON v.subject = x.subject WHERE t.kind IN ('image', 'rootfs') AND (x.fixed IS NOT NULL OR NOT ?1) ORDER BY x.name, x.subject, x.package";
enum { NAME, SUBJECT, PACKAGE, PURL, COMPONENT, VERSION, FIXED, STATUS, STATE, JUSTIFICATION, NOTE, IMAGE, DIGEST, REPOSITORY, ALIASES, SUMMARY, PAID };

static bool is_state(sqlite3_stmt *q, const char *state)
{
	return span_eq(db_text(q, STATE), state);
}

/* A package URL of the type oci by the digest, with the repository where one is told; of a root file system a name of ours. */
static void add_product(struct buf *b, sqlite3_stmt *q)
{
	struct span digest = db_text(q, DIGEST), repository = db_text(q, REPOSITORY), name = span_after_last(repository.p ? repository : SPAN("image"), '/');
	auto_buf id = BUF_INIT;

	if (!digest.n) {
		buf_printf(&id, "urn:plimsoll:rootfs:%.*s", SPAN_ARG(db_text(q, IMAGE)));
	} else {
		buf_printf(&id, "pkg:oci/%.*s@sha256%%3A%.*s", SPAN_ARG(name), (int)(digest.n > 7 ? digest.n - 7 : 0), digest.p + 7);
		if (repository.n)
			buf_printf(&id, "?repository_url=%.*s", SPAN_ARG(repository));
	}
	image_print_pair(b, "@id", buf_span(&id));
}

static void add_action(struct buf *b, sqlite3_stmt *q)
{
	struct span status = db_text(q, STATUS);

	if (db_text(q, FIXED).n)
		buf_printf(b, "Update %.*s %.*s to %.*s or later.", SPAN_ARG(db_text(q, COMPONENT)), SPAN_ARG(db_text(q, VERSION)), SPAN_ARG(db_text(q, FIXED)));
	else if (db_text(q, PAID).n)
		buf_printf(b, "Only a subscription brings the version that fixes it: %.*s.", SPAN_ARG(db_text(q, PAID)));
	else if (span_eq(status, "will-not-fix"))
		buf_add_str(b, "The vendor will not fix it: replace the component or take it out.");
	else if (span_eq(status, "end-of-life"))
		buf_add_str(b, "The release is no longer supported: move to a newer one.");
	else
		buf_add_str(b, "No fix is known yet.");
}

/* ---- OpenVEX */

/* OpenVEX knows five reasons; what another format said in its own words is told as text. */
static bool is_justification(struct span s)
{
	static const char *const known[] = {"component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path", "vulnerable_code_cannot_be_controlled_by_adversary",
					    "inline_mitigations_already_exist"};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (span_eq(s, known[i]))
			return true;
	return false;
}

static void openvex_statement(struct buf *b, sqlite3_stmt *q)
{
	auto_buf action = BUF_INIT;
	struct span aliases = db_text(q, ALIASES), why = db_text(q, JUSTIFICATION);

	buf_add_str(b, "{\"vulnerability\":{");
	image_print_pair(b, "name", db_text(q, NAME));
	if (aliases.n > 2) {
		buf_add_str(b, ",\"aliases\":");
		buf_add_span(b, aliases); /* JSON already */
	}
	buf_add_str(b, "},\"products\":[{");
	add_product(b, q);
	buf_add_str(b, ",\"subcomponents\":[{");
	image_print_pair(b, "@id", db_text(q, PURL));
	buf_add_str(b, "}]}],");
	image_print_pair(b, "status", db_text(q, STATE));
	if (is_state(q, "affected")) {
		add_action(&action, q);
		buf_add_char(b, ',');
		image_print_pair(b, "action_statement", buf_span(&action));
	}
	if (is_state(q, "not_affected") && is_justification(why)) {
		buf_add_char(b, ',');
		image_print_pair(b, "justification", why);
	} else if (is_state(q, "not_affected")) {
		buf_add_char(b, ',');
		image_print_pair(b, "impact_statement", db_text(q, NOTE).n ? db_text(q, NOTE) : why.n ? why : SPAN("A statement given with the feeds says so."));
	}
	buf_add_char(b, '}');
}

int image_out_openvex(const struct image_out *o, struct err *e)
{
	auto_buf b = BUF_INIT;
	char id[37];

	image_print_id(o->db, IMAGE_PRINT_ALL, id);
	buf_printf(&b, "{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"@id\":\"https://plimsoll.invalid/vex/%s\",\"author\":\"plimsoll\",\"role\":\"scanner\",\"timestamp\":", id);
	image_print_time(&b, o->db);
	buf_add_str(&b, ",\"version\":1,\"tooling\":\"plimsoll " PLIMSOLL_VERSION "\",\"statements\":[\n");
	image_print(&b);
	if (image_print_list(o->db, statements_sql, o->only_fixed, openvex_statement, false, e))
		return -1;
	printf("]}\n");
	return 0;
}

/* ---- CSAF 2.0 */

static const char images_sql[] = "SELECT t.id, coalesce(v.image, t.name) FROM thing t LEFT JOIN v_image v ON v.subject = t.id WHERE t.kind IN ('image', 'rootfs') ORDER BY t.id";
static const char packages_sql[] =
	"SELECT DISTINCT p.id, p.name || ' ' || p.version, p.purl FROM v_match x JOIN package p ON p.id = x.package JOIN thing t ON t.id = x.subject WHERE t.kind IN ('image', 'rootfs')"
	" AND (x.fixed IS NOT NULL OR NOT ?1) ORDER BY p.id";
static const char relations_sql[] =
	"SELECT DISTINCT p.id, p.name || ' ' || p.version || ' in ' || coalesce(v.image, t.name), t.id FROM v_match x JOIN package p ON p.id = x.package JOIN thing t ON t.id = x.subject"
	" LEFT JOIN v_image v ON v.subject = t.id WHERE t.kind IN ('image', 'rootfs') AND (x.fixed IS NOT NULL OR NOT ?1) ORDER BY p.id";

static void csaf_image(struct buf *b, sqlite3_stmt *q)
{
	buf_add_char(b, '{');
	image_print_pair(b, "name", db_text(q, 1));
	buf_printf(b, ",\"product_id\":\"image-%lld\"}", (long long)sqlite3_column_int64(q, 0));
}

static void csaf_package(struct buf *b, sqlite3_stmt *q)
{
	buf_add_char(b, '{');
	image_print_pair(b, "name", db_text(q, 1));
	buf_printf(b, ",\"product_id\":\"package-%lld\",\"product_identification_helper\":{", (long long)sqlite3_column_int64(q, 0));
	image_print_pair(b, "purl", db_text(q, 2));
	buf_add_str(b, "}}");
}

static void csaf_relation(struct buf *b, sqlite3_stmt *q)
{
	long long package = sqlite3_column_int64(q, 0), image = sqlite3_column_int64(q, 2);

	buf_printf(b, "{\"category\":\"default_component_of\",\"product_reference\":\"package-%lld\",\"relates_to_product_reference\":\"image-%lld\",\"full_product_name\":{", package, image);
	image_print_pair(b, "name", db_text(q, 1));
	buf_printf(b, ",\"product_id\":\"image-%lld:package-%lld\"}}", image, package);
}

/* The vulnerability at hand: its products by state, and what is to be done for each. */
enum { AFFECTED, INVESTIGATED, NOT_AFFECTED, FIXED_STATE, STATES };
static const char *const states[STATES] = {"affected", "under_investigation", "not_affected", "fixed"};
static const char *const lists[STATES] = {"known_affected", "under_investigation", "known_not_affected", "fixed"};

struct csaf {
	struct buf name, summary, products[STATES], remedies, impacts;
	bool any; /* one was written before */
};

static void csaf_fini(struct csaf *c)
{
	buf_fini(&c->name);
	buf_fini(&c->summary);
	buf_fini(&c->remedies);
	buf_fini(&c->impacts);
	for (int i = 0; i < STATES; i++)
		buf_fini(&c->products[i]);
}

static void csaf_remedy(struct csaf *c, sqlite3_stmt *q, const char *product)
{
	struct span status = db_text(q, STATUS);
	auto_buf details = BUF_INIT;

	add_action(&details, q);
	buf_printf(&c->remedies, "%s{\"category\":\"%s\",", c->remedies.n ? "," : "",
		   db_text(q, FIXED).n ? "vendor_fix" : span_eq(status, "will-not-fix") || span_eq(status, "end-of-life") ? "no_fix_planned" : "none_available");
	image_print_pair(&c->remedies, "details", buf_span(&details));
	buf_printf(&c->remedies, ",\"product_ids\":[\"%s\"]}", product);
}

static void csaf_row(struct csaf *c, sqlite3_stmt *q)
{
	char product[64];

	snprintf(product, sizeof(product), "image-%lld:package-%lld", (long long)sqlite3_column_int64(q, SUBJECT), (long long)sqlite3_column_int64(q, PACKAGE));
	for (int i = 0; i < STATES; i++)
		if (is_state(q, states[i]))
			buf_printf(&c->products[i], "%s\"%s\"", c->products[i].n ? "," : "", product);
	if (is_state(q, "affected"))
		csaf_remedy(c, q, product);
	if (is_state(q, "not_affected")) {
		struct span why = db_text(q, JUSTIFICATION).n ? db_text(q, JUSTIFICATION) : db_text(q, NOTE);

		buf_printf(&c->impacts, "%s{\"category\":\"impact\",", c->impacts.n ? "," : "");
		image_print_pair(&c->impacts, "details", why.n ? why : SPAN("A statement given with the feeds says so."));
		buf_printf(&c->impacts, ",\"product_ids\":[\"%s\"]}", product);
	}
}

/* Writes the vulnerability at hand and forgets it. */
static void csaf_flush(struct csaf *c)
{
	auto_buf b = BUF_INIT;
	struct span name = buf_span(&c->name);
	bool first = true;

	if (!name.n)
		return;
	buf_add_str(&b, c->any ? ",\n{" : "{");
	if (span_starts(name, "CVE-")) {
		image_print_pair(&b, "cve", name);
	} else {
		buf_add_str(&b, "\"ids\":[{");
		image_print_pair(&b, "system_name", SPAN("advisory"));
		buf_add_char(&b, ',');
		image_print_pair(&b, "text", name);
		buf_add_str(&b, "}]");
	}
	buf_add_str(&b, ",\"notes\":[{\"category\":\"description\",");
	image_print_pair(&b, "text", c->summary.n ? buf_span(&c->summary) : name);
	buf_add_str(&b, "}],\"product_status\":{");
	for (int i = 0; i < STATES; i++)
		if (c->products[i].n) {
			buf_printf(&b, "%s\"%s\":[", first ? "" : ",", lists[i]);
			buf_add_span(&b, buf_span(&c->products[i]));
			buf_add_char(&b, ']');
			first = false;
			buf_reset(&c->products[i]);
		}
	buf_add_char(&b, '}');
	if (c->remedies.n) {
		buf_add_str(&b, ",\"remediations\":[");
		buf_add_span(&b, buf_span(&c->remedies));
		buf_add_char(&b, ']');
	}
	if (c->impacts.n) {
		buf_add_str(&b, ",\"threats\":[");
		buf_add_span(&b, buf_span(&c->impacts));
		buf_add_char(&b, ']');
	}
	buf_add_char(&b, '}');
	image_print(&b);
	buf_reset(&c->remedies);
	buf_reset(&c->impacts);
	c->any = true;
}

static int csaf_vulnerabilities(const struct image_out *o, struct csaf *c, struct err *e)
{
	auto_stmt *q = NULL;
	int r;

	if (db_prepare(o->db, statements_sql, &q, e))
		return -1;
	sqlite3_bind_int(q, 1, o->only_fixed);
	while ((r = db_step(o->db, q, e)) == 1) {
		if (!span_is(buf_span(&c->name), db_text(q, NAME))) {
			csaf_flush(c);
			buf_reset(&c->name);
			buf_reset(&c->summary);
			buf_add_span(&c->name, db_text(q, NAME));
			buf_add_span(&c->summary, db_text(q, SUMMARY));
		}
		csaf_row(c, q);
	}
	csaf_flush(c);
	return r;
}

static void csaf_head(const struct image_out *o, struct buf *b)
{
	char id[37];
	auto_buf now = BUF_INIT;

	image_print_id(o->db, IMAGE_PRINT_ALL, id);
	image_print_time(&now, o->db);
	buf_add_str(b, "{\"document\":{\"category\":\"csaf_vex\",\"csaf_version\":\"2.0\",\"title\":\"Vulnerabilities of container images\",\"publisher\":{\"category\":\"other\","
		       "\"name\":\"plimsoll\",\"namespace\":\"https://plimsoll.invalid\"},\"tracking\":{\"generator\":{\"engine\":{\"name\":\"plimsoll\",\"version\":\"" PLIMSOLL_VERSION "\"}},");
	buf_printf(b, "\"id\":\"plimsoll-%s\",\"status\":\"final\",\"version\":\"1\",\"initial_release_date\":%s,\"current_release_date\":%s,", id, buf_str(&now), buf_str(&now));
	buf_printf(b, "\"revision_history\":[{\"date\":%s,\"number\":\"1\",\"summary\":\"As scanned.\"}]}},\"product_tree\":{\"full_product_names\":[\n", buf_str(&now));
}

int image_out_csaf(const struct image_out *o, struct err *e)
{
	struct csaf c = {0};
	auto_buf b = BUF_INIT;
	bool any;
	int rc;

	csaf_head(o, &b);
	image_print(&b);
	any = db_int(o->db, 0, "SELECT count(*) FROM thing WHERE kind IN ('image', 'rootfs')", "") > 0;
	if (image_print_list(o->db, images_sql, 0, csaf_image, false, e) || image_print_list(o->db, packages_sql, o->only_fixed, csaf_package, any, e))
		return -1;
	printf("]");
	if (db_int(o->db, 0, "SELECT 1 FROM v_match x JOIN thing t ON t.id = x.subject WHERE t.kind IN ('image', 'rootfs') AND (x.fixed IS NOT NULL OR NOT ?) LIMIT 1", "b", o->only_fixed)) {
		printf(",\"relationships\":[\n"); /* an empty list is not allowed */
		if (image_print_list(o->db, relations_sql, o->only_fixed, csaf_relation, false, e))
			return -1;
		printf("]},\"vulnerabilities\":[\n");
		rc = csaf_vulnerabilities(o, &c, e);
		csaf_fini(&c);
		if (rc)
			return -1;
		printf("]}\n");
		return 0;
	}
	printf("}}\n");
	return 0;
}
