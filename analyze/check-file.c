// SPDX-License-Identifier: Apache-2.0
// Check files into memory, with every mistake that can be seen without a database. What their SQL does is check-run.c's.
#include "check.h"
#include "common/buf.h"

#include <stddef.h>

const char *const check_domains[CHECK_DOMAINS] = {"iam", "registry", "scanning", "content", "runtime", "data"};

static const char *const severities[] = {"critical", "high", "medium", "low", "info", NULL};
static const char *const efforts[] = {"hours", "days", "weeks", NULL};
static const char *const contents[] = {"base-os", "middleware", "application", NULL};
static const char *const owners[] = {"developers", "platform", "security", "management", NULL};

/* The keys that hold one text, and where it goes. */
static const struct knowledge_text texts[] = {
	{"id", offsetof(struct check, id), true}, {"title", offsetof(struct check, title), true},
	{"severity", offsetof(struct check, severity), true}, {"domain", offsetof(struct check, domain), true},
	{"over", offsetof(struct check, over), false}, {"where", offsetof(struct check, where), false},
	{"fails", offsetof(struct check, fails), false}, {"detail", offsetof(struct check, detail), false},
	{"key", offsetof(struct check, key), false}, {"query", offsetof(struct check, query), false},
	{"why", offsetof(struct check, why), true}, {"fix", offsetof(struct check, fix), true}, {"patch", offsetof(struct check, patch), false},
	{"effort", offsetof(struct check, effort), true}, {"owner", offsetof(struct check, owner), true},
	{"false_positives", offsetof(struct check, false_positives), false}, {"content", offsetof(struct check, content), false},
};
enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };

const char *check_scope_of(const char *kind)
{
	static const struct {
		const char *prefix, *scope;
	} table[] = {{"kubernetes/", "cluster"}, {"node/", "cluster"}, {"flow/", "cluster"}, {"engagement/", "cluster"}, {"aws/", "aws"}, {"registry/", "registry"}, {"image/", "images"},
		     {"scanner/", "images"}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strncmp(kind, table[i].prefix, strlen(table[i].prefix)) == 0)
			return table[i].scope;
	return "site";
}

static int read_references(struct arena *a, const struct json *v, struct check *c, struct err *e)
{
	auto_buf b = BUF_INIT;
	size_t n;

	if (!knowledge_words(a, v, &n))
		return err_set(e, ERR_INPUT, "references: a list of addresses is expected");
	json_write(&b, v);
	c->references = arena_strndup(a, b.p, b.n);
	return 0;
}

static int read_member(struct arena *a, const char *key, const struct json *v, void *into, struct err *e)
{
	struct check *c = into;
	size_t n;
	int text;

	if (strcmp(key, "needs") == 0) {
		if (knowledge_needs(a, v, &c->needs, &c->needs_n, e))
			return -1;
		c->scope = c->needs_n ? check_scope_of(c->needs[0].any[0]) : "site";
		return 0;
	}
	if (strcmp(key, "to_pass") == 0)
		return knowledge_needs(a, v, &c->to_pass, &c->to_pass_n, e);
	if (strcmp(key, "references") == 0)
		return read_references(a, v, c, e);
	if (strcmp(key, "across") == 0) {
		c->across = json_bool(v) == 1;
		return json_bool(v) < 0 ? err_set(e, ERR_INPUT, "across: true or false is expected") : 0;
	}
	if (strcmp(key, "facts") == 0) {
		c->facts = knowledge_words(a, v, &n);
		return c->facts ? 0 : err_set(e, ERR_INPUT, "facts: a list of columns is expected");
	}
	text = knowledge_read_text(texts, TEXTS, c, key, v, e);
	return text > 0 ? 0 : text < 0 ? -1 : err_set(e, ERR_INPUT, "unknown key '%s'", key);
}

/* The id is the folder's name, a dot and the file's stem. */
static bool id_fits(const struct check *c)
{
	struct span stem = span_after_last(span_of(c->file), '/');
	size_t d = strlen(c->domain);

	return strncmp(c->id, c->domain, d) == 0 && c->id[d] == '.' && span_ends(stem, ".yaml") &&
	       span_is((struct span){stem.p, stem.n - 5}, span_of(c->id + d + 1));
}

static bool in_domains(const char *domain)
{
	for (int i = 0; i < CHECK_DOMAINS; i++)
		if (strcmp(check_domains[i], domain) == 0)
			return true;
	return false;
}

static bool asks_clock(const struct check *c)
{
	return knowledge_asks_clock(c->query) || knowledge_asks_clock(c->where) || knowledge_asks_clock(c->fails) || knowledge_asks_clock(c->detail) ||
	       knowledge_asks_clock(c->key);
}

static int validate(const struct check *c, struct err *e)
{
	if (knowledge_texts_there(texts, TEXTS, c, e))
		return -1;
	if (!c->scope || !c->references)
		return err_set(e, ERR_INPUT, "'%s' is missing", c->scope ? "references" : "needs");
	if (!knowledge_one_of(c->severity, severities))
		return err_set(e, ERR_INPUT, "severity '%s' is not critical, high, medium, low or info", c->severity);
	if (!in_domains(c->domain))
		return err_set(e, ERR_INPUT, "domain '%s' is not one of the six", c->domain);
	if (!knowledge_one_of(c->effort, efforts))
		return err_set(e, ERR_INPUT, "effort '%s' is not hours, days or weeks", c->effort);
	if (!knowledge_one_of(c->owner, owners))
		return err_set(e, ERR_INPUT, "owner '%s' is not developers, platform, security or management", c->owner);
	if (c->content && !knowledge_one_of(c->content, contents))
		return err_set(e, ERR_INPUT, "content '%s' is not base-os, middleware or application", c->content);
	if (!id_fits(c))
		return err_set(e, ERR_INPUT, "id '%s' is not domain '%s', a dot and the file's stem", c->id, c->domain);
	if (c->query ? c->over || c->where || c->fails || c->detail || c->key || c->facts : !c->over || !c->fails || !c->detail)
		return err_set(e, ERR_INPUT, "either `query` alone, or `over`, `fails` and `detail` (with `where`, `key`, `facts`)");
	if (asks_clock(c))
		return err_set(e, ERR_INPUT, "asks for the current time; meta 'as-of' is the time of the assessment");
	return 0;
}

int check_parse(struct arena *a, const char *file, struct span text, struct check *c, struct err *e)
{
	*c = (struct check){.file = arena_strdup(a, file)};
	return knowledge_mapping(a, text, read_member, c, e) || validate(c, e) ? err_wrap(e, "%s", file) : 0;
}

static int add(void *ctx, const char *file, struct span text, struct err *e)
{
	struct check_set *set = ctx;

	set->at = knowledge_room(set->at, set->n, &set->cap, sizeof(*set->at));
	if (check_parse(&set->arena, file, text, &set->at[set->n], e))
		return -1;
	set->n++;
	return 0;
}

int check_set_load(struct check_set *set, const char *dir, struct err *e)
{
	*set = (struct check_set){0};
	if (knowledge_walk("analyze/checks/", dir, add, set, e))
		return -1;
	return knowledge_sort(set->at, set->n, sizeof(*set->at), offsetof(struct check, file), e);
}

void check_set_fini(struct check_set *set)
{
	free(set->at);
	arena_fini(&set->arena);
	*set = (struct check_set){0};
}

const struct check *check_find(const struct check_set *set, const char *id)
{
	return knowledge_find(set->at, set->n, sizeof(*set->at), id);
}
