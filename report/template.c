// SPDX-License-Identifier: Apache-2.0
// Reads the front matter of a template and the expressions in its text. What they stand for is expand.c's.
#include "template.h"
#include "common/yaml-read.h"

enum { TEMPLATE_BYTES_MAX = 4 * 1024 * 1024, EXPRS_MAX = 20000 };

static int expr_add(struct template *t, struct arena *a, struct span text, int line, size_t *number, struct err *e)
{
	struct expr x;
	struct expr *exprs;

	if (expr_read(&x, text, e))
		return err_wrap(e, "%s:%d", t->name, line);
	x.line = line;
	t->exprs = exprs = arena_room(a, (struct expr *)t->exprs, t->expr_count, &t->expr_cap, sizeof(*exprs));
	*number = t->expr_count;
	exprs[t->expr_count++] = x;
	return t->expr_count > EXPRS_MAX ? err_set(e, ERR_INPUT, "%s: more than %d values in braces", t->name, EXPRS_MAX) : 0;
}

static const char *find_close(struct span s, size_t from)
{
	for (size_t i = from; i + 1 < s.n && s.p[i] != '\n'; i++)
		if (s.p[i] == '}' && s.p[i + 1] == '}')
			return s.p + i;
	return NULL;
}

int template_tokens(struct template *t, struct arena *a, struct span s, int line, struct span *out, struct err *e)
{
	auto_buf b = BUF_INIT;
	size_t number = 0;

	for (size_t i = 0; i < s.n; i++) {
		line += s.p[i] == '\n';
		if (s.n - i >= 4 && memcmp(s.p + i, "\\{\\{", 4) == 0) {
			buf_add_char(&b, TOKEN_BRACES);
			i += 3;
		} else if (s.n - i >= 2 && s.p[i] == '{' && s.p[i + 1] == '{') {
			const char *close = find_close(s, i + 2);

			if (!close)
				return err_set(e, ERR_INPUT, "%s:%d: '{{' without '}}' on its line", t->name, line);
			if (expr_add(t, a, (struct span){s.p + i + 2, (size_t)(close - s.p) - i - 2}, line, &number, e))
				return -1;
			buf_printf(&b, "%c%zu%c", TOKEN_OPEN, number, TOKEN_CLOSE);
			i = (size_t)(close - s.p) + 1;
		} else if ((unsigned char)s.p[i] >= ' ' || s.p[i] == '\n' || s.p[i] == '\t') {
			buf_add_char(&b, s.p[i]);
		}
	}
	*out = (struct span){arena_strndup(a, b.n ? b.p : "", b.n), b.n};
	return 0;
}

const struct expr *template_token(const struct template *t, struct span at, size_t *used)
{
	size_t number = 0, i = 1;

	if (!at.n || at.p[0] != TOKEN_OPEN)
		return NULL;
	for (; i < at.n && i < 8 && at.p[i] >= '0' && at.p[i] <= '9'; i++)
		number = number * 10 + (size_t)(at.p[i] - '0');
	if (i >= at.n || at.p[i] != TOKEN_CLOSE || number >= t->expr_count)
		return NULL;
	*used = i + 1;
	return &t->exprs[number];
}

/* "10-15" or "7" */
static int read_range(struct template *t, struct span s, struct err *e)
{
	struct span rest = s, low = span_cut(&rest, '-');
	int64_t from, to;

	if (!span_int(span_trim(low), &from) || (rest.p && !span_int(span_trim(rest), &to)))
		return err_set(e, ERR_INPUT, "%s: pages: '%.*s' is not two numbers as in 10-15", t->name, SPAN_ARG(s));
	to = rest.p ? to : from;
	if (from < 1 || to < from || to > 1000)
		return err_set(e, ERR_INPUT, "%s: pages: '%.*s' is no range of pages", t->name, SPAN_ARG(s));
	t->pages_min = (int)from;
	t->pages_max = (int)to;
	return 0;
}

static int read_key(struct template *t, struct span key, const struct json *v, struct err *e)
{
	if (span_eq(key, "title"))
		t->title = json_scalar(v);
	else if (span_eq(key, "short"))
		t->short_title = json_scalar(v);
	else if (span_eq(key, "paper"))
		t->paper = json_scalar(v);
	else if (span_eq(key, "values") && v->type == JSON_OBJECT)
		t->values = v;
	else if (span_eq(key, "cover") && v->type == JSON_OBJECT)
		t->cover = v;
	else if (span_eq(key, "header") && v->type == JSON_ARRAY && v->n <= 3)
		t->header = v;
	else if (span_eq(key, "footer") && v->type == JSON_ARRAY && v->n <= 2)
		t->footer = v;
	else if (span_eq(key, "numbered"))
		t->numbered = json_bool(v) == 1;
	else if (span_eq(key, "pages") || span_eq(key, "slides"))
		return read_range(t, json_scalar(v), e);
	else
		return err_set(e, ERR_INPUT, "%s: '%.*s' in the front matter is not known, or not of this form", t->name, SPAN_ARG(key));
	return 0;
}

static int read_front(struct template *t, struct arena *a, struct span front, struct err *e)
{
	struct json *root;

	if (yaml_parse(a, front, &root, e))
		return err_wrap(e, "%s: front matter", t->name);
	if (root->type != JSON_OBJECT)
		return err_set(e, ERR_INPUT, "%s: the front matter is not a list of keys", t->name);
	JSON_MEMBERS(m, root)
		if (read_key(t, json_str(&m->key), &m->value, e))
			return -1;
	if (!t->title.n)
		return err_set(e, ERR_INPUT, "%s: the front matter has no title", t->name);
	if (!t->short_title.n)
		t->short_title = t->title;
	t->slides = span_eq(t->paper, "16:9");
	if (t->paper.p && !t->slides && !span_eq(t->paper, "a4") && !span_eq(t->paper, "letter"))
		return err_set(e, ERR_INPUT, "%s: paper: '%.*s' is not a4, letter or 16:9", t->name, SPAN_ARG(t->paper));
	return 0;
}

int template_read(struct template *t, struct arena *a, const char *name, struct span text, struct err *e)
{
	const char *end;
	struct span front;
	int line = 1;

	*t = (struct template){.name = name};
	if (text.n > TEMPLATE_BYTES_MAX)
		return err_set(e, ERR_INPUT, "%s: larger than %d MiB", name, TEMPLATE_BYTES_MAX >> 20);
	if (!span_starts(text, "---\n"))
		return err_set(e, ERR_INPUT, "%s:1: a template begins with --- and its front matter", name);
	end = memmem(text.p + 3, text.n - 3, "\n---\n", 5);
	if (!end)
		return err_set(e, ERR_INPUT, "%s: the front matter does not end with ---", name);
	front = (struct span){text.p + 4, end + 1 > text.p + 4 ? (size_t)(end + 1 - text.p - 4) : 0};
	for (const char *c = text.p; c < end + 5; c++)
		line += *c == '\n';
	if (read_front(t, a, front, e))
		return -1;
	t->body_line = line;
	return template_tokens(t, a, (struct span){end + 5, text.n - (size_t)(end + 5 - text.p)}, line, &t->body, e);
}
