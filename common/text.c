// SPDX-License-Identifier: Apache-2.0
// UTF-8 and the escaping of untrusted text for each way out.
#include "text.h"

size_t utf8_decode(const char *s, size_t n, uint32_t *cp)
{
	const unsigned char *u = (const unsigned char *)s;
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len;
	uint32_t c;

	if (u[0] < 0x80) {
		*cp = u[0];
		return 1;
	}
	len = u[0] >= 0xf0 && u[0] < 0xf5 ? 4 : u[0] >= 0xe0 && u[0] < 0xf0 ? 3 : u[0] >= 0xc2 && u[0] < 0xe0 ? 2 : 0;
	if (!len || len > n)
		return 0;
	c = u[0] & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (u[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	*cp = c;
	return len;
}

size_t utf8_encode(uint32_t cp, char *out)
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

bool utf8_valid(const char *s, size_t n)
{
	uint32_t cp;

	for (size_t i = 0, used; i < n; i += used) {
		used = utf8_decode(s + i, n - i, &cp);
		if (!used)
			return false;
	}
	return true;
}

bool text_is_hostile(uint32_t cp)
{
	if (cp == '\t' || cp == '\n')
		return false;
	if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
		return true;
	if ((cp >= 0x200b && cp <= 0x200f) || (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2060 && cp <= 0x206f))
		return true;
	if (cp == 0xad || cp == 0x61c || cp == 0x180e || cp == 0xfeff || (cp >= 0xfff9 && cp <= 0xfffb))
		return true;
	return (cp & 0xfffe) == 0xfffe || (cp >= 0xfdd0 && cp <= 0xfdef) || (cp >= 0xe0000 && cp <= 0xe0fff);
}

/* One step of cleaning: the text for the code point at s, in `out` (room for 16); returns bytes used. */
static size_t clean_step(const char *s, size_t n, bool lines, char out[16], size_t *len)
{
	uint32_t cp;
	size_t used = utf8_decode(s, n, &cp);

	if (!used) {
		*len = (size_t)snprintf(out, 16, "\\x{%02x}", (unsigned char)s[0]);
		return 1;
	}
	if (text_is_hostile(cp) || (!lines && (cp == '\n' || cp == '\t'))) {
		*len = (size_t)snprintf(out, 16, "\\u{%x}", cp);
		return used;
	}
	memcpy(out, s, used);
	*len = used;
	return used;
}

void text_clean(char *out, size_t cap, const char *s, size_t n)
{
	size_t at = 0, len;
	char piece[16];

	for (size_t i = 0; i < n;) {
		i += clean_step(s + i, n - i, false, piece, &len);
		if (at + len + 1 > cap)
			break;
		memcpy(out + at, piece, len);
		at += len;
	}
	if (cap)
		out[at] = 0;
}

/* How many bytes at s need no cleaning: most text is plain ASCII, and goes over in one piece. */
static size_t plain_run(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && s[i] >= 0x20 && s[i] < 0x7f)
		i++;
	return i;
}

void text_add_clean(struct buf *b, struct span s, bool lines)
{
	char piece[16];
	size_t len;

	for (size_t i = 0; i < s.n;) {
		len = plain_run(s.p + i, s.n - i);
		buf_add(b, s.p + i, len);
		i += len;
		if (i == s.n)
			break;
		i += clean_step(s.p + i, s.n - i, lines, piece, &len);
		buf_add(b, piece, len);
	}
}

static void json_escape(struct buf *b, uint32_t cp)
{
	if (cp > 0xffff)
		buf_printf(b, "\\u%04x\\u%04x", 0xd800 + ((cp - 0x10000) >> 10), 0xdc00 + ((cp - 0x10000) & 0x3ff));
	else
		buf_printf(b, "\\u%04x", cp);
}

void text_add_json(struct buf *b, struct span s)
{
	/* Every character of all evidence is asked. */
	static const bool plain[256] = {[' '] = true, ['!'] = true, ['#' ... '['] = true, [']' ... '~'] = true};
	size_t from = 0, i = 0;

	buf_room(b, s.n + 2);
	buf_add_char(b, '"');
	while (i < s.n) {
		unsigned char c = (unsigned char)s.p[i];
		size_t used = 1;
		uint32_t cp = c;

		if (plain[c]) {
			i++;
			continue;
		}
		if (c >= 0x80 && (used = utf8_decode(s.p + i, s.n - i, &cp)) && !text_is_hostile(cp)) {
			i += used;
			continue;
		}
		buf_add(b, s.p + from, i - from);
		if (!used)
			buf_add_str(b, "\xef\xbf\xbd");
		else if (cp == '"' || cp == '\\')
			buf_add(b, (char[]){'\\', (char)cp}, 2);
		else if (cp == '\n')
			buf_add_str(b, "\\n");
		else if (cp == '\t')
			buf_add_str(b, "\\t");
		else
			json_escape(b, cp);
		i += used ? used : 1;
		from = i;
	}
	buf_add(b, s.p ? s.p + from : "", i - from);
	buf_add_char(b, '"');
}

void text_add_json_list(struct buf *b, const struct span *at, size_t n)
{
	buf_add_char(b, '[');
	for (size_t i = 0; i < n; i++) {
		buf_add_str(b, i ? "," : "");
		text_add_json(b, at[i]);
	}
	buf_add_char(b, ']');
}

void text_add_csv(struct buf *b, struct span s)
{
	/* Every finding is asked, character by character. */
	static const bool plain[256] = {[' '] = true, ['!'] = true, ['#' ... '~'] = true};
	size_t from = 0, i = 0, len;
	char piece[16];

	buf_room(b, s.n + 3);
	buf_add_char(b, '"');
	if (s.n && (strchr("=+-@\t\r", s.p[0])))
		buf_add_char(b, '\'');
	while (i < s.n) {
		if (plain[(unsigned char)s.p[i]]) {
			i++;
			continue;
		}
		if (s.p[i] == '"') { /* goes over with what is before it, and again with what is behind it */
			buf_add(b, s.p + from, i + 1 - from);
			from = i++;
			continue;
		}
		buf_add(b, s.p + from, i - from);
		i += clean_step(s.p + i, s.n - i, true, piece, &len);
		buf_add(b, piece, len);
		from = i;
	}
	buf_add(b, s.p ? s.p + from : "", i - from);
	buf_add_char(b, '"');
}

void text_add_xml(struct buf *b, struct span s)
{
	auto_buf clean = BUF_INIT;

	text_add_clean(&clean, s, false);
	for (size_t i = 0; i < clean.n; i++)
		switch (clean.p[i]) {
		case '&': buf_add_str(b, "&amp;"); break;
		case '<': buf_add_str(b, "&lt;"); break;
		case '>': buf_add_str(b, "&gt;"); break;
		case '"': buf_add_str(b, "&quot;"); break;
		case '\'': buf_add_str(b, "&apos;"); break;
		default: buf_add_char(b, clean.p[i]);
		}
}

void text_add_markdown(struct buf *b, struct span s)
{
	auto_buf clean = BUF_INIT;

	text_add_clean(&clean, s, true);
	for (size_t i = 0; i < clean.n; i++) {
		char c = clean.p[i];

		if (c == '\n' || c == '\t')
			c = ' ';
		if (strchr("\\`*_{}[]()#+-.!|<>&~\"'$:@=^", c))
			buf_add_char(b, '\\');
		buf_add_char(b, c);
	}
}

int text_width(uint32_t cp)
{
	if (cp == 0 || (cp >= 0x300 && cp <= 0x36f) || (cp >= 0x20d0 && cp <= 0x20ff) || (cp >= 0xfe00 && cp <= 0xfe0f))
		return 0;
	if ((cp >= 0x1100 && cp <= 0x115f) || (cp >= 0x2e80 && cp <= 0xa4cf && cp != 0x303f) ||
	    (cp >= 0xac00 && cp <= 0xd7a3) || (cp >= 0xf900 && cp <= 0xfaff) || (cp >= 0xfe30 && cp <= 0xfe6f) ||
	    (cp >= 0xff00 && cp <= 0xff60) || (cp >= 0xffe0 && cp <= 0xffe6) || (cp >= 0x1f300 && cp <= 0x1faff) ||
	    (cp >= 0x20000 && cp <= 0x3fffd))
		return 2;
	return 1;
}

void text_add_base64(struct buf *b, struct span s)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < s.n; i += 3) {
		size_t left = s.n - i;
		uint32_t v = (uint32_t)(unsigned char)s.p[i] << 16;

		v |= left > 1 ? (uint32_t)(unsigned char)s.p[i + 1] << 8 : 0;
		v |= left > 2 ? (uint32_t)(unsigned char)s.p[i + 2] : 0;
		for (size_t k = 0; k < 4; k++)
			buf_add_char(b, k > left ? '=' : digits[v >> (18 - 6 * k) & 63]);
	}
}
