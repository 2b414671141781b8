// SPDX-License-Identifier: Apache-2.0
// Sets of ports and addresses as ranges. What they mean in a policy is network-kubernetes.c's and its like.
#include "network-set.h"

#include <arpa/inet.h>
#include <stdlib.h>

#define V4_BASE ((wide)0xffff << 32)
#define V4_LAST (V4_BASE | 0xffffffffu)
#define LAST (~(wide)0)

static int by_from(const void *x, const void *y)
{
	const struct range *a = x, *b = y;

	return (a->from > b->from) - (a->from < b->from);
}

struct set set_of(struct range *r, size_t n)
{
	size_t kept = 0;

	if (n)
		qsort(r, n, sizeof(*r), by_from);
	for (size_t i = 0; i < n; i++) {
		struct range *last = kept ? &r[kept - 1] : NULL;

		if (last && (last->to == LAST || r[i].from <= last->to + 1)) {
			if (r[i].to > last->to)
				last->to = r[i].to;
		} else {
			r[kept++] = r[i];
		}
	}
	return (struct set){r, kept};
}

void gather_add(struct arena *a, struct gather *g, struct set s)
{
	if (g->n + s.n > g->cap) {
		struct range *more = arena_array(a, (g->n + s.n) * 2, sizeof(*more));

		if (g->n)
			memcpy(more, g->at, g->n * sizeof(*more));
		g->at = more;
		g->cap = (g->n + s.n) * 2;
	}
	if (s.n)
		memcpy(g->at + g->n, s.at, s.n * sizeof(*s.at));
	g->n += s.n;
}

bool set_within(struct set y, struct set x)
{
	size_t k = 0;

	for (size_t i = 0; i < y.n; i++) {
		while (k < x.n && x.at[k].to < y.at[i].from)
			k++;
		if (k == x.n || x.at[k].from > y.at[i].from || x.at[k].to < y.at[i].to)
			return false;
	}
	return true;
}

struct set set_one(struct arena *a, wide from, wide to)
{
	struct range *r = arena_alloc(a, sizeof(*r));

	*r = (struct range){from, to};
	return (struct set){r, 1};
}

struct set set_union(struct arena *a, struct set x, struct set y)
{
	struct range *r;

	if (!x.n || !y.n)
		return x.n ? x : y;
	r = arena_array(a, x.n + y.n, sizeof(*r));
	memcpy(r, x.at, x.n * sizeof(*r));
	memcpy(r + x.n, y.at, y.n * sizeof(*r));
	return set_of(r, x.n + y.n);
}

struct set set_common(struct arena *a, struct set x, struct set y)
{
	struct range *r = arena_array(a, x.n + y.n, sizeof(*r));
	size_t i = 0, k = 0, n = 0;

	while (i < x.n && k < y.n) {
		wide from = x.at[i].from > y.at[k].from ? x.at[i].from : y.at[k].from;
		wide to = x.at[i].to < y.at[k].to ? x.at[i].to : y.at[k].to;

		if (from <= to)
			r[n++] = (struct range){from, to};
		if (x.at[i].to < y.at[k].to)
			i++;
		else
			k++;
	}
	return (struct set){r, n};
}

struct set set_minus(struct arena *a, struct set x, struct set y)
{
	struct range *r = arena_array(a, x.n + y.n, sizeof(*r));
	size_t n = 0, k = 0;

	for (size_t i = 0; i < x.n; i++) {
		wide from = x.at[i].from, to = x.at[i].to;
		bool left = true;

		while (k < y.n && y.at[k].to < from)
			k++;
		for (size_t j = k; left && j < y.n && y.at[j].from <= to; j++) {
			if (y.at[j].from > from)
				r[n++] = (struct range){from, y.at[j].from - 1};
			left = y.at[j].to < to;
			from = left ? y.at[j].to + 1 : from;
		}
		if (left)
			r[n++] = (struct range){from, to};
	}
	return (struct set){r, n};
}

bool set_has(struct set s, wide value)
{
	size_t low = 0, high = s.n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (s.at[mid].to < value)
			low = mid + 1;
		else
			high = mid;
	}
	return low < s.n && s.at[low].from <= value;
}

bool set_meets(struct set x, struct set y)
{
	for (size_t i = 0, k = 0; i < x.n && k < y.n;) {
		if (x.at[i].from <= y.at[k].to && y.at[k].from <= x.at[i].to)
			return true;
		if (x.at[i].to < y.at[k].to)
			i++;
		else
			k++;
	}
	return false;
}

bool set_equal(struct set x, struct set y)
{
	if (x.n != y.n)
		return false;
	for (size_t i = 0; i < x.n; i++)
		if (x.at[i].from != y.at[i].from || x.at[i].to != y.at[i].to)
			return false;
	return true;
}

static const struct {
	const char *name, *number;
	int protocol;
} protocols[] = {
	{"TCP", "6", PROTOCOL_TCP},   {"UDP", "17", PROTOCOL_UDP},     {"SCTP", "132", PROTOCOL_SCTP},
	{"ICMP", "1", PROTOCOL_ICMP}, {"ICMPv6", "58", PROTOCOL_ICMP}, {"other", "", PROTOCOL_OTHER},
};

int protocol_named(struct span name)
{
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (span_ieq(name, protocols[i].name) || span_eq(name, protocols[i].number))
			return protocols[i].protocol;
	return -1;
}

const char *protocol_name(int protocol)
{
	static const char *const names[PROTOCOLS] = {"TCP", "UDP", "SCTP", "ICMP", "other"};

	return names[protocol];
}

wide port_at(int protocol, uint32_t port)
{
	return (wide)protocol * 65536 + (protocol <= PROTOCOL_SCTP ? port : 0);
}

struct set ports_range(struct arena *a, int protocol, uint32_t from, uint32_t to)
{
	return set_one(a, port_at(protocol, from), port_at(protocol, to));
}

struct set ports_of(struct arena *a, int protocol)
{
	return ports_range(a, protocol, 1, 65535);
}

struct set ports_all(struct arena *a)
{
	struct range *r = arena_array(a, PROTOCOLS, sizeof(*r));

	for (int i = 0; i < PROTOCOLS; i++)
		r[i] = (struct range){port_at(i, 1), port_at(i, 65535)};
	return (struct set){r, PROTOCOLS};
}

bool ports_text(struct set s, int protocol, struct buf *out)
{
	wide first = port_at(protocol, 1), last = port_at(protocol, 65535);
	size_t before = out->n;

	for (size_t i = 0; i < s.n; i++) {
		wide from = s.at[i].from < first ? first : s.at[i].from, to = s.at[i].to > last ? last : s.at[i].to;

		if (from > to)
			continue;
		if (from == first && to == last)
			buf_add_str(out, "all");
		else if (from == to)
			buf_printf(out, "%s%u", out->n > before ? "," : "", (unsigned)(from - first + 1));
		else
			buf_printf(out, "%s%u-%u", out->n > before ? "," : "", (unsigned)(from - first + 1), (unsigned)(to - first + 1));
	}
	return out->n > before;
}

bool address_is_v4(wide address)
{
	return address >= V4_BASE && address <= V4_LAST;
}

static wide from_bytes(const unsigned char *p, size_t n)
{
	wide value = 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | p[i];
	return value;
}

bool address_parse(struct span text, wide *out)
{
	char copy[INET6_ADDRSTRLEN + 1];
	unsigned char bytes[16];

	if (!text.n || text.n >= sizeof(copy))
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = 0;
	if (strlen(copy) != text.n)
		return false;
	if (inet_pton(AF_INET, copy, bytes) == 1)
		*out = V4_BASE | from_bytes(bytes, 4);
	else if (inet_pton(AF_INET6, copy, bytes) == 1)
		*out = from_bytes(bytes, 16);
	else
		return false;
	return true;
}

void address_text(wide address, struct buf *out)
{
	char text[INET6_ADDRSTRLEN] = "";
	unsigned char bytes[16];

	for (int i = 0; i < 16; i++)
		bytes[i] = (unsigned char)(address >> (120 - 8 * i));
	if (address_is_v4(address))
		inet_ntop(AF_INET, bytes + 12, text, sizeof(text));
	else
		inet_ntop(AF_INET6, bytes, text, sizeof(text));
	buf_add_str(out, text);
}

int cidr_parse(struct arena *a, struct span text, struct set *out, struct err *e)
{
	struct span length = text, address = span_cut(&length, '/');
	wide base, hosts;
	bool v4;
	int64_t bits;

	if (!address_parse(address, &base))
		return err_set(e, ERR_INPUT, "'%.*s' is no network address", SPAN_ARG(text));
	v4 = address_is_v4(base) && !memchr(address.p, ':', address.n);
	bits = v4 ? 32 : 128;
	if (length.p && (!length.n || length.n > 3 || length.p[0] < '0' || length.p[0] > '9' || !span_int(length, &bits) || bits > (v4 ? 32 : 128)))
		return err_set(e, ERR_INPUT, "'%.*s': the length of a network is 0 to %d", SPAN_ARG(text), v4 ? 32 : 128);
	bits += v4 ? 96 : 0;
	hosts = bits == 0 ? LAST : bits == 128 ? 0 : ((wide)1 << (128 - bits)) - 1;
	*out = set_one(a, base & ~hosts, base | hosts);
	if (!v4 && out->at->from <= V4_LAST && out->at->to >= V4_BASE && bits < 96)
		*out = set_minus(a, *out, addresses_v4(a));
	return 0;
}

struct set addresses_v4(struct arena *a)
{
	return set_one(a, V4_BASE, V4_LAST);
}

bool addresses_every_v4(struct set s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.at[i].from <= V4_BASE && s.at[i].to >= V4_LAST)
			return true;
	return false;
}

bool addresses_every_v6(struct set s)
{
	bool below = false, above = false;

	for (size_t i = 0; i < s.n; i++) {
		below |= s.at[i].from == 0 && s.at[i].to >= V4_BASE - 1;
		above |= s.at[i].from <= V4_LAST + 1 && s.at[i].to == LAST;
	}
	return below && above;
}

struct set addresses_all(struct arena *a)
{
	return set_one(a, 0, LAST);
}

/* The last address of the largest network that starts at `from` and ends by `to`. */
static wide largest(wide from, wide to, int *bits)
{
	wide hosts = 0;

	*bits = 128;
	while (*bits > 0) {
		wide more = hosts << 1 | 1;

		if ((from & more) || more > to - from)
			break;
		hosts = more;
		(*bits)--;
	}
	return from + hosts;
}

void cidr_families(struct arena *a, struct set s, struct set *v4, struct set *v6)
{
	struct set all = addresses_v4(a);

	*v4 = set_common(a, s, all);
	*v6 = set_minus(a, s, all);
	if (set_has(s, V4_BASE - 1) && set_has(s, V4_LAST + 1))
		*v6 = set_union(a, *v6, all);
}

bool cidr_next(struct set s, struct cidr_walk *w, struct buf *out)
{
	wide from, to, end;
	int bits;

	if (w->at >= s.n)
		return false;
	from = w->inside ? w->next : s.at[w->at].from;
	to = s.at[w->at].to;
	end = largest(from, to, &bits);
	address_text(from, out);
	buf_printf(out, "/%d", address_is_v4(from) ? bits - 96 : bits);
	w->inside = end < s.at[w->at].to;
	w->next = end + 1;
	w->at += !w->inside;
	return true;
}
