// SPDX-License-Identifier: Apache-2.0
// Parsing a command line by its table and printing help from the same table.
#include "opts.h"

#include <stdarg.h>

size_t opts_distance(const char *a, const char *b, size_t limit)
{
	size_t row[65], la = strlen(a), lb = strlen(b);

	if (la > 64 || lb > 64)
		return limit + 1;
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[lb] > limit ? limit + 1 : row[lb];
}

static void list_add(struct opt_list *l, const char *word)
{
	const char **at = realloc(l->at, (l->n + 1) * sizeof(*at));

	if (!at)
		die("out of memory");
	l->at = at;
	l->at[l->n++] = word;
}

void opts_fini(struct opt_list *list)
{
	free(list->at);
	*list = (struct opt_list){0};
}

static void help(const struct opts *o)
{
	printf("usage: plimsoll %s %s\n\n%s\n", o->command, o->synopsis, o->summary);
	if (o->table[0].name)
		printf("\nOptions:\n");
	for (const struct opt *t = o->table; t->name; t++) {
		char left[64];
		bool value = t->type != OPT_FLAG;

		snprintf(left, sizeof(left), "%c%c%s--%s%s%s%s", t->letter ? '-' : ' ', t->letter ? t->letter : ' ',
			 t->letter ? ", " : "  ", t->name, value ? " " : "", value ? t->arg : "",
			 t->type == OPT_MULTI ? "..." : "");
		if (strlen(left) > 26)
			printf("  %s\n  %-26s  %s\n", left, "", t->help);
		else
			printf("  %-26s  %s\n", left, t->help);
	}
	printf("  %-26s  %s\n", "-h, --help", "Show this help.");
	if (o->more)
		printf("\n%s", o->more);
}

/* For shell completion and the man page's test: long name, letter, value, help, a tab between. */
static void list_options(const struct opts *o)
{
	for (const struct opt *t = o->table; t->name; t++)
		printf("--%s\t%c%c\t%s\t%s\n", t->name, t->letter ? '-' : ' ', t->letter ? t->letter : ' ', t->type != OPT_FLAG ? t->arg : "", t->help);
	printf("--help\t-h\t\tShow this help.\n");
}

static int unknown(const struct opts *o, const char *word, struct err *e)
{
	const char *best = NULL;
	size_t least = 3;

	for (const struct opt *t = o->table; t->name; t++) {
		size_t d = opts_distance(word + 2, t->name, 2);

		if (strlen(word) > 3 && d < least) {
			least = d;
			best = t->name;
		}
	}
	if (best)
		return err_set(e, ERR_USAGE, "%s: unknown option %s (did you mean --%s?)", o->command, word, best);
	return err_set(e, ERR_USAGE, "%s: unknown option %s (see plimsoll %s --help)", o->command, word, o->command);
}

static const struct opt *find(const struct opts *o, const char *word, const char **value)
{
	*value = NULL;
	for (const struct opt *t = o->table; t->name; t++) {
		size_t n = strlen(t->name);

		if (word[1] != '-') {
			if (t->letter && word[1] == t->letter) {
				*value = word[2] ? word + 2 : NULL;
				return t;
			}
		} else if (strncmp(word + 2, t->name, n) == 0 && (word[2 + n] == 0 || word[2 + n] == '=')) {
			*value = word[2 + n] ? word + 3 + n : NULL;
			return t;
		}
	}
	return NULL;
}

static int store(const struct opts *o, const struct opt *t, const char *value, struct err *e)
{
	switch (t->type) {
	case OPT_FLAG:
		*(bool *)t->dest = true;
		break;
	case OPT_TEXT:
		*(const char **)t->dest = value;
		break;
	case OPT_INT:
		if (!span_int(span_of(value), t->dest))
			return err_set(e, ERR_USAGE, "%s: --%s takes a whole number, not '%s'", o->command, t->name, value);
		break;
	case OPT_LIST:
	case OPT_MULTI:
		list_add(t->dest, value);
		break;
	}
	return 0;
}

static int one_option(const struct opts *o, int argc, char **argv, int *i, struct err *e)
{
	const char *value, *word = argv[*i];
	const struct opt *t = find(o, word, &value);

	if (!t)
		return unknown(o, word, e);
	if (t->type == OPT_FLAG) {
		if (value)
			return err_set(e, ERR_USAGE, "%s: --%s takes no value", o->command, t->name);
		return store(o, t, NULL, e);
	}
	if (!value) {
		if (*i + 1 >= argc)
			return err_set(e, ERR_USAGE, "%s: --%s needs %s", o->command, t->name, t->arg);
		value = argv[++*i];
	}
	if (store(o, t, value, e))
		return -1;
	while (t->type == OPT_MULTI && *i + 1 < argc && argv[*i + 1][0] != '-')
		if (store(o, t, argv[++*i], e))
			return -1;
	return 0;
}

int opts_parse(const struct opts *o, int argc, char **argv, struct opt_list *rest, struct err *e)
{
	bool only_operands = false;

	for (int i = 1; i < argc; i++) {
		const char *word = argv[i];

		if (only_operands || word[0] != '-' || !word[1]) {
			list_add(rest, word);
			continue;
		}
		if (strcmp(word, "--") == 0) {
			only_operands = true;
			continue;
		}
		if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0) {
			help(o);
			return 1;
		}
		if (strcmp(word, OPTS_LIST) == 0) {
			list_options(o);
			return 1;
		}
		if (one_option(o, argc, argv, &i, e))
			return -1;
	}
	if ((int)rest->n < o->min || (o->max >= 0 && (int)rest->n > o->max))
		return err_set(e, ERR_USAGE, "usage: plimsoll %s %s", o->command, o->synopsis);
	return 0;
}

int opts_run(const struct opts *o, int argc, char **argv, opts_body *body, void *ctx)
{
	auto_list rest = {0};
	struct err e = {0};
	int rc = opts_parse(o, argc, argv, &rest, &e);

	if (rc > 0)
		return 0;
	if (rc == 0)
		rc = body(ctx, &rest, &e);
	return rc < 0 ? err_report(&e) : rc;
}
