// SPDX-License-Identifier: Apache-2.0
// Comma-separated values (RFC 4180) as a stream of records.
#include "csv.h"

#include "limits.h"

#include <stdlib.h>

enum { CHUNK = 65536 };

struct csv {
	struct source *in;
	struct buf held;	/* bytes read and not yet given out */
	struct buf text;	/* the record's fields, unquoted, one behind the other */
	size_t at;
	uint64_t line, lines;	/* where the record began; how many line ends were passed */
	bool eof;
};

struct csv *csv_open(struct source *in)
{
	struct csv *c = calloc(1, sizeof(*c));

	if (!c)
		die("out of memory");
	c->in = in;
	return c;
}

uint64_t csv_line(const struct csv *c)
{
	return c->line;
}

void csv_close(struct csv *c)
{
	if (!c)
		return;
	buf_fini(&c->held);
	buf_fini(&c->text);
	free(c);
}

/* The next byte: 1, 0 at the end, -1 error. It is not taken. */
static int peek(struct csv *c, char *out, struct err *e)
{
	if (c->at == c->held.n) {
		ssize_t got;

		c->held.n = c->at = 0;
		if (c->eof)
			return 0;
		got = source_read(c->in, buf_room(&c->held, CHUNK), CHUNK, e);
		if (got < 0)
			return -1;
		c->eof = got == 0;
		c->held.n = (size_t)got;
		if (got == 0)
			return 0;
	}
	*out = c->held.p[c->at];
	return 1;
}

/* One field onto `text`. What ended it: ',' or '\n' (taken), 0 the end, -1 an error. */
static int field(struct csv *c, struct err *e)
{
	bool quoted = false, first = true;
	char ch;
	int r;

	while ((r = peek(c, &ch, e)) == 1) {
		c->at++;
		if (c->text.n > LIMIT_LINE_BYTES)
			return err_set(e, ERR_INPUT, "line %llu: longer than %u bytes", (unsigned long long)c->line, LIMIT_LINE_BYTES);
		if (ch == '"' && (first || quoted)) {
			char after;

			if (!quoted) {
				quoted = true;
			} else if (peek(c, &after, e) == 1 && after == '"') {
				buf_add_char(&c->text, '"');
				c->at++;
			} else {
				quoted = false;
			}
		} else if (!quoted && (ch == ',' || ch == '\n')) {
			c->lines += ch == '\n';
			if (ch == '\n' && !first && c->text.n > 0 && c->text.p[c->text.n - 1] == '\r')
				c->text.n--;
			return ch;
		} else {
			c->lines += ch == '\n';
			buf_add_char(&c->text, ch);
		}
		first = false;
	}
	if (r == 0 && quoted)
		return err_set(e, ERR_INPUT, "line %llu: a quote that is not closed", (unsigned long long)c->line);
	return r;
}

int csv_next(struct csv *c, struct span *fields, size_t max, size_t *n, struct err *e)
{
	size_t starts[64], count = 0, from = 0;
	char ch;
	int end, r = peek(c, &ch, e);

	*n = 0;
	if (r <= 0)
		return r;
	c->text.n = 0;
	c->line = c->lines + 1;
	do {
		from = c->text.n;
		end = field(c, e);
		if (end < 0)
			return -1;
		if (count < max && count < 63)
			starts[count++] = from;
	} while (end == ',');
	starts[count] = count < max && count < 63 ? c->text.n : from;
	if (starts[count] < starts[count - 1])
		starts[count] = c->text.n;
	for (size_t i = 0; i < count; i++)
		fields[i] = (struct span){c->text.p ? c->text.p + starts[i] : "", (i + 1 < count ? starts[i + 1] : c->text.n) - starts[i]};
	*n = count == 1 && fields[0].n == 0 ? 0 : count;
	return 1;
}
