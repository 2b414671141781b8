// SPDX-License-Identifier: Apache-2.0
// Counters of service meshes in Prometheus' text format (prometheus.io, "Exposition formats"): Istio's and Linkerd's. They tell of what goes
// through the proxies of the mesh, and of requests, not connections.
#include "flow.h"

#include <math.h>
#include <stdlib.h>

enum { LABELS_MAX = 100 };
struct label {
	struct span name, value;
};
struct sample {
	struct span metric;
	struct label labels[LABELS_MAX];
	size_t n;
	double value;
};

static struct span get(const struct sample *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (span_eq(s->labels[i].name, name))
			return s->labels[i].value;
	return SPAN_NONE;
}

/* A label's value, behind its opening quote; `*at` goes behind the closing one. Escapes: \\ \" \n. */
static bool quoted(struct arena *a, struct span line, size_t *at, struct span *out)
{
	size_t from = *at, n = 0;
	bool escaped = false;
	char *copy;

	while (*at < line.n && line.p[*at] != '"') {
		escaped |= line.p[*at] == '\\';
		*at += line.p[*at] == '\\' ? 2 : 1;
	}
	if (*at >= line.n)
		return false;
	*out = (struct span){line.p + from, *at - from};
	++*at;
	if (!escaped)
		return true;
	copy = arena_alloc(a, out->n + 1);
	for (size_t i = 0; i < out->n; i++) {
		bool special = out->p[i] == '\\' && i + 1 < out->n;

		i += special;
		copy[n++] = special && out->p[i] == 'n' ? '\n' : out->p[i];
	}
	*out = (struct span){copy, n};
	return true;
}

static bool labels(struct arena *a, struct span line, size_t *at, struct sample *s)
{
	while (*at < line.n && line.p[*at] != '}') {
		size_t from;

		while (*at < line.n && (line.p[*at] == ',' || line.p[*at] == ' '))
			++*at;
		if (*at < line.n && line.p[*at] == '}')
			break;
		for (from = *at; *at < line.n && line.p[*at] != '=';)
			++*at;
		if (s->n == LABELS_MAX || *at + 1 >= line.n || line.p[*at + 1] != '"')
			return false;
		s->labels[s->n].name = span_trim((struct span){line.p + from, *at - from});
		*at += 2;
		if (!quoted(a, line, at, &s->labels[s->n++].value))
			return false;
	}
	return (*at)++ < line.n;
}

static int parse(struct arena *a, struct span line, struct sample *s, struct err *e)
{
	size_t at = 0;
	char text[64], *end;
	struct span rest, value;

	while (at < line.n && line.p[at] != '{' && line.p[at] != ' ')
		at++;
	s->metric = (struct span){line.p, at};
	if (at < line.n && line.p[at] == '{' && (at++, !labels(a, line, &at, s)))
		return err_set(e, ERR_INPUT, "labels as {name=\"value\",...} were expected, at most %d", LABELS_MAX);
	rest = span_trim((struct span){line.p + at, at < line.n ? line.n - at : 0});
	value = span_cut(&rest, ' ');
	if (!value.n || value.n >= sizeof(text))
		return err_set(e, ERR_INPUT, "a number was expected behind the labels");
	memcpy(text, value.p, value.n);
	text[value.n] = 0;
	s->value = strtod(text, &end);
	return *end ? err_set(e, ERR_INPUT, "a number was expected behind the labels") : 0;
}

static struct span known(struct span s)
{
	return s.n && !span_eq(s, "unknown") ? s : SPAN_NONE;
}

/* A workload of the mesh by its name; else a name that the caller used, which may be anywhere. */
static struct span istio_end(struct arena *a, const struct sample *s, const char *side, struct span other)
{
	char key[48];
	struct span name, namespace;

	snprintf(key, sizeof(key), "%s_workload", side);
	name = known(get(s, key));
	snprintf(key, sizeof(key), "%s_workload_namespace", side);
	namespace = known(get(s, key));
	if (name.n && namespace.n)
		return flow_joined(a, namespace, name);
	return other.n ? other : SPAN("unknown");
}

static int istio(struct arena *a, const struct sample *s, struct flow *f)
{
	struct span policy = get(s, "connection_security_policy"), code = get(s, "response_code");
	bool source = span_eq(get(s, "reporter"), "source");

	f->source = istio_end(a, s, "source", SPAN_NONE);
	f->target = istio_end(a, s, "destination", known(get(s, "destination_service")));
	f->protocol = SPAN("TCP");
	span_int(get(s, "destination_port"), &f->port);
	if (span_eq(f->source, "unknown") && span_eq(f->target, "unknown"))
		return 0;
	/* Code 0: no answer came. What the caller's proxy counts, the other's counts too: it is kept apart as sent. */
	f->outcome = span_eq(code, "0") ? FLOW_NOT_TOLD : source ? FLOW_SENT : FLOW_PASSED;
	if (span_eq(policy, "mutual_tls"))
		f->tls = 1;
	else if (span_eq(policy, "none"))
		f->tls = 0;
	return 1;
}

/* Labels that say which workload it is: of the proxy itself, or with "dst_" of the other end. */
static struct span linkerd_end(struct arena *a, const struct sample *s, const char *prefix)
{
	static const char *const kinds[] = {"pod", "deployment", "statefulset", "daemonset", "replicaset", "replicationcontroller", "k8s_job", "cronjob"};
	char key[48];
	struct span namespace;

	snprintf(key, sizeof(key), "%snamespace", prefix);
	namespace = get(s, key);
	for (size_t i = 0; namespace.n && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct span name;

		snprintf(key, sizeof(key), "%s%s", prefix, kinds[i]);
		name = get(s, key);
		if (name.n)
			return flow_joined(a, namespace, name);
	}
	return SPAN_NONE;
}

/* A receiver's proxy knows the caller by its service account only, so what senders' proxies count is taken. */
static int linkerd(struct arena *a, const struct sample *s, struct flow *f)
{
	struct span address = SPAN_NONE, called = SPAN_NONE, target = get(s, "target_addr"), tls = get(s, "tls");
	bool connection = span_eq(s->metric, "tcp_open_total");

	if (!span_eq(get(s, "direction"), "outbound") || (connection && !span_eq(get(s, "peer"), "dst")))
		return 0;
	f->source = linkerd_end(a, s, "");
	f->target = linkerd_end(a, s, "dst_");
	if (!flow_split(target, &address, &f->port) && !flow_split(get(s, "authority"), &called, &f->port))
		called = get(s, "authority");
	if (!f->target.n)
		f->target = address.n ? address : called;
	f->protocol = SPAN("TCP");
	f->outcome = FLOW_SENT;
	f->tls = span_eq(tls, "true") ? 1 : tls.n && !span_eq(tls, "loopback") ? 0 : -1;
	return f->source.n && f->target.n;
}

int flow_read_mesh(struct flow_reader *r, struct span line, struct flow *f, struct err *e)
{
	bool of_istio = span_starts(line, "istio_requests_total{") || span_starts(line, "istio_tcp_connections_opened_total{");
	struct sample s = {.n = 0};
	int rc;

	if (!of_istio && !span_starts(line, "request_total{") && !span_starts(line, "tcp_open_total{"))
		return 0;
	if (parse(r->item, line, &s, e))
		return -1;
	if (!isfinite(s.value) || s.value < 0)
		return err_set(e, ERR_INPUT, "a counter is a number from 0 on");
	if (s.value < 1)
		return 0;
	rc = of_istio ? istio(r->item, &s, f) : linkerd(r->item, &s, f);
	f->count = s.value > INT32_MAX ? INT32_MAX : (int64_t)s.value;
	return rc;
}
