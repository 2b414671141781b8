// SPDX-License-Identifier: Apache-2.0
// `plimsoll checks`: lists the checks, explains one (with its verdicts in an assessment), runs their cases.
#include "check.h"
#include "commands.h"
#include "common/assessment.h"
#include "common/buf.h"
#include "common/opts.h"
#include "common/text.h"

#include <inttypes.h>
#include <stdio.h>

struct wish {
	const char *checks, *domain, *format;
	bool passes;
};

static void put_wrapped(const char *head, const char *text)
{
	printf("\n%s\n", head);
	while (*text) {
		size_t n = strcspn(text, "\n"), cut = n;

		if (n > 96) {
			for (cut = 96; cut && text[cut] != ' '; cut--)
				;
			cut = cut ? cut : n;
		}
		printf("  %.*s\n", (int)cut, text);
		text += cut;
		text += *text == ' ' || *text == '\n';
	}
}

static void add_needs(struct buf *b, const char *name, const struct knowledge_need *needs, size_t n)
{
	buf_printf(b, ",\"%s\":[", name);
	for (size_t i = 0; i < n; i++) {
		buf_add_str(b, i ? ",[" : "[");
		for (size_t k = 0; k < needs[i].n; k++) {
			buf_add_str(b, k ? "," : "");
			text_add_json(b, span_of(needs[i].any[k]));
		}
		buf_add_char(b, ']');
	}
	buf_add_char(b, ']');
}

static void list_json(const struct check *c, bool first)
{
	auto_buf b = BUF_INIT;
	const char *const pairs[][2] = {{"id", c->id}, {"title", c->title}, {"severity", c->severity}, {"domain", c->domain}, {"effort", c->effort}, {"owner", c->owner}};

	buf_add_str(&b, first ? "" : ",\n");
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		buf_printf(&b, "%s\"%s\":", i ? "," : "{", pairs[i][0]);
		text_add_json(&b, span_of(pairs[i][1]));
	}
	add_needs(&b, "needs", c->needs, c->needs_n);
	add_needs(&b, "to_pass", c->to_pass, c->to_pass_n);
	printf("%s}", buf_str(&b));
}

static int list(const struct check_set *set, const struct wish *w, struct err *e)
{
	bool json = strcmp(w->format, "json") == 0, first = true;

	if (!json && strcmp(w->format, "table") != 0)
		return err_set(e, ERR_USAGE, "checks: --format is table or json");
	if (json)
		printf("{\"schema\":\"plimsoll.checks/1\",\"checks\":[\n");
	for (size_t i = 0; i < set->n; i++) {
		const struct check *c = &set->at[i];

		if (w->domain && strcmp(w->domain, c->domain) != 0)
			continue;
		if (json)
			list_json(c, first);
		else
			printf("%-9s %-45s %s\n", c->severity, c->id, c->title);
		first = false;
	}
	if (json)
		printf("\n]}\n");
	return 0;
}

static void print_sql(const struct check *c)
{
	auto_buf b = BUF_INIT;

	if (c->query) {
		put_wrapped("Query", c->query);
		return;
	}
	buf_printf(&b, "over %s%s%s\nfails when %s", c->over, c->where ? ", where " : "", c->where ? c->where : "", c->fails);
	put_wrapped("Condition", buf_str(&b));
}

struct listing {
	bool passes;
	int64_t passed;
};

static int print_row(void *ctx, const struct check *c, const struct check_row *row, struct err *e)
{
	struct listing *l = ctx;
	auto_buf b = BUF_INIT;
	bool pass = strcmp(row->verdict, "pass") == 0;

	(void)c, (void)e;
	l->passed += pass;
	if (pass && !l->passes)
		return 0;
	text_add_clean(&b, row->subject, false);
	if (row->detail.n) {
		buf_add_str(&b, "  ");
		text_add_clean(&b, row->detail, false);
	}
	printf("  %-14s %s\n", row->verdict, buf_str(&b));
	return 0;
}

static int judge(const struct check *c, const char *site, const struct wish *w, struct err *e)
{
	struct listing l = {.passes = w->passes};
	auto_db db = {0};

	if (assessment_open(&db, site, e))
		return -1;
	printf("\nVerdicts in %s\n", site);
	if (check_run(&db, c, print_row, &l, e))
		return -1;
	if (!w->passes && l.passed)
		printf("  %" PRId64 " passed (--passes lists them)\n", l.passed);
	return assessment_exit(&db);
}

static void put_needs(const char *before, const struct knowledge_need *needs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < needs[i].n; k++)
			printf("  %s%s\n", k ? "or " : before, needs[i].any[k]);
}

static int show(const struct check_set *set, const struct opt_list *rest, const struct wish *w, struct err *e)
{
	const struct check *c = rest->n > 1 ? check_find(set, rest->at[1]) : NULL;

	if (rest->n < 2 || rest->n > 3)
		return err_set(e, ERR_USAGE, "checks show takes the id of a check, and SITE.db for its verdicts there");
	if (!c)
		return err_set(e, ERR_USAGE, "no check has the id '%s' (plimsoll checks list)", rest->at[1]);
	printf("%s\n%s\nseverity %s, domain %s, effort %s, for %s\n", c->id, c->title, c->severity, c->domain, c->effort, c->owner);
	put_wrapped("Why", c->why);
	put_wrapped("Fix", c->fix);
	if (c->patch)
		put_wrapped("Patch", c->patch);
	if (c->false_positives)
		put_wrapped("When a fail may be right", c->false_positives);
	printf("\nNeeds\n");
	put_needs("", c->needs, c->needs_n);
	put_needs("to pass also: ", c->to_pass, c->to_pass_n);
	print_sql(c);
	return rest->n == 3 ? judge(c, rest->at[2], w, e) : 0;
}

/* 1 when cases failed. */
static int dispatch(void *ctx, const struct opt_list *rest, struct err *e)
{
	const struct wish *w = ctx;
	auto_checks set = {0};
	int64_t failed;

	if (check_set_load(&set, w->checks, e))
		return -1;
	if (strcmp(rest->at[0], "list") == 0)
		return list(&set, w, e);
	if (strcmp(rest->at[0], "show") == 0)
		return show(&set, rest, w, e);
	if (strcmp(rest->at[0], "test") != 0)
		return err_set(e, ERR_USAGE, "checks: list, show or test, not '%s'", rest->at[0]);
	failed = check_test(&set, rest->n > 1 ? rest->at[1] : NULL, e);
	return failed > 0 ? 1 : (int)failed;
}

static const char more[] = "list           every check: severity, id, title (--domain, --format json)\n"
			   "show ID [SITE.db]  what it asks, why, how to mend it; with SITE.db its verdicts there (--passes: all)\n"
			   "test [PREFIX]  the cases beside each check file (docs/checks.md)\n\n"
			   "Exit codes: 0 done, 1 a case failed, 2 usage, 3 a check file is wrong, 4 evidence given for SITE.db could not all be read.\n";

int cmd_checks(int argc, char **argv)
{
	struct wish w = {.format = "table"};
	const struct opt table[] = {
		{"checks", 0, OPT_TEXT, &w.checks, "DIR", "Further checks of your own."},
		{"domain", 0, OPT_TEXT, &w.domain, "NAME", "Only iam, registry, scanning, content, runtime or data."},
		{"format", 0, OPT_TEXT, &w.format, "FORMAT", "table (default) or json."},
		{"passes", 0, OPT_FLAG, &w.passes, NULL, "List what passed too."},
		{0},
	};
	const struct opts opts = {.command = "checks", .synopsis = "list | show ID [SITE.db] | test [PREFIX]",
				  .summary = "Lists the checks, explains one, runs their cases.", .table = table, .more = more, .min = 1, .max = 3};

	return opts_run(&opts, argc, argv, dispatch, &w);
}
