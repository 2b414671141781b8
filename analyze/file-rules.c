// SPDX-License-Identifier: Apache-2.0
// Reads the rules of analyze/files and looks paths up in them. What files hold is image-note.c's.
#include "file-rules.h"
#include "image.h"

#include "common/embed.h"
#include "common/json.h"
#include "common/map.h"
#include "common/yaml-read.h"

static const struct file_kind kinds[] = {
	{NOTE_SETUID, "setuid"},	  {NOTE_SETGID, "setgid"},     {NOTE_WRITABLE, "world-writable"},     {NOTE_MANAGER, "package-manager"},
	{NOTE_SHELL, "shell"},		  {NOTE_TOOL, "tool"},	       {NOTE_KEY, "private-key"},	      {NOTE_SECRET, "credentials"},
	{NOTE_CACHE, "package-cache"},	  {NOTE_HISTORY, "history"},   {NOTE_VCS, "version-control"},	      {NOTE_BACKUP, "backup"},
	{NOTE_DUMP, "dump"},		  {NOTE_KEYSTORE, "keystore"}, {NOTE_PASSWORDLESS, "empty-password"}, {NOTE_CONTENT, "secret"},
	{NOTE_REMOTE, "remote-access"},	  {NOTE_COMPILER, "compiler"}, {NOTE_STATE, "tool-state"},	      {NOTE_SUDO, "sudo"},
	{NOTE_CRON, "cron"},		  {NOTE_PACKED, "packed-program"},
};

const struct file_kind *file_kind_at(size_t i)
{
	return i < sizeof(kinds) / sizeof(kinds[0]) ? &kinds[i] : NULL;
}

/* A text that paths begin or end with. */
struct part {
	struct span text;
	unsigned kind;
};
struct parts {
	struct part *at;
	size_t n, cap;
};

/* Read once and kept: the rules are part of the program, and a fault in one is a fault of the program. */
static struct {
	struct arena arena;
	bool loaded;
	struct map programs, names; /* values are kinds */
	struct parts ends, path_ends, under;
} rules;

static unsigned kind_of(struct span name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (span_eq(name, kinds[i].name))
			return kinds[i].bit;
	die("analyze/files: no kind of file of note is called '%.*s'", SPAN_ARG(name));
}

static void add_name(struct map *m, struct span text, unsigned kind)
{
	struct map_slot *slot = map_at(m, text);

	slot->value = (void *)((uintptr_t)slot->value | kind);
}

static void add_part(struct parts *p, struct span text, unsigned kind)
{
	if (p->n == p->cap) {
		struct part *bigger = arena_array(&rules.arena, p->cap ? 2 * p->cap : 32, sizeof(*bigger));

		if (p->n)
			memcpy(bigger, p->at, p->n * sizeof(*bigger));
		p->at = bigger;
		p->cap = p->cap ? 2 * p->cap : 32;
	}
	p->at[p->n++] = (struct part){text, kind};
}

/* A list of texts or of lists of them. */
static void each_text(const struct json *list, struct map *m, struct parts *p, unsigned kind)
{
	JSON_EACH(v, list)
	{
		if (json_is(v, JSON_ARRAY))
			each_text(v, m, p, kind);
		else if (m)
			add_name(m, json_str(v), kind);
		else
			add_part(p, json_str(v), kind);
	}
}

static void read_rules(void)
{
	const struct embed *f;
	struct err e = {0};

	rules.loaded = true;
	for (size_t i = 0; (f = embed_at("analyze/files/", i)); i++) {
		struct json *doc;
		unsigned kind;

		if (yaml_parse(&rules.arena, embed_span(f), &doc, &e))
			die("%s: %s", f->path, e.msg);
		kind = kind_of(json_text_at(doc, "kind"));
		each_text(json_get(doc, "programs"), &rules.programs, NULL, kind);
		each_text(json_get(doc, "names"), &rules.names, NULL, kind);
		each_text(json_get(doc, "ends"), NULL, &rules.ends, kind);
		each_text(json_get(doc, "path-ends"), NULL, &rules.path_ends, kind);
		each_text(json_get(doc, "under"), NULL, &rules.under, kind);
	}
}

static unsigned map_kinds(const struct map *m, struct span name)
{
	return (unsigned)(uintptr_t)map_find(m, name);
}

static bool in_program_folder(struct span path, struct span base)
{
	static const char *const folders[] = {"bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin"};
	struct span dir = {path.p, base.n < path.n ? path.n - base.n - 1 : 0};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (span_eq(dir, folders[i]))
			return true;
	return false;
}

static bool ends_with(struct span s, struct span end)
{
	return s.n >= end.n && s.p[s.n - 1] == end.p[end.n - 1] && memcmp(s.p + s.n - end.n, end.p, end.n) == 0;
}

/* Canonical paths have no leading '/': "/.kube/config" may be the whole of one. */
static bool is_root_form(struct span path, struct span end)
{
	return end.p[0] == '/' && span_is(path, (struct span){end.p + 1, end.n - 1});
}

unsigned file_rules_kinds(const char *path)
{
	struct span p = span_of(path), base = span_after_last(p, '/');
	unsigned k, program;

	if (!rules.loaded)
		read_rules();
	if (p.n == 0 || base.n == 0)
		return 0;
	k = map_kinds(&rules.names, base);
	program = map_kinds(&rules.programs, base);
	k |= program && in_program_folder(p, base) ? program : 0;
	for (size_t i = 0; i < rules.path_ends.n; i++)
		k |= ends_with(p, rules.path_ends.at[i].text) || is_root_form(p, rules.path_ends.at[i].text) ? rules.path_ends.at[i].kind : 0;
	for (size_t i = 0; i < rules.under.n; i++)
		if (p.n > rules.under.at[i].text.n && memcmp(p.p, rules.under.at[i].text.p, rules.under.at[i].text.n) == 0)
			k |= rules.under.at[i].kind;
	/* What packages brought ends so by the hundred. */
	if (!span_starts(p, "usr/") && !span_starts(p, "lib/") && !span_starts(p, "opt/bitnami/") && !strstr(path, "node_modules/"))
		for (size_t i = 0; i < rules.ends.n; i++)
			k |= ends_with(base, rules.ends.at[i].text) ? rules.ends.at[i].kind : 0;
	return k;
}
