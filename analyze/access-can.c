// SPDX-License-Identifier: Apache-2.0
// `plimsoll access can-i`: one question on the command line, or a batch of them.
#include "access.h"
#include "access-batch.h"
#include "common/json-read.h"
#include "common/limits.h"
#include "common/source.h"
#include "common/text.h"

#include <unistd.h>

struct batch {
	struct rbac_eval *eval;
	struct json_reader *reader;
	struct arena arena;
	struct buf out, by;
	int64_t line, bad;
};

static int flush(struct batch *b, size_t least, struct err *e)
{
	if (b->out.n < least)
		return 0;
	if (b->out.n && fwrite(b->out.p, 1, b->out.n, stdout) != b->out.n)
		return err_errno(e, "standard output");
	buf_reset(&b->out);
	return 0;
}

static void refuse(struct batch *b, const struct err *why)
{
	b->bad++;
	buf_printf(&b->out, "{\"line\":%lld,\"error\":", (long long)b->line);
	text_add_json(&b->out, span_of(why->msg));
	buf_add_str(&b->out, "}\n");
}

static int answer(struct batch *b, struct span line, struct err *e)
{
	struct rbac_question q;
	struct rbac_answer a;
	struct err why = {0};
	struct json *v;

	b->line++;
	line = span_trim(line);
	if (!line.n)
		return 0;
	if (json_reader_parse(b->reader, &b->arena, line, &v, &why) || access_question(&b->arena, v, &q, &why)) {
		refuse(b, &why);
	} else {
		if (rbac_eval_ask(b->eval, &q, &a, e))
			return -1;
		buf_reset(&b->by);
		rbac_answer_json(&b->by, &a);
		access_answer_line(&b->out, line, v, a.allowed, buf_span(&b->by));
	}
	arena_reset(&b->arena);
	return flush(b, 256 * 1024, e);
}

/* Whole lines of what was read; what is left of the last one stays at the front. */
static int take_lines(struct batch *b, struct buf *text, bool *skipping, struct err *e)
{
	struct err long_line = {0};
	size_t from = 0;

	for (;;) {
		const char *end = text->n > from ? memchr(text->p + from, '\n', text->n - from) : NULL;

		if (!end)
			break;
		if (!*skipping && answer(b, (struct span){text->p + from, (size_t)(end - text->p) - from}, e))
			return -1;
		*skipping = false;
		from = (size_t)(end - text->p) + 1;
	}
	if (from)
		memmove(text->p, text->p + from, text->n - from);
	text->n -= from;
	if (text->n > LIMIT_LINE_BYTES) {
		if (!*skipping) {
			b->line++;
			err_set(&long_line, ERR_INPUT, "a line of more than %u bytes", LIMIT_LINE_BYTES);
			refuse(b, &long_line);
		}
		*skipping = true;
		text->n = 0;
	}
	return 0;
}

static int read_all(struct batch *b, struct source *in, struct err *e)
{
	auto_buf text = BUF_INIT;
	bool skipping = false;
	ssize_t n;

	do {
		n = source_read(in, buf_room(&text, 65536), 65536, e);
		if (n < 0)
			return -1;
		text.n += (size_t)n;
		if (take_lines(b, &text, &skipping, e))
			return -1;
	} while (n > 0);
	if (text.n && !skipping && answer(b, buf_span(&text), e))
		return -1;
	return flush(b, 0, e);
}

static int batch(struct access *x, struct span cluster, struct err *e)
{
	struct batch b = {0};
	struct source in;
	int rc;

	if (strcmp(x->batch, "-") == 0)
		source_from_fd(&in, dup(STDIN_FILENO), "standard input");
	else if (source_from_file(&in, x->batch, e))
		return -1;
	rc = rbac_eval_open(&x->db, cluster, &b.eval, e);
	b.reader = json_reader_new();
	if (rc == 0)
		rc = read_all(&b, &in, e);
	if (rc == 0 && fflush(stdout))
		rc = err_errno(e, "standard output");
	x->unread = b.bad ? 1 : 0;
	if (b.bad)
		warn("%lld lines are no questions; the rest is answered", (long long)b.bad);
	source_close(&in);
	json_reader_free(b.reader);
	rbac_eval_free(b.eval);
	arena_fini(&b.arena);
	buf_fini(&b.out);
	buf_fini(&b.by);
	return rc;
}

static void print_json(const struct rbac_question *q, const struct rbac_answer *a, struct span others)
{
	const struct {
		const char *key;
		struct span value;
	} parts[] = {{"user", q->user}, {"verb", q->verb}, {"path", q->path}, {"group", q->group}, {"resource", q->resource}, {"subresource", q->subresource},
		     {"name", q->name}, {"namespace", q->namespace}};
	auto_buf b = BUF_INIT;

	buf_add_str(&b, "{\"schema\":\"plimsoll.access.can-i/1\",\"groups\":[");
	for (size_t i = 0; i < q->members.n; i++) {
		buf_add_str(&b, i ? "," : "");
		text_add_json(&b, q->members.at[i]);
	}
	buf_add_char(&b, ']');
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (q->is_path ? i > 2 : i == 2)
			continue;
		buf_printf(&b, ",\"%s\":", parts[i].key);
		text_add_json(&b, parts[i].value);
	}
	buf_printf(&b, ",\"allowed\":%s,\"by\":", a->allowed ? "true" : "false");
	rbac_answer_json(&b, a);
	if (others.n) {
		buf_add_str(&b, ",\"other_authorizers\":");
		text_add_json(&b, others);
	}
	printf("%s}\n", buf_str(&b));
}

static void print_words(const struct rbac_answer *a)
{
	auto_buf b = BUF_INIT;

	printf("%s\n", a->allowed ? "yes" : "no");
	if (a->by == RBAC_MASTERS)
		printf("the group system:masters may do everything, whatever roles say\n");
	if (a->by == RBAC_NODE)
		printf("by the Node authorizer: %s\n", a->reason);
	if (a->by != RBAC_RULE)
		return;
	buf_add_str(&b, "by binding ");
	text_add_clean(&b, a->binding->ref, false);
	buf_add_str(&b, "\nof role    ");
	text_add_clean(&b, span_of(a->binding->role->ref), false);
	buf_printf(&b, "\nrule %lld", (long long)a->rule->ordinal);
	for (int i = 0; i < 5; i++) {
		static const char *const names[] = {"groups", "resources", "verbs", "names", "urls"};

		if (a->rule->json[i].n <= 2)
			continue;
		buf_printf(&b, "  %s ", names[i]);
		text_add_clean(&b, a->rule->json[i], false);
	}
	printf("%s\n", buf_str(&b));
}

static int single(struct access *x, struct span cluster, struct span others, struct err *e)
{
	auto_arena a = ARENA_INIT;
	struct rbac_question q = {0};
	struct rbac_answer answer_ = {0};
	struct rbac_eval *eval;
	int rc;

	if (x->words_n < 2 || x->words_n > 3)
		return err_set(e, ERR_USAGE, "access can-i: SITE.db VERB RESOURCE[.GROUP][/SUB] [NAME], or SITE.db VERB /path");
	if (!x->as && !x->groups.n)
		return err_set(e, ERR_USAGE, "access can-i: who? (--as USER, --as-group GROUP)");
	q.user = x->as ? span_of(x->as) : SPAN("");
	q.members = access_groups(&a, q.user, &x->groups);
	q.verb = span_of(x->words[0]);
	if (x->words[1][0] == '/') {
		q.is_path = true;
		q.path = span_of(x->words[1]);
	} else {
		access_resource_asked(&q, span_of(x->words[1]));
		q.name = x->words_n > 2 ? span_of(x->words[2]) : SPAN("");
		q.namespace = x->namespace ? span_of(x->namespace) : SPAN("");
	}
	rbac_question_settle(&a, &q);
	if (rbac_eval_open_for(&x->db, cluster, q.user, q.members, &eval, e))
		return -1;
	rc = rbac_eval_ask(eval, &q, &answer_, e);
	if (rc == 0) {
		if (x->json)
			print_json(&q, &answer_, others);
		else
			print_words(&answer_);
	}
	rbac_eval_free(eval);
	return rc;
}

int access_can_i(struct access *x, struct err *e)
{
	auto_buf cluster = BUF_INIT, others = BUF_INIT;

	if (access_cluster(x, &cluster, e))
		return -1;
	if (access_other_authorizers(x, buf_span(&cluster), &others, e))
		return -1;
	if (others.n)
		warn("RBAC is not the whole answer: the API server also asks other authorizers (%s), whose rules do not count here", buf_str(&others));
	if (!x->batch)
		return single(x, buf_span(&cluster), buf_span(&others), e);
	if (x->words_n || x->as || x->groups.n)
		return err_set(e, ERR_USAGE, "access can-i: --batch takes all questions from its file");
	return batch(x, buf_span(&cluster), e);
}
