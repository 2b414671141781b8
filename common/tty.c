// SPDX-License-Identifier: Apache-2.0
// Plain lines on a terminal. Full-screen drawing is report/browse/term.c's.
#include "tty.h"
#include "text.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

int tty_width(FILE *f)
{
	const char *told = getenv("COLUMNS");
	struct winsize w;
	int64_t n;

	if (!isatty(fileno(f)))
		return 0;
	if (told && span_int(span_of(told), &n) && n >= 20 && n <= 10000)
		return (int)n;
	return ioctl(fileno(f), TIOCGWINSZ, &w) == 0 && w.ws_col >= 20 ? w.ws_col : 80;
}

int tty_colour(const char *when, FILE *f, bool *yes, struct err *e)
{
	const char *no = getenv("NO_COLOR");

	if (!when || strcmp(when, "auto") == 0)
		*yes = isatty(fileno(f)) && !(no && *no);
	else if (strcmp(when, "always") == 0 || strcmp(when, "never") == 0)
		*yes = when[0] == 'a';
	else
		return err_set(e, ERR_USAGE, "--color is auto, always or never, not '%s'", when);
	return 0;
}

const char *tty_severity(struct span name)
{
	static const struct {
		const char *name, *code;
	} colours[] = {{"critical", "\033[1;35m"}, {"high", "\033[1;31m"}, {"medium", "\033[33m"}, {"low", "\033[36m"},
		       {"error", "\033[1;31m"}, {"not-assessed", "\033[2m"}, {"manual", "\033[2m"}, {"accepted", "\033[2m"}, {"met", "\033[32m"},
		       {"gap", "\033[1;31m"}, {"not-applicable", "\033[2m"}};

	for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++)
		if (span_eq(name, colours[i].name))
			return colours[i].code;
	return "";
}

static size_t width_of(struct span clean)
{
	size_t columns = 0;
	uint32_t cp;

	for (size_t i = 0, used; i < clean.n; i += used) {
		used = utf8_decode(clean.p + i, clean.n - i, &cp);
		if (!used)
			return columns;
		columns += (size_t)text_width(cp);
	}
	return columns;
}

size_t tty_columns(struct span s)
{
	auto_buf clean = BUF_INIT;

	text_add_clean(&clean, s, false);
	return width_of(buf_span(&clean));
}

/* The beginning of `s` that fits. */
static struct span head(struct span s, size_t columns)
{
	size_t at = 0, have = 0, used;
	uint32_t cp;

	while (at < s.n && (used = utf8_decode(s.p + at, s.n - at, &cp)) && have + (size_t)text_width(cp) <= columns) {
		have += (size_t)text_width(cp);
		at += used;
	}
	return (struct span){s.p, at};
}

/* The end of `s` that fits. */
static struct span tail(struct span s, size_t columns)
{
	size_t from = s.n, have = 0;
	uint32_t cp;

	while (from) {
		size_t start = from - 1;

		while (start && ((unsigned char)s.p[start] & 0xc0) == 0x80)
			start--;
		if (!utf8_decode(s.p + start, s.n - start, &cp) || have + (size_t)text_width(cp) > columns)
			break;
		have += (size_t)text_width(cp);
		from = start;
	}
	return (struct span){s.p + from, s.n - from};
}

void tty_add(struct buf *b, struct span s, size_t columns, enum tty_fit fit, bool pad)
{
	auto_buf clean = BUF_INIT;
	struct span part;
	size_t have;

	text_add_clean(&clean, s, false);
	part = buf_span(&clean);
	have = width_of(part);
	if (have > columns) {
		part = fit == TTY_TAIL ? tail(part, columns - 1) : head(part, columns - 1);
		have = width_of(part) + 1;
		if (fit == TTY_TAIL)
			buf_add_str(b, "\xe2\x80\xa6");
		buf_add_span(b, part);
		if (fit == TTY_LEFT)
			buf_add_str(b, "\xe2\x80\xa6");
	} else {
		buf_add_span(b, part);
	}
	for (; pad && have < columns; have++)
		buf_add_char(b, ' ');
}
