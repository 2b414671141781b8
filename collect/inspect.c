// SPDX-License-Identifier: Apache-2.0
// `plimsoll inspect` and `plimsoll verify`: what a bundle holds and lacks, and whether it is what its manifest says.
#include "commands.h"
#include "common/bundle.h"
#include "common/opts.h"
#include "common/text.h"

enum { LINES_SHOWN = 20 };

struct faults {
	struct buf text; /* one a line */
	size_t n;
};

static void add_fault(void *ctx, const char *line)
{
	struct faults *f = ctx;

	f->n++;
	buf_printf(&f->text, "%s\n", line);
}

static struct span clean(struct arena *a, struct span s)
{
	auto_buf b = BUF_INIT;

	text_add_clean(&b, s, false);
	return (struct span){arena_strndup(a, buf_str(&b), b.n), b.n};
}

/* ---- as text */

static void pair(struct arena *a, const char *name, struct span value)
{
	if (value.n)
		printf("%-12s %.*s\n", name, SPAN_ARG(clean(a, value)));
}

static void show_head(struct bundle *b, const char *path, struct arena *a)
{
	const struct json *m = bundle_manifest(b), *clock;
	uint64_t packed = 0, bytes = 0;

	pair(a, "bundle", span_of(path));
	pair(a, "id", json_text_at(m, "id"));
	printf("%-12s %s\n", "trust", bundle_trust_name(bundle_trust(b)));
	if (m)
		printf("%-12s %.*s to %.*s\n", "collected", SPAN_ARG(clean(a, json_text_at(m, "start"))), SPAN_ARG(clean(a, json_text_at(m, "end"))));
	pair(a, "host", json_text_at(m, "host.name"));
	if (m)
		printf("%-12s %.*s %.*s, SHA-256 %.*s\n", "collector", SPAN_ARG(clean(a, json_text_at(m, "collector.name"))),
		       SPAN_ARG(clean(a, json_text_at(m, "collector.version"))), SPAN_ARG(clean(a, json_text_at(m, "collector.sha256"))));
	JSON_EACH(s, json_get(m, "sources"))
	{
		clock = json_get(s, "clock_difference_s");
		printf("%-12s %.*s %.*s%s%.*s%s\n", "cluster", SPAN_ARG(clean(a, json_text_at(s, "cluster"))), SPAN_ARG(clean(a, json_text_at(s, "version"))),
		       clock ? ", its clock is " : "", SPAN_ARG(clean(a, json_scalar(clock))), clock ? " s ahead of the host's" : "");
	}
	for (size_t i = 0; i < bundle_count(b); i++) {
		packed += bundle_at(b, i)->packed;
		bytes += bundle_at(b, i)->bytes;
	}
	printf("%-12s %zu, %llu bytes (packed %llu)\n", "members", bundle_count(b), (unsigned long long)bytes, (unsigned long long)packed);
}

static void show_members(struct bundle *b, struct arena *a)
{
	printf("\n%-20s %12s %8s  %-8s %-36s %s\n", "member", "bytes", "items", "state", "kind", "path");
	for (size_t i = 0; i < bundle_count(b); i++) {
		const struct bundle_member *m = bundle_at(b, i);
		struct span items = json_scalar(json_get(m->entry, "items")), state = json_text_at(m->entry, "state");

		printf("%-20s %12llu %8.*s  %-8.*s %-36s %.*s%s\n", m->name, (unsigned long long)(m->entry ? m->bytes : m->packed), SPAN_ARG(items.p ? items : SPAN("-")),
		       SPAN_ARG(clean(a, m->err.kind ? SPAN("refused") : state.p ? state : SPAN("-"))), m->kind ? m->kind : "-", SPAN_ARG(clean(a, span_of(m->path))),
		       m->unredacted ? "  (not redacted)" : "");
	}
}

static void show_list(struct arena *a, const char *title, const struct json *list, const char *name)
{
	if (!json_count(list))
		return;
	printf("\n%s\n", title);
	JSON_EACH(v, list)
	{
		struct span cluster = json_text_at(v, "cluster");

		printf("  %.*s%s%.*s: %.*s\n", SPAN_ARG(clean(a, json_text_at(v, name))), cluster.n ? " of " : "", SPAN_ARG(clean(a, cluster)),
		       SPAN_ARG(clean(a, json_text_at(v, "reason"))));
	}
}

static void show_rest(struct bundle *b, struct arena *a)
{
	const struct json *m = bundle_manifest(b);
	const char *fault;
	size_t i = 0;

	show_list(a, "not collected, or not in full", json_get(m, "expected"), "kind");
	show_list(a, "left out", json_get(m, "left_out"), "path");
	for (size_t k = 0; k < bundle_count(b); k++)
		JSON_EACH(p, json_get(bundle_at(b, k)->entry, "problems"))
			printf("%s  %.*s: %.*s\n", i++ ? "" : "\nleft out of members\n", SPAN_ARG(clean(a, span_of(bundle_at(b, k)->path))), SPAN_ARG(clean(a, json_text_at(p, "message"))));
	if (json_count(json_get(m, "redactions")))
		printf("\nhidden at collection\n");
	JSON_MEMBERS(r, json_get(m, "redactions"))
		printf("  %.*s %.*s\n", SPAN_ARG(clean(a, json_scalar(&r->value))), SPAN_ARG(clean(a, json_str(&r->key))));
	for (i = 0; (fault = bundle_fault(b, i)) != NULL; i++)
		printf("%s  %s\n", i ? "" : "\nfaults\n", fault);
	if (!m)
		printf("\n%s\n", bundle_why(b));
}

/* ---- as JSON: docs/bundle.md, "plimsoll inspect --format json" */

static void add(struct buf *b, const char *key, struct span value)
{
	if (!value.p)
		return;
	buf_printf(b, "%s\"%s\":", b->n && strchr("{[", b->p[b->n - 1]) ? "" : ",", key);
	text_add_json(b, value);
}

static void add_value(struct buf *b, const char *key, const struct json *v, const char *fallback)
{
	buf_printf(b, ",\"%s\":", key);
	if (v)
		json_write(b, v);
	else
		buf_add_str(b, fallback);
}

static void write_json(struct bundle *b, const char *path)
{
	const struct json *m = bundle_manifest(b);
	auto_buf out = BUF_INIT;
	const char *fault;

	buf_add_char(&out, '{');
	add(&out, "schema", SPAN("plimsoll.inspect/1"));
	add(&out, "bundle", span_of(path));
	add(&out, "trust", span_of(bundle_trust_name(bundle_trust(b))));
	add(&out, "id", json_text_at(m, "id"));
	add(&out, "start", json_text_at(m, "start"));
	add(&out, "end", json_text_at(m, "end"));
	add_value(&out, "collector", json_get(m, "collector"), "null");
	add_value(&out, "host", json_get(m, "host"), "null");
	add_value(&out, "sources", json_get(m, "sources"), "[]");
	buf_add_str(&out, ",\"members\":[");
	for (size_t i = 0; i < bundle_count(b); i++) {
		const struct bundle_member *x = bundle_at(b, i);

		buf_add_str(&out, i ? ",\n{" : "\n{");
		add(&out, "name", span_of(x->name));
		add(&out, "path", span_of(x->path));
		add(&out, "kind", span_of(x->kind));
		add(&out, "error", x->err.kind ? span_of(x->err.msg) : SPAN_NONE);
		buf_printf(&out, ",\"packed\":%llu", (unsigned long long)x->packed);
		add_value(&out, "manifest", x->entry, "null");
		buf_add_char(&out, '}');
	}
	buf_add_char(&out, ']');
	add_value(&out, "expected", json_get(m, "expected"), "[]");
	add_value(&out, "left_out", json_get(m, "left_out"), "[]");
	add_value(&out, "redactions", json_get(m, "redactions"), "{}");
	buf_add_str(&out, ",\"faults\":[");
	for (size_t i = 0; (fault = bundle_fault(b, i)) != NULL; i++) {
		buf_add_str(&out, i ? "," : "");
		text_add_json(&out, span_of(fault));
	}
	if (!m) {
		buf_add_str(&out, bundle_fault(b, 0) ? "," : "");
		text_add_json(&out, span_of(bundle_why(b)));
	}
	buf_add_str(&out, "]}\n");
	fwrite(out.p, 1, out.n, stdout);
}

/* ---- the commands */

static int open_or_say(struct bundle **b, const char *path)
{
	struct err e = {0};

	if (bundle_open(b, path, &e))
		return err_report(&e);
	if (bundle_count(*b) || bundle_manifest(*b))
		return 0;
	err_set(&e, ERR_INPUT, "%s: no bundle: %s", path, bundle_fault(*b, 0) ? bundle_fault(*b, 0) : bundle_why(*b));
	bundle_close(*b);
	return err_report(&e);
}

static int parse(const char *command, const char *summary, const char **format, int argc, char **argv, struct opt_list *rest)
{
	const struct opt table[] = {
		{"format", 0, OPT_TEXT, format, "text|json", "How it is printed."},
		{0},
	};
	const struct opts opts = {.command = command, .synopsis = "SITE.plim", .summary = summary, .table = table, .min = 1, .max = 1,
				  .more = "Exit codes: 0 whole, 3 no bundle or not what its manifest says (REFUSED), 4 parts are missing (INCOMPLETE).\n"};
	struct err e = {0};
	int rc = opts_parse(&opts, argc, argv, rest, &e);

	if (rc == 0 && *format && strcmp(*format, "text") != 0 && strcmp(*format, "json") != 0)
		rc = err_set(&e, ERR_USAGE, "%s: --format is text or json, not '%s'", command, *format);
	return rc > 0 ? -1 : rc < 0 ? err_report(&e) : 0;
}

int cmd_inspect(int argc, char **argv)
{
	auto_arena a = ARENA_INIT;
	auto_list rest = {0};
	const char *format = NULL;
	struct bundle *b;
	int rc = parse("inspect", "Shows what is in a bundle and what is missing. Members are not read: see verify.", &format, argc, argv, &rest);

	if (rc == 0)
		rc = open_or_say(&b, rest.at[0]);
	if (rc)
		return rc < 0 ? 0 : rc;
	if (format && strcmp(format, "json") == 0) {
		write_json(b, rest.at[0]);
	} else {
		show_head(b, rest.at[0], &a);
		show_members(b, &a);
		show_rest(b, &a);
	}
	rc = bundle_trust(b) < BUNDLE_UNSIGNED ? 4 : 0;
	bundle_close(b);
	return rc;
}

static void print_verdict(const char *path, const char *format, enum bundle_trust trust, size_t members, const struct faults *f)
{
	struct span rest = buf_span(&f->text);
	auto_buf out = BUF_INIT;
	size_t shown = 0;

	if (format && strcmp(format, "json") == 0) {
		buf_add_char(&out, '{');
		add(&out, "schema", SPAN("plimsoll.verify/1"));
		add(&out, "bundle", span_of(path));
		add(&out, "trust", span_of(bundle_trust_name(trust)));
		buf_printf(&out, ",\"members\":%zu,\"faults\":[", members);
		while (rest.n) {
			buf_add_str(&out, shown++ ? "," : "");
			text_add_json(&out, span_cut(&rest, '\n'));
		}
		buf_add_str(&out, "]}\n");
		fwrite(out.p, 1, out.n, stdout);
		return;
	}
	text_add_clean(&out, span_of(path), false);
	printf("%s: %s, %zu members%s\n", buf_str(&out), bundle_trust_name(trust), members, f->n ? "" : ", each as the manifest says");
	while (rest.n && shown++ < LINES_SHOWN) {
		struct span line = span_cut(&rest, '\n');

		printf("  %.*s\n", SPAN_ARG(line));
	}
	if (f->n > LINES_SHOWN)
		printf("  and %zu more\n", f->n - LINES_SHOWN);
}

int cmd_verify(int argc, char **argv)
{
	auto_list rest = {0};
	struct faults f = {0};
	const char *format = NULL;
	enum bundle_trust trust;
	struct bundle *b;
	struct err e = {0};
	int rc = parse("verify", "Compares every member of a bundle with its manifest.", &format, argc, argv, &rest);

	if (rc == 0)
		rc = open_or_say(&b, rest.at[0]);
	if (rc)
		return rc < 0 ? 0 : rc;
	trust = bundle_verify(b, add_fault, &f);
	print_verdict(rest.at[0], format, trust, bundle_count(b), &f);
	if (trust == BUNDLE_REFUSED) {
		err_set(&e, ERR_INPUT, "%s: REFUSED: %.*s", rest.at[0], (int)strcspn(buf_str(&f.text), "\n"), buf_str(&f.text));
		rc = err_report(&e);
	} else {
		rc = trust < BUNDLE_UNSIGNED ? 4 : 0;
	}
	buf_fini(&f.text);
	bundle_close(b);
	return rc;
}
