// SPDX-License-Identifier: Apache-2.0
// Replacing secret values in document trees. How a secret looks is redact-detect.c's, what Kubernetes' fields mean redact-kubernetes.c's.
#include "redact.h"
#include "hash.h"
#include "redact-detect.h"
#include "redact-walk.h"

#include <inttypes.h>

struct seen {
	unsigned char key[16]; /* of the value's hash, in memory only */
	uint64_t number;       /* 0: free */
};

struct redact {
	struct seen *seen;
	size_t cap, used;
	uint64_t numbers;
	bool unnumbered;
	uint64_t counts[REDACT_RULES];
};

static const char *const rules[REDACT_RULES] = {
	[RULE_SECRET] = "secret-value", [RULE_CONFIG_MAP] = "config-map-value", [RULE_NAMED] = "value-under-secret-name", [RULE_FORM] = "value-of-secret-form",
	[RULE_LAST_APPLIED] = "last-applied-configuration", [RULE_MANAGED_FIELDS] = "managed-fields",
};

struct redact *redact_new(void)
{
	struct redact *r = calloc(1, sizeof(*r));

	if (!r)
		die("out of memory");
	return r;
}

void redact_free(struct redact *r)
{
	if (!r)
		return;
	free(r->seen);
	free(r);
}

const char *redact_rule(size_t i)
{
	return i < REDACT_RULES ? rules[i] : NULL;
}

uint64_t redact_count(const struct redact *r, size_t i)
{
	return r->counts[i];
}

uint64_t redact_numbers(const struct redact *r)
{
	return r->numbers;
}

uint64_t redact_reserve(struct redact *r, uint64_t n)
{
	uint64_t before = r->numbers;

	r->numbers += n;
	return before;
}

void redact_unnumbered(struct redact *r, bool on)
{
	r->unnumbered = on;
}

void redact_counted(struct redact *r, enum redact_rule rule)
{
	r->counts[rule]++;
}

static struct seen *slot(struct redact *r, const unsigned char key[16])
{
	size_t at;

	memcpy(&at, key, sizeof(at));
	for (at &= r->cap - 1; r->seen[at].number && memcmp(r->seen[at].key, key, 16) != 0; at = (at + 1) & (r->cap - 1))
		;
	return &r->seen[at];
}

static void grow(struct redact *r)
{
	struct redact old = *r;

	r->cap = old.cap ? old.cap * 2 : 1024;
	r->seen = calloc(r->cap, sizeof(*r->seen));
	if (!r->seen)
		die("out of memory");
	for (size_t i = 0; i < old.cap; i++)
		if (old.seen[i].number)
			*slot(r, old.seen[i].key) = old.seen[i];
	free(old.seen);
}

/* The number of a value: the same for the same bytes. */
static uint64_t number_of(struct redact *r, struct span value)
{
	char hex[HASH_HEX];
	unsigned char key[16];
	struct seen *s;

	if (r->used * 2 >= r->cap)
		grow(r);
	hash_span(value, hex);
	for (int i = 0; i < 16; i++) {
		int hi = hex[2 * i] <= '9' ? hex[2 * i] - '0' : hex[2 * i] - 'a' + 10, lo = hex[2 * i + 1] <= '9' ? hex[2 * i + 1] - '0' : hex[2 * i + 1] - 'a' + 10;

		key[i] = (unsigned char)(hi << 4 | lo);
	}
	s = slot(r, key);
	if (!s->number) {
		memcpy(s->key, key, 16);
		s->number = ++r->numbers;
		r->used++;
	}
	return s->number;
}

static const char *bucket(size_t n)
{
	static const struct {
		size_t most;
		const char *name;
	} table[] = {{0, "0"}, {7, "1-7"}, {11, "8-11"}, {15, "12-15"}, {23, "16-23"}, {31, "24-31"}, {63, "32-63"}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (n <= table[i].most)
			return table[i].name;
	return "64+";
}

struct span redact_value(struct redact *r, struct arena *a, struct span value, enum secret_class class, enum redact_rule rule)
{
	char *text = arena_printf(a, "@plim:%s:%s:%" PRIu64, secret_class_name(class), bucket(value.n), r->unnumbered ? 0 : number_of(r, value));

	r->counts[rule]++;
	return span_of(text);
}

bool redact_parse(struct span value, struct redact_token *out)
{
	struct span rest = value;

	if (!span_starts(value, "@plim:"))
		return false;
	rest.p += 6, rest.n -= 6;
	out->class = span_cut(&rest, ':');
	out->length = span_cut(&rest, ':');
	out->number = rest;
	return rest.p && rest.n;
}

struct span redact_class(struct span value, struct redact_token *out)
{
	*out = (struct redact_token){SPAN_NONE, SPAN_NONE, SPAN_NONE};
	if (redact_parse(value, out))
		return out->class;
	return value.n ? SPAN("plain") : SPAN("empty");
}

/* Hides what looks secret inside a text, keeping the rest readable. Absent span: nothing was found. */
struct span redact_text(struct redact *r, struct arena *a, struct span s)
{
	auto_buf out = BUF_INIT;
	struct secret_hit hit;
	size_t done = 0;
	struct span whole;

	if (s.n < 6)
		return SPAN_NONE;
	while (done < s.n && secret_find(s, done, &hit)) {
		struct span token = redact_value(r, a, (struct span){s.p + hit.from, hit.to - hit.from}, hit.class, RULE_FORM);

		buf_add(&out, s.p + done, hit.from - done);
		buf_add_span(&out, token);
		done = hit.to;
	}
	if (!out.n)
		return SPAN_NONE;
	buf_add(&out, s.p + done, s.n - done);
	whole = (struct span){arena_strndup(a, out.p, out.n), out.n};
	return whole;
}

void redact_string(struct redact *r, struct arena *a, struct json *v)
{
	struct span changed = redact_text(r, a, json_str(v));

	if (changed.p)
		*v = json_make_str(a, changed);
}

struct span redact_named(struct redact *r, struct arena *a, struct span name, struct span value)
{
	struct redact_token t;
	struct span changed;

	if (!value.n || redact_parse(value, &t))
		return value;
	if (secret_name(name) && !secret_harmless(name, value)) {
		enum secret_class class = secret_strength(value);

		return class == CLASS_REFERENCE ? value : redact_value(r, a, value, class, RULE_NAMED);
	}
	changed = redact_text(r, a, value);
	return changed.p ? changed : value;
}

/* The depth is bounded by the parser. */
void redact_document(struct redact *r, struct arena *a, struct json *v)
{
	if (json_is(v, JSON_STRING)) {
		redact_string(r, a, v);
	} else if (json_is(v, JSON_ARRAY)) {
		for (uint32_t i = 0; i < v->n; i++)
			redact_document(r, a, &v->items[i]);
	} else if (json_is(v, JSON_OBJECT)) {
		for (uint32_t i = 0; i < v->n; i++) {
			struct json *value = &v->members[i].value;

			if (json_is(value, JSON_STRING)) {
				struct span old = json_str(value), now = redact_named(r, a, json_str(&v->members[i].key), old);

				if (now.p != old.p)
					*value = json_make_str(a, now);
			} else if (!redact_container_list(r, a, v, json_str(&v->members[i].key), value)) {
				redact_document(r, a, value);
			}
		}
	}
}

bool redact_leaks(struct span text)
{
	struct secret_hit hit;

	return secret_find(text, 0, &hit);
}
