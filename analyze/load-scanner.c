// SPDX-License-Identifier: Apache-2.0
// The walk over other scanners' reports and what their readers share. What each format says is in load-scanner-json.c, -sbom.c and -table.c.
#include "load-scanner.h"
#include "common/image-ref.h"
#include "common/limits.h"
#include "common/purl-read.h"
#include "common/text.h"
#include "load-each.h"

static struct span short_enough(struct span s)
{
	return s.n > LIMIT_NAME_BYTES ? (struct span){s.p, LIMIT_NAME_BYTES} : s;
}

/* A further report of the same scanner on the same target stands beside the first: they differ in age. */
static int scan_thing(struct load *l, const struct scan_about *a, int64_t *id, struct err *e)
{
	struct thing_spec spec = {.kind = "scan", .type = "scan", .name = short_enough(a->target), .pointer = a->pointer};
	const char *ref = arena_printf(&l->item, "scan:%.*s/%.*s", SPAN_ARG(a->scanner), SPAN_ARG(spec.name));
	int64_t n = db_int(l->db, 0, "SELECT count(*) FROM scan WHERE scanner = ? AND target = ?", "tt", a->scanner, spec.name);
	bool fresh = false;

	spec.ref = span_of(n ? arena_printf(&l->item, "%s#%lld", ref, (long long)n + 1) : ref);
	if (n >= LIMIT_SCANS_OF_A_NAME)
		return err_set(e, ERR_INPUT, "more than %d reports of %.*s on %.*s", LIMIT_SCANS_OF_A_NAME, SPAN_ARG(a->scanner), SPAN_ARG(spec.name));
	if (load_thing(l, &spec, id, &fresh, e))
		return -1;
	if (!fresh) /* another target's name ends just so */
		return err_set(e, ERR_INPUT, "two reports have the name %.*s", SPAN_ARG(spec.ref));
	return 0;
}

static bool is_digest(struct span s)
{
	return span_starts(s, "sha256:") && s.n == 7 + 64;
}

int scan_add(struct load *l, const struct scan_about *given, int64_t *scan, struct err *e)
{
	struct scan_about a = *given;
	struct image_ref ref = {SPAN_NONE, SPAN_NONE, SPAN_NONE, SPAN_NONE};
	struct span tag;

	if (!a.scanner.n)
		a.scanner = span_after_last(span_of(l->kind), '/');
	if (!a.target.n)
		a.target = a.digest.n ? a.digest : a.config_digest.n ? a.config_digest : span_of(l->path);
	a.scanner = short_enough(a.scanner);
	a.target = short_enough(a.target);
	if (!is_digest(a.target) && !image_ref_parse(&l->item, a.target, &ref))
		ref = (struct image_ref){SPAN_NONE, SPAN_NONE, SPAN_NONE, SPAN_NONE};
	if (a.no_registry && ref.repository.n) {
		struct span rest = a.target;

		ref.registry = SPAN_NONE;
		ref.repository = span_cut(&rest, '@');
	}
	tag = ref.repository.n && !ref.tag.n && !ref.digest.n ? SPAN("latest") : ref.tag;
	if (!is_digest(a.digest))
		a.digest = is_digest(ref.digest) ? ref.digest : is_digest(given->target) ? given->target : SPAN_NONE;
	if (scan_thing(l, &a, scan, e) || (!a.format && load_kind(l, l->kind, 1, e)) || load_kind(l, "scanner/report", 1, e))
		return -1;
	l->items++;
	return db_run(l->db, e,
		      "INSERT INTO scan(thing, scanner, format, version, target, digest, config_digest, registry, repository, tag, scanned, feeds, lists_components, lists_vulnerabilities)"
		      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		      "ittttttttt" "rrbb", *scan, a.scanner, a.format ? span_of(a.format) : span_after_last(span_of(l->kind), '/'), a.version, a.target, a.digest,
		      is_digest(a.config_digest) ? a.config_digest : SPAN_NONE, ref.registry, ref.repository, tag, a.scanned, a.feeds, a.components, a.vulnerabilities);
}

/* The scanners' words for how bad it is. */
static const char *severity_of(struct span s)
{
	static const struct {
		const char *word, *severity;
	} words[] = {{"critical", "critical"}, {"defcon1", "critical"}, {"high", "high"}, {"important", "high"}, {"medium", "medium"}, {"moderate", "medium"},
		     {"low", "low"}, {"negligible", "low"}, {"info", "low"}, {"minor", "low"}, {"unimportant", "low"}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_ieq(s, words[i].word))
			return words[i].severity;
	return "unknown";
}

static struct span or_empty(struct span s)
{
	return s.p ? short_enough(s) : SPAN("");
}

static bool is_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] == 0x7f)
			return false;
	return s.n > 0 && s.n <= LIMIT_VERSION_BYTES;
}

int scan_result_add(struct load *l, int64_t scan, const struct scan_row *r, struct err *e)
{
	if (!is_name(r->vulnerability))
		return load_problem(l, r->pointer, e, "a result without the name of a vulnerability");
	return db_run(l->db, e,
		      "INSERT OR IGNORE INTO scan_result(scan, vulnerability, aliases, component, version, type, path, severity, fixed, state)"
		      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		      "ittttttsts", scan, r->vulnerability, r->aliases, or_empty(r->component), or_empty(r->version), r->type.n ? r->type : SPAN_NONE, or_empty(r->path),
		      severity_of(r->severity), r->fixed.n ? short_enough(r->fixed) : SPAN_NONE, r->state ? r->state : "open");
}

int scan_component_add(struct load *l, int64_t scan, struct span type, struct span name, struct span version, struct err *e)
{
	if (!name.n)
		return 0;
	return db_run(l->db, e, "INSERT OR IGNORE INTO scan_component(scan, name, version, type) VALUES (?, ?, ?, ?)", "ittt", scan, short_enough(name), or_empty(version),
		      or_empty(type));
}

struct span scan_aliases(struct arena *a, const struct json *list, struct span but)
{
	auto_buf b = BUF_INIT;
	size_t n = 0;

	JSON_EACH(v, list)
	{
		struct span s = json_str(v).p ? json_str(v) : json_text_at(v, "id");

		if (!is_name(s) || span_is(s, but) || n++ >= LIMIT_ALIASES)
			continue;
		buf_add_char(&b, b.n ? ',' : '[');
		text_add_json(&b, s);
	}
	if (!b.n)
		return SPAN_NONE;
	buf_add_char(&b, ']');
	return (struct span){arena_strndup(a, b.p, b.n), b.n};
}

bool scan_purl(struct arena *a, struct span purl, struct scan_row *r)
{
	struct purl_parts p;

	if (!purl_read(a, purl, &p))
		return false;
	r->type = p.type;
	r->version = p.version;
	r->component = p.name;
	if (!p.namespace.n || span_eq(p.type, "deb") || span_eq(p.type, "rpm") || span_eq(p.type, "apk"))
		return true;
	r->component = span_of(arena_printf(a, "%.*s%c%.*s", SPAN_ARG(p.namespace), span_eq(p.type, "maven") ? ':' : '/', SPAN_ARG(p.name)));
	return true;
}

struct span scan_type(struct span word)
{
	static const struct {
		const char *word, *type;
	} words[] = {{"deb", "deb"}, {"dpkg", "deb"}, {"debian", "deb"}, {"ubuntu", "deb"}, {"apk", "apk"}, {"alpine", "apk"}, {"wolfi", "apk"}, {"chainguard", "apk"}, {"rpm", "rpm"},
		     {"redhat", "rpm"}, {"centos", "rpm"}, {"rocky", "rpm"}, {"alma", "rpm"}, {"amazon", "rpm"}, {"oracle", "rpm"}, {"fedora", "rpm"}, {"photon", "rpm"}, {"azurelinux", "rpm"},
		     {"cbl-mariner", "rpm"}, {"suse linux enterprise server", "rpm"}, {"opensuse.leap", "rpm"}, {"npm", "npm"}, {"node-pkg", "npm"}, {"yarn", "npm"}, {"pnpm", "npm"}, {"nodejs", "npm"},
		     {"python", "pypi"}, {"python-pkg", "pypi"}, {"pip", "pypi"}, {"pipenv", "pypi"}, {"poetry", "pypi"}, {"gobinary", "golang"}, {"gomod", "golang"}, {"gomodules", "golang"},
		     {"go-module", "golang"}, {"go", "golang"}, {"golang", "golang"}, {"jar", "maven"}, {"pom", "maven"}, {"java-archive", "maven"}, {"java", "maven"}, {"maven", "maven"},
		     {"gem", "gem"}, {"gemspec", "gem"}, {"bundler", "gem"}, {"rubygems", "gem"}, {"ruby", "gem"}, {"rust-crate", "cargo"}, {"rustbinary", "cargo"}, {"cargo", "cargo"},
		     {"composer", "composer"}, {"php-composer", "composer"}, {"nuget", "nuget"}, {"dotnet", "nuget"}, {"dotnet-core", "nuget"}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_ieq(word, words[i].word))
			return span_of(words[i].type);
	return SPAN_NONE;
}

static const struct {
	const char *kind;
	scan_reader *read; /* NULL: a table */
} formats[] = {
	{"scanner/trivy", scan_trivy}, {"scanner/grype", scan_grype}, {"scanner/clair", scan_clair}, {"scanner/snyk", scan_snyk}, {"scanner/cyclonedx", scan_cyclonedx},
	{"scanner/spdx", scan_spdx}, {"scanner/harbor-report", scan_harbor_report}, {"scanner/twistcli", scan_twistcli}, {"scanner/clair-scanner", scan_clair_scanner},
	 {"scanner/sarif", scan_sarif}, {"scanner/harbor", NULL}, {"scanner/prisma", NULL},
};
enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

/* What a reader cannot make sense of is that document's problem. */
static int one_document(struct load *l, const struct item *it, void *ctx, struct err *e)
{
	scan_reader *const *read = ctx;
	struct err bad = {0};

	if ((*read)(l, it->value, it->pointer, &bad) == 0)
		return 0;
	if (bad.kind != ERR_INPUT)
		return err_set(e, bad.kind, "%s", bad.msg);
	return load_problem(l, it->pointer, e, "%s", bad.msg);
}

int load_scanner(struct load *l, struct source *content, struct err *e)
{
	for (size_t i = 0; i < FORMATS; i++) {
		scan_reader *read = formats[i].read;

		if (strcmp(formats[i].kind, l->kind) != 0)
			continue;
		if (!read)
			return scan_table(l, content, e);
		return load_each(l, content, &(struct load_walk){.each = one_document, .ctx = &read, .nulls = true}, e);
	}
	return load_problem(l, NULL, e, "a scanner's report of an unknown kind: %s", l->kind);
}
