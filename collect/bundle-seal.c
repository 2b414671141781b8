// SPDX-License-Identifier: Apache-2.0
// The manifest of a bundle (in-toto statement v1 in a DSSE envelope v1) and the receipt beside it.
#include "bundle-seal.h"
#include "receipt.h"
#include "common/text.h"

#include <openssl/evp.h>

#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

static void add_text(struct buf *b, const char *key, const char *value)
{
	buf_printf(b, "%s\"%s\":", b->n && b->p[b->n - 1] != '{' ? "," : "", key);
	text_add_json(b, span_of(value));
}

static void add_number(struct buf *b, const char *key, uint64_t value)
{
	buf_printf(b, "%s\"%s\":%llu", b->n && b->p[b->n - 1] != '{' ? "," : "", key, (unsigned long long)value);
}

static void add_time(struct buf *b, const char *key, int64_t when)
{
	char text[32];

	collect_time(when, text);
	add_text(b, key, text);
}

/* {"secret-value":12}: how often each rule hid something since `before`. */
static void add_redactions(struct buf *b, const struct redact *r, const uint64_t *before)
{
	buf_printf(b, "%s\"redactions\":{", b->n && b->p[b->n - 1] != '{' ? "," : "");
	for (size_t i = 0; redact_rule(i) && i < RULES_MAX; i++) {
		uint64_t n = redact_count(r, i) - (before ? before[i] : 0);

		if (n)
			add_number(b, redact_rule(i), n);
	}
	buf_add_char(b, '}');
}

void seal_member(struct bundle_writer *w, const char *sha256, uint64_t items)
{
	auto_buf b = BUF_INIT;

	buf_add_char(&b, '{');
	add_text(&b, "name", w->name);
	add_text(&b, "path", w->spec.path);
	add_text(&b, "kind", w->spec.kind);
	if (w->spec.cluster)
		add_text(&b, "cluster", w->spec.cluster);
	if (w->spec.source)
		add_text(&b, "source", w->spec.source);
	add_number(&b, "bytes", w->bytes);
	add_number(&b, "packed", w->packed);
	add_text(&b, "sha256", sha256);
	add_number(&b, "items", items);
	add_time(&b, "time", w->spec.time);
	add_time(&b, "start", w->member_start);
	add_time(&b, "end", collect_now());
	add_text(&b, "state", w->problems_n ? "partial" : "ok");
	if (w->problems_n)
		buf_printf(&b, ",\"problems\":[%s],\"problem_count\":%llu", buf_str(&w->problems), (unsigned long long)w->problems_n);
	if (w->spec.unredacted)
		buf_add_str(&b, ",\"unredacted\":true");
	else
		add_redactions(&b, w->redact, w->before);
	buf_add_char(&b, '}');
	buf_add_str(&w->members, w->members.n ? ",\n" : "");
	buf_add_span(&w->members, buf_span(&b));
	buf_printf(&w->subjects, "%s{\"name\":\"%s\",\"digest\":{\"sha256\":\"%s\"}}", w->subjects.n ? "," : "", w->name, sha256);
	w->unredacted_n += w->spec.unredacted && !w->spec.as_is; /* archives, not their blobs */
	w->total_bytes += w->bytes;
}

void bundle_expected(struct bundle_writer *w, const char *cluster, const char *kind, const char *source, const char *reason)
{
	auto_buf b = BUF_INIT;
	auto_arena a = ARENA_INIT;
	struct span hidden = redact_named(w->redact, &a, SPAN("reason"), span_of(reason));

	reason = arena_strndup(&a, hidden.p, hidden.n);
	buf_add_char(&b, '{');
	if (cluster)
		add_text(&b, "cluster", cluster);
	add_text(&b, "kind", kind);
	if (source)
		add_text(&b, "source", source);
	add_text(&b, "reason", reason);
	if (!w->first[0])
		snprintf(w->first, sizeof(w->first), "%s: %s", kind, reason);
	buf_printf(&w->expected, "%s%s}", w->expected.n ? ",\n" : "", buf_str(&b));
	w->expected_n++;
}

void bundle_left_out(struct bundle_writer *w, const char *path, const char *reason)
{
	auto_buf b = BUF_INIT;

	if (!w->first[0])
		snprintf(w->first, sizeof(w->first), "%s: %s", path, reason);
	if (w->left_out_n++ >= LEFT_OUT_MAX)
		return;
	buf_add_char(&b, '{');
	add_text(&b, "path", path);
	add_text(&b, "reason", reason);
	buf_printf(&w->left_out, "%s%s}", w->left_out.n ? ",\n" : "", buf_str(&b));
}

void bundle_source(struct bundle_writer *w, struct span object)
{
	buf_add_str(&w->sources, w->sources.n ? ",\n" : "");
	buf_add_span(&w->sources, object);
}

/* SHA-256 of a whole file; false when it cannot be read. */
static bool file_hash(int fd, char out[static HASH_HEX])
{
	struct source s;
	int rc;

	source_from_fd(&s, fd, "file");
	rc = source_hash(&s, out, NULL);
	source_close(&s);
	return rc == 0;
}

static void add_host(struct buf *b)
{
	struct utsname u;
	char self[HASH_HEX] = "";
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	buf_add_str(b, ",\"collector\":{");
	add_text(b, "name", "plimsoll");
	add_text(b, "version", PLIMSOLL_VERSION);
	if (fd >= 0 && file_hash(fd, self))
		add_text(b, "sha256", self);
	buf_add_str(b, "},\"host\":{");
	if (uname(&u) == 0) {
		add_text(b, "name", u.nodename);
		add_text(b, "system", u.sysname);
		add_text(b, "kernel", u.release);
		add_text(b, "machine", u.machine);
	}
	add_time(b, "clock", collect_now());
	buf_add_char(b, '}');
}

static void write_statement(struct bundle_writer *w, const char *id, struct buf *b)
{
	buf_printf(b, "{\"_type\":\"%s\",\"subject\":[%s],\n\"predicateType\":\"%s\",\"predicate\":{", BUNDLE_STATEMENT_TYPE, buf_str(&w->subjects),
		   BUNDLE_PREDICATE_TYPE);
	add_number(b, "format", BUNDLE_FORMAT);
	add_text(b, "id", id);
	add_host(b);
	add_time(b, "start", w->start);
	add_time(b, "end", collect_now());
	add_redactions(b, w->redact, NULL);
	add_number(b, "secrets", redact_numbers(w->redact));
	buf_printf(b, ",\n\"sources\":[%s],\n\"members\":[%s],\n\"expected\":[%s],\n\"left_out\":[%s]", buf_str(&w->sources), buf_str(&w->members),
		   buf_str(&w->expected), buf_str(&w->left_out));
	if (w->left_out_n > LEFT_OUT_MAX)
		add_number(b, "left_out_count", w->left_out_n);
	buf_add_str(b, "}}");
}

/* Which collection this is: over when it began and every member's hash. */
static void make_id(struct bundle_writer *w, char out[static HASH_HEX])
{
	auto_buf b = BUF_INIT;

	buf_printf(&b, "%lld\n%s", (long long)w->start, buf_str(&w->subjects));
	hash_span(buf_span(&b), out);
	out[16] = 0;
}

static void envelope(struct span statement, struct buf *b)
{
	size_t n = (statement.n + 2) / 3 * 4;

	buf_printf(b, "{\"payloadType\":\"%s\",\"payload\":\"", BUNDLE_PAYLOAD_TYPE);
	EVP_EncodeBlock((unsigned char *)buf_room(b, n + 1), (const unsigned char *)statement.p, (int)statement.n);
	b->n += n;
	buf_add_str(b, "\",\"signatures\":[]}\n");
}

/* What the receipt tells. The file's hash is taken from the disk: it is what a reader will find there. */
static int write_receipt(struct bundle_writer *w, const char *id, struct err *e)
{
	char sum[HASH_HEX] = "";
	int fd = open(w->file.path, O_RDONLY | O_CLOEXEC);
	struct receipt r = {.bundle = w->file.path, .id = id, .sha256 = sum, .bytes = w->offset, .plain_bytes = w->total_bytes, .members = w->members_n,
			    .partial = w->partial_n, .unredacted = w->unredacted_n, .expected = w->expected_n, .left_out = w->left_out_n, .start = w->start,
			    .end = collect_now(), .redact = w->redact, .expected_list = buf_span(&w->expected)};

	if (fd < 0 || !file_hash(fd, sum))
		return err_errno(e, "%s: cannot be read again", w->file.path);
	return receipt_write(&r, e);
}

int bundle_write_end(struct bundle_writer *w, struct err *e)
{
	auto_buf statement = BUF_INIT, text = BUF_INIT;
	static const char end[2 * BUNDLE_BLOCK];
	char id[HASH_HEX];

	make_id(w, id);
	write_statement(w, id, &statement);
	if (statement.n > (size_t)INT32_MAX)
		return err_set(e, ERR_ENV, "%s: a manifest of %zu bytes", w->file.path, statement.n);
	envelope(buf_span(&statement), &text);
	if (bundle_entry_begin(w, e) || bundle_put(w, text.p, text.n, e) || bundle_entry_end(w, BUNDLE_MANIFEST, e) || bundle_put(w, end, sizeof(end), e))
		return -1;
	if (outfile_commit(&w->file, e))
		return -1;
	w->sealed = true;
	return write_receipt(w, id, e);
}
