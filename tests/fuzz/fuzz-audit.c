// SPDX-License-Identifier: Apache-2.0
// Any bytes as an audit log; and each line of them as a question of a batch, asked of an empty cluster.
#include "analyze/access-batch.h"
#include "analyze/load-audit.h"
#include "analyze/rbac-eval.h"
#include "analyze/schema.h"
#include "common/object.h"

static void ask(struct db *db, struct span text)
{
	auto_arena a = ARENA_INIT;
	auto_buf out = BUF_INIT;
	struct rbac_eval *eval;
	struct rbac_answer answer;
	struct rbac_question q;
	struct json *v;

	if (rbac_eval_open(db, SPAN("cluster"), &eval, NULL))
		die("open");
	while (text.p) {
		struct span line = span_trim(span_cut(&text, '\n'));

		if (json_parse(&a, line, &v, NULL) || access_question(&a, v, &q, NULL) || rbac_eval_ask(eval, &q, &answer, NULL))
			continue;
		access_answer_line(&out, line, v, answer.allowed, SPAN("null"));
		if (json_parse(&a, buf_span(&out), &v, NULL) || json_bool(json_get(v, "allowed")) < 0)
			die("an answer that is no JSON: %s", buf_str(&out));
		buf_reset(&out);
	}
	rbac_eval_free(eval);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct db db;
	struct load l = {.db = &db, .path = "audit.log", .kind = "kubernetes/audit"};
	struct span text = {(const char *)data, n};
	struct source s;
	struct err e = {0};

	if (!db.h && (db_create(&db, NULL, DB_APPLICATION_ID, &e) || schema_create(&db, &e) || object_register(&db, &e) || db_undoable(&db, &e)))
		die("%s", e.msg);
	source_from_span(&s, text, "audit.log");
	if (db_begin(&db, &e) || db_run(&db, &e, "INSERT INTO evidence(id, input, path, state) VALUES (1, 'x', 'y', 'ok')", "") ||
	    db_run(&db, &e, "INSERT INTO scope(id, kind, name) VALUES (1, 'cluster', 'cluster')", ""))
		die("%s", e.msg);
	l.evidence = l.scope = 1;
	l.cluster = "cluster";
	if (load_audit(&l, &s, &e))
		die("%s", e.msg);
	db_rollback(&db);
	source_close(&s);
	load_fini(&l);
	ask(&db, text);
	return 0;
}
