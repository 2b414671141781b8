// SPDX-License-Identifier: Apache-2.0
// The formats of observed connections, and what their readers share. Each format is read in flow-<who>.c.
#include "flow.h"

#include <stdlib.h>

static const struct flow_format formats[] = {
	{"hubble", flow_read_hubble}, {"cilium", flow_read_cilium}, {"calico", flow_read_calico}, {"conntrack", flow_read_conntrack}, {"vpc", flow_read_vpc}, {"mesh", flow_read_mesh},
};

const struct flow_format *flow_format(struct span name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (span_eq(name, formats[i].name))
			return &formats[i];
	return NULL;
}

static struct span protocol_word(struct span s)
{
	static const struct {
		const char *written, *name;
	} names[] = {{"6", "TCP"}, {"tcp", "TCP"}, {"17", "UDP"}, {"udp", "UDP"}, {"132", "SCTP"}, {"sctp", "SCTP"}, {"1", "ICMP"}, {"icmp", "ICMP"}, {"icmp6", "ICMP"}, {"icmpv6", "ICMP"}, {"58", "ICMP"}};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_ieq(s, names[i].written))
			return span_of(names[i].name);
	return SPAN("other");
}

/* Times of a clock that is far off say nothing. */
static int64_t sane_time(int64_t t)
{
	return t > 0 && t < 32503680000 ? t : 0;
}

int flow_parse(struct flow_reader *r, struct span line, struct flow *out, struct err *e)
{
	int rc;

	*out = (struct flow){.count = 1, .outcome = FLOW_NOT_TOLD, .tls = -1};
	if (!line.n)
		return 0;
	rc = r->format->read(r, line, out, e);
	if (rc <= 0)
		return rc;
	if (out->port < 0 || out->port > 65535)
		return err_set(e, ERR_INPUT, "port %lld: a port is 0 to 65535", (long long)out->port);
	if (out->source.n > 512 || out->target.n > 512)
		return err_set(e, ERR_INPUT, "the name of an end has over 512 bytes");
	if (out->name.n > 256)
		out->name = SPAN_NONE;
	if (out->count < 0 || out->count > INT32_MAX)
		out->count = 1;
	out->first = sane_time(out->first);
	out->last = sane_time(out->last ? out->last : out->first);
	out->protocol = protocol_word(out->protocol);
	return rc;
}

struct span flow_joined(struct arena *a, struct span namespace, struct span name)
{
	return span_of(arena_printf(a, "%.*s/%.*s", SPAN_ARG(namespace), SPAN_ARG(name)));
}

bool flow_split(struct span text, struct span *address, int64_t *port)
{
	size_t at = text.n;

	while (at && text.p[at - 1] != ':')
		at--;
	if (at < 2 || !span_int((struct span){text.p + at, text.n - at}, port))
		return false;
	*address = (struct span){text.p, at - 1};
	if (address->p[0] == '[' && address->p[address->n - 1] == ']')
		*address = (struct span){address->p + 1, address->n - 2};
	return address->n > 0;
}

void flow_turn(struct flow *f, int64_t source_port)
{
	struct span source = f->source;

	f->source = f->target;
	f->target = source;
	f->port = source_port;
	f->count = 0;
	f->outcome = FLOW_PASSED;
	f->name = SPAN_NONE;
}

bool flow_answer(int64_t source_port, int64_t target_port)
{
	return source_port > 0 && source_port < 32768 && target_port >= 32768;
}
