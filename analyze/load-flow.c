// SPDX-License-Identifier: Apache-2.0
// Connections that somebody observed, line by line. Formats: Hubble's `observe -o json` (Cilium, api/v1/flow/flow.proto), Calico's flow logs as
// JSON, `conntrack -L` (conntrack-tools), AWS VPC flow logs of version 2. Which workload an address is, derive-network.c tells.
#include "load-flow.h"
#include "kubernetes.h"
#include "common/json.h"
#include "common/limits.h"

#include <stdlib.h>

static struct span joined(struct arena *a, struct span namespace, struct span name)
{
	return span_of(arena_printf(a, "%.*s/%.*s", SPAN_ARG(namespace), SPAN_ARG(name)));
}

/* A pod where the line names one, else the address. */
static struct span hubble_end(struct arena *a, const struct json *end, struct span address)
{
	struct span pod = json_text_at(end, "pod_name"), namespace = json_text_at(end, "namespace");

	return pod.n && namespace.n ? joined(a, namespace, pod) : address;
}

static int hubble(struct arena *a, const struct json *v, struct flow *f)
{
	static const struct {
		const char *member, *name;
	} layers[] = {{"TCP", "TCP"}, {"UDP", "UDP"}, {"SCTP", "SCTP"}, {"ICMPv4", "ICMP"}, {"ICMPv6", "ICMP"}};
	const struct json *flow = json_get(v, "flow") ? json_get(v, "flow") : v, *l4 = json_get(flow, "l4");
	struct span verdict = json_text_at(flow, "verdict");

	for (size_t i = 0; i < sizeof(layers) / sizeof(layers[0]); i++)
		if (json_get(l4, layers[i].member)) {
			f->protocol = span_of(layers[i].name);
			json_int(json_get(json_get(l4, layers[i].member), "destination_port"), &f->port);
		}
	f->source = hubble_end(a, json_get(flow, "source"), json_text_at(flow, "IP.source"));
	f->target = hubble_end(a, json_get(flow, "destination"), json_text_at(flow, "IP.destination"));
	f->reply = json_bool_at(flow, "is_reply") == 1;
	f->allowed = span_eq(verdict, "FORWARDED") || span_eq(verdict, "REDIRECTED") || span_eq(verdict, "TRANSLATED") ? 1 : span_eq(verdict, "DROPPED") ? 0 : -1;
	return f->protocol.n && f->source.n && f->target.n;
}

static struct span calico_end(struct arena *a, const struct json *v, const char *name, const char *namespace, const char *address)
{
	struct span pod = json_text_at(v, name), space = json_text_at(v, namespace), ip = json_text_at(v, address);

	if (pod.n && space.n && !span_eq(pod, "-") && !span_eq(space, "-") && pod.p[pod.n - 1] != '*')
		return joined(a, space, pod);
	return span_eq(ip, "-") ? SPAN_NONE : ip;
}

static int calico(struct arena *a, const struct json *v, struct flow *f)
{
	struct span action = json_text_at(v, "action");

	f->source = calico_end(a, v, "source_name", "source_namespace", "source_ip");
	f->target = calico_end(a, v, "dest_name", "dest_namespace", "dest_ip");
	f->protocol = json_scalar(json_get(v, "proto"));
	json_int(json_get(v, "dest_port"), &f->port);
	json_int(json_get(v, "num_flows"), &f->count);
	f->allowed = span_eq(action, "allow") ? 1 : span_eq(action, "deny") ? 0 : -1;
	return f->protocol.n && f->source.n && f->target.n;
}

/* "src=10.1.0.1": the value of the n-th one of a key. */
static struct span value_of(struct span line, const char *key, int nth)
{
	size_t n = strlen(key);

	for (struct span rest = line; rest.p;) {
		struct span word = span_cut(&rest, ' ');

		if (span_starts(word, key) && nth-- == 0)
			return (struct span){word.p + n, word.n - n};
	}
	return SPAN_NONE;
}

/* The answer's tuple tells who really answered: behind a service that is the pod. */
static int conntrack(struct span line, struct flow *f)
{
	struct span rest = line, word = span_cut(&rest, ' ');
	struct span port = value_of(line, "sport=", 1);

	if (span_eq(word, "ipv4") || span_eq(word, "ipv6")) {
		while (rest.p && (word = span_cut(&rest, ' '), !word.n || (word.p[0] >= '0' && word.p[0] <= '9')))
			;
	}
	f->protocol = word;
	f->source = value_of(line, "src=", 0);
	f->target = value_of(line, "src=", 1);
	if (!f->target.n) {
		f->target = value_of(line, "dst=", 0);
		port = value_of(line, "dport=", 0);
	}
	span_int(port, &f->port);
	f->allowed = span_has(line, "[UNREPLIED]") ? -1 : 1;
	return f->source.n && f->target.n;
}

/* version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status */
static int vpc(struct span line, struct flow *f)
{
	struct span words[14], rest = line;
	int64_t from = 0;
	size_t n = 0;

	while (rest.p && n < 14) {
		words[n] = span_cut(&rest, ' ');
		n += words[n].n > 0;
	}
	if (n < 13 || span_eq(words[0], "version") || span_eq(words[3], "-"))
		return 0;
	f->source = words[3];
	f->target = words[4];
	f->protocol = words[7];
	span_int(words[5], &from);
	span_int(words[6], &f->port);
	f->allowed = span_eq(words[12], "ACCEPT") ? 1 : span_eq(words[12], "REJECT") ? 0 : -1;
	f->reply = from > 0 && from < 32768 && f->port >= 32768; /* both ways are logged: the low port is the service's */
	return 1;
}

static struct span protocol_word(struct span s)
{
	static const struct {
		const char *written, *name;
	} names[] = {{"6", "TCP"}, {"tcp", "TCP"}, {"17", "UDP"}, {"udp", "UDP"}, {"132", "SCTP"}, {"sctp", "SCTP"}, {"1", "ICMP"}, {"icmp", "ICMP"}, {"icmpv6", "ICMP"}, {"58", "ICMP"}};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_ieq(s, names[i].written))
			return span_of(names[i].name);
	return SPAN("other");
}

int flow_parse(struct arena *a, const char *format, struct span line, struct flow *out, struct err *e)
{
	struct json *v;
	int rc;

	*out = (struct flow){.count = 1, .allowed = -1};
	if (strcmp(format, "hubble") == 0 || strcmp(format, "calico") == 0) {
		if (json_parse(a, line, &v, e))
			return -1;
		rc = strcmp(format, "hubble") == 0 ? hubble(a, v, out) : calico(a, v, out);
	} else {
		rc = strcmp(format, "vpc") == 0 ? vpc(line, out) : conntrack(line, out);
	}
	if (out->port < 0 || out->port > 65535)
		return err_set(e, ERR_INPUT, "port %lld: a port is 0 to 65535", (long long)out->port);
	if (out->count < 0 || out->count > INT32_MAX)
		out->count = 1;
	out->protocol = protocol_word(out->protocol);
	return rc;
}

static int write_flow(struct load *l, const char *format, const struct flow *f, struct err *e)
{
	return db_run(l->db, e,
		      "INSERT INTO flow(cluster, source, target, protocol, port, allowed, reply, origin, count) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
		      "ON CONFLICT DO UPDATE SET count = count + excluded.count",
		      "stttibbsi", kube_cluster(l), f->source, f->target, f->protocol, f->port, f->allowed, f->reply, format, f->count);
}

static int one_line(struct load *l, const char *format, struct span line, int64_t number, struct err *e)
{
	struct err why = {0};
	struct flow f;
	int rc = flow_parse(&l->item, format, line, &f, &why);

	if (rc < 0)
		rc = load_problem(l, arena_printf(&l->item, "line %lld", (long long)number), e, "%s", why.msg);
	else if (rc > 0 && (rc = write_flow(l, format, &f, e)) == 0)
		l->items++;
	arena_reset(&l->item);
	return rc < 0 ? -1 : 0;
}

int load_flows(struct load *l, struct source *content, struct err *e)
{
	const char *format = strchr(l->kind, '/') ? strchr(l->kind, '/') + 1 : l->kind;
	auto_buf b = BUF_INIT;
	struct err why = {0};
	int64_t number = 0;
	bool skipping = false;
	ssize_t n;

	do {
		size_t from = 0;
		char *end;

		n = source_read(content, buf_room(&b, 65536), 65536, &why);
		if (n < 0 && load_problem(l, NULL, e, "%s", why.msg))
			return -1;
		b.n += n > 0 ? (size_t)n : 0;
		if (n <= 0 && b.n)
			buf_add_char(&b, '\n');
		while ((end = b.n > from ? memchr(b.p + from, '\n', b.n - from) : NULL)) {
			struct span line = span_trim((struct span){b.p + from, (size_t)(end - b.p) - from});

			number++;
			from = (size_t)(end - b.p) + 1;
			if (!skipping && line.n && one_line(l, format, line, number, e))
				return -1;
			skipping = false;
		}
		memmove(b.p, b.p + from, b.n - from);
		b.n -= from;
		if (b.n > LIMIT_LINE_BYTES) {
			if (!skipping && load_problem(l, NULL, e, "line %lld is over %u bytes", (long long)number + 1, LIMIT_LINE_BYTES))
				return -1;
			skipping = true;
			b.n = 0;
		}
	} while (n > 0);
	return load_kind(l, l->kind, l->items, e);
}
