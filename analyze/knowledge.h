/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KNOWLEDGE_H
#define KNOWLEDGE_H
/*
 * Knowledge files (checks, edges, targets): one YAML mapping each, with the cases in FILE.test.yaml beside it. What their keys mean is
 * the business of those who read them.
 */
#include "common/json.h"

/* A key that holds one text, and where it goes: the offset of a `const char *` in the reader's struct. */
struct knowledge_text {
	const char *key;
	size_t at;
	bool needed;
};
/* 1: `key` was one of the table and stands in `into` now. 0: it is none of them. -1: no text. Booleans become "1" and "0". */
int knowledge_read_text(const struct knowledge_text *table, size_t n, void *into, const char *key, const struct json *v, struct err *e);
/* ERR_INPUT when a needed text is not there. */
int knowledge_texts_there(const struct knowledge_text *table, size_t n, const void *from, struct err *e);

typedef int knowledge_member(struct arena *a, const char *key, const struct json *v, void *into, struct err *e);
/* Reads one mapping: `member` is called for each key, in the order of the file. ERR_INPUT when the text is no mapping. */
int knowledge_mapping(struct arena *a, struct span text, knowledge_member *member, void *into, struct err *e);

/* An array of texts; a single text counts as an array of one. NULL when it holds anything else. `*n`: how many; a NULL follows them. */
const char **knowledge_words(struct arena *a, const struct json *v, size_t *n);
bool knowledge_one_of(const char *word, const char *const *list);
/* True when the SQL (may be NULL) asks for the current time: results must not depend on the day they are made. */
bool knowledge_asks_clock(const char *sql);

/* Lists of files read: elements of `size` bytes that start with their id, a `const char *`. The list with room for one more
 * behind the `n` there are. */
void *knowledge_room(void *at, size_t n, size_t *cap, size_t size);
/* Sorts by id. ERR_INPUT when two have the same; `file`: the offset of the `const char *` that names their files. */
int knowledge_sort(void *at, size_t n, size_t size, size_t file, struct err *e);
/* By id in a sorted list; NULL when there is none. */
const void *knowledge_find(const void *at, size_t n, size_t size, const char *id);

/* One kind of evidence that a file cannot do without; any of several kinds may do. */
struct knowledge_need {
	const char **any; /* "kubernetes/pods" */
	size_t n;
};
/* Reads `needs`: a list of kinds or of lists of which any will do. */
int knowledge_needs(struct arena *a, const struct json *v, struct knowledge_need **needs, size_t *n, struct err *e);

typedef int knowledge_each(void *ctx, const char *file, struct span text, struct err *e);
/* Calls `each` for every file (not for cases) carried in the program below `prefix`, and for those in the folder `dir` (NULL: none) and
 * the folders in it. */
int knowledge_walk(const char *prefix, const char *dir, knowledge_each *each, void *ctx, struct err *e);
/* The cases beside `file`: carried in the program, or on disk. ERR_ENV when there are none. */
int knowledge_cases(struct arena *a, const char *file, struct json **cases, struct err *e);

/* Lines of text, of what a case expects and of what came out. */
struct knowledge_lines {
	char **at;
	size_t n, cap;
};
void knowledge_line(struct arena *a, struct knowledge_lines *l, const char *text);
/* Compares in any order; both are sorted by it. */
bool knowledge_same(struct knowledge_lines *a, struct knowledge_lines *b);
void knowledge_print(const char *head, const struct knowledge_lines *l);
#endif
