/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_H
#define FLOW_H
/*
 * Observed connections, one a line, in the forms of those who observe them. Readers give what a line says and nothing more: which workload an end
 * is, and whether the policies permit it, derive-flow.c tells. Contents of requests (paths, headers, names asked of DNS) are left behind here.
 */
#include "common/arena.h"
#include "common/err.h"
#include "common/span.h"

/* What became of a connection, as the observer saw it. */
enum flow_outcome { FLOW_NOT_TOLD = -1, FLOW_DROPPED = 0, FLOW_PASSED = 1, FLOW_SENT = 2 /* let out at the sender's end: what the receiver's does is not told */ };

struct flow {
	struct span source, target; /* "namespace/pod", "namespace/prefix-*" (pods of one generated name), an address, or what the observer calls it */
	struct span name;	    /* what the observer calls the end that is an address: a host name, a service of the cloud */
	struct span protocol;	    /* "TCP", "UDP", "SCTP", "ICMP", "other" */
	int64_t port;		    /* of the target; 0: none, or not told */
	int64_t count;		    /* connections, packets or requests, as the observer counts; 0: seen once more, but counted elsewhere */
	int64_t first, last;	    /* Unix seconds; 0: not told */
	enum flow_outcome outcome;
	int tls;		    /* 1 encrypted and both ends proven by the mesh, 0 in clear, -1 not told */
	bool reply;		    /* an answer that could not be turned round */
	bool at_source, at_target;  /* seen by one who watches all traffic of the sender's, or of the receiver's, node */
};

enum { FLOW_COLUMNS = 64 };
struct flow_reader {
	const struct flow_format *format;
	int columns[FLOW_COLUMNS]; /* vpc: which field each column is, as the header line said */
	size_t n_columns;
	struct arena *item; /* for texts of the line at hand */
};
/* 1 a flow, 0 nothing of interest, -1 with `e` (ERR_INPUT). Texts live in the line, in the reader's arena or for ever. */
typedef int flow_read(struct flow_reader *r, struct span line, struct flow *f, struct err *e);
flow_read flow_read_hubble;    /* `hubble observe -o json`, `-o jsonpb`: cilium, api/v1/flow/flow.proto and api/v1/observer/observer.proto */
flow_read flow_read_cilium;    /* `cilium monitor`, with -o json too: cilium, pkg/monitor/{datapath_trace,datapath_drop,datapath_policy,dissect}.go */
flow_read flow_read_calico;    /* Calico flow logs: docs.tigera.io, "Flow log data types"; and the flows of Goldmane and Whisker */
flow_read flow_read_conntrack; /* `conntrack -L`, `-o extended`, `-o xml`, /proc/net/nf_conntrack: conntrack(8), libnetfilter_conntrack src/conntrack/snprintf_{default,xml}.c */
flow_read flow_read_vpc;       /* AWS VPC flow logs, default or any format with a header line: docs.aws.amazon.com, "Flow log records" */
flow_read flow_read_mesh;      /* Prometheus text: istio_requests_total and istio_tcp_connections_opened_total (istio.io, "Istio Standard Metrics"),
				* request_total and tcp_open_total of Linkerd (linkerd.io, "Proxy Metrics") */

struct flow_format {
	const char *name; /* of the kind flow/NAME */
	flow_read *read;
};
/* NULL: no such format. */
const struct flow_format *flow_format(struct span name);
/* One line: fills `out` with defaults first, and checks ranges. */
int flow_parse(struct flow_reader *r, struct span line, struct flow *out, struct err *e);

/* Parts that readers share. */
struct span flow_joined(struct arena *a, struct span namespace, struct span name);
/* "10.0.0.1:80" or "[fd00::1]:80"; false when it is neither. */
bool flow_split(struct span text, struct span *address, int64_t *port);
/* Turns an answer round: what came from the port is what the port was asked. */
void flow_turn(struct flow *f, int64_t source_port);
/* Both ways of a connection are logged alike: the lower port is the service's, where the other is one that clients are given (RFC 6335, 6). */
bool flow_answer(int64_t source_port, int64_t target_port);
#endif
