// SPDX-License-Identifier: Apache-2.0
// `plimsoll network can`: yes or no for one connection or a whole list of them. Why is network-explain.c's.
#include "network.h"
#include "common/json-read.h"
#include "common/limits.h"
#include "common/text.h"

#include <errno.h>
#include <stdio.h>

static void put(struct buf *b, const char *name, struct span value)
{
	buf_printf(b, "%s\"%s\":", b->n > 1 ? "," : "", name);
	text_add_json(b, value);
}

/* Both ends, or why one of them is none. */
static int ends(const struct net *net, struct span source, struct span target, struct net_party *from, struct net_party *to, struct err *e)
{
	if (network_party(net, source, from, e))
		return err_wrap(e, "source");
	if (network_party(net, target, to, e))
		return err_wrap(e, "target");
	return 0;
}

/* The network that questions of a batch are about: one cluster at a time. */
struct batch {
	const struct network_options *o;
	struct net net;
	char cluster[512]; /* whose network is loaded; empty: none yet */
	char fallback[512]; /* cluster of questions that name none; empty: they must */
	struct buf out;
};

/* Reads the network of the cluster that the question names. */
static int turn_to(struct batch *b, struct span cluster, struct err *e)
{
	if (!cluster.n && !b->fallback[0])
		return err_set(e, ERR_INPUT, "several clusters stand in the assessment: the question must name its cluster");
	if (!cluster.n)
		cluster = span_of(b->fallback);
	if (b->cluster[0] && span_eq(cluster, b->cluster))
		return 0;
	if (cluster.n >= sizeof(b->cluster) || !db_int(b->o->db, 0, "SELECT EXISTS (SELECT 1 FROM pod WHERE cluster = ?1) OR EXISTS (SELECT 1 FROM workload WHERE cluster = ?1) "
								       "OR EXISTS (SELECT 1 FROM namespace WHERE cluster = ?1)", "t", cluster))
		return err_set(e, ERR_INPUT, "no cluster is called '%.*s'", SPAN_ARG(cluster));
	net_fini(&b->net);
	snprintf(b->cluster, sizeof(b->cluster), "%.*s", SPAN_ARG(cluster));
	if (net_load(&b->net, b->o->db, b->cluster, NULL, 0, e))
		return -1;
	network_warn_plugin(&b->net);
	return 0;
}

static int ask(struct batch *b, const struct json *q, bool *allowed, struct err *e)
{
	struct net *net = &b->net;
	struct span source = json_text_at(q, "source"), target = json_text_at(q, "target"), protocol = json_text_at(q, "protocol");
	struct net_party from, to;
	struct net_answer answer;
	int proto;
	uint32_t port;

	if (!json_is(q, JSON_OBJECT))
		return err_set(e, ERR_INPUT, "not an object");
	if (!source.n || !target.n)
		return err_set(e, ERR_INPUT, "source and target are texts: \"namespace/pod\" or an address");
	if (json_get(q, "protocol") && !protocol.p)
		return err_set(e, ERR_INPUT, "protocol is a text");
	if (turn_to(b, json_text_at(q, "cluster"), e))
		return -1;
	if (ends(net, source, target, &from, &to, e) || network_port(&to, protocol, json_scalar(json_get(q, "port")), &proto, &port, e))
		return -1;
	net_ask(net, &from, &to, proto, port, &answer);
	*allowed = answer.allowed;
	return 0;
}

/* The question comes back as it was, with the answer behind. */
static void answer_line(struct batch *b, struct json_reader *reader, struct arena *item, struct span line)
{
	struct buf *out = &b->out;
	struct json *q = NULL;
	struct err e = {0};
	bool allowed = false;
	int rc = json_reader_parse(reader, item, line, &q, &e);

	buf_add_char(out, '{');
	if (rc == 0) {
		rc = ask(b, q, &allowed, &e);
		JSON_MEMBERS(m, q)
		{
			if (span_eq(json_str(&m->key), "allowed") || span_eq(json_str(&m->key), "error"))
				continue;
			buf_add_str(out, out->p[out->n - 1] == '{' ? "" : ",");
			text_add_json(out, json_str(&m->key));
			buf_add_char(out, ':');
			json_write(out, &m->value);
		}
	}
	buf_add_str(out, out->p[out->n - 1] == '{' ? "" : ",");
	if (rc) {
		buf_add_str(out, "\"error\":");
		text_add_json(out, span_of(e.msg));
	} else {
		buf_printf(out, "\"allowed\":%s", allowed ? "true" : "false");
	}
	buf_add_str(out, "}\n");
}

static int batch(struct batch *b, const char *path, struct err *e)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
	struct json_reader *reader = json_reader_new();
	struct arena item = ARENA_INIT;
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	int rc = 0;

	if (!f) {
		json_reader_free(reader);
		return err_errno(e, "%s", path);
	}
	while ((n = getline(&line, &cap, f)) > 0) {
		struct span s = span_trim((struct span){line, (size_t)n});

		if (!s.n)
			continue;
		if (s.n > LIMIT_LINE_BYTES)
			buf_printf(&b->out, "{\"error\":\"the line is over %u bytes\"}\n", LIMIT_LINE_BYTES);
		else
			answer_line(b, reader, &item, s);
		arena_reset(&item);
		if (b->out.n > 65536) {
			fwrite(b->out.p, 1, b->out.n, stdout);
			buf_reset(&b->out);
		}
	}
	fwrite(buf_str(&b->out), 1, b->out.n, stdout);
	if (ferror(f) || fflush(stdout) || ferror(stdout))
		rc = err_errno(e, "%s", ferror(f) ? path : "standard output");
	free(line);
	if (f != stdin)
		fclose(f);
	arena_fini(&item);
	json_reader_free(reader);
	return rc;
}

static int one(const struct network_options *o, const char *cluster, struct err *e)
{
	struct net_wish wishes[2];
	size_t n = 0;
	auto_net net = {0};
	struct net_party from, to;
	struct net_answer answer;
	int proto;
	uint32_t port;
	const char *words[3] = {o->rest->at[0], o->rest->at[1], o->rest->n > 2 ? o->rest->at[2] : NULL};
	auto_buf b = BUF_INIT;

	for (int i = 0; i < 2; i++)
		n += network_split(span_of(words[i]), &wishes[n]);
	if (net_load(&net, o->db, cluster, n == 2 ? wishes : NULL, n == 2 ? 2 : 0, e) || ends(&net, span_of(words[0]), span_of(words[1]), &from, &to, e) ||
	    network_port(&to, span_of(o->protocol), span_of(words[2]), &proto, &port, e))
		return -1;
	network_warn_plugin(&net);
	net_ask(&net, &from, &to, proto, port, &answer);
	if (o->format && strcmp(o->format, "json") == 0) {
		buf_add_char(&b, '{');
		put(&b, "source", span_of(words[0]));
		put(&b, "target", span_of(words[1]));
		put(&b, "protocol", span_of(protocol_name(proto)));
		if (proto <= PROTOCOL_SCTP)
			buf_printf(&b, ",\"port\":%u", port);
		buf_printf(&b, ",\"allowed\":%s}", answer.allowed ? "true" : "false");
		puts(buf_str(&b));
	} else {
		puts(answer.allowed ? "yes" : "no");
	}
	return 0;
}

int network_can(const struct network_options *o, struct err *e)
{
	char cluster[512];

	if (o->batch ? o->rest->n != 0 : o->rest->n < 2 || o->rest->n > 3)
		return err_set(e, ERR_USAGE, "network can takes SITE.db SOURCE TARGET PORT, or SITE.db --batch FILE");
	if (o->batch) {
		struct batch b = {.o = o};
		int rc;

		/* Where there are several clusters each question names its own. */
		if (network_cluster(o, b.fallback, e)) {
			if (o->cluster || e->kind != ERR_USAGE)
				return -1;
			b.fallback[0] = 0;
			*e = (struct err){0};
		}
		rc = batch(&b, o->batch, e);
		net_fini(&b.net);
		buf_fini(&b.out);
		return rc;
	}
	return network_cluster(o, cluster, e) ? -1 : one(o, cluster, e);
}
