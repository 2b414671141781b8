// SPDX-License-Identifier: Apache-2.0
// Runs the SQL of settle.sql, owner.sql, risk.sql and score.sql with the weights of risk.yaml. What is computed stands in those files.
#include "derive-rank.h"
#include "common/buf.h"
#include "common/embed.h"
#include "common/yaml-read.h"

/* Temporary tables of such a file live as long as it runs. */
static int drop_temporary(struct db *db, struct err *e)
{
	auto_buf sql = BUF_INIT;
	sqlite3_stmt *q = db_stmt(db, "SELECT name FROM sqlite_temp_schema WHERE type = 'table' ORDER BY name");
	int rc;

	while ((rc = db_step(db, q, e)) == 1)
		buf_printf(&sql, "DROP TABLE temp.\"%.*s\";", SPAN_ARG(db_text(q, 0)));
	sqlite3_reset(q);
	return rc || db_exec(db, buf_str(&sql), e) ? -1 : 0;
}

static int run_file(struct db *db, const char *path, struct err *e)
{
	struct span sql = embed_find(path);

	if (!sql.p)
		die("%s is not in the program", path);
	return db_exec(db, sql.p, e) || drop_temporary(db, e) ? err_wrap(e, "%s", path) : 0;
}

int derive_settled(struct db *db, struct err *e)
{
	return run_file(db, "analyze/settle.sql", e) || run_file(db, "analyze/owner.sql", e) ? -1 : 0;
}

/* Rows (key, value) of a mapping of scalars. */
static int load_pairs(struct db *db, const struct json *map, const char *sql, struct err *e)
{
	JSON_MEMBERS(m, map)
	{
		if (db_run(db, e, sql, "tt", json_str(&m->key), json_scalar(&m->value)))
			return -1;
	}
	return 0;
}

static int load_targets(struct db *db, const struct json *map, struct err *e)
{
	JSON_MEMBERS(regulation, map)
	{
		JSON_MEMBERS(m, &regulation->value)
		{
			if (db_run(db, e, "INSERT INTO regulation_target(regulation, domain, grade) VALUES (?, ?, ?)", "ttt", json_str(&regulation->key), json_str(&m->key),
				   json_str(&m->value)))
				return -1;
		}
	}
	return 0;
}

/* exposure: {side, weight, levels: {outside: [5, "words"]}} */
static int load_factor(struct db *db, const struct json_member *f, struct err *e)
{
	struct span name = json_str(&f->key);

	if (db_run(db, e, "INSERT INTO risk_weight(factor, side, weight) VALUES (?, ?, CAST(? AS REAL))", "ttt", name, json_text_at(&f->value, "side"),
		   json_scalar(json_get(&f->value, "weight"))))
		return -1;
	JSON_MEMBERS(m, json_get(&f->value, "levels"))
	{
		if (json_count(&m->value) != 2)
			return err_set(e, ERR_ENV, "line %u: a level is [value, words]", m->key.line);
		if (db_run(db, e, "INSERT INTO risk_level(factor, level, value, reason) VALUES (?, ?, CAST(? AS REAL), ?)", "tttt", name, json_str(&m->key),
			   json_scalar(&m->value.items[0]), json_str(&m->value.items[1])))
			return -1;
	}
	return 0;
}

int risk_rules_load(struct db *db, struct span yaml, struct err *e)
{
	auto_arena a = ARENA_INIT;
	struct json *all;

	if (yaml_parse(&a, yaml, &all, e) ||
	    load_pairs(db, json_get(all, "severity"), "INSERT INTO severity_weight(severity, weight) VALUES (?, CAST(? AS REAL))", e) ||
	    load_pairs(db, json_get(all, "grades"), "INSERT INTO grade(grade, score) VALUES (?, CAST(? AS REAL))", e) ||
	    load_pairs(db, json_get(all, "settings"), "INSERT INTO score_setting(name, value) VALUES (?, ?)", e) ||
	    load_targets(db, json_get(all, "targets"), e))
		return err_wrap(e, "analyze/risk.yaml");
	JSON_MEMBERS(f, json_get(all, "factors"))
	{
		if (load_factor(db, f, e))
			return err_wrap(e, "analyze/risk.yaml");
	}
	return 0;
}

int derive_risk(struct db *db, struct err *e)
{
	return risk_rules_load(db, embed_find("analyze/risk.yaml"), e) || run_file(db, "analyze/risk.sql", e) ? -1 : 0;
}

int derive_score(struct db *db, struct err *e)
{
	return run_file(db, "analyze/score.sql", e);
}
