// SPDX-License-Identifier: Apache-2.0
// Connections that a node's kernel keeps track of, as lines or XML.
#include "flow.h"

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

static bool number(struct span s)
{
	int64_t n;

	return span_int(s, &n);
}

/* The first word that names a protocol: behind a time, the kind of event and the family ("ipv4 2"), where these are written. */
static struct span protocol_of(struct span line)
{
	for (struct span rest = line; rest.p;) {
		struct span word = span_cut(&rest, ' ');

		if (!word.n || word.p[0] == '[' || number(word) || span_eq(word, "ipv4") || span_eq(word, "ipv6"))
			continue;
		return memchr(word.p, '=', word.n) ? SPAN_NONE : word;
	}
	return SPAN_NONE;
}

/* The answer's tuple tells who really answered: behind a service that is the pod. */
static int from_line(struct span line, struct flow *f)
{
	struct span port = value_of(line, "sport=", 1);

	f->protocol = protocol_of(line);
	f->source = value_of(line, "src=", 0);
	f->target = value_of(line, "src=", 1);
	if (!f->target.n) {
		f->target = value_of(line, "dst=", 0);
		port = value_of(line, "dport=", 0);
	}
	span_int(port, &f->port);
	f->outcome = span_has(line, "[UNREPLIED]") ? FLOW_NOT_TOLD : FLOW_PASSED;
	return f->protocol.n && f->source.n && f->target.n;
}

static size_t find(struct span s, size_t from, const char *what)
{
	size_t n = strlen(what);

	for (size_t i = from; i + n <= s.n; i++)
		if (memcmp(s.p + i, what, n) == 0)
			return i;
	return s.n;
}

/* The text of an element between two places of the line. */
static struct span element(struct span s, const char *open)
{
	size_t at = find(s, 0, open), from = at + strlen(open);

	return at < s.n ? (struct span){s.p + from, find(s, from, "<") - from} : SPAN_NONE;
}

/* <flow><meta direction="original"><layer3 …><src>…</src>…</meta><meta direction="reply">…</meta><meta direction="independent">…</meta></flow> */
static int from_xml(struct span line, struct flow *f)
{
	size_t original = find(line, 0, "direction=\"original\""), reply = find(line, original, "direction=\"reply\""), rest = find(line, reply, "direction=\"independent\"");
	struct span asked = {line.p + original, reply - original}, answered = {line.p + reply, rest - reply}, name = SPAN_NONE;
	size_t at = find(asked, 0, "<layer4 "), quote = find(asked, at, "protoname=\"");

	if (original == line.n)
		return 0;
	if (quote < asked.n)
		name = (struct span){asked.p + quote + 11, find(asked, quote + 11, "\"") - quote - 11};
	f->protocol = name;
	f->source = element(asked, "<src>");
	f->target = element(answered, "<src>");
	span_int(element(answered, "<sport>"), &f->port);
	if (!f->target.n) {
		f->target = element(asked, "<dst>");
		span_int(element(asked, "<dport>"), &f->port);
	}
	f->outcome = find(line, rest, "<unreplied/>") < line.n ? FLOW_NOT_TOLD : FLOW_PASSED;
	return f->protocol.n && f->source.n && f->target.n;
}

int flow_read_conntrack(struct flow_reader *r, struct span line, struct flow *f, struct err *e)
{
	int rc = line.p[0] == '<' ? from_xml(line, f) : from_line(line, f);

	(void)r;
	if (rc == 0 && line.p[0] != '<' && span_has(line, "src="))
		return err_set(e, ERR_INPUT, "an entry was expected: a protocol, src= and dst=");
	return rc;
}
