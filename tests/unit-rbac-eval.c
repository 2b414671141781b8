// SPDX-License-Identifier: Apache-2.0
// Answers of the authorizers, each with the reason that Kubernetes' source gives for it (evaluation_helpers.go, rule.go, rbac.go,
// node_authorizer.go of v1.35), worked out by hand.
#include "test.h"
#include "analyze/rbac-eval.h"
#include "analyze/schema.h"
#include "common/json.h"
#include "common/object.h"

static const struct {
	const char *rule; /* [groups, resources, verbs, names, urls] */
	const char *verb, *group, *resource, *sub, *name;
	bool allowed;
	const char *reason;
} rules[] = {
	{"[[\"\"],[\"pods\"],[\"get\"],[],[]]", "get", "", "pods", "", "", true, "all three match"},
	{"[[\"\"],[\"pods\"],[\"get\"],[],[]]", "GET", "", "pods", "", "", false, "verbs are compared by byte"},
	{"[[\"\"],[\"pods\"],[\"GET\"],[],[]]", "get", "", "pods", "", "", false, "a rule's verb in capitals means nothing"},
	{"[[\"\"],[\"pods\"],[\"*\"],[],[]]", "impersonate", "", "pods", "", "", true, "* is every verb, also those of no request"},
	{"[[\"\"],[\"pods\"],[\"get\"],[],[]]", "*", "", "pods", "", "", false, "asking for * needs a rule that says *"},
	{"[[\"\"],[\"pods\"],[\"*\"],[],[]]", "*", "", "pods", "", "", true, "asking for * and the rule says *"},
	{"[[\"\"],[\"pods\"],[\"ge*\"],[],[]]", "get", "", "pods", "", "", false, "* is no pattern inside a verb"},
	{"[[\"\"],[\"pods\"],[\"get\"],[],[]]", "get", "apps", "pods", "", "", false, "another group"},
	{"[[\"*\"],[\"pods\"],[\"get\"],[],[]]", "get", "apps", "pods", "", "", true, "* is every group"},
	{"[[],[\"pods\"],[\"get\"],[],[]]", "get", "", "pods", "", "", false, "no group is none, not core"},
	{"[[\"*.k8s.io\"],[\"pods\"],[\"get\"],[],[]]", "get", "a.k8s.io", "pods", "", "", false, "* is no pattern inside a group"},
	{"[[\"\"],[\"pods\"],[\"create\"],[],[]]", "create", "", "pods", "exec", "", false, "a resource does not cover its subresources"},
	{"[[\"\"],[\"pods/exec\"],[\"create\"],[],[]]", "create", "", "pods", "exec", "", true, "the subresource by name"},
	{"[[\"\"],[\"pods/exec\"],[\"create\"],[],[]]", "create", "", "pods", "", "", false, "a subresource does not cover its resource"},
	{"[[\"\"],[\"*\"],[\"create\"],[],[]]", "create", "", "pods", "exec", "", true, "* covers subresources too"},
	{"[[\"\"],[\"*/exec\"],[\"create\"],[],[]]", "create", "", "pods", "exec", "", true, "*/sub is that subresource of all"},
	{"[[\"\"],[\"*/exec\"],[\"create\"],[],[]]", "create", "", "pods/exec", "", "", false, "a subresource written into the resource is none"},
	{"[[\"\"],[\"pods/exec\"],[\"create\"],[],[]]", "create", "", "pods/exec", "", "", true, "but the combined text is the same"},
	{"[[\"\"],[\"*/exec\"],[\"create\"],[],[]]", "create", "", "pods", "xexec", "", false, "the whole subresource counts"},
	{"[[\"\"],[\"*/*\"],[\"create\"],[],[]]", "create", "", "pods", "exec", "", false, "*/* is no pattern"},
	{"[[\"\"],[\"*/*\"],[\"create\"],[],[]]", "create", "", "pods", "*", "", true, "but it is the subresource * of all"},
	{"[[\"\"],[\"pods/*\"],[\"create\"],[],[]]", "create", "", "pods", "exec", "", false, "pods/* is no pattern in RBAC"},
	{"[[\"\"],[\"pods/*\"],[\"create\"],[],[]]", "create", "", "pods", "*", "", true, "equal as text"},
	{"[[\"\"],[\"*/a/b\"],[\"get\"],[],[]]", "get", "", "x", "a/b", "", true, "a subresource with a slash"},
	{"[[\"\"],[\"Pods\"],[\"get\"],[],[]]", "get", "", "pods", "", "", false, "resources are compared by byte"},
	{"[[\"\"],[\"\"],[\"get\"],[],[]]", "get", "", "", "", "", true, "an empty resource equals an empty one"},
	{"[[\"\"],[\"pods\"],[\"get\"],[\"web\"],[]]", "get", "", "pods", "", "web", true, "the name is listed"},
	{"[[\"\"],[\"pods\"],[\"get\"],[\"web\"],[]]", "get", "", "pods", "", "db", false, "another name"},
	{"[[\"\"],[\"pods\"],[\"list\"],[\"web\"],[]]", "list", "", "pods", "", "", false, "a list has no name"},
	{"[[\"\"],[\"pods\"],[\"create\"],[\"web\"],[]]", "create", "", "pods", "", "", false, "neither has a create"},
	{"[[\"\"],[\"pods\"],[\"get\"],[\"*\"],[]]", "get", "", "pods", "", "web", false, "* is no pattern among names"},
	{"[[\"\"],[\"pods\"],[\"get\"],[\"\"],[]]", "get", "", "pods", "", "", true, "an empty name equals none"},
	{"[[\"\"],[\"pods\"],[\"get\"],[\"w\\\"e\\nb\"],[]]", "get", "", "pods", "", "w\"e\nb", true, "names with quotes and newlines"},
	{"[[],[],[\"get\"],[],[\"*\"]]", "get", "", "pods", "", "", false, "URLs are no resources"},
};

static const struct {
	const char *urls, *verb, *path;
	bool allowed;
	const char *reason;
} paths[] = {
	{"[\"/healthz\"]", "get", "/healthz", true, "equal"},
	{"[\"/healthz\"]", "get", "/healthz/", false, "a slash more"},
	{"[\"/healthz/*\"]", "get", "/healthz/etcd", true, "a prefix"},
	{"[\"/healthz/*\"]", "get", "/healthz", false, "the prefix has its slash"},
	{"[\"/healthz*\"]", "get", "/healthzx", true, "a prefix needs no slash"},
	{"[\"/apis/**\"]", "get", "/apis/x", true, "all stars at the end are cut off"},
	{"[\"/log*s\"]", "get", "/logs", false, "a star in the middle is a letter"},
	{"[\"/log*s\"]", "get", "/log*s", true, "which equals itself"},
	{"[\"*\"]", "get", "/anything", true, "* is every path"},
	{"[\"*\"]", "get", "", true, "also none"},
	{"[\"/\"]", "get", "/x", false, "no star, no prefix"},
	{"[\"/healthz\"]", "post", "/healthz", false, "another verb"},
};

static void read_rule(struct arena *a, const char *text, struct policy_rule *r)
{
	struct rbac_list *lists[5] = {&r->groups, &r->resources, &r->verbs, &r->names, &r->urls};
	struct json *v;

	*r = (struct policy_rule){0};
	CHECK(json_parse(a, span_of(text), &v, NULL) == 0 && v->n == 5);
	for (int i = 0; i < 5; i++) {
		struct buf b = BUF_INIT;

		json_write(&b, &v->items[i]);
		*lists[i] = rbac_list_parse(a, (struct span){arena_strndup(a, b.p, b.n), b.n});
		buf_fini(&b);
	}
}

/* The same question through the index that large roles have: behind rules for other things, the rule itself last. */
static bool indexed(struct arena *a, const struct policy_rule *rule, const struct rbac_question *q)
{
	struct policy_rule *many = arena_array(a, 40, sizeof(*many));

	for (int i = 0; i < 39; i++)
		read_rule(a, "[[\"none.example\"],[\"other\",\"other/x\",\"pods\",\"*/exec\"],[\"none\"],[],[\"/none\"]]", &many[i]);
	many[39] = *rule;
	return rbac_rules_ask(rbac_rules_new(a, many, 40), q) == &many[39];
}

static void single_rules(void)
{
	auto_arena a = ARENA_INIT;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		struct rbac_question q = {.verb = span_of(rules[i].verb), .group = span_of(rules[i].group), .resource = span_of(rules[i].resource),
					  .subresource = span_of(rules[i].sub), .name = span_of(rules[i].name)};
		struct policy_rule r;

		read_rule(&a, rules[i].rule, &r);
		rbac_question_settle(&a, &q);
		test_check(rbac_rule_allows(&r, &q) == rules[i].allowed, rules[i].reason, __FILE__, __LINE__);
		test_check(indexed(&a, &r, &q) == rules[i].allowed, rules[i].reason, __FILE__, __LINE__);
	}
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct rbac_question q = {.verb = span_of(paths[i].verb), .is_path = true, .path = span_of(paths[i].path)};
		struct policy_rule r;

		read_rule(&a, arena_printf(&a, "[[],[],[\"get\"],[],%s]", paths[i].urls), &r);
		test_check(rbac_rule_allows(&r, &q) == paths[i].allowed, paths[i].reason, __FILE__, __LINE__);
		test_check(indexed(&a, &r, &q) == paths[i].allowed, paths[i].reason, __FILE__, __LINE__);
	}
}

/* As the loaders and derive-rbac leave it. */
static const char site[] =
	"INSERT INTO scope(id, kind, name) VALUES (1, 'cluster', 'c');"
	"INSERT INTO thing(id, kind, ref, cluster, type, name) VALUES (1,'object','c/-/ClusterRole/all','c','ClusterRole','all'),"
	"(2,'object','c/-/ClusterRole/read','c','ClusterRole','read'),(3,'object','c/a/Role/read','c','Role','read'),"
	"(11,'object','c/-/ClusterRoleBinding/everywhere','c','ClusterRoleBinding','everywhere'),(12,'object','c/a/RoleBinding/here','c','RoleBinding','here'),"
	"(13,'object','c/a/RoleBinding/own','c','RoleBinding','own'),(14,'object','c/b/RoleBinding/dangling','c','RoleBinding','dangling'),"
	"(15,'object','c/-/ClusterRoleBinding/urls','c','ClusterRoleBinding','urls'),(16,'object','c/b/RoleBinding/urls','c','RoleBinding','urls'),"
	"(20,'object','c/a/Pod/p','c','Pod','p');"
	"INSERT INTO role(thing, cluster, namespace, name, bootstrap) VALUES (1,'c',NULL,'all',0),(2,'c',NULL,'read',0),(3,'c','a','read',0);"
	"INSERT INTO role_rule(role, ordinal, groups, resources, verbs, names, urls) VALUES "
	"(1,0,'[\"*\"]','[\"*\"]','[\"*\"]','[]','[]'),(1,1,'[]','[]','[\"*\"]','[]','[\"*\"]'),"
	"(2,0,'[\"\"]','[\"pods\"]','[\"get\"]','[]','[]'),(2,1,'[]','[]','[\"get\"]','[]','[\"/x\"]'),(3,0,'[\"\"]','[\"secrets\"]','[\"get\"]','[]','[]');"
	"INSERT INTO binding(thing, cluster, namespace, name, role_kind, role_name, role, bootstrap) VALUES "
	"(11,'c',NULL,'everywhere','ClusterRole','all',1,0),(12,'c','a','here','ClusterRole','read',2,0),(13,'c','a','own','Role','read',3,0),"
	"(14,'c','b','dangling','Role','gone',NULL,0),(15,'c',NULL,'urls','ClusterRole','read',2,0),(16,'c','b','urls','ClusterRole','all',1,0);"
	"INSERT INTO binding_subject(binding, kind, namespace, name) VALUES (11,'User',NULL,'root'),(11,'ServiceAccount',NULL,'nowhere'),"
	"(12,'Group',NULL,'devs'),(12,'ServiceAccount','a','ci'),(13,'ServiceAccount','b','ci'),(13,'ServiceAccount','a','x:y'),(14,'User',NULL,'jane'),"
	"(15,'User',NULL,'urler'),(16,'User',NULL,'local');";

static const struct {
	const char *user, *group1, *verb, *resource, *namespace, *path;
	const char *binding; /* NULL: not allowed; "": allowed without a binding */
	const char *reason;
} holders[] = {
	{"root", NULL, "delete", "nodes", "", NULL, "c/-/ClusterRoleBinding/everywhere", "a cluster role binding holds for the cluster"},
	{"root", NULL, "delete", "pods", "zzz", NULL, "c/-/ClusterRoleBinding/everywhere", "and in every namespace, also one that is not there"},
	{"Root", NULL, "delete", "nodes", "", NULL, NULL, "users are compared by byte"},
	{"", "root", "delete", "nodes", "", NULL, NULL, "a group is no user of the same name"},
	{"jim", "devs", "get", "pods", "a", NULL, "c/a/RoleBinding/here", "through a group, a ClusterRole in a namespace"},
	{"jim", "devs", "get", "pods", "b", NULL, NULL, "not in another namespace"},
	{"jim", "devs", "get", "pods", "", NULL, NULL, "a question without a namespace is for the whole cluster"},
	{"jim", "Devs", "get", "pods", "a", NULL, NULL, "groups are compared by byte"},
	{"devs", NULL, "get", "pods", "a", NULL, NULL, "a user is no group of the same name"},
	{"system:serviceaccount:a:ci", NULL, "get", "pods", "a", NULL, "c/a/RoleBinding/here", "a service account by its user name"},
	{"system:serviceaccount:b:ci", NULL, "get", "secrets", "a", NULL, "c/a/RoleBinding/own", "of another namespace, in the binding's"},
	{"system:serviceaccount:b:ci", NULL, "get", "secrets", "b", NULL, NULL, "not in its own"},
	{"system:serviceaccount:a:x:y", NULL, "get", "secrets", "a", NULL, "c/a/RoleBinding/own", "a name with a colon is joined to the same text"},
	{"system:serviceaccount:a:x", NULL, "get", "secrets", "a", NULL, NULL, "and no part of it"},
	{"ci", NULL, "get", "pods", "a", NULL, NULL, "an account's bare name is nobody"},
	{"nowhere", NULL, "get", "pods", "a", NULL, NULL, "an account without a namespace in a cluster role binding is nobody"},
	{"system:serviceaccount::nowhere", NULL, "get", "pods", "a", NULL, NULL, "nor is it the account of no namespace"},
	{"jane", NULL, "get", "pods", "b", NULL, NULL, "a binding to a role that is not there gives nothing"},
	{"urler", NULL, "get", NULL, NULL, "/x", "c/-/ClusterRoleBinding/urls", "a path through a cluster role binding"},
	{"local", NULL, "get", NULL, NULL, "/x", NULL, "a role binding never gives paths"},
	{"local", NULL, "get", "pods", "b", NULL, "c/b/RoleBinding/urls", "though its resources hold there"},
	{"nobody", "system:masters", "escalate", "x", "", NULL, "", "system:masters is allowed before any role is asked"},
	{"nobody", "system:Masters", "escalate", "x", "", NULL, NULL, "by byte"},
	{"nobody", "system:masters", "get", NULL, NULL, "/x", "", "paths too"},
	{"system:node:n1", "system:nodes", "get", "services", "a", NULL, "", "the Node authorizer: a rule for all nodes"},
	{"system:node:n1", "devs", "get", "services", "a", NULL, NULL, "only in the group system:nodes"},
	{"system:node:", "system:nodes", "get", "services", "a", NULL, NULL, "only with a name"},
	{"system:node:n1", "system:nodes", "get", NULL, NULL, "/x", NULL, "the Node authorizer knows no paths"},
	{"system:node:n1", "system:nodes", "list", "pods", "a", NULL, NULL, "pods only with a field selector since 1.32"},
	{"system:node:n1", "system:nodes", "create", "pods", "a", NULL, "", "mirror pods"},
};

static void check_holder(struct rbac_eval *v, size_t i, struct arena *a)
{
	const struct span groups[] = {span_of(holders[i].group1)};
	struct rbac_question q = {.user = span_of(holders[i].user), .members = {groups, holders[i].group1 ? 1 : 0}, .verb = span_of(holders[i].verb)};
	struct rbac_answer got;

	if (holders[i].path) {
		q.is_path = true;
		q.path = span_of(holders[i].path);
	} else {
		q.resource = span_of(holders[i].resource);
		q.namespace = span_of(holders[i].namespace);
	}
	rbac_question_settle(a, &q);
	CHECK(rbac_eval_ask(v, &q, &got, NULL) == 0);
	test_check(got.allowed == (holders[i].binding != NULL), holders[i].reason, __FILE__, __LINE__);
	if (got.allowed && holders[i].binding)
		CHECK_SPAN(got.binding ? got.binding->ref : SPAN(""), holders[i].binding);
}

static void who_holds(void)
{
	auto_arena a = ARENA_INIT;
	auto_db db = {0};
	struct rbac_eval *all, *one;

	CHECK(db_create(&db, NULL, DB_APPLICATION_ID, NULL) == 0 && schema_create(&db, NULL) == 0 && object_register(&db, NULL) == 0);
	CHECK(db_exec(&db, site, NULL) == 0);
	CHECK(rbac_eval_open(&db, SPAN("c"), &all, NULL) == 0);
	for (size_t i = 0; i < sizeof(holders) / sizeof(holders[0]); i++) {
		const struct span groups[] = {span_of(holders[i].group1)};

		check_holder(all, i, &a);
		CHECK(rbac_eval_open_for(&db, SPAN("c"), span_of(holders[i].user), (struct rbac_list){groups, holders[i].group1 ? 1 : 0}, &one, NULL) == 0);
		check_holder(one, i, &a);
		rbac_eval_free(one);
	}
	rbac_eval_free(all);
}

/* The first in order names the reason: cluster-wide before the namespace's own. */
static void order(void)
{
	static const char more[] = "INSERT INTO binding_subject(binding, kind, name) VALUES (13,'User','two'),(11,'User','two')";
	auto_arena a = ARENA_INIT;
	auto_db db = {0};
	struct rbac_eval *v;
	struct rbac_question q = {.user = SPAN("two"), .verb = SPAN("get"), .resource = SPAN("secrets"), .namespace = SPAN("a")};
	struct rbac_answer got;
	auto_buf text = BUF_INIT;

	CHECK(db_create(&db, NULL, DB_APPLICATION_ID, NULL) == 0 && schema_create(&db, NULL) == 0);
	CHECK(db_exec(&db, site, NULL) == 0 && db_exec(&db, more, NULL) == 0);
	CHECK(rbac_eval_open(&db, SPAN("c"), &v, NULL) == 0);
	rbac_question_settle(&a, &q);
	CHECK(rbac_eval_ask(v, &q, &got, NULL) == 0);
	rbac_answer_json(&text, &got);
	CHECK_STR(buf_str(&text), "{\"binding\":\"c/-/ClusterRoleBinding/everywhere\",\"role\":\"c/-/ClusterRole/all\",\"rule\":0,"
				  "\"allows\":{\"apiGroups\":[\"*\"],\"resources\":[\"*\"],\"verbs\":[\"*\"]}}");
	rbac_eval_free(v);
}

static void lists(void)
{
	auto_arena a = ARENA_INIT;

	CHECK_INT(rbac_list_parse(&a, SPAN("[]")).n, 0);
	CHECK_INT(rbac_list_parse(&a, SPAN("[\"\"]")).n, 1);
	CHECK_INT(rbac_list_parse(&a, SPAN("[\"a\",\"b,c\",\"[d]\"]")).n, 3);
	CHECK_SPAN(rbac_list_parse(&a, SPAN("[\"a\",\"b,c\"]")).at[1], "b,c");
	CHECK_SPAN(rbac_list_parse(&a, SPAN("[\"a\\\"\",\"\\u00fc\"]")).at[1], "\303\274");
	CHECK_INT(rbac_list_parse(&a, SPAN("[1,\"a\",null]")).n, 1);
	CHECK_INT(rbac_list_parse(&a, SPAN("{}")).n, 0);
	CHECK_INT(rbac_list_parse(&a, SPAN("")).n, 0);
	CHECK_INT(rbac_list_parse(&a, SPAN("[\"a")).n, 0);
}

int main(void)
{
	TEST(single_rules);
	TEST(who_holds);
	TEST(order);
	TEST(lists);
	return test_end();
}
