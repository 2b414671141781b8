// SPDX-License-Identifier: Apache-2.0
// Scores, grades, caps, targets, accepted risks and the risk of a workload, with numbers worked out by hand (docs/scores.md shows the same sums).
#include "test.h"
#include "analyze/derive-rank.h"
#include "analyze/load-engagement.h"
#include "analyze/schema.h"
#include "common/buf.h"

/* Runtime: 3 of 4 pass a critical check, none of 5 a medium one, a low one is not assessed. IAM lacks most evidence. Data is clean. */
static const char verdicts[] =
	"INSERT INTO meta VALUES ('as-of', '1800000000');"
	"INSERT INTO scope(id, kind, name) VALUES (1, 'cluster', 'c');"
	"INSERT INTO thing(id, kind, ref, scope, cluster, namespace, type, name, parent) VALUES (1,'object','c/-/Namespace/shop',1,'c',NULL,'Namespace','shop',NULL),"
	"(2,'object','c/shop/Deployment/web',1,'c','shop','Deployment','web',NULL),(3,'container','c/shop/Deployment/web#app',1,'c','shop','Deployment','web',2),"
	"(4,'object','c/shop/Service/web',1,'c','shop','Service','web',NULL);"
	"INSERT INTO namespace(thing, cluster, name, system, environment) VALUES (1,'c','shop',0,'prod');"
	"INSERT INTO environment VALUES ('prod', 1, 1, '{}');"
	"INSERT INTO workload(thing,cluster,namespace,kind,name,collected,static,differs,service_account,automount,host_network,host_pid,host_ipc,share_process_namespace,"
	"tolerates_control_plane,spread,pull_secrets,windows,spec_hash,environment) VALUES (2,'c','shop','Deployment','web',1,0,0,'default',0,0,0,0,0,0,0,0,0,'x','prod');"
	"INSERT INTO container(thing,workload,name,type,ordinal,image,image_tag_given,privileged,allow_escalation,run_as_user,run_as_non_root,read_only_root,caps_add,caps_drop,devices,"
	"liveness,readiness,startup,host_ports,probe_hosts,tty,env_from_secret,windows_host_process) VALUES (3,2,'app','container',0,'i',1,0,0,1000,1,1,'[]','[]',0,0,0,0,0,0,0,0,0);"
	"INSERT INTO \"check\" SELECT column1, column1, column2, column3, 'cluster', '[]', '', '', NULL, 'hours', 'developers', NULL, NULL, '[]' FROM (VALUES "
	"('runtime.a','critical','runtime'),('runtime.b','medium','runtime'),('runtime.c','low','runtime'),('iam.a','high','iam'),('iam.b','critical','iam'),('data.a','high','data'));"
	"INSERT INTO tally VALUES ('runtime.a',1,'shop','pass',3),('runtime.a',1,'shop','fail',1),('runtime.b',1,'shop','fail',5),('runtime.c',1,'','not-assessed',1),"
	"('iam.a',1,'','pass',9),('iam.a',1,'','fail',1),('iam.b',1,'','not-assessed',1),('data.a',1,'shop','pass',7),('data.a',1,'','manual',2),('data.a',1,'','not-applicable',4);"
	"INSERT INTO finding(id,check_id,thing,scope,subject,cluster,namespace,verdict,severity,domain,detail,facts,missing,owner) VALUES "
	"('f1','runtime.a',3,1,'c/shop/Deployment/web#app','c','shop','fail','critical','runtime','d','{}','[]','developers'),"
	"('f2','runtime.c',NULL,1,'c','c',NULL,'not-assessed','low','runtime','d','{}','[]','developers');";

static int fresh(struct db *db, const char *engagement)
{
	struct err e = {0};

	if (db_create(db, NULL, DB_APPLICATION_ID, &e) || schema_create(db, &e) || engagement_load(db, NULL, &e) ||
	    engagement_load_text(db, "e.yaml", span_of(engagement), &e) || db_exec(db, verdicts, &e)) {
		printf("not ok - %s\n", e.msg);
		return -1;
	}
	return 0;
}

static int rank_all(struct db *db)
{
	struct err e = {0};

	if (derive_settled(db, &e) || derive_risk(db, &e) || derive_score(db, &e)) {
		printf("not ok - %s\n", e.msg);
		return -1;
	}
	return 0;
}

/* The single text of a query; "" when there is none. */
static const char *text(struct db *db, const char *sql)
{
	static char out[512];
	auto_stmt *q = NULL;
	struct err e = {0};

	out[0] = 0;
	if (db_prepare(db, sql, &q, &e))
		return "error";
	if (db_step(db, q, &e) == 1)
		snprintf(out, sizeof(out), "%.*s", SPAN_ARG(db_text(q, 0)));
	return out;
}

#define OF(domain) "SELECT printf('%.1f %.4f %s %s', score, coverage, grade, coalesce(capped, '')) FROM domain_score WHERE domain = '" domain "'"

static void scores(void)
{
	auto_db db = {0};

	CHECK(fresh(&db, "") == 0 && rank_all(&db) == 0);
	/* (10 × 3/4 + 2 × 0/5) / 12 = 62.5; (10 + 2) / 13 = 0.9231; 60 or more is C. Nothing exposes it, so no cap. */
	CHECK_STR(text(&db, OF("runtime")), "62.5 0.9231 C ");
	/* 9/10 of what is known, but only 5 of 15 is. */
	CHECK_STR(text(&db, OF("iam")), "90.0 0.3333 not assessed ");
	CHECK_STR(text(&db, OF("data")), "100.0 1.0000 A ");
	CHECK_STR(text(&db, OF("registry")), "0.0 0.0000 not assessed ");
	CHECK_STR(text(&db, "SELECT score IS NULL FROM domain_score WHERE domain = 'registry'"), "1");
	CHECK_STR(text(&db, "SELECT grade || ' ' || domain || ': ' || ungraded FROM overall"),
		  "C runtime: Identity and access, Registries and content trust, Vulnerability scanning, Content practices");
	CHECK_STR(text(&db, "SELECT printf('%d %d %d %d %d', pass, fail, not_assessed, manual, accepted) FROM domain_score WHERE domain = 'runtime'"), "3 6 1 0 0");
	CHECK_STR(text(&db, "SELECT printf('%d %d', pass, manual) FROM domain_score WHERE domain = 'data'"), "7 2");
	CHECK_STR(text(&db, "SELECT group_concat(target_grade || target_score || target_from) FROM domain_score WHERE domain = 'iam'"), "B75.0default");
	CHECK_STR(text(&db, "SELECT count(*) FROM temp.sqlite_schema WHERE type = 'table'"), "0");
}

static void caps(void)
{
	static const char exposed[] = "INSERT INTO exposure(workload, through, type, outside) VALUES (2, 4, 'load-balancer', 1);";
	struct err e = {0};

	{
		auto_db db = {0};

		CHECK(fresh(&db, "") == 0 && db_exec(&db, exposed, &e) == 0 && rank_all(&db) == 0);
		CHECK_STR(text(&db, OF("runtime")),
			  "62.5 0.9231 D 1 open critical finding on what can be reached from outside, among them c/shop/Deployment/web#app");
		CHECK_STR(text(&db, "SELECT grade || domain FROM overall"), "Druntime");
	}
	{
		/* An accepted risk stays a failure in the score and no longer caps. */
		auto_db db = {0};

		CHECK(fresh(&db, "exceptions: [{check: 'runtime.*', subject: 'c/shop/*', reason: r}]\n") == 0 && db_exec(&db, exposed, &e) == 0 && rank_all(&db) == 0);
		CHECK_STR(text(&db, OF("runtime")), "62.5 0.9231 C ");
		CHECK_STR(text(&db, "SELECT accepted FROM domain_score WHERE domain = 'runtime'"), "1");
	}
}

static void exceptions(void)
{
	static const struct {
		const char *exception;
		bool accepted;
	} rows[] = {
		{"{check: runtime.a, subject: 'c/shop/Deployment/web#app', reason: r}", true},
		{"{check: runtime.a, subject: 'c/shop/Deployment/web', reason: r}", false}, /* the workload is not its container */
		{"{check: runtime.a, subject: 'c/shop/Deployment/web*', reason: r}", true},
		{"{check: runtime, subject: '*', reason: r}", false},
		{"{check: 'runtime.?', subject: '*', reason: r}", false}, /* only the star is special */
		{"{check: '*', subject: 'c/*', reason: r, expires: 2027-01-15}", true}, /* 1800000000 is 2027-01-15 08:00 */
		{"{check: '*', subject: 'c/*', reason: r, expires: 2027-01-14}", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		auto_db db = {0};
		auto_buf yaml = BUF_INIT;

		buf_printf(&yaml, "exceptions: [%s]\n", rows[i].exception);
		CHECK(fresh(&db, buf_str(&yaml)) == 0 && rank_all(&db) == 0);
		CHECK_INT(db_int(&db, -1, "SELECT count(*) FROM finding WHERE id = 'f1' AND accepted = 1", ""), rows[i].accepted);
		CHECK_INT(db_int(&db, -1, "SELECT count(*) FROM finding WHERE verdict != 'fail' AND accepted IS NOT NULL", ""), 0);
	}
}

static void changes(void)
{
	auto_db db = {0};

	CHECK(fresh(&db, "checks: {off: [iam.b], severity: [{check: 'runtime.*', severity: low, environment: prod}, {check: iam.a, severity: info}]}\n"
			 "targets: {runtime: {score: 80}}\nregulations: [pci dss, HIPAA]\n") == 0 && rank_all(&db) == 0);
	/* In prod both checks weigh 1: (3/4 + 0) / 2 = 37.5; the low one outside namespaces keeps 1: coverage 2/3. */
	CHECK_STR(text(&db, OF("runtime")), "37.5 0.6667 E ");
	CHECK_STR(text(&db, "SELECT severity FROM finding WHERE id = 'f1'"), "low");
	CHECK_STR(text(&db, "SELECT severity FROM \"check\" WHERE id = 'runtime.a'"), "critical");
	CHECK_STR(text(&db, "SELECT severity FROM \"check\" WHERE id = 'iam.a'"), "info");
	/* What weighs nothing gives no score. */
	CHECK_STR(text(&db, "SELECT score IS NULL AND grade = 'not assessed' FROM domain_score WHERE domain = 'iam'"), "1");
	CHECK_INT(db_int(&db, -1, "SELECT count(*) FROM tally WHERE check_id = 'iam.b'", ""), 0);
	CHECK_STR(text(&db, "SELECT target_grade || ' ' || target_score || ' ' || target_from FROM domain_score WHERE domain = 'runtime'"), "B 80.0 engagement");
	CHECK_STR(text(&db, "SELECT target_grade || ' ' || target_score || ' ' || target_from FROM domain_score WHERE domain = 'scanning'"), "A 90.0 PCI DSS");
}

static void risk_of_a_workload(void)
{
	auto_db db = {0};
	struct err e = {0};

	CHECK(fresh(&db, "") == 0 && db_exec(&db, "INSERT INTO exposure(workload, through, type, outside) VALUES (2, 4, 'load-balancer', 1);"
						   "UPDATE finding SET severity = 'high' WHERE id = 'f1'", &e) == 0 && rank_all(&db) == 0);
	CHECK_STR(text(&db, "SELECT group_concat(name || ' ' || CAST(value AS INTEGER), ', ') FROM (SELECT * FROM risk_factor WHERE thing = 2 ORDER BY side DESC, name)"),
		  "exploitability 3, exposure 5, privileges 1, reachability 3, weaknesses 4, blast-radius 2, data-class 2, environment 5, rights 1");
	CHECK_STR(text(&db, "SELECT reason FROM risk_factor WHERE thing = 2 AND name = 'exposure'"), "Service web leads to it from outside the cluster");
	CHECK_STR(text(&db, "SELECT reason FROM risk_factor WHERE thing = 1 AND name = 'exposure'"), "Deployment web: Service web leads to it from outside the cluster");
	/* Likelihood: the highest is 5, the weighted mean (2×3 + 3×5 + 1×1 + 1×3 + 2×4) / 9 = 3.667, half of both 4.33.
	 * Impact: 5 and (2×2 + 2×2 + 2×5 + 3×1) / 9 = 2.333, half of both 3.67. 4.33 × 3.67 = 15.89. */
	CHECK_STR(text(&db, "SELECT printf('%.2f %.2f %.2f %d %d %d', likelihood, impact, score, findings, critical, high) FROM risk WHERE thing = 2"), "4.33 3.67 15.89 1 0 1");
	CHECK_STR(text(&db, "SELECT kind || findings FROM risk WHERE thing = 1"), "namespace1");
}

int main(void)
{
	TEST(scores);
	TEST(caps);
	TEST(exceptions);
	TEST(changes);
	TEST(risk_of_a_workload);
	return test_end();
}
