// SPDX-License-Identifier: Apache-2.0
// `plimsoll network exposures` and `isolation`: what the outside reaches, and which namespaces reach which.
#include "common/assessment.h"
#include "network-list.h"
#include "common/text.h"

#include <stdio.h>

static const char *const columns[] = {"workload", "through", "type", "host", "port", "tls", "outside", "policies"};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

/* What policies say of traffic from addresses outside to the workload: "allow", "deny", or that only some may. */
#define POLICIES_SAY                                                                                                                                \
	"CASE WHEN EXISTS (SELECT 1 FROM reach_member m JOIN reach_class c ON c.id = m.class WHERE m.workload = e.workload AND NOT c.ingress_isolated) " \
	"THEN 'open' WHEN EXISTS (SELECT 1 FROM v_reach_outside o WHERE o.subject = e.workload AND o.direction = 'ingress') THEN 'some' ELSE 'closed' END"

static void put_json(sqlite3_stmt *s, struct buf *b)
{
	for (int i = 0; i < COLUMNS; i++) {
		buf_printf(b, "%s\"%s\":", i ? "," : "{", columns[i]);
		if (sqlite3_column_type(s, i) == SQLITE_NULL)
			buf_add_str(b, "null");
		else if (i == 5 || i == 6)
			buf_add_str(b, sqlite3_column_int(s, i) ? "true" : "false");
		else
			text_add_json(b, db_text(s, i));
	}
	buf_add_char(b, '}');
}

static void put_csv(sqlite3_stmt *s, struct buf *b)
{
	for (int i = 0; i < COLUMNS; i++) {
		buf_add_str(b, i ? "," : "");
		text_add_csv(b, db_text(s, i).p ? db_text(s, i) : SPAN(""));
	}
}

static void put_text(sqlite3_stmt *s, struct buf *b)
{
	struct span host = db_text(s, 3), port = db_text(s, 4), tls = db_text(s, 5), say = db_text(s, 7);
	bool node_network = span_eq(db_text(s, 2), "host-network");

	text_add_clean(b, db_text(s, 0), false);
	buf_add_str(b, "  ");
	text_add_clean(b, db_text(s, 2), false);
	buf_add_str(b, " ");
	text_add_clean(b, host.n ? host : SPAN("any"), false);
	buf_add_str(b, span_eq(db_text(s, 2), "ingress") ? ", service port " : ":"); /* clients come to the controller's port */
	text_add_clean(b, port.n ? port : node_network ? SPAN("ports not declared") : SPAN("any"), false);
	buf_printf(b, "  %s, %s; policies: ", tls.p ? span_eq(tls, "1") ? "TLS" : "no TLS" : "TLS not known",
		   sqlite3_column_int(s, 6) ? "from outside" : node_network && !port.n ? "from where is not known" : "internal");
	text_add_clean(b, say, false);
	buf_add_str(b, "; through ");
	text_add_clean(b, db_text(s, 1), false);
}

int network_exposures(const struct network_options *o, struct err *e)
{
	sqlite3_stmt *s = db_stmt(o->db, "SELECT w.ref, t.ref, e.type, e.host, e.port, e.tls, e.outside, " POLICIES_SAY " FROM exposure e JOIN thing w ON w.id = e.workload "
					 "JOIN thing t ON t.id = e.through WHERE (?1 IS NULL OR w.cluster = ?1) AND (?2 IS NULL OR w.namespace = ?2) "
					 "ORDER BY e.outside DESC, w.ref, e.type, t.ref, e.host, e.port, e.id");
	static const char *const kinds[] = {"services", "ingresses", NULL};
	int rc;

	if (o->rest->n)
		return err_set(e, ERR_USAGE, "network exposures takes SITE.db");
	assessment_warn_missing(o->db, o->cluster, kinds, "what they expose is not in the list");
	if (o->format && strcmp(o->format, "csv") == 0) {
		for (int i = 0; i < COLUMNS; i++)
			printf("%s\"%s\"", i ? "," : "", columns[i]);
		putchar('\n');
	}
	db_bind(s, "ss", o->cluster, o->namespace);
	while ((rc = db_step(o->db, s, e)) == 1) {
		auto_buf b = BUF_INIT;

		if (o->format && strcmp(o->format, "json") == 0)
			put_json(s, &b);
		else if (o->format && strcmp(o->format, "csv") == 0)
			put_csv(s, &b);
		else
			put_text(s, &b);
		puts(buf_str(&b));
	}
	sqlite3_reset(s);
	return rc;
}

/* Pairs of classes of two namespaces that reach one another: none, some, all. */
struct matrix {
	size_t *reached, *pairs; /* by target × source */
	size_t n;
};

static struct matrix matrix_of(struct net *net)
{
	struct matrix m = {.n = net->n_spaces};
	struct net_reach *r = net_reach_new(net);
	uint32_t *ids = arena_array(&net->arena, net->n_classes, sizeof(*ids));

	m.reached = arena_array(&net->arena, m.n * m.n, sizeof(*m.reached));
	m.pairs = arena_array(&net->arena, m.n * m.n, sizeof(*m.pairs));
	for (uint32_t to = 0; to < net->n_classes; to++) {
		size_t row = (size_t)(net->classes[to].first->space - net->spaces) * m.n;

		if (net->classes[to].first->finished)
			continue;
		net_reach_row(r, to, ids);
		for (uint32_t from = 0; from < net->n_classes; from++) {
			size_t at = row + (size_t)(net->classes[from].first->space - net->spaces);

			if (net->classes[from].first->finished || (from == to && net->classes[to].n == 1))
				continue;
			m.pairs[at]++;
			m.reached[at] += ids[from] != REACH_NONE;
		}
	}
	return m;
}

int network_isolation(const struct network_options *o, struct err *e)
{
	bool json = o->format && strcmp(o->format, "json") == 0;
	auto_net net = {0};
	char cluster[512];
	struct matrix m;

	if (o->rest->n)
		return err_set(e, ERR_USAGE, "network isolation takes SITE.db");
	if (network_cluster(o, cluster, e) || net_load(&net, o->db, cluster, NULL, 0, e))
		return -1;
	network_warn_plugin(&net);
	m = matrix_of(&net);
	if (!json)
		printf("\"source\",\"target\",\"reach\",\"pairs\",\"reached\"\n");
	for (size_t s = 0; s < m.n; s++)
		for (size_t t = 0; t < m.n; t++) {
			size_t pairs = m.pairs[t * m.n + s], reached = m.reached[t * m.n + s];
			const char *word = reached == 0 ? "none" : reached == pairs ? "all" : "some";
			auto_buf b = BUF_INIT;

			if (!pairs)
				continue;
			buf_add_str(&b, json ? "{\"source\":" : "");
			json ? text_add_json(&b, span_of(net.spaces[s].name)) : text_add_csv(&b, span_of(net.spaces[s].name));
			buf_add_str(&b, json ? ",\"target\":" : ",");
			json ? text_add_json(&b, span_of(net.spaces[t].name)) : text_add_csv(&b, span_of(net.spaces[t].name));
			buf_printf(&b, json ? ",\"reach\":\"%s\",\"pairs\":%zu,\"reached\":%zu}" : ",\"%s\",%zu,%zu", word, pairs, reached);
			puts(buf_str(&b));
		}
	return 0;
}
