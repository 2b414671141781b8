// SPDX-License-Identifier: Apache-2.0
// A cluster through kubectl: version, what can be listed, and each of it. Only get, version and api-resources are ever asked.
#include "collect.h"
#include "kubectl.h"
#include "common/limits.h"
#include "common/progress.h"
#include "common/recognise.h"
#include "common/text.h"

enum { TABLE_BYTES = 4 * 1024 * 1024, ANSWER_BYTES = 1024 * 1024 };
#define CHUNK "--chunk-size=500"
#define TIMEOUT "--request-timeout=5m"

struct resource {
	struct span name, group_version, kind; /* "deployments", "apps/v1", "Deployment" */
	bool namespaced;
};

struct cluster {
	struct collect *c;
	struct kubectl k;
	struct arena arena;   /* of the run */
	const char *name;     /* NULL: nothing tells; the analyzer finds one */
	const char *folder;   /* "cluster/NAME" */
};

static void missing(struct cluster *s, const char *kind, const char *const *args, const char *reason)
{
	auto_buf line = BUF_INIT;

	kubectl_line(args, &line);
	bundle_expected(s->c->w, s->name, kind, buf_str(&line), reason);
}

/* A context's name as that of a cluster: of an ARN its last part; slashes would break refs. */
static const char *name_of(struct arena *a, struct span context)
{
	struct span s = span_trim(context);
	char *name;

	if (span_starts(s, "arn:"))
		s = span_after_last(s, '/');
	name = arena_strndup(a, s.p, s.n);
	for (char *p = name; *p; p++)
		if (*p == '/' || (unsigned char)*p <= ' ' || *p == 127)
			*p = '-';
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || !*name ? NULL : name;
}

static void find_name(struct cluster *s)
{
	static const char *const args[] = {"config", "current-context", NULL};
	auto_buf out = BUF_INIT;
	struct err why = {0};

	if (s->c->options->cluster_name)
		s->name = s->c->options->cluster_name;
	else if (s->k.context)
		s->name = name_of(&s->arena, span_of(s->k.context));
	else if (kubectl_text(&s->k, args, ANSWER_BYTES, &out, NULL, &why) == 0)
		s->name = name_of(&s->arena, buf_span(&out));
	s->folder = arena_printf(&s->arena, "cluster/%s", s->name ? name_of(&s->arena, span_of(s->name)) : "current");
}

/* ---- version and clock */

/* "Date: Sun, 29 Nov 2026 18:00:00 GMT" among the headers that -v=8 tells; in whatever form this kubectl prints them. */
static struct span server_date(struct span said)
{
	const char *at = said.n ? memmem(said.p, said.n, "Date:", 5) : NULL, *end;
	struct span rest;

	if (!at)
		return SPAN_NONE;
	rest = (struct span){at + 5, said.n - (size_t)(at + 5 - said.p)};
	end = memmem(rest.p, rest.n < 64 ? rest.n : 64, "GMT", 3);
	rest.n = end ? (size_t)(end + 3 - rest.p) : 0;
	while (rest.n && (rest.p[0] == ' ' || rest.p[0] == '"' || rest.p[0] == '['))
		rest.p++, rest.n--;
	return rest;
}

static int64_t http_time(struct span s)
{
	struct tm tm = {0};
	char text[64];

	snprintf(text, sizeof(text), "%.*s", SPAN_ARG(s));
	return strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &tm) ? (int64_t)timegm(&tm) : 0;
}

/* What the manifest says of the cluster: which server version, whose clock says what. */
static void note_source(struct cluster *s, struct span version, struct span said)
{
	auto_arena a = ARENA_INIT;
	auto_buf b = BUF_INIT;
	struct json *v;
	int64_t server = http_time(server_date(said)), host = (int64_t)time(NULL);
	char when[32];

	buf_add_str(&b, "{\"source\":\"cluster\"");
	if (s->name) {
		buf_add_str(&b, ",\"cluster\":");
		text_add_json(&b, span_of(s->name));
	}
	if (json_parse(&a, version, &v, NULL) == 0 && json_text_at(v, "serverVersion.gitVersion").n) {
		buf_add_str(&b, ",\"version\":");
		text_add_json(&b, json_text_at(v, "serverVersion.gitVersion"));
	}
	if (server) {
		collect_time(server, when);
		buf_printf(&b, ",\"server_clock\":\"%s\",\"clock_difference_s\":%lld", when, (long long)(server - host));
	}
	buf_add_char(&b, '}');
	bundle_source(s->c->w, buf_span(&b));
}

static int put_text(struct cluster *s, const char *file, const char *kind, const char *const *args, struct span text, struct err *e)
{
	auto_buf line = BUF_INIT, path = BUF_INIT;
	struct source in;
	struct err broken = {0};
	uint64_t items;
	int rc;

	kubectl_line(args, &line);
	buf_printf(&path, "%s/%s", s->folder, file);

	struct member_spec spec = {.path = buf_str(&path), .kind = kind, .cluster = s->name, .source = buf_str(&line), .type = "json", .time = collect_now()};

	source_from_span(&in, text, file);
	rc = evidence_copy(&s->c->evidence, &spec, &in, &items, &broken, e);
	source_close(&in);
	if (rc == 0 && broken.kind)
		missing(s, kind, args, broken.msg);
	return rc;
}

/* 1: the server answers. 0: it does not, and that is noted. -1 */
static int version(struct cluster *s, struct err *e)
{
	static const char *const args[] = {"version", "-o", "json", "--request-timeout=30s", NULL}, *const raw[] = {"get", "--raw", "/version", "-v=8", "--request-timeout=30s", NULL};
	auto_buf out = BUF_INIT, clock = BUF_INIT, said = BUF_INIT;
	struct err why = {0};

	if (kubectl_text(&s->k, args, ANSWER_BYTES, &out, NULL, &why)) {
		missing(s, "kubernetes/*", args, why.msg);
		return 0;
	}
	kubectl_text(&s->k, raw, ANSWER_BYTES, &clock, &said, &why);
	note_source(s, buf_span(&out), buf_span(&said));
	return put_text(s, "version.json", "kubernetes/version", args, buf_span(&out), e) ? -1 : 1;
}

/* ---- what can be listed */

/* One line of `kubectl api-resources`: NAME [SHORTNAMES] APIVERSION NAMESPACED KIND …; the short names may be missing. */
static bool read_line(struct span line, struct resource *r)
{
	struct span words[8];
	size_t n = 0;

	for (struct span rest = line; rest.p && n < 8;) {
		struct span w = span_cut(&rest, ' ');

		if (w.n)
			words[n++] = w;
	}
	for (size_t i = 2; i + 1 < n; i++)
		if (span_eq(words[i], "true") || span_eq(words[i], "false")) {
			*r = (struct resource){words[0], words[i - 1], words[i + 1], span_eq(words[i], "true")};
			return true;
		}
	return false;
}

static bool plain_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789.-/", s.p[i]) || !s.p[i])
			return false;
	return s.n > 0 && s.n < 200 && s.p[0] != '-';
}

/* Events say what happened lately, twice and at length; nothing is judged by them. */
static bool passed_over(const struct resource *r)
{
	return span_eq(r->name, "events") && (span_starts(r->group_version, "events.k8s.io/") || span_eq(r->group_version, "v1"));
}

/* What the server can list, as a member: the API's list is evidence itself. */
static int put_resources(struct cluster *s, const char *const *args, struct span table, struct err *e)
{
	auto_buf b = BUF_INIT;
	struct span rest = table;
	size_t n = 0;

	buf_add_str(&b, "{\"resources\":[");
	while (rest.p) {
		struct resource r;

		if (!read_line(span_cut(&rest, '\n'), &r))
			continue;
		buf_printf(&b, "%s{\"name\":", n++ ? "," : "");
		text_add_json(&b, r.name);
		buf_add_str(&b, ",\"apiVersion\":");
		text_add_json(&b, r.group_version);
		buf_add_str(&b, ",\"kind\":");
		text_add_json(&b, r.kind);
		buf_printf(&b, ",\"namespaced\":%s}", r.namespaced ? "true" : "false");
	}
	buf_add_str(&b, "]}");
	return put_text(s, "api-resources.json", "kubernetes/api-resources", args, buf_span(&b), e);
}

/* ---- one resource */

static const char *evidence_kind(struct arena *a, const struct resource *r)
{
	char kind[320];

	recognise_kubernetes(r->group_version, r->kind, kind, sizeof(kind));
	return arena_strdup(a, kind);
}

/* Lists one resource, of all namespaces or of one. */
static int list(struct cluster *s, struct arena *a, const struct resource *r, const char *namespace, struct err *e)
{
	struct span version = r->group_version, group = span_cut(&version, '/');
	const char *what = version.p ? arena_printf(a, "%.*s.%.*s.%.*s", SPAN_ARG(r->name), SPAN_ARG(version), SPAN_ARG(group)) : arena_strndup(a, r->name.p, r->name.n);
	const char *file = version.p ? arena_printf(a, "%.*s.%.*s", SPAN_ARG(r->name), SPAN_ARG(group)) : what;
	const char *args[] = {"get", what, "-o", "json", CHUNK, TIMEOUT, namespace ? "-n" : r->namespaced ? "-A" : NULL, namespace, NULL};
	struct member_spec spec = {.kind = evidence_kind(a, r), .cluster = s->name, .type = "json", .time = collect_now()};
	struct err broken = {0}, why = {0};
	auto_buf line = BUF_INIT;
	struct kubectl_run *run;
	uint64_t items = 0;
	int rc;

	kubectl_line(args, &line);
	spec.source = buf_str(&line);
	spec.path = arena_printf(a, "%s/%s%s%s.json", s->folder, namespace ? namespace : "", namespace ? "/" : "", file);
	if (kubectl_start(&run, &s->k, args, e))
		return -1;
	rc = evidence_copy(&s->c->evidence, &spec, kubectl_output(run), &items, &broken, e);
	/* What kubectl says of its failure tells more than where its output broke off. */
	if (kubectl_end(run, NULL, &why) == 0 && broken.kind)
		why = broken;
	if (rc == 0 && why.kind)
		missing(s, spec.kind, args, items ? arena_printf(a, "broken off behind %llu objects: %s", (unsigned long long)items, why.msg) : why.msg);
	return rc;
}

static int of_namespaces(struct cluster *s, struct arena *a, const struct resource *r, struct err *e)
{
	const struct opt_list *chosen = &s->c->options->namespaces;
	static const char *const args[] = {"get", NULL};
	auto_buf names = BUF_INIT;

	for (size_t i = 0; i < chosen->n; i++) {
		if (list(s, a, r, chosen->at[i], e))
			return -1;
		buf_printf(&names, "%s%s", i ? ", " : "", chosen->at[i]);
	}
	missing(s, evidence_kind(a, r), args, arena_printf(a, "only of the namespaces that were asked for: %s", buf_str(&names)));
	return 0;
}

static int resource(struct cluster *s, const struct resource *r, struct err *e)
{
	auto_arena a = ARENA_INIT;

	if (!plain_name(r->name) || !plain_name(r->group_version) || passed_over(r))
		return 0;
	progress_show(arena_strndup(&a, r->name.p, r->name.n), bundle_members(s->c->w), 0, "members");
	return r->namespaced && s->c->options->namespaces.n ? of_namespaces(s, &a, r, e) : list(s, &a, r, NULL, e);
}

static int resources(struct cluster *s, struct err *e)
{
	static const char *const args[] = {"api-resources", "--verbs=list", "--no-headers", TIMEOUT, NULL};
	auto_buf table = BUF_INIT;
	struct err why = {0};
	struct span rest;

	/* An API group whose server is down costs itself only: the table lists the others. */
	if (kubectl_text(&s->k, args, TABLE_BYTES, &table, NULL, &why))
		missing(s, table.n ? "kubernetes/api-resources" : "kubernetes/*", args, why.msg);
	if (!table.n)
		return 0;
	if (put_resources(s, args, buf_span(&table), e))
		return -1;
	rest = buf_span(&table);
	while (rest.p) {
		struct resource r;

		if (read_line(span_cut(&rest, '\n'), &r) && resource(s, &r, e))
			return -1;
	}
	return 0;
}

int source_kubernetes(struct collect *c, struct err *e)
{
	const struct collect_options *o = c->options;
	struct cluster s = {.c = c, .k = {o->kubectl ? o->kubectl : "kubectl", o->context, o->kubeconfig}};
	int rc;

	if (!o->cluster)
		return 0;
	find_name(&s);
	rc = version(&s, e);
	if (rc > 0)
		rc = resources(&s, e);
	arena_fini(&s.arena);
	return rc;
}
