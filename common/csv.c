// SPDX-License-Identifier: Apache-2.0
// Comma-separated values (RFC 4180) as a stream of records.
#include "csv.h"

#include "limits.h"

#include <stdlib.h>

enum { CHUNK = 65536, CSV_FIELDS_MAX = 64 };

struct csv {
	struct source *in;
	struct buf held;	/* bytes read and not yet given out */
	struct buf text;	/* the record's fields, unquoted, one behind the other */
	size_t at;
	uint64_t line, lines;	/* where the record began; how many line ends were passed */
	bool eof, too_long, unclosed;
	char last;		/* the byte taken last */
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

uint64_t csv_swallowed(const struct csv *c)
{
	return c->lines + (c->last != '\n') + 1 - c->line;
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

/* Of what is too long the rest is read over, so that it costs no memory. */
static void keep(struct csv *c, char ch)
{
	if (c->text.n < LIMIT_LINE_BYTES)
		buf_add_char(&c->text, ch);
	else
		c->too_long = true;
}

/* One field onto `text`. What ended it: ',' or '\n' (taken), 0 the end, -1 an error. */
static int field(struct csv *c, struct err *e)
{
	bool quoted = false, first = true, bare = false;
	char ch;
	int r;

	for (; (r = peek(c, &ch, e)) == 1; first = false) {
		c->at++;
		c->last = ch;
		c->lines += ch == '\n';
		if (ch == '"' && (first || quoted)) {
			char after;

			if (!quoted) {
				quoted = true;
			} else if (peek(c, &after, e) == 1 && after == '"') {
				keep(c, '"');
				c->at++;
			} else {
				quoted = false;
			}
			bare = false;
		} else if (!quoted && (ch == ',' || ch == '\n')) {
			/* A carriage return inside of quotes is the field's. */
			if (ch == '\n' && bare && !c->too_long && c->text.p[c->text.n - 1] == '\r')
				c->text.n--;
			return ch;
		} else {
			keep(c, ch);
			bare = !quoted;
		}
	}
	c->unclosed = r == 0 && quoted;
	return r;
}

/* What the record that was read is: 1, or 2 or 3 with `e` set. */
static int judge(const struct csv *c, struct err *e)
{
	if (c->unclosed)
		err_set(e, ERR_INPUT, "a quote that is not closed");
	else if (c->too_long)
		err_set(e, ERR_INPUT, "longer than %u bytes", LIMIT_LINE_BYTES);
	return c->unclosed ? 3 : c->too_long ? 2 : 1;
}

int csv_next(struct csv *c, struct span *fields, size_t max, size_t *n, struct err *e)
{
	size_t ends[CSV_FIELDS_MAX], count = 0;
	char ch;
	int end, r = peek(c, &ch, e);

	*n = 0;
	if (r <= 0)
		return r;
	c->text.n = 0;
	c->too_long = c->unclosed = false;
	c->line = c->lines + 1;
	max = max < CSV_FIELDS_MAX ? max : CSV_FIELDS_MAX;
	do {
		end = field(c, e);
		if (end < 0)
			return -1;
		if (count < max)
			ends[count++] = c->text.n;
	} while (end == ',');
	for (size_t i = 0, from = 0; i < count; from = ends[i++])
		fields[i] = (struct span){c->text.p ? c->text.p + from : "", ends[i] - from};
	*n = count == 1 && fields[0].n == 0 ? 0 : count;
	return judge(c, e);
}
