// SPDX-License-Identifier: Apache-2.0
// Alpine's secdb (github.com/alpinelinux/alpine-secdb; secdb.alpinelinux.org), YAML or JSON: one file per release and
// repository that says which version of which source package fixed what. Wolfi's and Chainguard's have the same form.
#include "feed.h"

#include "common/limits.h"

static bool is_secdb(struct span name, struct span head)
{
	if (span_starts(head, "---"))
		span_cut(&head, '\n');
	return ((span_starts(head, "distroversion:") || span_has(head, "\ndistroversion:")) && (span_ends(name, ".yaml") || span_ends(name, ".yml"))) ||
	       (span_starts(head, "{") && (span_has(head, "\"distroversion\"") || span_has(head, "\"urlprefix\"")) && span_has(head, "\"packages\""));
}

/* The length of "CVE-2019-19451" at the start of a word with more behind it (".patch"); 0 when there is none. */
static size_t cve_length(struct span w)
{
	size_t n = 4, digits = 0;

	if (!span_starts(w, "CVE-") && !span_starts(w, "CVE_"))
		return 0;
	while (n < w.n && version_is_digit(w.p[n]))
		n++;
	if (n != 8 || n == w.n || (w.p[n] != '-' && w.p[n] != '_'))
		return 0;
	for (n++; n < w.n && version_is_digit(w.p[n]); n++)
		digits++;
	return digits ? n : 0;
}

/* XSA-331, GHSA-jfh8-c2jp-5v3q, wnpa-sec-2017-21: letters, a dash, more. */
static bool is_other_id(struct span w)
{
	size_t n = 0;

	while (n < w.n && version_is_alpha(w.p[n]))
		n++;
	return n > 1 && n + 1 < w.n && w.p[n] == '-' && (version_is_digit(w.p[w.n - 1]) || span_starts(w, "GHSA-"));
}

/* Identifiers stand in strings with noise: "CVE-2017-2616 (+ regression fix)", several in one string. */
static struct span next_id(struct span *rest)
{
	while (rest->p) {
		struct span word = span_cut(rest, ' ');

		while (word.n > 0 && strchr("(,", word.p[0]))
			word = (struct span){word.p + 1, word.n - 1};
		while (word.n > 0 && strchr("),;:", word.p[word.n - 1]))
			word.n--;
		if (cve_length(word))
			return (struct span){word.p, cve_length(word)};
		if (is_other_id(word))
			return word;
	}
	return SPAN_NONE;
}

/* "CVE_2019-1" is "CVE-2019-1". */
static struct span tidy(struct store *s, struct span id)
{
	char *copy = arena_strndup(&s->arena, id.p, id.n);

	if (span_starts(id, "CVE"))
		for (size_t i = 0; i < id.n; i++)
			if (copy[i] == '_')
				copy[i] = '-';
	return (struct span){copy, id.n};
}

static int store_fix(struct store *s, int64_t scope, struct span package, struct span version, struct span ids, struct err *e)
{
	/* Version 0: the package never had the vulnerability. */
	bool never = span_eq(version, "0");

	for (struct span id = next_id(&ids); id.p; id = next_id(&ids)) {
		struct vuln_row v = {.name = tidy(s, id), .score = -1};
		int64_t vuln = store_vuln(s, &v, e);
		struct affected_row a = {.scope = scope,
					 .package = package,
					 .fixed = never ? SPAN_NONE : version,
					 .status = never ? "not-affected" : "affected"};

		if (vuln < 0 || store_affected(s, vuln, &a, e))
			return -1;
	}
	return 0;
}

static int load_package(struct store *s, int64_t scope, const struct json *pkg, struct err *e)
{
	struct span name = json_text_at(pkg, "name");

	if (name.n == 0)
		return err_set(e, ERR_INPUT, "a package without a name");
	JSON_MEMBERS(fix, json_get(pkg, "secfixes"))
	{
		struct span version = json_str(&fix->key);

		if (version.n == 0 || version.n > LIMIT_VERSION_BYTES)
			return err_set(e, ERR_INPUT, "package %.*s: not a version '%.*s'", SPAN_ARG(name), SPAN_ARG(version));
		JSON_EACH(id, &fix->value)
		{
			struct span ids = json_scalar(id);

			if (ids.p && store_fix(s, scope, name, version, ids, e))
				return -1;
		}
	}
	return 0;
}

static int load(struct store *s, int64_t scope, const struct json *packages, struct err *e)
{
	int n = 0;

	JSON_EACH(p, packages)
	{
		const struct json *pkg = json_get(p, "pkg");

		n++;
		if (load_package(s, scope, pkg, e) == 0)
			continue;
		if (e->kind != ERR_INPUT || store_problem(s, arena_printf(&s->arena, "%s: package %d", s->file, n), e))
			return -1;
	}
	return 0;
}

/* Distributions of the same form, told by where their packages lie; all are rolling. */
static struct span rolling(struct span address)
{
	static const struct {
		const char *part, *ecosystem;
	} names[] = {{"wolfi", "Wolfi"}, {"cgr.dev", "Chainguard"}, {"chainguard", "Chainguard"}, {"mini.dev", "MinimOS"}, {"minimos", "MinimOS"}, {"minimus", "MinimOS"}};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_has(address, names[i].part))
			return span_of(names[i].ecosystem);
	return SPAN_NONE;
}

/* "v3.10" is release "3.10" of Alpine; without a number it is a branch ("edge"). */
static int64_t scope_of(struct store *s, struct span distro, struct span address, struct err *e)
{
	if (address.p)
		return store_covered(s, address, SPAN(""), e);
	if (distro.n > 1 && distro.p[0] == 'v' && version_is_digit(distro.p[1]))
		distro = (struct span){distro.p + 1, distro.n - 1};
	return store_covered(s, SPAN("Alpine"), distro, e);
}

static int import(struct store *s, struct span name, struct source *in, struct err *e)
{
	auto_buf text = BUF_INIT;
	struct item item;
	struct source again;

	(void)name;
	if (source_slurp(in, &text, LIMIT_DOCUMENT_BYTES, e))
		return -1;

	struct span all = buf_span(&text);

	source_from_span(&again, all, s->file);

	struct items *items = items_open(&again, NULL);
	int r = items_next(items, &s->arena, &item, e);

	if (r != 1)
		r = r == 0 ? err_set(e, ERR_INPUT, "%s: empty", s->file) : -1;
	if (r == 1) {
		struct span distro = json_scalar(json_get(item.value, "distroversion")), repo = json_text_at(item.value, "reponame");
		struct span other = rolling(json_text_at(item.value, "urlprefix"));
		char *feed;

		if (!other.p)
			other = rolling(distro);
		feed = other.p ? arena_printf(&s->arena, "secdb %.*s %.*s", SPAN_ARG(other), SPAN_ARG(repo))
			       : arena_printf(&s->arena, "alpine-secdb %.*s %.*s", SPAN_ARG(distro), SPAN_ARG(repo));

		if (distro.n == 0 && !other.p)
			r = err_set(e, ERR_INPUT, "%s: distroversion is missing", s->file);
		else
			r = store_snapshot(s, "alpine-secdb", feed, true, all, 0, e);
		if (r > 0) {
			int64_t scope = scope_of(s, distro, other, e);

			r = scope < 0 ? -1 : load(s, scope, json_get(item.value, "packages"), e);
		}
	}
	items_close(items);
	source_close(&again);
	return r;
}

const struct feed_format feed_alpine_secdb = {"alpine-secdb", is_secdb, import};
