// SPDX-License-Identifier: Apache-2.0
// Java archives: Maven's pom.properties, else the manifest, else the file's name; archives in archives; shaded jars list several.
// Sources: Maven Archiver reference, JAR File Specification (manifest), Spring Boot's executable jar format.
#include "inventory-parse.h"

#include "maven-group.h"

#include "common/limits.h"
#include "common/zip.h"

enum { PROPERTIES_MAX = 1 << 20 };

/* What all archives nested in one file share. */
struct budget {
	uint64_t bytes;
	unsigned archives;
};

struct manifest {
	struct span title, version, vendor_id, symbolic_name, bundle_version, module_name, spec_version, extension_name;
};

/* ---- pieces */

/* Continuation lines start with one blank (JAR specification): they are joined first. */
static void read_manifest(struct arena *a, struct span text, struct manifest *m)
{
	char *joined = arena_alloc(a, text.n + 1);
	struct span rest;
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\r')
			continue;
		if (text.p[i] == '\n' && i + 1 < text.n && text.p[i + 1] == ' ') {
			i++;
			continue;
		}
		joined[n++] = text.p[i];
	}
	rest = (struct span){joined, n};
	while (rest.p) {
		struct span value = span_cut(&rest, '\n'), key;

		if (value.n == 0) /* the main section ends; entries follow */
			break;
		key = span_cut(&value, ':');
		value = span_trim(value);
		if (span_ieq(key, "Implementation-Title"))
			m->title = value;
		else if (span_ieq(key, "Implementation-Version"))
			m->version = value;
		else if (span_ieq(key, "Implementation-Vendor-Id"))
			m->vendor_id = value;
		else if (span_ieq(key, "Bundle-SymbolicName"))
			m->symbolic_name = span_trim(span_cut(&value, ';'));
		else if (span_ieq(key, "Bundle-Version"))
			m->bundle_version = value;
		else if (span_ieq(key, "Automatic-Module-Name"))
			m->module_name = value;
		else if (span_ieq(key, "Specification-Version"))
			m->spec_version = value;
		else if (span_ieq(key, "Extension-Name"))
			m->extension_name = value;
	}
}

/* "log4j-core-2.14.1.jar": name up to the first "-" that a digit follows. */
static void read_file_name(struct span path, struct span *name, struct span *version)
{
	struct span base = span_after_last(path, '/');
	const char *dot = base.n ? memrchr(base.p, '.', base.n) : NULL;

	if (dot)
		base.n = (size_t)(dot - base.p);
	*name = base;
	*version = SPAN_NONE;
	for (size_t i = 1; i + 1 < base.n; i++)
		if (base.p[i] == '-' && base.p[i + 1] >= '0' && base.p[i + 1] <= '9') {
			*name = (struct span){base.p, i};
			*version = span_from(base, i + 1);
			return;
		}
}

static void emit(struct parse *p, struct span group, struct span artifact, struct span version, struct span inner)
{
	struct package pkg = {.type = "maven", .name = artifact, .version = version, .inner = inner};

	if (group.n > 0)
		pkg.name = span_of(arena_printf(&p->arena, "%.*s:%.*s", SPAN_ARG(group), SPAN_ARG(artifact)));
	parse_emit(p, &pkg);
}

/* A properties file of "key=value" lines; false when it does not name a package, or names it by place-holders. */
static bool emit_properties(struct parse *p, struct span text, struct span inner)
{
	struct span group = SPAN_NONE, artifact = SPAN_NONE, version = SPAN_NONE;

	while (text.p) {
		struct span value = span_trim(parse_line(&text)), key = span_trim(span_cut(&value, '='));

		value = span_trim(value);
		if (span_eq(key, "groupId"))
			group = value;
		else if (span_eq(key, "artifactId"))
			artifact = value;
		else if (span_eq(key, "version"))
			version = value;
	}
	if (group.n == 0 || artifact.n == 0 || version.n == 0 || memchr(version.p, '$', version.n))
		return false;
	emit(p, group, artifact, version, inner);
	return true;
}

/* The Maven group, as far as the manifest lets it be told. */
static struct span group_of(const struct manifest *m, struct span artifact)
{
	struct span names[] = {m->symbolic_name, m->module_name, m->extension_name}, known = maven_group(artifact);

	/* Commons' manifests all say "org.apache", Spring's say nothing. */
	if (known.p)
		return known;
	if (m->vendor_id.n > 0 && memchr(m->vendor_id.p, '.', m->vendor_id.n) && !memchr(m->vendor_id.p, ' ', m->vendor_id.n))
		return m->vendor_id;
	for (int i = 0; i < 3; i++) {
		struct span last = span_after_last(names[i], '.');

		if (names[i].n == 0 || last.n == names[i].n)
			continue;
		/* "org.apache.commons.lang3" of commons-lang3; "org.slf4j.api" of slf4j-api. */
		if (span_is(last, artifact) || (artifact.n > last.n && memcmp(artifact.p + artifact.n - last.n, last.p, last.n) == 0))
			return (struct span){names[i].p, names[i].n - last.n - 1};
	}
	return SPAN_NONE;
}

static void emit_manifest(struct parse *p, const struct manifest *m, struct span inner)
{
	struct span path = inner.n > 0 ? inner : span_of(p->path), name, version;

	read_file_name(path, &name, &version);
	if (version.n == 0)
		version = m->version.n > 0 ? m->version : m->bundle_version.n > 0 ? m->bundle_version : m->spec_version;
	if (version.n > 0)
		emit(p, group_of(m, name), name, version, inner);
}

/* ---- archives */

static bool is_archive(struct span name)
{
	static const char *const ends[] = {".jar", ".war", ".ear", ".par", ".sar", ".hpi", ".jpi", ".rar"};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (span_ends(name, ends[i]))
			return true;
	return false;
}

/* Also below folders: WEB-INF/classes, or classes that a jar hides under a folder of its own (Ehcache's management agent). */
static bool is_pom(struct span name)
{
	return span_ends(name, "/pom.properties") && (span_starts(name, "META-INF/maven/") || span_has(name, "/META-INF/maven/"));
}

static int read_archive(struct parse *p, struct span bytes, struct span inner, int depth, struct budget *left, struct err *e);

static struct span inner_path(struct parse *p, struct span inner, struct span name)
{
	return span_of(arena_printf(&p->arena, "%.*s%s%.*s", SPAN_ARG(inner), inner.n ? "!/" : "", SPAN_ARG(name)));
}

static int read_nested(struct parse *p, const struct zip *z, const struct zip_entry *entry, struct span inner, int depth, struct budget *left, struct err *e)
{
	auto_buf b = BUF_INIT;
	struct span content;

	if (depth >= LIMIT_ZIP_DEPTH || left->archives == 0)
		return err_set(e, ERR_INPUT, "archives nested more than %d deep, or more than %u of them", LIMIT_ZIP_DEPTH, LIMIT_ZIP_NESTED);
	left->archives--;
	if (zip_content(z, entry, left->bytes, &b, &content, e))
		return -1;
	left->bytes -= content.n;
	return read_archive(p, content, inner_path(p, inner, entry->name), depth + 1, left, e);
}

/* -1 with `e` for an entry that could not be read; the first such error is kept, the others go on. */
static int read_archive(struct parse *p, struct span bytes, struct span inner, int depth, struct budget *left, struct err *e)
{
	struct zip z;
	struct zip_entry entry;
	struct manifest m = {0};
	struct err bad = {0}, first = {0};
	unsigned poms = 0;
	int r;

	if (zip_open(&z, bytes, e))
		return -1;
	while ((r = zip_next(&z, &entry, &bad)) == 1) {
		auto_buf b = BUF_INIT;
		struct span text;
		bool pom = is_pom(entry.name),
		     manifest = span_eq(entry.name, "META-INF/MANIFEST.MF");

		r = 0;
		if (is_archive(entry.name) && entry.size > 0) {
			r = read_nested(p, &z, &entry, inner, depth, left, &bad);
		} else if (pom || manifest) {
			r = zip_content(&z, &entry, PROPERTIES_MAX, &b, &text, &bad);
			if (r == 0 && manifest)
				read_manifest(&p->arena, text, &m);
			else if (r == 0) {
				struct span copy = {arena_strndup(&p->arena, text.p, text.n), text.n};

				poms += emit_properties(p, copy, inner);
			}
		}
		if (r && !first.kind)
			first = bad;
	}
	if (r < 0 && !first.kind)
		first = bad;
	if (poms == 0)
		emit_manifest(p, &m, inner);
	return first.kind ? err_set(e, first.kind, "%s", first.msg) : 0;
}

int parse_jar(struct parse *p, struct err *e)
{
	struct budget left = {.bytes = LIMIT_ZIP_NESTED_BYTES, .archives = LIMIT_ZIP_NESTED};

	return read_archive(p, p->text, SPAN_NONE, 0, &left, e);
}
