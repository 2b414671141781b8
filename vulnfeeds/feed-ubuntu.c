// SPDX-License-Identifier: Apache-2.0
// Ubuntu's CVE tracker: its own text files (git.launchpad.net/ubuntu-cve-tracker, "active/CVE-…") and the JSON that others make
// of them (vuln-list, vunnel).
#include "advisory.h"

#include "common/limits.h"

static bool is_text(struct span name, struct span head)
{
	(void)name;
	return span_has(head, "PublicDate:") && (span_starts(head, "Candidate:") || span_has(head, "\nCandidate:")) && span_has(head, "\nDescription:");
}

static bool is_json(struct span name, struct span head)
{
	(void)name;
	return span_starts(head, "{") && ((span_has(head, "\"Candidate\"") && span_has(head, "\"Patches\"")) ||
					  (span_has(head, "\"patches\"") && span_has(head, "\"ignored_patches\"")) ||
					  (span_has(head, "\"Candidate\"") && span_has(head, "\"PublicDate\"")));
}

/* NULL: nothing is said (DNE, or not yet looked at in a way that matters). */
static const char *status_of(struct span word, struct span note)
{
	static const struct {
		const char *word, *status;
	} words[] = {{"needed", "unfixed"}, {"needs-triage", "under-investigation"}, {"pending", "unfixed"}, {"deferred", "deferred"}, {"ignored", "will-not-fix"},
		     {"not-affected", "not-affected"}, {"in-progress", "unfixed"}, {"active", "unfixed"}};

	if (span_eq(word, "released"))
		return note.n > 0 ? "affected" : NULL;
	if (span_eq(word, "ignored") && (span_has(note, "end of") || span_has(note, "out of")))
		return "end-of-life";
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_eq(word, words[i].word))
			return words[i].status;
	return NULL;
}

static void add(struct store *s, struct advisory *a, struct span package, struct span codename, struct span word, struct span note)
{
	bool pro;
	struct place p = {.ecosystem = SPAN("Ubuntu"), .release = place_ubuntu_release(codename, &pro), .scheme = VERSION_DEB};
	struct affected_row row = {.package = package, .status = status_of(word, note)};

	if (!p.release.p || !row.status || package.n == 0)
		return;
	if (pro)
		p.ecosystem = SPAN("Ubuntu:Pro");
	if (strcmp(row.status, "affected") == 0)
		row.fixed = note;
	advisory_add(s, a, &p, &row);
}

static int store(struct store *s, struct advisory *a, struct span priority, struct err *e)
{
	if (a->v.name.n < 5 || a->v.name.n > LIMIT_VERSION_BYTES)
		return err_set(e, ERR_INPUT, "expected a CVE id, found '%.*s'", (int)(a->v.name.n > 80 ? 80 : a->v.name.n), a->v.name.p ? a->v.name.p : "");
	a->v.severity = span_of(store_severity(span_cut(&priority, ' ')));
	return store_records(s, "ubuntu-tracker", "ubuntu-tracker", false, e) ? -1 : advisory_store(s, a, e);
}

static int load_json(struct store *s, const struct json *doc, void *ctx, struct err *e)
{
	static const char *const lists[] = {"patches", "ignored_patches"};
	struct advisory a = {.v = {.name = json_text_at(doc, "Candidate"), .summary = json_text_at(doc, "Description"), .score = -1}};
	struct span priority = json_text_at(doc, "Priority");

	(void)ctx;
	if (!a.v.name.p) {
		a.v.name = json_text_at(doc, "name");
		a.v.summary = json_text_at(doc, "description");
		priority = json_text_at(doc, "priority");
	}
	a.v.published = feed_time(json_text_at(doc, "PublicDate"));
	JSON_MEMBERS(package, json_get(doc, "Patches"))
	{
		JSON_MEMBERS(release, &package->value)
		{
			add(s, &a, json_str(&package->key), json_str(&release->key), json_text_at(&release->value, "Status"),
			    json_text_at(&release->value, "Note"));
		}
	}
	for (int i = 0; i < 2; i++)
		JSON_EACH(p, json_get(doc, lists[i]))
		{
			add(s, &a, json_text_at(p, "package"), json_text_at(p, "distro"), json_text_at(p, "status"), json_text_at(p, "version"));
		}
	return store(s, &a, priority, e);
}

/* "jammy_openssl: released (3.0.2-0ubuntu1.2)", "esm-infra/xenial_openssl: needed" */
static void text_line(struct store *s, struct advisory *a, struct span key, struct span value)
{
	struct span package = key, release = span_cut(&package, '_'), note = value, word = span_cut(&note, ' ');

	if (!package.p)
		return;
	note = note.p ? span_trim(note) : SPAN("");
	if (span_starts(note, "("))
		note = (struct span){note.p + 1, note.n - 1};
	if (note.n > 0 && note.p[note.n - 1] == ')')
		note.n--;
	add(s, a, package, release, word, note);
}

static int load_text(struct store *s, struct span text, struct err *e)
{
	struct advisory a = {.v = {.score = -1}};
	struct span priority = SPAN_NONE, section = SPAN_NONE;

	while (text.p) {
		struct span line = span_cut(&text, '\n'), value = line, key;

		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (line.p[0] == ' ') {
			if (span_eq(section, "Description") && !a.v.summary.p)
				a.v.summary = span_trim(line);
			continue;
		}
		key = span_cut(&value, ':');
		section = key;
		value = value.p ? span_trim(value) : SPAN("");
		if (span_eq(key, "Candidate"))
			a.v.name = value;
		else if (span_eq(key, "PublicDate"))
			a.v.published = feed_time(value);
		else if (span_eq(key, "Priority"))
			priority = value;
		else
			text_line(s, &a, key, value);
	}
	return store(s, &a, priority, e);
}

static int import_text(struct store *s, struct span name, struct source *in, struct err *e)
{
	auto_buf text = BUF_INIT;

	(void)name;
	if (source_slurp(in, &text, LIMIT_ITEM_BYTES, e))
		return -1;
	return load_text(s, buf_span(&text), e) ? feed_problem(s, "", e) : 0;
}

static int import_json(struct store *s, struct span name, struct source *in, struct err *e)
{
	(void)name;
	return feed_items(s, in, NULL, load_json, NULL, e);
}

const struct feed_format feed_ubuntu_text = {"ubuntu-tracker", is_text, import_text};
const struct feed_format feed_ubuntu_json = {"ubuntu-tracker", is_json, import_json};
