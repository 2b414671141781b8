/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_TEMPLATE_H
#define REPORT_TEMPLATE_H
/* Reads a template file (docs/templates.md): front matter, expressions in braces, and the Markdown between. */
#include "value.h"
#include "common/json.h"

/* In `body`, every `{{ ... }}` is replaced by TOKEN_OPEN, its number in `exprs` and TOKEN_CLOSE, which Markdown leaves alone. */
#define TOKEN_OPEN '\x02'
#define TOKEN_CLOSE '\x03'
#define TOKEN_BRACES '\x04' /* what `\{\{` stands for */

struct template {
	const char *name;
	struct span body;
	int body_line; /* of its first line in the file */
	const struct expr *exprs;
	size_t expr_count, expr_cap;
	/* front matter; absent when not given */
	struct span title, short_title;
	const struct json *values, *cover, *header, *footer;
	int pages_min, pages_max;
	bool slides, numbered;
	struct span paper;
};

/* `text` must live as long as the template. Errors tell the file and line. */
int template_read(struct template *t, struct arena *a, const char *name, struct span text, struct err *e);
/* Replaces braces by tokens in a text of the front matter. */
int template_tokens(struct template *t, struct arena *a, struct span text, int line, struct span *out, struct err *e);
/* The expression at a TOKEN_OPEN, and the bytes that its token takes; NULL when there is none. */
const struct expr *template_token(const struct template *t, struct span at, size_t *used);
#endif
