// SPDX-License-Identifier: Apache-2.0
// The manifest of a bundle (an in-toto statement in a DSSE envelope) onto its members; or, without one, what the members say of themselves.
#include "bundle-manifest.h"
#include "bundle-image.h"
#include "redact-walk.h"

#include <time.h>

static struct json *payload(struct bundle *b, struct json *envelope, struct err *e)
{
	struct json *statement;
	struct span text;

	if (!span_eq(json_text_at(envelope, "payloadType"), BUNDLE_PAYLOAD_TYPE)) {
		err_set(e, ERR_INPUT, "payloadType is not %s", BUNDLE_PAYLOAD_TYPE);
		return NULL;
	}
	text = redact_base64(&b->arena, json_text_at(envelope, "payload"));
	if (!text.n || json_parse(&b->arena, text, &statement, e)) {
		if (!text.n)
			err_set(e, ERR_INPUT, "the payload is no base64");
		return NULL;
	}
	return statement;
}

static const struct json *predicate(struct bundle *b, struct err *e)
{
	auto_buf text = BUF_INIT;
	struct json *envelope, *statement;
	int64_t format = 0;

	if (!b->manifest_at) {
		err_set(e, ERR_INPUT, "it has no manifest: its collection was ended, or it was cut short");
		return NULL;
	}
	if (bundle_slurp(b, b->manifest_at, b->manifest_bytes, &text, e) || json_parse(&b->arena, buf_span(&text), &envelope, e) ||
	    !(statement = payload(b, envelope, e))) {
		err_wrap(e, "the manifest cannot be read");
		return NULL;
	}
	if (!span_eq(json_text_at(statement, "_type"), BUNDLE_STATEMENT_TYPE) || !span_eq(json_text_at(statement, "predicateType"), BUNDLE_PREDICATE_TYPE) ||
	    !json_int(json_path(statement, "predicate.format"), &format) || format != BUNDLE_FORMAT) {
		err_set(e, ERR_INPUT, "the manifest is not of a collection in format %d: a newer plimsoll may read it", BUNDLE_FORMAT);
		return NULL;
	}
	return json_get(statement, "predicate");
}

/* RFC 3339 in UTC, as bundle-write.c has it; 0: none. */
static int64_t time_of(struct span s)
{
	struct tm tm = {0};

	if (s.n != 20 || sscanf(s.p, "%4d-%2d-%2dT%2d:%2d:%2dZ", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6)
		return 0;
	tm.tm_year -= 1900, tm.tm_mon -= 1;
	return (int64_t)timegm(&tm);
}

/* A text without NUL bytes; NULL when there is none. */
static const char *text(const struct json *v, const char *key)
{
	struct span s = json_text_at(v, key);

	return s.n && strlen(s.p) == s.n ? s.p : NULL;
}

static bool is_kind(const char *kind)
{
	return kind && strlen(kind) < 200 && !kind[strspn(kind, "abcdefghijklmnopqrstuvwxyz0123456789.-/")] && strchr(kind, '/');
}

static bool is_hash(const char *s)
{
	return s && strlen(s) == 64 && s[strspn(s, "0123456789abcdef")] == 0;
}

/* What names a member, of the manifest or of its own label. */
static int identify(struct bundle_member *m, const struct json *v)
{
	const char *path = text(v, "path"), *kind = text(v, "kind");

	if (!path || bundle_hostile_name(path))
		return err_set(&m->err, ERR_INPUT, "%s: its path '%s' leads outside or is none; it was not read", m->name, path ? path : "");
	m->path = path;
	m->kind = is_kind(kind) ? kind : NULL;
	m->cluster = text(v, "cluster");
	return 0;
}

static void describe(struct bundle_member *m, const struct json *v)
{
	int64_t bytes = -1;

	m->entry = v;
	m->source = text(v, "source");
	m->sha256 = text(v, "sha256");
	m->start = time_of(json_text_at(v, "start"));
	m->end = time_of(json_text_at(v, "end"));
	m->time = time_of(json_text_at(v, "time"));
	m->unredacted = json_bool_at(v, "unredacted") == 1;
	json_int(json_get(v, "bytes"), &bytes);
	m->bytes = (uint64_t)bytes;
	if (identify(m, v) == 0 && (bytes < 0 || !is_hash(m->sha256)))
		err_set(&m->err, ERR_INPUT, "%s: the manifest tells no size and SHA-256 of it; it was not read", m->name);
}

static int by_number(const void *key, const void *member)
{
	unsigned long a = bundle_number(key), b = bundle_number(((const struct bundle_member *)member)->name);

	return a < b ? -1 : a > b;
}

static int by_path(const void *x, const void *y)
{
	const struct bundle_member *const *a = x, *const *b = y;
	int c = strcmp((*a)->path, (*b)->path);

	return c ? c : (*a < *b ? -1 : *a > *b);
}

/* Two members of one path: the second is none. */
static void refuse_twice(struct bundle *b)
{
	struct bundle_member **order = calloc(b->n + 1, sizeof(struct bundle_member *));

	if (!order)
		die("out of memory");
	for (size_t i = 0; i < b->n; i++)
		order[i] = &b->at[i];
	qsort(order, b->n, sizeof(struct bundle_member *), by_path);
	for (size_t i = 1; i < b->n; i++)
		if (strcmp(order[i - 1]->path, order[i]->path) == 0 && !order[i]->err.kind)
			err_set(&order[i]->err, ERR_INPUT, "%s: a second member of the path '%s'; it was not read", order[i]->name, order[i]->path);
	free(order);
}

static void apply(struct bundle *b)
{
	JSON_EACH(v, json_get(b->predicate, "members"))
	{
		const char *name = text(v, "name");
		struct bundle_member *m = b->n && name && strncmp(name, "m/", 2) == 0 ? bsearch(name, b->at, b->n, sizeof(*b->at), by_number) : NULL;

		if (m && (m->entry || strcmp(m->name, name) != 0))
			m = NULL;
		if (m) {
			describe(m, v);
			continue;
		}
		b->missing++;
		bundle_fail(b, "%s (%s) is in the manifest but not in the bundle", name ? name : "a member without a name", text(v, "path") ? text(v, "path") : "no path");
	}
	for (size_t i = 0; i < b->n; i++)
		if (!b->at[i].entry)
			err_set(&b->at[i].err, ERR_INPUT, "%s: the manifest does not list it; it was not read", b->at[i].name);
}

static uint32_t little(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 | (uint32_t)u[3] << 24;
}

/* Without a manifest each member's label tells what it is. */
static void read_label(struct bundle *b, struct bundle_member *m)
{
	auto_buf head = BUF_INIT, body = BUF_INIT;
	struct json *v;
	uint32_t n;

	if (span_ends(span_of(m->name), ".blob"))
		m->kind = BUNDLE_BLOB_KIND;
	if (m->packed < 8 || bundle_slurp(b, m->offset, 8, &head, NULL) || little(head.p) != BUNDLE_LABEL_MAGIC)
		return;
	n = little(head.p + 4);
	if (n > BUNDLE_LABEL_MAX || n > m->packed - 8 || bundle_slurp(b, m->offset + 8, n, &body, NULL) || json_parse(&b->arena, buf_span(&body), &v, NULL))
		return;
	identify(m, v);
	m->unredacted = json_bool_at(v, "unredacted") == 1;
	m->time = time_of(json_text_at(v, "time"));
}

void bundle_manifest_read(struct bundle *b)
{
	b->predicate = predicate(b, &b->why);
	if (b->predicate)
		apply(b);
	else
		for (size_t i = 0; i < b->n; i++)
			read_label(b, &b->at[i]);
	refuse_twice(b);
}
