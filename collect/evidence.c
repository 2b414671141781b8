// SPDX-License-Identifier: Apache-2.0
// Redaction of evidence by its kind, and the shape in which it is stored. Where it comes from is source-*.c's.
#include "evidence.h"
#include "common/csv.h"
#include "common/limits.h"
#include "common/lines.h"
#include "common/redact-evidence.h"
#include "common/refused.h"
#include "common/redact-walk.h"
#include "common/text.h"

enum { FLUSH = 256 * 1024 };

/* The document that is being written, and where in it. */
struct copy {
	struct evidence *ev;
	const struct member_spec *spec;
	struct buf text;	/* not yet given to the member */
	size_t document;	/* the one at hand, from 1; 0: none yet */
	enum { CLOSED, WHOLE, ARRAY, LIST } shape;
	char list[64];		/* name of the open list of a LIST */
	size_t index;		/* of its next item */
	uint64_t items;
};

static int flush(struct copy *c, size_t least, struct err *e)
{
	if (c->text.n < least)
		return 0;
	if (c->text.n && member_write(c->ev->w, c->text.p, c->text.n, e))
		return -1;
	buf_reset(&c->text);
	return 0;
}

static void close_document(struct copy *c, bool truncated)
{
	if (c->shape == ARRAY)
		buf_add_str(&c->text, "]\n");
	if (c->shape == LIST)
		buf_add_str(&c->text, truncated ? "],\"IsTruncated\":true}\n" : "]}\n");
	if (c->shape == WHOLE)
		buf_add_char(&c->text, '\n');
	c->shape = CLOSED;
}

static bool kubernetes(const struct copy *c)
{
	return strncmp(c->spec->kind, "kubernetes/", 11) == 0;
}

static void open_list(struct copy *c, struct span name, const struct item *it)
{
	buf_add_char(&c->text, '{');
	if (kubernetes(c)) {
		buf_add_str(&c->text, "\"apiVersion\":");
		text_add_json(&c->text, it->api_version.n ? it->api_version : SPAN("v1"));
		buf_add_str(&c->text, ",\"kind\":");
		text_add_json(&c->text, it->kind.n ? it->kind : SPAN("List"));
		buf_add_char(&c->text, ',');
	}
	buf_printf(&c->text, "\"%.*s\":[", SPAN_ARG(name));
	c->shape = LIST;
}

/* Where an item stands: "#2/items/3" is document 2, list "items", index 3; "" is a whole document. */
struct place {
	size_t document, index;
	struct span list;
	bool whole;
};

static struct place place_of(struct span pointer)
{
	struct place p = {.document = 1};
	struct span rest = pointer, part;
	int64_t n;

	if (span_starts(rest, "#")) {
		rest.p++, rest.n--;
		part = span_cut(&rest, '/');
		if (span_int(part, &n))
			p.document = (size_t)n;
	} else {
		span_cut(&rest, '/');
	}
	p.whole = !rest.p;
	if (p.whole)
		return p;
	part = span_cut(&rest, '/');
	if (rest.p)
		p.list = part;
	else
		rest = part;
	if (span_int(rest, &n) && n >= 0)
		p.index = (size_t)n;
	return p;
}

/* Brings the text to where the item belongs: documents and lists before it are closed, and what is missing gets a place-holder. */
static void go_to(struct copy *c, const struct place *p, const struct item *it)
{
	bool same = c->document == p->document;

	if (!same || p->whole || (c->shape != LIST && p->list.p) || (c->shape != ARRAY && !p->list.p)) {
		close_document(c, false);
		while (c->document + 1 < p->document) {
			buf_add_str(&c->text, "{\"items\":[]}\n");
			c->document++;
		}
	}
	c->document = p->document;
	if (p->whole) {
		c->shape = WHOLE;
		return;
	}
	if (c->shape == CLOSED) {
		if (p->list.p)
			open_list(c, p->list, it);
		else
			buf_add_char(&c->text, '[');
		c->shape = p->list.p ? LIST : ARRAY;
		c->index = 0;
	} else if (p->list.p && !span_eq(p->list, c->list)) {
		buf_printf(&c->text, "],\"%.*s\":[", SPAN_ARG(p->list));
		c->index = 0;
	}
	snprintf(c->list, sizeof(c->list), "%.*s", SPAN_ARG(p->list));
	for (; c->index < p->index; c->index++)
		buf_add_str(&c->text, c->index ? ",null" : "null");
	if (c->index++)
		buf_add_char(&c->text, ',');
}

static void note_namespace(struct evidence_seen *seen, const struct json *object)
{
	struct span namespace = json_text_at(object, "metadata.namespace");

	if (!namespace.n || namespace.n >= sizeof(seen->first) || !json_text_at(object, "metadata.uid").n)
		return;
	if (!seen->first[0])
		snprintf(seen->first, sizeof(seen->first), "%.*s", SPAN_ARG(namespace));
	seen->several |= !span_eq(namespace, seen->first);
	seen->kube_system |= span_eq(namespace, "kube-system");
}

/* Redacts and appends; what still looks like a secret then does not get through. */
static int one_item(struct copy *c, const struct item *it, struct err *e)
{
	struct place p = place_of(span_of(it->pointer));
	auto_buf text = BUF_INIT;

	if (kubernetes(c))
		note_namespace(&c->ev->seen, it->value);
	redact_evidence(c->ev->redact, &c->ev->item, c->spec->kind, it->kind, it->value);
	json_write(&text, it->value);
	if (redact_evidence_leaks(c->spec->kind, buf_span(&text))) {
		redact_evidence_deeply(c->ev->redact, &c->ev->item, it->value);
		buf_reset(&text);
		json_write(&text, it->value);
		if (redact_evidence_leaks(c->spec->kind, buf_span(&text))) {
			member_problem(c->ev->w, it->pointer, "it still looks as if it held a secret after redaction; it was left out");
			return 0;
		}
	}
	go_to(c, &p, it);
	buf_add_span(&c->text, buf_span(&text));
	c->items++;
	return flush(c, FLUSH, e);
}

static int copy_items(struct copy *c, struct items *items, struct err *broken, struct err *e)
{
	struct item it;
	struct err bad = {0};
	int rc;

	while ((rc = items_next(items, &c->ev->item, &it, &bad)) != 0) {
		if (rc < 0) {
			*broken = bad;
			return bad.kind == ERR_ENV ? err_set(e, ERR_ENV, "%s", bad.msg) : 0;
		}
		if (rc == 2)
			member_problem(c->ev->w, it.pointer, bad.msg);
		else if (one_item(c, &it, e))
			return -1;
		bad = (struct err){0};
		arena_reset(&c->ev->item);
	}
	return 0;
}

/* A stream without items is an empty list, which is evidence too; its kind tells a server's own from one that kubectl made up. */
static int finish(struct copy *c, struct span kind, bool truncated, const struct err *broken, struct err *e)
{
	if (!c->items && broken->kind)
		return member_drop(c->ev->w, e);
	close_document(c, truncated);
	if (!c->items && kubernetes(c)) {
		buf_add_str(&c->text, "{\"apiVersion\":\"v1\",\"kind\":");
		text_add_json(&c->text, span_ends(kind, "List") ? kind : SPAN("List"));
		buf_add_str(&c->text, ",\"items\":[]}\n");
	} else if (!c->items) {
		buf_add_str(&c->text, "[]\n");
	}
	if (flush(c, 0, e))
		return -1;
	if (broken->kind)
		member_problem(c->ev->w, NULL, broken->msg);
	return member_end(c->ev->w, c->items, e);
}

/* The credential report: CSV, or JSON with the CSV in base64. Only what begins as a report does gets through. */
static int copy_report(struct evidence *ev, const struct member_spec *spec, struct source *content, uint64_t *items, struct err *broken, struct err *e)
{
	auto_buf text = BUF_INIT;
	auto_arena a = ARENA_INIT;
	struct member_spec csv = *spec;
	struct span report;

	if (source_slurp(content, &text, LIMIT_DOCUMENT_BYTES, broken))
		return broken->kind == ERR_ENV ? err_set(e, ERR_ENV, "%s", broken->msg) : 0;
	report = redact_report(ev->redact, &a, buf_span(&text));
	if (!report.p) {
		err_set(broken, ERR_INPUT, "no credential report: it begins with user,arn,user_creation_time");
		return 0;
	}
	csv.type = "csv";
	for (size_t i = 0; i < report.n; i++)
		*items += report.p[i] == '\n';
	return member_begin(ev->w, &csv, e) || member_write(ev->w, report.p, report.n, e) || member_end(ev->w, *items, e) ? -1 : 0;
}

/* What kubectl said: only the lines that count get through. */
struct said {
	struct buf text;
	const char *kind;
	uint64_t lines;
};

static int add_line(void *ctx, const struct refused *r, struct err *e)
{
	struct said *s = ctx;

	(void)e;
	if (redact_evidence_leaks(s->kind, r->line))
		return 0;
	buf_add_span(&s->text, r->line);
	buf_add_char(&s->text, '\n');
	s->lines++;
	return 0;
}

static int copy_refused(struct evidence *ev, const struct member_spec *spec, struct source *content, uint64_t *items, struct err *broken, struct err *e)
{
	struct member_spec text = *spec;
	struct said s = {.kind = spec->kind};
	int rc = refused_read(content, span_of(spec->path), add_line, &s, broken, e);

	if (rc && broken->kind == ERR_ENV)
		*e = *broken;
	*items = s.lines;
	text.type = "txt";
	if (s.lines && rc == 0)
		rc = member_begin(ev->w, &text, e) || member_write(ev->w, s.text.p, s.text.n, e) || member_end(ev->w, s.lines, e) ? -1 : 0;
	else if (rc && broken->kind == ERR_INPUT)
		rc = 0;
	buf_fini(&s.text);
	return rc;
}

/* Contents of requests and whatever else a proxy knows of them: flows are judged without. */
static bool is_flow(struct span line)
{
	static const char *const metrics[] = {"istio_requests_total{", "istio_tcp_connections_opened_total{", "request_total{", "tcp_open_total{"};

	for (size_t i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++)
		if (span_starts(line, metrics[i]))
			return true;
	return false;
}

/* One observed connection: JSON is parsed and written anew, text goes through redaction; what still looks like a secret is left out. */
static bool flow_line(struct copy *c, struct span line)
{
	struct arena *a = &c->ev->item;
	struct span hidden;
	struct json *v;

	if (line.p[0] == '{') {
		if (json_parse(a, line, &v, NULL))
			return false;
		redact_evidence(c->ev->redact, a, c->spec->kind, SPAN_NONE, v);
		json_write(&c->text, v);
	} else {
		hidden = redact_text(c->ev->redact, a, line);
		buf_add_span(&c->text, hidden.p ? hidden : line);
	}
	return true;
}

static int one_line(struct copy *c, struct span line, int64_t number, struct err *e)
{
	size_t before = c->text.n;
	struct span written;

	if (!line.n || (strcmp(c->spec->kind, "flow/mesh") == 0 && !is_flow(line)))
		return 0;
	if (!flow_line(c, line)) {
		member_problem(c->ev->w, arena_printf(&c->ev->item, "line %lld", (long long)number), "not JSON; it was left out");
		return 0;
	}
	written = (struct span){c->text.p + before, c->text.n - before};
	if (redact_evidence_leaks(c->spec->kind, written)) {
		c->text.n = before;
		member_problem(c->ev->w, arena_printf(&c->ev->item, "line %lld", (long long)number), "it still looks as if it held a secret after redaction; it was left out");
		return 0;
	}
	buf_add_char(&c->text, '\n');
	c->items++;
	return flush(c, FLUSH, e);
}

/* Flows come one a line, in JSON or not. */
static int copy_flows(struct evidence *ev, const struct member_spec *spec, struct source *content, uint64_t *items, struct err *broken, struct err *e)
{
	struct member_spec text = *spec;
	struct copy c = {.ev = ev, .spec = &text};
	auto_lines lines = {.source = content};
	struct span line;
	int rc, written = 0; /* -1: the bundle cannot be written */

	text.type = "txt";
	if (member_begin(ev->w, &text, e))
		return -1;
	while (!written && (rc = lines_next(&lines, &line, broken)) > 0) {
		if (rc == 2)
			member_problem(ev->w, NULL, "a line is too long; it was left out");
		else
			written = one_line(&c, line, lines.number, e);
		arena_reset(&ev->item);
	}
	if (!written && broken->kind == ERR_ENV)
		written = err_set(e, ERR_ENV, "%s", broken->msg);
	if (!written && broken->kind && c.items)
		member_problem(ev->w, NULL, broken->msg);
	if (!written)
		written = !c.items && broken->kind ? member_drop(ev->w, e) : flush(&c, 0, e) || member_end(ev->w, c.items, e) ? -1 : 0;
	*items = c.items;
	buf_fini(&c.text);
	return written;
}

/* One field as RFC 4180 writes it. */
static void add_field(struct buf *out, struct span s)
{
	bool quoted = false;

	for (size_t i = 0; i < s.n; i++)
		quoted |= strchr(",\"\r\n", s.p[i]) != NULL;
	if (quoted)
		buf_add_char(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			buf_add_char(out, '"');
		buf_add_char(out, s.p[i]);
	}
	if (quoted)
		buf_add_char(out, '"');
}

/* A record with what looks secret in it hidden. */
static void copy_record(struct copy *c, const struct span *at, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct span changed = redact_text(c->ev->redact, &c->ev->item, at[i]);

		if (i)
			buf_add_char(&c->text, ',');
		add_field(&c->text, changed.p ? changed : at[i]);
	}
	buf_add_char(&c->text, '\n');
}

/* Tables of scanners: CSV, record by record. What is no record is left out and noted. */
static int copy_records(struct copy *c, struct csv *csv, struct err *broken, struct err *e)
{
	struct span at[64];
	bool names = true;
	size_t n;
	int rc;

	while ((rc = csv_next(csv, at, 64, &n, broken)) != 0) {
		if (rc < 0)
			return broken->kind == ERR_ENV ? err_set(e, ERR_ENV, "%s", broken->msg) : 0;
		if (rc > 1) {
			member_problem(c->ev->w, NULL, broken->msg);
			*broken = (struct err){0};
			continue;
		}
		if (!n)
			continue;
		copy_record(c, at, n);
		c->items += !names;
		names = false;
		arena_reset(&c->ev->item);
		if (flush(c, FLUSH, e))
			return -1;
	}
	return flush(c, 0, e);
}

static int copy_table(struct evidence *ev, const struct member_spec *spec, struct source *content, uint64_t *items, struct err *broken, struct err *e)
{
	struct member_spec csv = *spec;
	struct copy c = {.ev = ev, .spec = &csv};
	struct csv *in = csv_open(content);
	int rc;

	csv.type = "csv";
	rc = member_begin(ev->w, &csv, e) ? -1 : copy_records(&c, in, broken, e);
	if (rc == 0 && broken->kind)
		member_problem(ev->w, NULL, broken->msg);
	if (rc == 0)
		rc = member_end(ev->w, c.items, e);
	csv_close(in);
	buf_fini(&c.text);
	*items = c.items;
	return rc;
}

int evidence_copy(struct evidence *ev, const struct member_spec *spec, struct source *content, uint64_t *items, struct err *broken, struct err *e)
{
	struct copy c = {.ev = ev, .spec = spec};
	struct items *in;
	int rc;

	*items = 0;
	if (strcmp(spec->kind, "aws/credential-report") == 0)
		return copy_report(ev, spec, content, items, broken, e);
	if (strcmp(spec->kind, "kubernetes/refused") == 0)
		return copy_refused(ev, spec, content, items, broken, e);
	if (strncmp(spec->kind, "flow/", 5) == 0)
		return copy_flows(ev, spec, content, items, broken, e);
	if (strcmp(spec->kind, "scanner/harbor") == 0 || strcmp(spec->kind, "scanner/prisma") == 0)
		return copy_table(ev, spec, content, items, broken, e);
	if (member_begin(ev->w, spec, e))
		return -1;
	in = items_open(content, redact_evidence_lists(spec->kind));
	rc = copy_items(&c, in, broken, e);
	if (rc == 0)
		rc = finish(&c, items_list_kind(in), items_truncated(in), broken, e);
	items_close(in);
	buf_fini(&c.text);
	arena_reset(&ev->item);
	*items = c.items;
	return rc;
}

int evidence_document(struct evidence *ev, const struct member_spec *spec, struct json *doc, struct err *e)
{
	struct copy c = {.ev = ev, .spec = spec};
	struct item it = {.value = doc, .pointer = ""};
	struct err none = {0};
	int rc = member_begin(ev->w, spec, e);

	if (rc == 0)
		rc = one_item(&c, &it, e) || finish(&c, SPAN_NONE, false, &none, e) ? -1 : 0;
	buf_fini(&c.text);
	return rc;
}

void evidence_fini(struct evidence *ev)
{
	arena_fini(&ev->item);
}
