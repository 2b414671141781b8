// SPDX-License-Identifier: Apache-2.0
// Flows of Hubble, and events of `cilium monitor` as text or JSON. Whether a packet reached a pod is told at the pod's own end only: what is seen
// leaving the sender may still be dropped there.
#include "flow.h"
#include "load.h"
#include "common/json.h"

/* A pod where the line names one, else the address. */
static struct span hubble_end(struct arena *a, const struct json *end, struct span address)
{
	struct span pod = json_text_at(end, "pod_name"), namespace = json_text_at(end, "namespace");

	return pod.n && namespace.n ? flow_joined(a, namespace, pod) : address;
}

static enum flow_outcome hubble_outcome(const struct json *flow)
{
	struct span verdict = json_text_at(flow, "verdict");

	if (span_eq(verdict, "DROPPED"))
		return FLOW_DROPPED;
	/* AUDIT: a policy would drop it, and does not while it is tried out. */
	if (!span_eq(verdict, "FORWARDED") && !span_eq(verdict, "REDIRECTED") && !span_eq(verdict, "AUDIT"))
		return FLOW_NOT_TOLD;
	return span_eq(json_text_at(flow, "traffic_direction"), "INGRESS") || span_eq(json_text_at(flow, "trace_observation_point"), "TO_ENDPOINT") ? FLOW_PASSED : FLOW_SENT;
}

int flow_read_hubble(struct flow_reader *r, struct span line, struct flow *f, struct err *e)
{
	static const struct {
		const char *member, *name;
	} layers[] = {{"TCP", "TCP"}, {"UDP", "UDP"}, {"SCTP", "SCTP"}, {"ICMPv4", "ICMP"}, {"ICMPv6", "ICMP"}};
	const struct json *flow, *l4;
	struct json *v;
	int64_t source_port = 0;

	if (json_parse(r->item, line, &v, e))
		return -1;
	flow = json_get(v, "flow") ? json_get(v, "flow") : v;
	l4 = json_get(flow, "l4");
	for (size_t i = 0; i < sizeof(layers) / sizeof(layers[0]); i++)
		if (json_get(l4, layers[i].member)) {
			f->protocol = span_of(layers[i].name);
			json_int(json_get(json_get(l4, layers[i].member), "destination_port"), &f->port);
			json_int(json_get(json_get(l4, layers[i].member), "source_port"), &source_port);
		}
	f->source = hubble_end(r->item, json_get(flow, "source"), json_text_at(flow, "IP.source"));
	f->target = hubble_end(r->item, json_get(flow, "destination"), json_text_at(flow, "IP.destination"));
	f->first = load_time(json_text_at(flow, "time"));
	JSON_EACH(name, json_get(flow, "destination_names"))
	{
		if (!f->name.n)
			f->name = json_str(name);
	}
	f->outcome = hubble_outcome(flow);
	/* Events of sockets tell of addresses of services before these are replaced; the packets are told too. */
	if (span_eq(json_text_at(flow, "Type"), "SOCK") || !f->protocol.n || !f->source.n || !f->target.n)
		return 0;
	f->reply = json_bool_at(flow, "is_reply") == 1;
	f->at_source = !f->reply && span_eq(json_text_at(flow, "traffic_direction"), "EGRESS");
	f->at_target = !f->reply && span_eq(json_text_at(flow, "traffic_direction"), "INGRESS");
	if (f->reply && f->outcome != FLOW_DROPPED && source_port > 0) {
		flow_turn(f, source_port);
		f->reply = false;
	}
	return 1;
}

/* What `cilium monitor` says of one packet, whichever form it has. */
struct event {
	struct span source, target, protocol;
	int64_t source_port, target_port;
	bool syn, ack;
	enum { EVENT_DROP, EVENT_AT_RECEIVER, EVENT_AT_SENDER, EVENT_OTHER } what;
	enum { STATE_NOT_TOLD, STATE_REQUEST, STATE_REPLY, STATE_RELATED } state;
};

/* The beginning of a packet tells who asks; of others the state does, or at last the ports. */
static int event_flow(const struct event *ev, struct flow *f)
{
	bool tcp = span_eq(ev->protocol, "tcp"), reply = ev->state == STATE_REPLY;

	if (ev->what == EVENT_OTHER || ev->state == STATE_RELATED || !ev->source.n || !ev->target.n || !ev->protocol.n)
		return 0;
	if (ev->state == STATE_NOT_TOLD)
		reply = tcp && ev->syn ? ev->ack : flow_answer(ev->source_port, ev->target_port);
	if (ev->what == EVENT_DROP && (reply || (tcp && !ev->syn && ev->state == STATE_NOT_TOLD)))
		return 0;
	f->source = ev->source;
	f->target = ev->target;
	f->protocol = ev->protocol;
	f->port = ev->target_port;
	f->outcome = ev->what == EVENT_DROP ? FLOW_DROPPED : ev->what == EVENT_AT_RECEIVER ? FLOW_PASSED : FLOW_SENT;
	f->at_source = !reply && ev->what == EVENT_AT_SENDER;
	f->at_target = !reply && ev->what == EVENT_AT_RECEIVER;
	if (reply)
		flow_turn(f, ev->source_port);
	return 1;
}

/* Points of observation that know the state of the connection; those named from-... do not. */
static int event_point(struct span point)
{
	static const char *const sender[] = {"to-stack", "to-overlay", "to-host", "to-network", "to-proxy", "to-crypto"};

	if (span_eq(point, "to-endpoint"))
		return EVENT_AT_RECEIVER;
	for (size_t i = 0; i < sizeof(sender) / sizeof(sender[0]); i++)
		if (span_eq(point, sender[i]))
			return EVENT_AT_SENDER;
	return EVENT_OTHER;
}

static int event_state(struct span word)
{
	return span_eq(word, "new") || span_eq(word, "established") ? STATE_REQUEST : span_eq(word, "reply") ? STATE_REPLY : span_eq(word, "related") ? STATE_RELATED : STATE_NOT_TOLD;
}

static int monitor_json(struct flow_reader *r, struct span line, struct flow *f, struct err *e)
{
	static const char *const layers[] = {"tcp", "udp", "sctp", "icmpv4", "icmpv6"};
	struct event ev = {.what = EVENT_OTHER};
	const struct json *summary;
	struct json *v;
	struct span type, tcp;

	if (json_parse(r->item, line, &v, e))
		return -1;
	summary = json_get(v, "summary");
	type = json_text_at(v, "type");
	tcp = json_text_at(summary, "tcp");
	for (size_t i = 0; i < sizeof(layers) / sizeof(layers[0]); i++)
		if (json_get(summary, layers[i]))
			ev.protocol = i < 3 ? span_of(layers[i]) : SPAN("icmp");
	ev.source = json_text_at(summary, "l3.src");
	ev.target = json_text_at(summary, "l3.dst");
	span_int(json_text_at(summary, "l4.src"), &ev.source_port);
	span_int(json_text_at(summary, "l4.dst"), &ev.target_port);
	ev.syn = span_has(tcp, "SYN=true");
	ev.ack = span_has(tcp, "ACK=true");
	ev.state = event_state(json_text_at(v, "state"));
	ev.what = span_eq(type, "drop") ? EVENT_DROP : span_eq(type, "trace") ? event_point(json_text_at(v, "observationPoint")) : EVENT_OTHER;
	return event_flow(&ev, f);
}

/* The word behind `key` in a line of words: "state new". */
static struct span word_after(struct span line, const char *key)
{
	for (struct span rest = line; rest.p;)
		if (span_eq(span_cut(&rest, ' '), key)) {
			struct span word = span_cut(&rest, ' ');

			while (word.n && (word.p[word.n - 1] == ',' || word.p[word.n - 1] == ':'))
				word.n--;
			return word;
		}
	return SPAN_NONE;
}

/* "..., 10.0.0.1:40000 -> 10.0.0.2:80 tcp SYN": the last arrow of the line with a space on both sides. */
static bool connection(struct span line, struct event *ev)
{
	size_t at = line.n < 4 ? 0 : line.n - 3, from;
	struct span rest, left, right, word;

	while (at && memcmp(line.p + at, " -> ", line.n - at < 4 ? line.n - at : 4) != 0)
		at--;
	if (!at || line.n - at < 5)
		return false;
	for (from = at; from && line.p[from - 1] != ' ';)
		from--;
	left = (struct span){line.p + from, at - from};
	rest = (struct span){line.p + at + 4, line.n - at - 4};
	right = span_cut(&rest, ' ');
	word = span_cut(&rest, ' ');
	if (!flow_split(left, &ev->source, &ev->source_port) || !flow_split(right, &ev->target, &ev->target_port) || !(span_eq(word, "tcp") || span_eq(word, "udp") || span_eq(word, "sctp"))) {
		*ev = (struct event){.source = left, .target = right, .protocol = SPAN("icmp"), .what = ev->what, .state = ev->state};
		return span_has(word, "Echo");
	}
	ev->protocol = word;
	ev->syn = span_has(rest, "SYN");
	ev->ack = span_has(rest, "ACK");
	return true;
}

static int monitor_text(struct span line, struct flow *f)
{
	static const struct {
		const char *begins;
		int what;
	} events[] = {{"xx drop ", EVENT_DROP}, {"-> endpoint ", EVENT_AT_RECEIVER}, {"-> stack ", EVENT_AT_SENDER}, {"-> overlay ", EVENT_AT_SENDER},
		      {"-> host ", EVENT_AT_SENDER}, {"-> network ", EVENT_AT_SENDER}, {"-> proxy ", EVENT_AT_SENDER}, {"-> crypto ", EVENT_AT_SENDER}};
	struct event ev = {.what = EVENT_OTHER};
	struct span action = word_after(line, "action");

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (span_starts(line, events[i].begins))
			ev.what = events[i].what;
	if (span_starts(line, "Policy verdict log:")) {
		/* "ingress true" in older versions, "ingress," or "egress," in newer ones */
		bool egress = span_has(line, " egress,") || span_eq(word_after(line, "ingress"), "false");

		ev.what = span_eq(action, "deny") ? EVENT_DROP : egress ? EVENT_AT_SENDER : EVENT_AT_RECEIVER;
	}
	ev.state = event_state(word_after(line, "state"));
	return connection(line, &ev) ? event_flow(&ev, f) : 0;
}

int flow_read_cilium(struct flow_reader *r, struct span line, struct flow *f, struct err *e)
{
	return line.n && line.p[0] == '{' ? monitor_json(r, line, f, e) : monitor_text(line, f);
}
