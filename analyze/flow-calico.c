// SPDX-License-Identifier: Apache-2.0
// Flow logs of Calico: JSON lines of its agents, as they stand in files or come out of Elasticsearch, and the flows that Whisker shows.
#include "flow.h"
#include "load.h"
#include "common/json.h"

/* Logs write "-" for what they do not tell. */
static struct span told(const struct json *v, const char *key)
{
	struct span s = json_text_at(v, key);

	return s.n && !span_eq(s, "-") ? s : SPAN_NONE;
}

/* A pod, pods of one generated name ("web-5d4f8c7b9-*"), an address, or what kind of address it is ("pub", "pvt"). */
static struct span end_of(struct arena *a, const struct json *v, const char *side)
{
	char key[40];
	struct span name, aggregate, namespace, address, type;

	snprintf(key, sizeof(key), "%s_name", side);
	name = told(v, key);
	snprintf(key, sizeof(key), "%s_name_aggr", side);
	aggregate = told(v, key);
	snprintf(key, sizeof(key), "%s_namespace", side);
	namespace = told(v, key);
	snprintf(key, sizeof(key), "%s_ip", side);
	address = told(v, key);
	snprintf(key, sizeof(key), "%s_type", side);
	type = told(v, key);
	if (namespace.n && name.n && !span_ends(name, "*"))
		return flow_joined(a, namespace, name);
	if (address.n)
		return address;
	if (namespace.n && (name.n || aggregate.n))
		return flow_joined(a, namespace, name.n ? name : aggregate);
	if (span_eq(type, "ns")) /* sets of networks have names of their own */
		return SPAN_NONE;
	return name.n ? name : aggregate;
}

static int64_t moment(const struct json *v)
{
	int64_t t = 0;

	return json_int(v, &t) ? t : load_time(json_str(v));
}

int flow_read_calico(struct flow_reader *r, struct span line, struct flow *f, struct err *e)
{
	struct span action, reporter;
	const struct json *proto;
	struct json *root;
	const struct json *v;

	if (json_parse(r->item, line, &root, e))
		return -1;
	v = json_get(root, "_source") ? json_get(root, "_source") : root;
	action = json_text_at(v, "action");
	reporter = json_text_at(v, "reporter");
	proto = json_get(v, "proto");
	f->source = end_of(r->item, v, "source");
	f->target = end_of(r->item, v, "dest");
	f->protocol = json_scalar(proto ? proto : json_get(v, "protocol"));
	json_int(json_get(v, "dest_port"), &f->port);
	json_int(json_get(v, "num_flows"), &f->count);
	f->first = moment(json_get(v, "start_time"));
	f->last = moment(json_get(v, "end_time"));
	JSON_EACH(name, json_get(v, "dest_domains"))
	{
		if (!f->name.n)
			f->name = json_str(name);
	}
	f->at_source = span_ieq(reporter, "src");
	f->at_target = span_ieq(reporter, "dst");
	/* Each end reports for itself. */
	if (span_ieq(action, "allow"))
		f->outcome = span_ieq(reporter, "dst") ? FLOW_PASSED : FLOW_SENT;
	else if (span_ieq(action, "deny"))
		f->outcome = FLOW_DROPPED;
	return f->protocol.n && f->source.n && f->target.n;
}
