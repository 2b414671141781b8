// SPDX-License-Identifier: Apache-2.0
// Moving the numbers of hidden values in a stream. What the tokens mean is redact.c's.
#include "redact-shift.h"

#include <inttypes.h>

enum { CHUNK = 65536, TOKEN_MAX = 64 };

struct shift {
	struct source *in;
	uint64_t add;
	struct buf raw, done; /* read and not yet looked at; ready to be given, from `given` on */
	size_t given;
	bool ended;
};

/* "@plim:CLASS:LENGTH:NUMBER" at the start of `s`: its length without the number, and the number's digits; 0 when it is none. */
static size_t token(struct span s, size_t *digits)
{
	size_t i = 6, colons = 0;

	for (; i < s.n && i < TOKEN_MAX && colons < 2; i++) {
		if (s.p[i] == ':')
			colons++;
		else if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-+", s.p[i]) || !s.p[i])
			return 0;
	}
	for (*digits = 0; colons == 2 && i + *digits < s.n && *digits < 18 && s.p[i + *digits] >= '0' && s.p[i + *digits] <= '9';)
		++*digits;
	return *digits ? i : 0;
}

static uint64_t value(const char *p, size_t digits)
{
	uint64_t v = 0;

	for (size_t i = 0; i < digits; i++)
		v = v * 10 + (uint64_t)(p[i] - '0');
	return v;
}

/* Moves what is known whole from `raw` to `done`; a token that may go on stays behind. */
static void translate(struct shift *s)
{
	size_t at = 0, keep = s->ended ? 0 : TOKEN_MAX + 20;

	while (at + keep < s->raw.n || (s->ended && at < s->raw.n)) {
		struct span left = {s->raw.p + at, s->raw.n - at};
		const char *mark = memmem(left.p, left.n, "@plim:", 6);
		size_t before = mark ? (size_t)(mark - left.p) : left.n, digits, head;

		if (!s->ended && before + keep > left.n)
			before = left.n - keep;
		buf_add(&s->done, left.p, before);
		at += before;
		if (!mark || left.p + before != mark)
			continue;
		left = (struct span){mark, left.n - before};
		head = token(left, &digits);
		buf_add(&s->done, mark, head ? head : 1);
		if (head)
			buf_printf(&s->done, "%" PRIu64, value(mark + head, digits) + s->add);
		at += head ? head + digits : 1;
	}
	memmove(s->raw.p, s->raw.p + at, s->raw.n - at);
	s->raw.n -= at;
}

static ssize_t shift_read(struct source *out, void *p, size_t n, struct err *e)
{
	struct shift *s = out->ctx;
	size_t left;

	while (s->given == s->done.n && !s->ended) {
		ssize_t got = source_read(s->in, buf_room(&s->raw, CHUNK), CHUNK, e);

		if (got < 0)
			return -1;
		s->raw.n += (size_t)got;
		s->ended = got == 0;
		buf_reset(&s->done);
		s->given = 0;
		translate(s);
	}
	left = s->done.n - s->given;
	if (n > left)
		n = left;
	if (n)
		memcpy(p, s->done.p + s->given, n);
	s->given += n;
	return (ssize_t)n;
}

static void shift_close(struct source *out)
{
	struct shift *s = out->ctx;

	buf_fini(&s->raw);
	buf_fini(&s->done);
	free(s);
}

void source_shift_secrets(struct source *out, struct source *in, uint64_t add)
{
	struct shift *s = calloc(1, sizeof(*s));

	if (!s)
		die("out of memory");
	s->in = in;
	s->add = add;
	*out = (struct source){.read = shift_read, .close = shift_close, .ctx = s, .name = in->name};
}
