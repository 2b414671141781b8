// SPDX-License-Identifier: Apache-2.0
// One value of plain JSON to a tree. What it does not know is json-read.c's.
#include "json-fast.h"
#include "limits.h"
#include "text.h"

struct fast {
	const char *p, *end;
	struct tree *tree;
	struct buf text; /* of a string with escapes */
	struct err err;	 /* what the tree said; told anew by the other reader */
};

static const uint64_t ones = 0x0101010101010101u;

static bool has_less(uint64_t word, unsigned char n)
{
	return (word - ones * n) & ~word & ones << 7;
}

static bool skip_space(struct fast *f)
{
	static const uint64_t blanks = 0x2020202020202020u;
	uint64_t word;

	for (; f->p < f->end; f->p++) {
		if (*f->p == ' ')
			for (; f->end - f->p > (ptrdiff_t)sizeof(word) && (memcpy(&word, f->p, sizeof(word)), word == blanks); f->p += sizeof(word))
				;
		if (*f->p != ' ' && *f->p != '\n' && *f->p != '\r' && *f->p != '\t')
			return true;
	}
	return false;
}

/* On to the first character that ends a string, begins an escape, is a control character or no ASCII. */
static const char *plain_end(const char *p, const char *end)
{
	static const bool plain[256] = {[' '] = true, ['!'] = true, ['#' ... '['] = true, [']' ... 0x7f] = true};
	uint64_t word;

	for (; end - p >= (ptrdiff_t)sizeof(word); p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		if ((word & ones << 7) || has_less(word, 0x20) || has_less(word ^ ones * '"', 1) || has_less(word ^ ones * '\\', 1))
			break;
	}
	while (p < end && plain[(unsigned char)*p])
		p++;
	return p;
}

/* Behind a backslash. */
static bool escape(struct fast *f)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	const char *name;
	uint32_t unit = 0;
	char out[4];

	if (f->p == f->end)
		return false;
	if (*f->p != 'u') {
		name = *f->p ? strchr(names, *f->p++) : NULL;
		if (name)
			buf_add_char(&f->text, values[name - names]);
		return name != NULL;
	}
	if (f->end - f->p < 5)
		return false;
	for (int i = 1; i < 5; i++) {
		int digit = hex_digit(f->p[i]);

		if (digit < 0)
			return false;
		unit = unit * 16 + (uint32_t)digit;
	}
	if (!unit || (unit >= 0xd800 && unit < 0xe000))
		return false;
	f->p += 5;
	buf_add(&f->text, out, utf8_encode(unit, out));
	return true;
}

/* Behind the opening quote: the text, in the input or in f->text; false: not for here. */
static bool string(struct fast *f, struct span *out)
{
	const char *from = f->p;
	uint32_t cp;
	size_t used;

	buf_reset(&f->text);
	for (;;) {
		f->p = plain_end(f->p, f->end);
		if (f->p == f->end)
			return false;
		if ((unsigned char)*f->p >= 0x80) {
			used = utf8_decode(f->p, (size_t)(f->end - f->p), &cp);
			if (!used)
				return false;
			f->p += used;
			continue;
		}
		if (*f->p != '"' && *f->p != '\\')
			return false;
		if (*f->p == '"' && !f->text.n) {
			*out = (struct span){from, (size_t)(f->p++ - from)};
			return true;
		}
		buf_add(&f->text, from, (size_t)(f->p - from));
		if (*f->p++ == '"') {
			*out = buf_span(&f->text);
			return true;
		}
		if (!escape(f))
			return false;
		from = f->p;
	}
}

static size_t digits(struct fast *f)
{
	const char *from = f->p;

	while (f->p < f->end && *f->p >= '0' && *f->p <= '9')
		f->p++;
	return (size_t)(f->p - from);
}

/* Whole numbers and decimal fractions. */
static bool number(struct fast *f, struct span *out)
{
	const char *from = f->p, *first;

	f->p += *f->p == '-';
	first = f->p;
	if (!digits(f) || (*first == '0' && f->p - first > 1))
		return false;
	if (f->p < f->end && *f->p == '.' && (f->p++, !digits(f)))
		return false;
	*out = (struct span){from, (size_t)(f->p - from)};
	return f->p < f->end && strchr(",]} \n\r\t", *f->p) && *f->p;
}

static bool literal(struct fast *f, const char *word, struct json v)
{
	size_t n = strlen(word);

	if ((size_t)(f->end - f->p) < n || memcmp(f->p, word, n) != 0)
		return false;
	f->p += n;
	return tree_value(f->tree, v, &f->err) == 0;
}

static bool value(struct fast *f);

/* Members up to the closing brace. */
static bool object(struct fast *f)
{
	struct span key;

	if (tree_open(f->tree, true, &f->err) || !skip_space(f))
		return false;
	for (bool first = true; *f->p != '}'; first = false) {
		if (!first && (*f->p++ != ',' || !skip_space(f)))
			return false;
		if (*f->p++ != '"' || !string(f, &key) || tree_key(f->tree, key, &f->err))
			return false;
		if (!skip_space(f) || *f->p++ != ':' || !skip_space(f) || !value(f) || !skip_space(f))
			return false;
	}
	f->p++;
	return tree_close(f->tree, true, &f->err) == 0;
}

static bool array(struct fast *f)
{
	if (tree_open(f->tree, false, &f->err) || !skip_space(f))
		return false;
	for (bool first = true; *f->p != ']'; first = false) {
		if (!first && (*f->p++ != ',' || !skip_space(f)))
			return false;
		if (!value(f) || !skip_space(f))
			return false;
	}
	f->p++;
	return tree_close(f->tree, false, &f->err) == 0;
}

/* At its first character. The tree bounds the depth. */
static bool value(struct fast *f)
{
	struct json v;
	struct span text;

	switch (*f->p) {
	case '{':
		f->p++;
		return object(f);
	case '[':
		f->p++;
		return array(f);
	case '"':
		f->p++;
		return string(f, &text) && tree_value(f->tree, json_make_str(f->tree->arena, text), &f->err) == 0;
	case 't':
		return literal(f, "true", json_make_bool(true));
	case 'f':
		return literal(f, "false", json_make_bool(false));
	case 'n':
		return literal(f, "null", (struct json){.type = JSON_NULL});
	default:
		if (!number(f, &text))
			return false;
		v = json_make_str(f->tree->arena, text);
		v.type = JSON_NUMBER;
		return tree_value(f->tree, v, &f->err) == 0;
	}
}

size_t json_fast(struct tree *tree, struct arena *a, struct span text)
{
	struct fast f = {.p = text.p, .end = text.p + text.n, .tree = tree};
	bool whole;

	tree_start(tree, a, LIMIT_JSON_DEPTH);
	whole = skip_space(&f) && value(&f);
	buf_fini(&f.text);
	return whole ? (size_t)(f.p - text.p) : 0;
}
