// SPDX-License-Identifier: Apache-2.0
// Text cut to columns of a terminal. Widths are counted by hand (Unicode East Asian Width): 'a' 1, U+4E2D 2, U+0301 0, an escape as its text.
#include "test.h"
#include "common/tty.h"

static const char *cut(const char *text, size_t columns, enum tty_fit fit, bool pad)
{
	static struct buf b;

	buf_reset(&b);
	tty_add(&b, span_of(text), columns, fit, pad);
	return buf_str(&b);
}

static void fits(void)
{
	CHECK_STR(cut("abc", 5, TTY_LEFT, false), "abc");
	CHECK_STR(cut("abc", 5, TTY_LEFT, true), "abc  ");
	CHECK_STR(cut("abcde", 5, TTY_LEFT, true), "abcde");
	CHECK_STR(cut("", 2, TTY_LEFT, true), "  ");
}

static void is_cut(void)
{
	CHECK_STR(cut("abcdef", 5, TTY_LEFT, true), "abcd\xe2\x80\xa6");
	CHECK_STR(cut("abcdef", 5, TTY_TAIL, true), "\xe2\x80\xa6" "cdef");
	CHECK_STR(cut("\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad", 4, TTY_LEFT, true), "\xe4\xb8\xad\xe2\x80\xa6 "); /* half a character does not fit */
	CHECK_STR(cut("\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad", 4, TTY_TAIL, true), "\xe2\x80\xa6\xe4\xb8\xad ");
	CHECK_STR(cut("e\xcc\x81" "e\xcc\x81", 2, TTY_LEFT, true), "e\xcc\x81" "e\xcc\x81"); /* accents take no column */
	CHECK_STR(cut("abc", 1, TTY_LEFT, true), "\xe2\x80\xa6");
}

static void hostile(void)
{
	CHECK_STR(cut("\033[31m", 20, TTY_LEFT, false), "\\u{1b}[31m");
	CHECK_STR(cut("\xe2\x80\xae", 20, TTY_LEFT, false), "\\u{202e}");
	CHECK_STR(cut("a\nb\377", 20, TTY_LEFT, false), "a\\u{a}b\\x{ff}");
	CHECK_INT(tty_columns(span_of("\033[31m")), 10);
}

static void colours(void)
{
	struct err e = {0};
	bool yes = true;

	CHECK_STR(tty_severity(SPAN("critical")), "\033[1;35m");
	CHECK_STR(tty_severity(SPAN("\033[0m")), "");
	CHECK(tty_colour("never", stdout, &yes, &e) == 0 && !yes);
	CHECK(tty_colour("always", stdout, &yes, &e) == 0 && yes);
	CHECK(tty_colour("maybe", stdout, &yes, &e) == -1);
	CHECK_STR(e.msg, "--color is auto, always or never, not 'maybe'");
}

int main(void)
{
	TEST(fits);
	TEST(is_cut);
	TEST(hostile);
	TEST(colours);
	return test_end();
}
