/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEXT_H
#define TEXT_H
/*
 * Text on its way out. Names from clusters are hostile: every sink cleans them with one of these.
 * UTF-8 as in RFC 3629; bidirectional controls as in Unicode 15, section 23.2.
 */
#include "buf.h"

/* Decodes one code point at s[0..n) and stores it in `*cp`; returns the bytes used (1-4), or 0 when
 * the bytes are not valid UTF-8 (overlong, surrogate, above U+10FFFF, cut short). n must be > 0. */
size_t utf8_decode(const char *s, size_t n, uint32_t *cp);
/* Writes `cp` to out (room for 4) and returns the bytes written. */
size_t utf8_encode(uint32_t cp, char *out);
/* True when all of it is valid UTF-8. */
bool utf8_valid(const char *s, size_t n);
/* True for what must never reach a reader raw: C0 (but not tab and newline), DEL, C1, bidi controls,
 * zero-width and line/paragraph separators, tags, noncharacters. */
bool text_is_hostile(uint32_t cp);

/* One line for a terminal, log or message: hostile code points and newlines as \u{hex}, invalid bytes
 * as \x{hex}. Writes a NUL-terminated string of at most cap-1 bytes, never cutting a code point. */
void text_clean(char *out, size_t cap, const char *s, size_t n);
/* As text_clean, appended to a buffer without limit. Newlines stay when `lines`. */
void text_add_clean(struct buf *b, struct span s, bool lines);
/* A JSON string with its quotes (RFC 8259): C0, DEL, C1, U+2028/9, bidi controls escaped; invalid bytes
 * become U+FFFD. */
void text_add_json(struct buf *b, struct span s);
/* A JSON array of strings. */
void text_add_json_list(struct buf *b, const struct span *at, size_t n);
/* A CSV cell, always quoted (RFC 4180); a cell that a spreadsheet would run (= + - @ tab CR first) gets
 * a leading apostrophe. */
void text_add_csv(struct buf *b, struct span s);
/* Text and attribute values of XML 1.0 (2.4), cleaned as by text_add_clean first. */
void text_add_xml(struct buf *b, struct span s);
/* Text inside Markdown: characters that Markdown or HTML would read are escaped; newlines become spaces. */
void text_add_markdown(struct buf *b, struct span s);
/* Base64 with padding (RFC 4648, section 4). */
void text_add_base64(struct buf *b, struct span s);
/* Columns that a code point takes on a terminal: 0, 1 or 2. */
int text_width(uint32_t cp);
#endif
