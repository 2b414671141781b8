// SPDX-License-Identifier: Apache-2.0
// Cases of network policies in tests/fixtures/network: each says in one sentence what the specification asks for, adds its policies to a
// small cluster, and lists connections that are allowed and denied. Expectations are worked out by hand from the source that the case names.
#include "test.h"
#include "analyze/analyze.h"
#include "analyze/network.h"
#include "common/yaml-read.h"

static struct span text_of(struct arena *a, const char *path)
{
	FILE *f = fopen(path, "r");
	struct buf b = BUF_INIT;
	struct span s = SPAN_NONE;
	size_t n;

	if (!f)
		return s;
	while ((n = fread(buf_room(&b, 65536), 1, 65536, f)) > 0)
		b.n += n;
	fclose(f);
	s = (struct span){arena_strndup(a, b.p ? b.p : "", b.n), b.n};
	buf_fini(&b);
	return s;
}

static const struct json *yaml_of(struct arena *a, const char *path)
{
	struct err e = {0};
	struct json *v = NULL;

	if (yaml_parse(a, text_of(a, path), &v, &e))
		printf("not ok - %s: %s\n", path, e.msg);
	test_check(v != NULL, path, __FILE__, __LINE__);
	return v;
}

/* { np: SPEC, ns: NAMESPACE } and its like stand for whole objects. */
static const struct {
	const char *word, *api, *kind;
} shorts[] = {
	{"np", "networking.k8s.io/v1", "NetworkPolicy"},
	{"anp", "policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy"},
	{"banp", "policy.networking.k8s.io/v1alpha1", "BaselineAdminNetworkPolicy"},
	{"clp", "policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy"},
	{"cnp", "cilium.io/v2", "CiliumNetworkPolicy"},
	{"ccnp", "cilium.io/v2", "CiliumClusterwideNetworkPolicy"},
	{"cal", "projectcalico.org/v3", "NetworkPolicy"},
	{"gnp", "projectcalico.org/v3", "GlobalNetworkPolicy"},
};

static struct json expand(struct arena *a, const struct json *v, size_t ordinal)
{
	for (size_t i = 0; i < sizeof(shorts) / sizeof(shorts[0]); i++) {
		const struct json *spec = json_get(v, shorts[i].word);
		struct json object = {.type = JSON_OBJECT}, meta = {.type = JSON_OBJECT};
		struct span name = json_text_at(v, "name");

		if (!spec)
			continue;
		json_set(a, &meta, "name", json_make_str(a, name.n ? name : span_of(arena_printf(a, "p%zu", ordinal))));
		if (json_text_at(v, "ns").n)
			json_set(a, &meta, "namespace", json_make_str(a, json_text_at(v, "ns")));
		json_set(a, &object, "apiVersion", json_make_str(a, span_of(shorts[i].api)));
		json_set(a, &object, "kind", json_make_str(a, span_of(shorts[i].kind)));
		json_set(a, &object, "metadata", meta);
		json_set(a, &object, "spec", *spec);
		return object;
	}
	return *v;
}

/* "a/web -> b/db UDP 53": TCP where no protocol stands. */
static bool ask(struct net *net, struct span q, bool *allowed, struct err *e)
{
	struct span rest = q, words[5] = {SPAN("")};
	struct net_party from, to;
	struct net_answer answer;
	size_t n = 0;
	int protocol;
	uint32_t port;

	while (rest.p && n < 5)
		words[n++] = span_cut(&rest, ' ');
	if (n < 4 || network_party(net, words[0], &from, e) || network_party(net, words[2], &to, e) ||
	    network_port(&to, n == 5 ? words[3] : SPAN("TCP"), words[n - 1], &protocol, &port, e))
		return false;
	net_ask(net, &from, &to, protocol, port, &answer);
	*allowed = answer.allowed;
	return true;
}

static void ask_all(struct net *net, const struct json *cas, const char *member, bool want)
{
	JSON_EACH(q, json_get(cas, member))
	{
		struct err e = {0};
		bool allowed = !want;

		if (!ask(net, json_str(q), &allowed, &e) || allowed != want) {
			printf("  %.*s %s\n", SPAN_ARG(json_str(q)), e.kind ? e.msg : want ? "is denied" : "is allowed");
			test_check(false, json_text_at(cas, "says").p, __FILE__, __LINE__);
		} else {
			test_check(true, "", __FILE__, __LINE__);
		}
	}
}

static void problems(struct net *net, const struct json *cas)
{
	size_t n = 0;

	JSON_EACH(want, json_get(cas, "problems"))
	{
		bool found = false;

		for (size_t i = 0; i < net->n_problems; i++)
			found |= strstr(net->problems[i].message, json_str(want).p) != NULL;
		test_check(found, json_str(want).p, __FILE__, __LINE__);
		n++;
	}
	if (n != net->n_problems && json_get(cas, "problems"))
		printf("  %zu problems\n", net->n_problems);
	for (size_t i = 0; !n && i < net->n_problems; i++)
		test_check(false, net->problems[i].message, __FILE__, __LINE__);
}

/* Hands the objects over as one list. */
static int walk(void *ctx, input_each *each, void *each_ctx, struct err *e)
{
	struct source s;
	struct member m = {.path = "given.json", .kind = "kubernetes/list", .content = &s};
	auto_buf b = BUF_INIT;
	int rc;

	json_write(&b, ctx);
	source_from_span(&s, buf_span(&b), "given");
	rc = each(each_ctx, &m, e);
	source_close(&s);
	return rc;
}

static int analyze(struct json *list, struct db *db, struct err *e)
{
	const struct analyze_options o = {.no_checks = true, .walk = walk, .walk_ctx = list, .as_of = 1795305600};
	int64_t unread;

	return analyze_run(&o, NULL, db, &unread, e);
}

/* The base and what a case adds as one list. */
static struct json list_of(struct arena *a, const struct json *base, const struct json *more)
{
	struct json given = {.type = JSON_ARRAY}, list = {.type = JSON_OBJECT};
	size_t n = 0;

	JSON_EACH(v, base)
	{
		json_push(a, &given, *v);
	}
	JSON_EACH(v, more)
	{
		json_push(a, &given, expand(a, v, n++));
	}
	json_set(a, &list, "kind", json_make_str(a, SPAN("List")));
	json_set(a, &list, "apiVersion", json_make_str(a, SPAN("v1")));
	json_set(a, &list, "items", given);
	return list;
}

/* Policies alone are put beside the analyzed base; what else a case brings is analyzed with it. */
static int load_case(struct arena *a, struct db *base_db, const struct json *base, const struct json *more, struct db *db, struct net *net, struct err *e)
{
	const struct json **objects = arena_array(a, json_count(more), sizeof(*objects));
	struct json list;
	struct net_more with = {0};
	size_t n = 0;

	JSON_EACH(v, more)
	{
		struct json *copy = arena_alloc(a, sizeof(*copy));

		*copy = expand(a, v, n);
		objects[n++] = copy;
	}
	with = (struct net_more){.objects = objects, .n = n};
	if (net_load_with(net, base_db, "cluster", &with, e))
		return -1;
	if (!with.unknown)
		return 0;
	net_fini(net);
	list = list_of(a, base, more);
	return analyze(&list, db, e) || net_load(net, db, "cluster", NULL, 0, e) ? -1 : 0;
}

static void one_case(struct db *base_db, const struct json *base, const struct json *cas)
{
	auto_arena a = ARENA_INIT;
	struct err e = {0};
	auto_db db = {0};
	auto_net net = {0};

	if (load_case(&a, base_db, base, json_get(cas, "policies"), &db, &net, &e)) {
		test_check(false, e.msg, __FILE__, __LINE__);
		return;
	}
	ask_all(&net, cas, "allow", true);
	ask_all(&net, cas, "deny", false);
	problems(&net, cas);
}

static int file_of_cases(const char *path, struct db *db, const struct json *base)
{
	auto_arena a = ARENA_INIT;
	const struct json *all = yaml_of(&a, path);
	int n = 0;

	test_name = arena_strdup(&a, path);
	JSON_EACH(cas, all)
	{
		if (!json_text_at(cas, "says").n || !json_text_at(cas, "source").n)
			test_check(false, "a case without its sentence or source", path, (int)cas->line);
		one_case(db, base, cas);
		n++;
	}
	test_name = "";
	return n;
}

int main(void)
{
	static const char *const files[] = {"kubernetes", "admin", "cilium", "calico", "hostile"};
	auto_arena a = ARENA_INIT;
	const struct json *base = yaml_of(&a, "tests/fixtures/network/base.yaml");
	struct json list = list_of(&a, base, NULL);
	struct err e = {0};
	auto_db db = {0};
	int n = 0;

	if (analyze(&list, &db, &e)) {
		printf("not ok - %s\n", e.msg);
		return 1;
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		n += file_of_cases(arena_printf(&a, "tests/fixtures/network/%s.yaml", files[i]), &db, base);
	CHECK(n >= 200);
	return test_end();
}
