// SPDX-License-Identifier: Apache-2.0
// AWS VPC flow logs: records in the default format, or in any that a header line names the fields of.
#include "flow.h"

enum field { NO_FIELD, SRCADDR, DSTADDR, SRCPORT, DSTPORT, PROTOCOL, START, END, ACTION, STATUS, TCP_FLAGS, PKT_SRCADDR, PKT_DSTADDR, SRC_SERVICE, DST_SERVICE, FIELDS };

static const struct {
	const char *name;
	enum field field;
} names[] = {
	{"srcaddr", SRCADDR}, {"dstaddr", DSTADDR}, {"srcport", SRCPORT}, {"dstport", DSTPORT}, {"protocol", PROTOCOL}, {"start", START}, {"end", END}, {"action", ACTION},
	{"log-status", STATUS}, {"tcp-flags", TCP_FLAGS}, {"pkt-srcaddr", PKT_SRCADDR}, {"pkt-dstaddr", PKT_DSTADDR}, {"pkt-src-aws-service", SRC_SERVICE}, {"pkt-dst-aws-service", DST_SERVICE},
};
/* Version 2: version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status */
static const int by_default[] = {NO_FIELD, NO_FIELD, NO_FIELD, SRCADDR, DSTADDR, SRCPORT, DSTPORT, PROTOCOL, NO_FIELD, NO_FIELD, START, END, ACTION, STATUS};

static size_t words(struct span line, struct span *out)
{
	size_t n = 0;

	for (struct span rest = line; rest.p;) {
		struct span word = span_cut(&rest, ' ');

		if (word.n && n++ < FLOW_COLUMNS)
			out[n - 1] = word;
	}
	return n;
}

static int header(struct flow_reader *r, const struct span *word, size_t n, struct err *e)
{
	bool source = false, target = false;

	if (n > FLOW_COLUMNS)
		return err_set(e, ERR_INPUT, "the header line has %zu fields: at most %d were expected", n, FLOW_COLUMNS);
	for (size_t i = 0; i < n; i++) {
		r->columns[i] = NO_FIELD;
		for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
			if (span_eq(word[i], names[k].name))
				r->columns[i] = names[k].field;
		source |= r->columns[i] == SRCADDR || r->columns[i] == PKT_SRCADDR;
		target |= r->columns[i] == DSTADDR || r->columns[i] == PKT_DSTADDR;
	}
	r->n_columns = n;
	return source && target ? 0 : err_set(e, ERR_INPUT, "the header line names no srcaddr or no dstaddr: such records tell of no connection");
}

static struct span told(struct span s)
{
	return span_eq(s, "-") ? SPAN_NONE : s;
}

/* Flags of all packets of the record are joined: SYN 2, SYN with ACK 18; ACK alone is not reported. */
static void direction(const struct span *v, struct flow *f)
{
	int64_t flags = 0, from = 0;

	span_int(v[SRCPORT], &from);
	span_int(v[TCP_FLAGS], &flags);
	if ((flags & 18) == 18 && from > 0 && f->outcome == FLOW_PASSED)
		flow_turn(f, from);
	else
		f->reply = !(flags & 2) && flow_answer(from, f->port);
}

int flow_read_vpc(struct flow_reader *r, struct span line, struct flow *f, struct err *e)
{
	struct span word[FLOW_COLUMNS], v[FIELDS] = {{0}};
	size_t n = words(line, word), skip = 0;

	if (n && n <= FLOW_COLUMNS && (word[0].p[0] < '0' || word[0].p[0] > '9') && (span_has(line, "srcaddr") || span_has(line, "dstaddr")))
		return header(r, word, n, e);
	if (!r->n_columns) {
		r->n_columns = sizeof(by_default) / sizeof(by_default[0]);
		memcpy(r->columns, by_default, sizeof(by_default));
	}
	/* Exports of CloudWatch Logs put the time of the event before the record. */
	if (n == r->n_columns + 1 && memchr(word[0].p, 'T', word[0].n) && span_ends(word[0], "Z"))
		skip = 1;
	if (n - skip != r->n_columns)
		return err_set(e, ERR_INPUT, "a record of %zu fields: %zu were expected, as the header line or version 2 has them", n - skip, r->n_columns);
	for (size_t i = 0; i < r->n_columns; i++)
		v[r->columns[i]] = told(word[i + skip]);
	/* Behind a gateway the interface's own addresses stand in place of those of the packet. */
	f->source = v[PKT_SRCADDR].n ? v[PKT_SRCADDR] : v[SRCADDR];
	f->target = v[PKT_DSTADDR].n ? v[PKT_DSTADDR] : v[DSTADDR];
	f->protocol = v[PROTOCOL];
	f->name = v[DST_SERVICE];
	span_int(v[DSTPORT], &f->port);
	span_int(v[START], &f->first);
	span_int(v[END], &f->last);
	f->outcome = span_eq(v[ACTION], "ACCEPT") ? FLOW_PASSED : span_eq(v[ACTION], "REJECT") ? FLOW_DROPPED : FLOW_NOT_TOLD;
	if (!f->source.n || !f->target.n) /* NODATA, SKIPDATA */
		return 0;
	direction(v, f);
	return 1;
}
