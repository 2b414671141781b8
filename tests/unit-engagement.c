// SPDX-License-Identifier: Apache-2.0
// The engagement file: what it fills, which slips it refuses and with which line, and what it says of namespaces, images and people.
#include "test.h"
#include "analyze/derive-engagement.h"
#include "analyze/load-engagement.h"
#include "analyze/schema.h"
#include "common/buf.h"

static int fresh(struct db *db)
{
	struct err e = {0};

	if (db_create(db, NULL, DB_APPLICATION_ID, &e) || schema_create(db, &e) || engagement_load(db, NULL, &e)) {
		printf("not ok - %s\n", e.msg);
		return -1;
	}
	return 0;
}

/* What the file is refused with, "" when it is not. */
static const char *refused(const char *text)
{
	static struct err e;
	auto_db db = {0};

	e = (struct err){0};
	if (fresh(&db))
		return "no database";
	if (engagement_load_text(&db, "e.yaml", span_of(text), &e) == 0)
		return "";
	CHECK_INT(e.kind, ERR_USAGE);
	return e.msg;
}

static void slips_are_named(void)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"", ""},
		{"customer: Acme\n", ""},
		{"customer:\n", ""},
		{"- a\n", "e.yaml:1: an engagement file is a mapping of keys such as customer and environments"},
		{"customer: Acme\nenviroments: []\n", "e.yaml:2: unknown key 'enviroments' (did you mean 'environments'?)"},
		{"customer: [a]\n", "e.yaml:1: 'customer' is a list, text was expected"},
		{"customer: ''\n", "e.yaml:1: 'customer' is empty"},
		{"environments:\n  - name: prod\n    prodution: true\n", "e.yaml:3: environments: unknown key 'prodution' (did you mean 'production'?)"},
		{"environments:\n  - name: prod\n    production: yes\n", "e.yaml:3: environments: 'production' is text, true or false was expected"},
		{"environments:\n  - production: true\n", "e.yaml:2: environments: 'name' is needed"},
		{"environments: prod\n", "e.yaml:1: environments: is text, a list was expected"},
		{"environments:\n- name: a\n  namespaces: {b: c}\n", "e.yaml:3: environments: 'namespaces' is a mapping, a list was expected"},
		{"environments:\n- name: a\n  labels: {b: [c]}\n", "e.yaml:3: environments: 'labels': 'b' is a list, text was expected"},
		{"inspection_points: [edge]\n", "e.yaml:1: inspection_points: holds text, a mapping was expected"},
		{"inspection_points:\n- {name: edge, kind: ids}\n", "e.yaml:2: inspection_points: 'covers' is needed, with any of addresses, networks, load_balancers, ingress_classes, namespaces"},
		{"inspection_points:\n- {name: edge, kind: nids, covers: {namespaces: [a]}}\n", "e.yaml:2: inspection_points: kind is 'nids' (did you mean 'ids'?)"},
		{"inspection_points:\n- {name: edge, kind: ids, covers: {networks: [10.0.0.0/40]}}\n", "e.yaml:2: covers: networks: '10.0.0.0/40': the length of a network is 0 to 32"},
		{"inspection_points:\n- {name: edge, kind: ids, covers: {hosts: [a]}}\n", "e.yaml:2: covers: unknown key 'hosts' (known: addresses, networks, load_balancers, ingress_classes, namespaces)"},
		{"environments: [a, b, a]\n", "e.yaml:1: environments: 'a' stands twice"},
		{"\n\ncustomer: x\ncustomer: y\n", "e.yaml: line 4: key 'customer' stands twice in one object"},
		{"customer: [\n", "e.yaml: line 2: not YAML: did not find expected node content"},
		{"exceptions:\n- check: a\n  subject: b\n", "e.yaml:2: exceptions: 'reason' is needed"},
		{"exceptions:\n- {check: a, subject: b, reason: c, expires: soon}\n", "e.yaml:2: exceptions: 'expires' is not a date such as 2027-03-31"},
		{"targets: {iam: F}\n", "e.yaml:1: targets: grade is 'F' (known: A, B, C, D, E)"},
		{"targets: {ima: A}\n", "e.yaml:1: targets: unknown key 'ima' (did you mean 'iam'?)"},
		{"targets: {iam: {score: 101}}\n", "e.yaml:1: targets: 'score' must be a whole number from 0 to 100"},
		{"checks:\n  severity:\n  - check: x\n    severity: severe\n", "e.yaml:4: checks: severity is 'severe' (known: critical, high, medium, low, info)"},
		{"answers:\n  scope.purpos: x\n", "e.yaml:2: answers: no question 'scope.purpos' (did you mean 'scope.purpose'?)"},
		{"trusted_registries: ['https://x.example']\n", "e.yaml:1: trusted_registries: 'https://x.example' is not a registry's host, or host/path"},
		{"trusted_registries: ['*']\n", "e.yaml:1: trusted_registries: '*' is not a registry's host, or host/path"},
		{"people:\n- name: Ann\n  job_role: operator\n", "e.yaml: people: no job role is called 'operator'"},
		{"systems: {in: [aws], out: [aws]}\n", "e.yaml:1: systems: 'aws' stands twice"},
		{"systems: {in: [awss]}\n", "e.yaml:1: systems: system is 'awss' (did you mean 'aws'?)"},
		{"prices: {cpu-core-month: 3}\n", "e.yaml:1: prices: 'currency' is needed"},
		{"prices: {currency: EUR, cpu-core-month: -3}\n", "e.yaml:1: prices: 'cpu-core-month' must be an amount of money"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_STR(refused(rows[i].text), rows[i].want);
}

static const char whole[] =
	"customer: Acme Shipping\n"
	"distribution: [CIO, Platform]\n"
	"systems:\n  in: [aws, {system: cluster, name: east}]\n  out: [{system: registry, reason: next year}, cluster]\n"
	"clusters:\n  - {was: 3f2a9c1e-0000-4000-8000-000000000000, name: east, environment: prod}\n  - {was: kind, name: lab}\n"
	"environments:\n"
	"  - {name: dev, namespaces: ['dev-*', east/shop-dev], labels: {stage: dev, tier: web}}\n"
	"  - {name: qa, namespaces: [dev-qa]}\n"
	"  - {name: prod, clusters: [west]}\n"
	"trusted_registries: [registry.example.com, ghcr.io/acme, '*.ecr.example']\n"
	"teams: [{name: Payments, namespaces: [pay], labels: {app: pay}}]\n"
	"data_classes:\n  - {name: internal, rank: 2, places: ['*']}\n  - {name: card data, rank: 5, places: [pay]}\n"
	"job_roles: [{name: operator, access: [{system: aws, principal: ops-*, needs: start and stop}]}]\n"
	"people: [{name: Ann, job_role: operator, accounts: ['aws:alice']}]\n"
	"targets: {iam: A, data: {grade: B, score: 85}}\n"
	"exceptions: [{check: 'runtime.*', subject: '*', reason: known, expires: 2027-01-31}]\n"
	"answers: {scope.purpose: to decide on a budget}\n"
	"checks:\n  off: [content.latest-tag]\n  severity: [{check: 'runtime.*', severity: low, environment: dev}]\n"
	"inspection_points:\n  - {name: edge, kind: ips, decrypts: true, covers: {networks: [198.51.100.0/24], namespaces: ['pay*']}}\n  - {name: waf, kind: waf, covers: {ingress_classes: public}}\n"
	"prices: {currency: EUR, cpu-core-month: 18.5}\n";

static void rows_are_written(void)
{
	auto_db db = {0};
	struct err e = {0};
	char name[64];

	CHECK(fresh(&db) == 0);
	CHECK_INT(db_int(&db, 0, "SELECT min(n) >= 20 AND count(*) = 7 FROM (SELECT count(*) AS n FROM question GROUP BY section)", ""), 1);
	CHECK(engagement_load_text(&db, "e.yaml", span_of(whole), &e) == 0);
	CHECK_STR(e.msg, "");
	CHECK_INT(db_int(&db, 0, "SELECT value = 'Acme Shipping' FROM meta WHERE key = 'customer'", ""), 1);
	CHECK_INT(db_int(&db, 0, "SELECT value = '[\"CIO\",\"Platform\"]' FROM meta WHERE key = 'distribution'", ""), 1);
	CHECK_INT(db_int(&db, 0, "SELECT production FROM environment WHERE name = 'prod' AND ordinal = 3", ""), 1);
	CHECK_INT(db_int(&db, 1, "SELECT production FROM environment WHERE name = 'qa'", ""), 0);
	/* The whole of 2027-01-31 is in: date -u -d '2027-01-31 23:59:59' +%s */
	CHECK_INT(db_int(&db, 0, "SELECT expires FROM exception", ""), 1801439999);
	CHECK_INT(db_int(&db, 0, "SELECT answer = 'to decide on a budget' FROM question WHERE id = 'scope.purpose'", ""), 1);
	CHECK_INT(db_int(&db, 0, "SELECT count(*) FROM question WHERE answer IS NOT NULL", ""), 1);
	CHECK_INT(db_int(&db, 0, "SELECT grade = 'A' AND score IS NULL FROM target WHERE domain = 'iam'", ""), 1);
	CHECK_INT(db_int(&db, 0, "SELECT grade = 'B' AND score = 85 FROM target WHERE domain = 'data'", ""), 1);
	CHECK_INT(db_int(&db, 0, "SELECT severity IS NULL FROM check_change WHERE ordinal = 1", ""), 1);
	CHECK_INT(db_int(&db, 0, "SELECT count(*) FROM price WHERE amount = 18.5 AND currency = 'EUR'", ""), 1);
	CHECK_INT(db_int(&db, 0, "SELECT count(*) FROM inspection_point WHERE name = 'edge' AND kind = 'ips' AND decrypts AND covers = "
				 "'{\"addresses\":[],\"networks\":[\"198.51.100.0/24\"],\"load_balancers\":[],\"ingress_classes\":[],\"namespaces\":[\"pay*\"]}'", ""), 1);
	CHECK_INT(db_int(&db, 0, "SELECT decrypts IS NULL AND ordinal = 2 FROM inspection_point WHERE name = 'waf'", ""), 1);
	engagement_cluster(&db, "3f2a9c1e", name, sizeof(name));
	CHECK_STR(name, "east");
	engagement_cluster(&db, "kind", name, sizeof(name));
	CHECK_STR(name, "lab");
	engagement_cluster(&db, "other", name, sizeof(name));
	CHECK_STR(name, "other");
}

/* Namespaces in three clusters, accounts, registries and containers. */
static const char world[] =
	"INSERT INTO thing(id, kind, ref, type, name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40) "
	"SELECT i, 'object', 'ref' || i, 'x', 'x' || i FROM n;"
	"INSERT INTO namespace(thing, cluster, name, system) VALUES (1,'east','shop-dev',0),(2,'west','shop-dev',0),(3,'east','dev-1',0),(4,'west','dev-qa',0),"
	"(5,'east','pay',0),(6,'other','lone',0),(7,'other','tagged',0);"
	"INSERT INTO label VALUES (7,'stage','dev'),(7,'tier','web'),(6,'stage','dev'),(6,'team','Storage');"
	"INSERT INTO principal(thing, system, account, kind, name) VALUES (20,'aws','1','user','alice'),(21,'aws','1','role','ops-bot'),(22,'registry','1','user','alice');"
	"INSERT INTO scope(kind, name) VALUES ('cluster','east'),('cluster','west');"
	"INSERT INTO registry(thing, host, collected) VALUES (30,'registry.example.com',0),(31,'ghcr.io',0),(32,'docker.io',0);";

static int make_world(struct db *db)
{
	struct err e = {0};
	auto_buf sql = BUF_INIT;

	buf_add_str(&sql, world);
	for (int i = 0; i < 6; i++) {
		static const char *const from[] = {"registry.example.com", "ghcr.io", "ghcr.io", "evil.example", "1.ecr.example", "docker.io"};
		static const char *const path[] = {"a/b", "acme/x", "acmeevil/x", "a.ecr.example/x", "x", "library/nginx"};

		buf_printf(&sql, "INSERT INTO container(thing,workload,name,type,ordinal,image,image_registry,image_repository,image_tag_given,privileged,allow_escalation,"
				 "read_only_root,caps_add,caps_drop,devices,liveness,readiness,startup,host_ports,probe_hosts,tty,env_from_secret,windows_host_process) "
				 "VALUES (%d,1,'c','container',0,'i','%s','%s',1,0,0,0,'[]','[]',0,0,0,0,0,0,0,0,0);", 10 + i, from[i], path[i]);
	}
	if (db_exec(db, buf_str(&sql), &e)) {
		printf("not ok - %s\n", e.msg);
		return -1;
	}
	return 0;
}

static void things_are_told(void)
{
	static const struct {
		const char *sql;
		int want;
	} rows[] = {
		{"SELECT environment = 'dev' FROM namespace WHERE thing = 1", 1},  /* 'east/shop-dev' */
		{"SELECT environment = 'prod' FROM namespace WHERE thing = 2", 1}, /* the cluster west */
		{"SELECT environment = 'dev' FROM namespace WHERE thing = 3", 1},  /* 'dev-*' before the cluster */
		{"SELECT environment = 'qa' FROM namespace WHERE thing = 4", 1},   /* a whole name before one with a star */
		{"SELECT environment = 'prod' FROM namespace WHERE thing = 5", 1}, /* the cluster's own line */
		{"SELECT environment IS NULL FROM namespace WHERE thing = 6", 1},  /* one of two labels is not enough */
		{"SELECT environment = 'dev' FROM namespace WHERE thing = 7", 1},  /* both labels */
		{"SELECT owner = 'Payments' AND data_class = 'card data' FROM namespace WHERE thing = 5", 1},
		{"SELECT owner = 'Storage' AND data_class = 'internal' FROM namespace WHERE thing = 6", 1}, /* by its label 'team' */
		{"SELECT sum(image_trusted << (thing - 10)) FROM container", 1 + 2 + 16}, /* the first, ghcr.io/acme/x, 1.ecr.example */
		{"SELECT trusted FROM registry WHERE thing = 30", 1},
		{"SELECT trusted IS NULL FROM registry WHERE thing = 31", 1},
		{"SELECT trusted = 0 FROM registry WHERE thing = 32", 1},
		{"SELECT person = 'Ann' AND job_role = 'operator' FROM principal WHERE thing = 20", 1},
		{"SELECT person IS NULL AND job_role = 'operator' FROM principal WHERE thing = 21", 1},
		{"SELECT person IS NULL AND job_role IS NULL FROM principal WHERE thing = 22", 1},
		{"SELECT state = 'in-scope' FROM scope WHERE name = 'east'", 1},
		{"SELECT state = 'out-of-scope' FROM scope WHERE name = 'west'", 1},
		{"SELECT state = 'in-scope' FROM scope WHERE kind = 'aws' AND hint IS NOT NULL", 1},
		{"SELECT state = 'out-of-scope' AND hint = 'next year' FROM scope WHERE kind = 'registry'", 1},
	};
	auto_db db = {0};
	struct err e = {0};

	CHECK(fresh(&db) == 0 && engagement_load_text(&db, "e.yaml", span_of(whole), &e) == 0 && make_world(&db) == 0);
	CHECK(derive_engagement(&db, &e) == 0);
	CHECK_STR(e.msg, "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		auto_stmt *q = NULL;

		CHECK(db_prepare(&db, rows[i].sql, &q, &e) == 0 && db_step(&db, q, &e) == 1);
		if (sqlite3_column_int(q, 0) != rows[i].want)
			printf("%s\n", rows[i].sql);
		CHECK_INT(sqlite3_column_int(q, 0), rows[i].want);
	}
}

/* Without a file nothing is told: trust, environment and people stay NULL, no scope changes. */
static void silence_stays_silence(void)
{
	auto_db db = {0};
	struct err e = {0};

	CHECK(fresh(&db) == 0 && make_world(&db) == 0 && derive_engagement(&db, &e) == 0);
	CHECK_INT(db_int(&db, -1, "SELECT count(image_trusted) + (SELECT count(environment) FROM namespace) + (SELECT count(trusted) FROM registry) "
				  "+ (SELECT count(person) FROM principal) + (SELECT count(*) FROM scope WHERE state != 'in-scope') FROM container", ""), 0);
}

int main(void)
{
	TEST(slips_are_named);
	TEST(rows_are_written);
	TEST(things_are_told);
	TEST(silence_stays_silence);
	return test_end();
}
