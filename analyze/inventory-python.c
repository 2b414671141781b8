// SPDX-License-Identifier: Apache-2.0
// Python and conda: installed distributions (core metadata 2.x: METADATA, PKG-INFO) and lock files (pip, Poetry, PDM, uv, Pipenv).
#include "inventory-parse.h"

#include "common/json.h"
#include "common/zip.h"

enum { METADATA_MAX = 1 << 20 };

/* "License :: OSI Approved :: MIT License" */
static struct span classifier_license(struct span value)
{
	struct span last;

	if (!span_starts(value, "License :: "))
		return SPAN_NONE;
	last = span_trim(span_after_last(value, ':'));
	return span_eq(last, "OSI Approved") ? SPAN_NONE : last;
}

int parse_python_metadata(struct parse *p, struct err *e)
{
	struct package pkg = {.type = "pypi"};
	struct span rest = p->text, expression = SPAN_NONE, license = SPAN_NONE, classifier = SPAN_NONE;

	/* The first empty line ends the headers; a description follows. */
	while (rest.p) {
		struct span line = parse_line(&rest), value = line, key = span_cut(&value, ':');

		if (line.n == 0)
			break;
		if (!value.p || line.p[0] == ' ' || line.p[0] == '\t')
			continue;
		value = span_trim(value);
		if (span_ieq(key, "Name") && !pkg.name.p)
			pkg.name = value;
		else if (span_ieq(key, "Version") && !pkg.version.p)
			pkg.version = value;
		else if (span_ieq(key, "License-Expression"))
			expression = value;
		else if (span_ieq(key, "License") && value.n > 0 && !span_ieq(value, "UNKNOWN"))
			license = value;
		else if (span_ieq(key, "Classifier") && !classifier.p)
			classifier = classifier_license(value);
	}
	if (pkg.name.n == 0 || pkg.version.n == 0)
		return err_set(e, ERR_INPUT, "Python metadata without a name or a version");
	pkg.license = expression.p ? expression : license.p && license.n < 64 ? license : classifier.p ? classifier : license;
	parse_emit(p, &pkg);
	return 0;
}

static bool is_metadata(struct span name)
{
	return span_eq(name, "EGG-INFO/PKG-INFO") || span_ends(name, ".egg-info/PKG-INFO") || span_ends(name, ".dist-info/METADATA");
}

/* Zipped eggs (setuptools) and applications in one file (zipapp, pex, shiv): the metadata of what is in them. */
int parse_python_archive(struct parse *p, struct err *e)
{
	struct span whole = p->text, outer = p->inner;
	struct zip_entry entry;
	struct zip z;
	int r;

	/* What Python's own tests unpack is not installed. */
	if (span_has(span_of(p->path), "/test/"))
		return 0;
	if (zip_open(&z, whole, e))
		return -1;
	while ((r = zip_next(&z, &entry, e)) == 1) {
		auto_buf b = BUF_INIT;
		struct err bad = {0};

		if (!is_metadata(entry.name))
			continue;
		p->inner = (struct span){arena_strndup(&p->arena, entry.name.p, entry.name.n), entry.name.n};
		if (zip_content(&z, &entry, METADATA_MAX, &b, &p->text, &bad) || parse_python_metadata(p, &bad))
			p->skipped++;
	}
	p->text = whole;
	p->inner = outer;
	return r;
}

/* What conda installed: conda-meta/NAME-VERSION-BUILD.json. */
int parse_conda_meta(struct parse *p, struct err *e)
{
	struct json *doc;
	struct package pkg = {.type = "conda"};

	if (parse_json(p, &doc, e))
		return -1;
	pkg.name = json_text_at(doc, "name");
	pkg.version = json_text_at(doc, "version");
	pkg.license = json_text_at(doc, "license");
	if (pkg.name.n > 0 && pkg.version.n > 0)
		parse_emit(p, &pkg);
	return 0;
}

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

/* "name[extra]==1.2.3 ; marker --hash=…": only exact versions say what will be installed. */
int parse_requirements(struct parse *p, struct err *e)
{
	struct span rest = p->text;

	(void)e;
	while (rest.p) {
		struct span line = span_trim(parse_line(&rest));
		struct package pkg = {.type = "pypi", .declared = true};
		size_t n = 0, v;

		while (n < line.n && name_char(line.p[n]))
			n++;
		pkg.name = (struct span){line.p, n};
		if (n < line.n && line.p[n] == '[')
			while (n < line.n && line.p[n++] != ']')
				;
		while (n < line.n && line.p[n] == ' ')
			n++;
		if (n == 0 || n + 2 >= line.n || line.p[n] != '=' || line.p[n + 1] != '=')
			continue;
		n += line.p[n + 2] == '=' ? 3 : 2;
		while (n < line.n && line.p[n] == ' ')
			n++;
		for (v = n; v < line.n && (name_char(line.p[v]) || line.p[v] == '+' || line.p[v] == '!'); v++)
			;
		pkg.version = (struct span){line.p + n, v - n};
		/* "==1.*" is a range. */
		if (pkg.version.n > 0 && !(v < line.n && line.p[v] == '*'))
			parse_emit(p, &pkg);
	}
	return 0;
}

int parse_poetry_lock(struct parse *p, struct err *e)
{
	(void)e;
	/* uv lists the project itself, as editable or virtual; Poetry and PDM do not, and often name no source. */
	parse_toml_packages(p, "pypi", span_ends(span_of(p->path), "uv.lock"));
	return 0;
}

int parse_pipfile_lock(struct parse *p, struct err *e)
{
	static const char *const groups[] = {"default", "develop"};
	struct json *doc;

	if (parse_json(p, &doc, e))
		return -1;
	for (int i = 0; i < 2; i++)
		JSON_MEMBERS(m, json_get(doc, groups[i]))
		{
			struct span version = json_text_at(&m->value, "version");
			struct package pkg = {.type = "pypi", .name = json_str(&m->key), .declared = true};

			if (!span_starts(version, "=="))
				continue;
			pkg.version = span_from(version, 2);
			parse_emit(p, &pkg);
		}
	return 0;
}
