// SPDX-License-Identifier: Apache-2.0
// Benchmarks and guides as lists of controls that name checks. What a control's state is, the view v_control says.
#include "framework.h"
#include "common/embed.h"
#include "common/yaml-read.h"

struct reader {
	struct db *db;
	const struct check_set *checks;
	const struct json *framework;
	int64_t ordinal;
};

static int add_check(struct reader *r, const struct json *control, const struct json *check, struct err *e)
{
	if (!json_is(check, JSON_STRING) || !check_find(r->checks, check->text))
		return err_set(e, ERR_INPUT, "there is no check '%.*s'", SPAN_ARG(json_scalar(check)));
	return db_run(r->db, e, "INSERT INTO control_check(framework, control, check_id) VALUES (?, ?, ?)", "tts", json_text_at(r->framework, "id"),
		      json_scalar(json_get(control, "id")), check->text);
}

static int add_control(struct reader *r, const struct json *c, struct err *e)
{
	struct span id = json_scalar(json_get(c, "id")), mode = json_text_at(c, "mode"), note = json_text_at(c, "note");
	const struct json *checks = json_get(c, "checks");
	bool judged = span_eq(mode, "checks");

	if (!id.n || !json_text_at(c, "title").n)
		return err_set(e, ERR_INPUT, "a control without id or title");
	if (!judged && !span_eq(mode, "manual") && !span_eq(mode, "not-applicable"))
		return err_set(e, ERR_INPUT, "mode '%.*s' is not checks, manual or not-applicable", SPAN_ARG(mode));
	if (judged ? !json_count(checks) : json_count(checks) || !note.n)
		return err_set(e, ERR_INPUT, judged ? "no checks are named" : "checks do not fit the mode, or the note is missing");
	if (db_run(r->db, e, "INSERT INTO control(framework, id, ordinal, section, title, level, mode, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", "ttittttt",
		   json_text_at(r->framework, "id"), id, ++r->ordinal, json_text_at(c, "section"), json_text_at(c, "title"), json_text_at(c, "level"), mode, note))
		return -1;
	JSON_EACH(check, checks)
		if (add_check(r, c, check, e))
			return -1;
	return 0;
}

static int load_file(struct reader *r, struct span text, struct err *e)
{
	auto_arena a = ARENA_INIT;
	struct json *doc;

	if (yaml_parse(&a, text, &doc, e))
		return -1;
	r->framework = doc;
	r->ordinal = 0;
	if (!json_text_at(doc, "id").n || !json_text_at(doc, "title").n || !json_scalar(json_get(doc, "version")).n || !json_count(json_get(doc, "controls")))
		return err_set(e, ERR_INPUT, "id, title, version and controls are needed");
	if (db_run(r->db, e, "INSERT INTO framework(id, title, version, url) VALUES (?, ?, ?, ?)", "tttt", json_text_at(doc, "id"), json_text_at(doc, "title"),
		   json_scalar(json_get(doc, "version")), json_text_at(doc, "url")))
		return -1;
	JSON_EACH(c, json_get(doc, "controls"))
		if (add_control(r, c, e))
			return err_wrap(e, "control %.*s", SPAN_ARG(json_scalar(json_get(c, "id"))));
	return 0;
}

int framework_load_all(struct db *db, const struct check_set *checks, struct err *e)
{
	struct reader r = {.db = db, .checks = checks};
	const struct embed *f;

	for (size_t i = 0; (f = embed_at("analyze/frameworks/", i)); i++)
		if (load_file(&r, embed_span(f), e))
			return err_wrap(e, "%s", f->path);
	return 0;
}
