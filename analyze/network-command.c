// SPDX-License-Identifier: Apache-2.0
// `plimsoll network`: the table of its subcommands and what they share.
#include "network.h"
#include "commands.h"
#include "common/assessment.h"
#include "common/text.h"

#include <stdio.h>

static const struct {
	const char *name;
	network_command *run;
} subcommands[] = {
	{"reach", network_reach},
	{"can", network_can},
	{"explain", network_explain},
	{"exposures", network_exposures},
	{"isolation", network_isolation},
	{"lint", network_lint},
	{"flows", network_flows},
	{"generate", network_generate},
	{"whatif", network_whatif},
	{"diff", network_diff},
	{"picture", network_picture},
};

static const char more[] =
	"reach SITE.db [--from S] [--to T]    who reaches whom on which ports (--format text, json, csv, dot, svg)\n"
	"explain SITE.db SOURCE TARGET PORT   the rule that lets it pass, or what was missing\n"
	"exposures SITE.db                    what the outside reaches: through what, on which port, with TLS or not, and what policies say\n"
	"isolation SITE.db                    for each pair of namespaces whether none, some or all of their pods reach one another\n"
	"lint SITE.db                         policies that do something else than can have been meant\n"
	"flows SITE.db                        connections that were observed, against what the policies say; or --unused, --unexpected, --summary\n"
	"picture SITE.db                      namespaces, what reaches what and what was observed at a glance (--format text, svg, dot)\n"
	"generate SITE.db [-n NAMESPACE]      least policies from observed flows, else from declared ports and services; order of roll-out as comments\n"
	"whatif SITE.db FILE...               what more or less reaches what with the policies of these files, and which observed flows would break\n"
	"diff OLD.db NEW.db                   what more or less reaches what\n"
	"can SITE.db SOURCE TARGET PORT       whether the policies let it pass (PORT: 80, or a name that the target's container gives a port)\n"
	"can SITE.db --batch FILE|-           the same for JSON Lines {\"source\",\"target\",\"protocol\",\"port\"}: each comes back with \"allowed\" or \"error\"\n"
	"\n"
	"SOURCE and TARGET are namespace/pod or an address. Answers say what the policies say, whether or not something listens there; how rules are read\n"
	"where the specification leaves room stands in docs/network.md.\n"
	"Exit codes: 0 done, 1 whatif: an observed flow would break, 2 usage, 3 no such pod or the input is refused.\n";

int network_cluster(const struct network_options *o, char room[static 512], struct err *e)
{
	sqlite3_stmt *s = db_stmt(o->db, "SELECT cluster FROM workload UNION SELECT cluster FROM pod UNION SELECT cluster FROM namespace ORDER BY 1");
	int rc, n = 0;

	room[0] = 0;
	while ((rc = db_step(o->db, s, e)) == 1) {
		struct span name = db_text(s, 0);

		if (o->cluster && !span_eq(name, o->cluster))
			continue;
		n++;
		snprintf(room, 512, "%.*s", SPAN_ARG(name));
	}
	sqlite3_reset(s);
	if (rc < 0)
		return -1;
	if (n == 0 && o->cluster)
		return err_set(e, ERR_INPUT, "no cluster is called '%s'", o->cluster);
	if (n > 1)
		return err_set(e, ERR_USAGE, "network: several clusters stand in the assessment: --cluster NAME");
	if (n == 0)
		snprintf(room, 512, "cluster");
	return 0;
}

bool network_split(struct span text, struct net_wish *out)
{
	wide address;
	struct span rest = text;

	if (!memchr(text.p ? text.p : "", '/', text.n) || address_parse(text, &address))
		return false;
	out->namespace = span_cut(&rest, '/');
	out->name = rest;
	return true;
}

int network_party(const struct net *net, struct span text, struct net_party *out, struct err *e)
{
	struct net_wish w;
	wide address;

	*out = (struct net_party){0};
	if (address_parse(text, &address)) {
		struct net_owner o = net_find_address(net, address);

		*out = (struct net_party){.pod = o.pod, .node = o.node, .address = address};
		return o.shared ? err_set(e, ERR_INPUT, "several pods or nodes of the evidence have the address %.*s: namespace/pod tells which is meant", SPAN_ARG(text)) : 0;
	}
	if (!network_split(text, &w))
		return err_set(e, ERR_INPUT, "'%.*s' is neither namespace/pod nor an address", SPAN_ARG(text));
	const struct net_endpoint *p = net_find(net, w.namespace, w.name);

	if (!p)
		return err_set(e, ERR_INPUT, "no pod '%.*s' in the evidence", SPAN_ARG(text));
	*out = net_party_pod(p);
	return 0;
}

int network_flow_party(const struct net *net, struct span text, int64_t workload, struct net_party *out)
{
	const struct net_endpoint *p;

	if (network_party(net, text, out, NULL) == 0 && (out->pod ? !workload || out->pod->workload == workload : out->node || !workload))
		return 0;
	p = net_find_workload(net, workload);
	if (p)
		*out = net_party_pod(p);
	return p ? 0 : -1;
}

static int named_port(const struct net_party *to, struct span port, int *protocol, uint32_t *out, struct err *e)
{
	for (size_t i = 0; to->pod && i < to->pod->ports->n; i++)
		if (span_is(to->pod->ports->at[i].name, port) && (*protocol < 0 || *protocol == to->pod->ports->at[i].protocol)) {
			*protocol = to->pod->ports->at[i].protocol;
			*out = to->pod->ports->at[i].port;
			return 0;
		}
	return err_set(e, ERR_INPUT, "no container of the target calls a port '%.*s'", SPAN_ARG(port));
}

int network_port(const struct net_party *to, struct span protocol, struct span port, int *out_protocol, uint32_t *out_port, struct err *e)
{
	int64_t n;

	*out_port = 0;
	*out_protocol = protocol.n ? protocol_named(protocol) : -1;
	if (protocol.n && *out_protocol < 0)
		return err_set(e, ERR_INPUT, "protocol '%.*s' is none of TCP, UDP, SCTP, ICMP, other", SPAN_ARG(protocol));
	if (*out_protocol > PROTOCOL_SCTP)
		return 0;
	if (!port.n)
		return err_set(e, ERR_INPUT, "no port");
	if (!span_int(port, &n))
		return named_port(to, port, out_protocol, out_port, e);
	if (n < 1 || n > 65535)
		return err_set(e, ERR_INPUT, "port %.*s: a port is 1 to 65535", SPAN_ARG(port));
	*out_port = (uint32_t)n;
	*out_protocol = *out_protocol < 0 ? PROTOCOL_TCP : *out_protocol;
	return 0;
}

void network_json_endpoint(struct buf *b, const struct net_endpoint *p, bool as_workload)
{
	buf_add_str(b, "{\"namespace\":");
	text_add_json(b, span_of(p->space->name));
	buf_add_str(b, ",\"kind\":");
	text_add_json(b, span_of(as_workload ? p->workload_kind : p->kind));
	buf_add_str(b, ",\"name\":");
	text_add_json(b, span_of(as_workload ? p->workload_name : p->name));
	buf_add_char(b, '}');
}

void network_rule_text(struct buf *b, const struct net_policy *p, const struct net_rule *r, int direction)
{
	const char *slash = strchr(p->ref, '/');

	buf_add_str(b, slash ? slash + 1 : p->ref);
	if (r)
		buf_printf(b, " %s", r->pointer);
	else
		buf_printf(b, " (%s)", net_direction[direction]);
}

void network_warn_plugin(const struct net *net)
{
	if (net->plugin.enforces == 0 && net->n_policies)
		warn("the network plug-in %s (%s) does not enforce policies: in this cluster everything reaches everything, whatever they say", net->plugin.name,
		     net->plugin.evidence);
}

static int run(void *ctx, const struct opt_list *words, struct err *e)
{
	struct network_options *o = ctx;
	struct opt_list rest = {words->at + 2, words->n - 2};
	static const char *const kinds[] = {"pods", "deployments", "statefulsets", "daemonsets", "networkpolicies", "services", "ingresses", NULL};

	for (size_t i = 0; i < sizeof(subcommands) / sizeof(subcommands[0]); i++)
		if (strcmp(words->at[0], subcommands[i].name) == 0) {
			auto_db db = {0};

			if (assessment_open(&db, words->at[1], e))
				return -1;
			o->db = &db;
			o->rest = &rest;
			if (subcommands[i].run != network_exposures) /* which tells itself what it lacks */
				assessment_warn_partly(&db, o->cluster, kinds, "what lies elsewhere is not among the answers");
			return subcommands[i].run(o, e);
		}
	return err_set(e, ERR_USAGE, "network: there is no '%s' (plimsoll network --help)", words->at[0]);
}

int cmd_network(int argc, char **argv)
{
	struct network_options o = {0};
	const struct opt table[] = {
		{"batch", 0, OPT_TEXT, &o.batch, "FILE", "Questions as JSON Lines, - for standard input."},
		{"from", 0, OPT_TEXT, &o.from, "WHO", "Only from this namespace, workload, pod (namespace/name) or address."},
		{"to", 0, OPT_TEXT, &o.to, "WHO", "Only to it."},
		{"by", 0, OPT_TEXT, &o.by, "UNIT", "workload (default), or class of pods that no policy tells apart."},
		{"namespace", 'n', OPT_TEXT, &o.namespace, "NAME", "Only this namespace (exposures, generate)."},
		{"replace", 0, OPT_FLAG, &o.replace, NULL, "whatif: the policies of FILE are all there are in their namespaces."},
		{"all", 0, OPT_FLAG, &o.all, NULL, "List every pair of workloads, however many."},
		{"unused", 0, OPT_FLAG, &o.unused, NULL, "flows: what policies allow and no flow used, where the flows cover an end."},
		{"unexpected", 0, OPT_FLAG, &o.unexpected, NULL, "flows: what is worth a look: denied but seen, from places or to ports that nothing speaks of."},
		{"summary", 0, OPT_FLAG, &o.summary, NULL, "flows: east-west and north-south in a few lines."},
		{"cluster", 0, OPT_TEXT, &o.cluster, "NAME", "Which cluster, where the assessment has several."},
		{"protocol", 0, OPT_TEXT, &o.protocol, "NAME", "TCP (default), UDP, SCTP, ICMP."},
		{"format", 0, OPT_TEXT, &o.format, "FORMAT", "text (default), json, and csv, dot, svg where a subcommand has them; generate: kubernetes (default), cilium, calico."},
		{0},
	};
	const struct opts opts = {.command = "network", .synopsis = "SUBCOMMAND SITE.db [ARGUMENTS]", .summary = "What reaches what: policies evaluated.",
				  .table = table, .more = more, .min = 2, .max = -1};

	return opts_run(&opts, argc, argv, run, &o);
}
