// SPDX-License-Identifier: Apache-2.0
// What all knowledge files share: finding them, reading their keys, comparing the outcome of their cases.
#include "knowledge.h"
#include "common/embed.h"
#include "common/input.h"
#include "common/limits.h"
#include "common/source.h"
#include "common/yaml-read.h"

#include <dirent.h>
#include <sys/stat.h>

static const char **slot(const void *of, const struct knowledge_text *t)
{
	return (const char **)((char *)of + t->at);
}

int knowledge_read_text(const struct knowledge_text *table, size_t n, void *into, const char *key, const struct json *v, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(key, table[i].key) == 0) {
			if (!json_scalar(v).n && !json_is(v, JSON_TRUE) && !json_is(v, JSON_FALSE))
				return err_set(e, ERR_INPUT, "%s: a text is expected", key);
			*slot(into, &table[i]) = json_scalar(v).p ? v->text : v->type == JSON_TRUE ? "1" : "0";
			return 1;
		}
	return 0;
}

int knowledge_texts_there(const struct knowledge_text *table, size_t n, const void *from, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (table[i].needed && !*slot(from, &table[i]))
			return err_set(e, ERR_INPUT, "'%s' is missing", table[i].key);
	return 0;
}

int knowledge_mapping(struct arena *a, struct span text, knowledge_member *member, void *into, struct err *e)
{
	struct json *doc;

	if (yaml_parse(a, text, &doc, e))
		return -1;
	if (doc->type != JSON_OBJECT)
		return err_set(e, ERR_INPUT, "not a mapping of keys");
	JSON_MEMBERS(m, doc)
		if (member(a, m->key.text, &m->value, into, e))
			return -1;
	return 0;
}

const char **knowledge_words(struct arena *a, const struct json *v, size_t *n)
{
	const char **out = arena_array(a, (size_t)json_count(v) + 2, sizeof(*out));

	*n = 0;
	if (json_is(v, JSON_STRING))
		out[(*n)++] = v->text;
	JSON_EACH(item, v) {
		if (item->type != JSON_STRING)
			return NULL;
		out[(*n)++] = item->text;
	}
	return *n || json_is(v, JSON_ARRAY) ? out : NULL;
}

bool knowledge_one_of(const char *word, const char *const *list)
{
	while (*list && strcmp(*list, word) != 0)
		list++;
	return *list != NULL;
}

bool knowledge_asks_clock(const char *sql)
{
	return sql && (span_has(span_of(sql), "'now'") || span_has(span_of(sql), "current_timestamp") || span_has(span_of(sql), "current_date"));
}

int knowledge_needs(struct arena *a, const struct json *v, struct knowledge_need **needs, size_t *n, struct err *e)
{
	if (!json_is(v, JSON_ARRAY))
		return err_set(e, ERR_INPUT, "needs: a list of evidence kinds is expected");
	*needs = arena_array(a, (size_t)v->n + 1, sizeof(**needs));
	JSON_EACH(item, v) {
		struct knowledge_need *need = &(*needs)[(*n)++];

		need->any = knowledge_words(a, item, &need->n);
		if (!need->any || !need->n)
			return err_set(e, ERR_INPUT, "needs: each is a kind of evidence or a list of which any will do");
	}
	return 0;
}

void *knowledge_room(void *at, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return at;
	*cap = *cap ? *cap * 2 : 128;
	at = reallocarray(at, *cap, size);
	if (!at)
		die("out of memory");
	return at;
}

static int by_id(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int knowledge_sort(void *at, size_t n, size_t size, size_t file, struct err *e)
{
	if (n)
		qsort(at, n, size, by_id);
	for (size_t i = 1; i < n; i++) {
		const char *a = (char *)at + (i - 1) * size, *b = a + size;

		if (by_id(a, b) == 0)
			return err_set(e, ERR_INPUT, "%s: the id '%s' is that of %s", *(const char *const *)(b + file), *(const char *const *)b, *(const char *const *)(a + file));
	}
	return 0;
}

const void *knowledge_find(const void *at, size_t n, size_t size, const char *id)
{
	return n ? bsearch(&id, at, n, size, by_id) : NULL;
}

static bool is_knowledge(struct span name)
{
	return span_ends(name, ".yaml") && !span_ends(name, ".test.yaml");
}

static int slurp(const char *path, struct buf *text, struct err *e)
{
	struct source s;
	int rc;

	if (source_from_file(&s, path, e))
		return -1;
	rc = source_slurp(&s, text, LIMIT_DOCUMENT_BYTES, e);
	source_close(&s);
	return rc;
}

static int on_disk(const char *path, knowledge_each *each, void *ctx, struct err *e)
{
	auto_buf text = BUF_INIT;

	return slurp(path, &text, e) ? -1 : each(ctx, path, buf_span(&text), e);
}

/* Two levels: DIR/<folder>/<stem>.yaml, or DIR/<stem>.yaml. */
static int in_folder(const char *dir, int depth, knowledge_each *each, void *ctx, struct err *e)
{
	struct dirent **names;
	int n = scandir(dir, &names, NULL, alphasort), rc = 0;

	if (n < 0)
		return err_errno(e, "%s", dir);
	for (int i = 0; i < n; i++) {
		char path[LIMIT_NAME_BYTES];
		struct stat st;

		if (rc == 0 && names[i]->d_name[0] != '.' && snprintf(path, sizeof(path), "%s/%s", dir, names[i]->d_name) < (int)sizeof(path) &&
		    stat(path, &st) == 0) {
			if (S_ISDIR(st.st_mode) && depth)
				rc = in_folder(path, depth - 1, each, ctx, e);
			else if (S_ISREG(st.st_mode) && is_knowledge(span_of(path)))
				rc = on_disk(path, each, ctx, e);
		}
		free(names[i]);
	}
	free(names);
	return rc;
}

int knowledge_walk(const char *prefix, const char *dir, knowledge_each *each, void *ctx, struct err *e)
{
	const struct embed *f;

	for (size_t i = 0; (f = embed_at(prefix, i)); i++)
		if (is_knowledge(span_of(f->path)) && each(ctx, f->path, embed_span(f), e))
			return -1;
	return dir ? in_folder(dir, 1, each, ctx, e) : 0;
}

int knowledge_cases(struct arena *a, const char *file, struct json **cases, struct err *e)
{
	const char *path = arena_printf(a, "%.*s.test.yaml", (int)(strlen(file) - 5), file);
	struct span text = embed_find(path);
	auto_buf b = BUF_INIT;

	if (!text.p) {
		if (slurp(path, &b, e))
			return -1;
		text = (struct span){arena_strndup(a, b.p ? b.p : "", b.n), b.n};
	}
	return yaml_parse(a, text, cases, e);
}

void knowledge_line(struct arena *a, struct knowledge_lines *l, const char *text)
{
	l->at = arena_room(a, l->at, l->n, &l->cap, sizeof(*l->at));
	l->at[l->n++] = arena_strdup(a, text);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool knowledge_same(struct knowledge_lines *a, struct knowledge_lines *b)
{
	if (a->n)
		qsort(a->at, a->n, sizeof(*a->at), by_text);
	if (b->n)
		qsort(b->at, b->n, sizeof(*b->at), by_text);
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->at[i], b->at[i]) != 0)
			return false;
	return true;
}

void knowledge_print(const char *head, const struct knowledge_lines *l)
{
	printf("    %s\n", head);
	for (size_t i = 0; i < l->n; i++)
		printf("      %s\n", l->at[i]);
}
