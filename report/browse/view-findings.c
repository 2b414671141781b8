// SPDX-License-Identifier: Apache-2.0
// The list of findings with its filters. Only the ids are held; the rows that show are fetched.
#include "view.h"
#include "common/text.h"

enum { FILTERS = 5, ID = 17 };
enum { SEVERITY, DOMAIN, NAMESPACE, VERDICT, WORDS };
static const char *const filter_names[FILTERS] = {"severity", "domain", "namespace", "verdict", "text"};

struct findings {
	struct view view;
	struct cursor cursor;
	char filter[FILTERS][200]; /* empty: all */
	char (*ids)[ID];
	int64_t n;
	bool stale;
	int rows;
};

static const char *const severities[] = {"critical", "high", "medium", "low", "info", "", NULL};
static const char *const domains[] = {"iam", "registry", "scanning", "content", "runtime", "data", "", NULL};
static const char *const verdicts[] = {"fail", "manual", "not-assessed", "error", "", NULL};

static void cycle(char *current, size_t cap, const char *const *values)
{
	size_t i = 0;

	while (values[i] && strcmp(values[i], current) != 0)
		i++;
	if (!current[0])
		i = 0;
	else if (values[i] && values[i + 1])
		i++;
	else
		i = 0;
	snprintf(current, cap, "%s", values[i]);
}

static int refresh_ids(struct findings *f, struct browser *b, struct err *e)
{
	static const char sql[] =
		"SELECT id FROM v_finding WHERE (?1 = '' OR severity = ?1) AND (?2 = '' OR domain = ?2) AND (?3 = '' OR namespace = ?3) "
		"AND (?4 = '' OR verdict = ?4) AND (?5 = '' OR instr(lower(subject || ' ' || title || ' ' || check_id || ' ' || detail), lower(?5))) "
		"ORDER BY verdict = 'fail' AND accepted IS NULL DESC, rank DESC, check_id, subject, id";
	sqlite3_stmt *s = db_stmt(b->db, sql);
	int64_t cap = 0;
	int rc;

	db_bind(s, "sssss", f->filter[SEVERITY], f->filter[DOMAIN], f->filter[NAMESPACE], f->filter[VERDICT], f->filter[WORDS]);
	f->n = 0;
	free(f->ids);
	f->ids = NULL;
	while ((rc = db_step(b->db, s, e)) == 1) {
		if (f->n == cap) {
			cap = cap ? cap * 2 : 256;
			f->ids = realloc(f->ids, (size_t)cap * ID);
			if (!f->ids)
				die("out of memory");
		}
		snprintf(f->ids[f->n++], ID, "%.*s", SPAN_ARG(db_text(s, 0)));
	}
	sqlite3_reset(s);
	f->stale = false;
	return rc;
}

static void set_title(struct findings *f)
{
	size_t at = (size_t)snprintf(f->view.title, sizeof(f->view.title), "findings  %lld", (long long)f->n);

	for (int i = 0; i < FILTERS && at < sizeof(f->view.title); i++)
		if (f->filter[i][0])
			at += (size_t)snprintf(f->view.title + at, sizeof(f->view.title) - at, "  %s=%s", filter_names[i], f->filter[i]);
}

static int draw_row(struct findings *f, struct browser *b, int y, int64_t i, struct err *e)
{
	static const char sql[] = "SELECT severity, verdict, title, subject, accepted IS NOT NULL FROM v_finding WHERE id = ?";
	sqlite3_stmt *s = db_stmt(b->db, sql);
	int width = term_columns(), title = width > 100 ? 46 : 36;
	bool here = i == f->cursor.at;

	db_bind(s, "s", f->ids[i]);
	if (db_step(b->db, s, e) == 1) {
		const char *letter;
		enum style style = browse_severity(db_text(s, 0), &letter);
		bool fails = span_eq(db_text(s, 1), "fail");

		term_printf(y, 1, 1, STYLE_BOLD, "%s", here ? ">" : " ");
		term_printf(y, 3, 1, style, "%s", letter);
		term_put(y, 5, 4, fails ? STYLE_PLAIN : STYLE_DIM, true,
			 sqlite3_column_int(s, 4) ? SPAN("acc") : fails ? SPAN("gap") : span_eq(db_text(s, 1), "not-assessed") ? SPAN("n/as") : db_text(s, 1));
		term_put(y, 10, title, here ? STYLE_SELECTED : STYLE_PLAIN, true, db_text(s, 2));
		term_put(y, 11 + title, width - title - 12, STYLE_DIM, false, db_text(s, 3));
	}
	sqlite3_reset(s);
	return 0;
}

static int draw(struct view *v, struct browser *b, int top, int rows, struct err *e)
{
	struct findings *f = (struct findings *)v;

	if (f->stale && refresh_ids(f, b, e) < 0)
		return -1;
	f->rows = rows;
	cursor_act(&f->cursor, ACT_NONE, f->n, rows);
	set_title(f);
	if (!f->n)
		term_put(top + 1, 3, term_columns() - 4, STYLE_DIM, false, SPAN("no finding with these filters (x clears them)"));
	for (int y = 0; y < rows && f->cursor.first + y < f->n; y++)
		if (draw_row(f, b, top + y, f->cursor.first + y, e))
			return -1;
	return 0;
}

static void filter_by_namespace(struct findings *f, struct browser *b, struct err *e)
{
	sqlite3_stmt *s = db_stmt(b->db, "SELECT namespace FROM finding WHERE id = ?");

	if (f->filter[NAMESPACE][0]) {
		f->filter[NAMESPACE][0] = 0;
		return;
	}
	if (!f->n)
		return;
	db_bind(s, "s", f->ids[f->cursor.at]);
	if (db_step(b->db, s, e) == 1)
		snprintf(f->filter[NAMESPACE], sizeof(f->filter[NAMESPACE]), "%.*s", SPAN_ARG(db_text(s, 0)));
	sqlite3_reset(s);
}

/* "sev high", "dom iam", "ns payments", "verdict fail"; a word alone clears that filter. */
static void command(struct findings *f, struct browser *b, struct span text)
{
	static const struct {
		const char *word;
		int filter;
	} words[] = {{"sev", SEVERITY}, {"dom", DOMAIN}, {"ns", NAMESPACE}, {"verdict", VERDICT}, {"text", WORDS}};
	struct span rest = span_trim(text), word = span_cut(&rest, ' ');

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_eq(word, words[i].word)) {
			rest = span_trim(rest);
			snprintf(f->filter[words[i].filter], sizeof(f->filter[0]), "%.*s", SPAN_ARG(rest));
			return;
		}
	snprintf(b->message, sizeof(b->message), "commands: sev WORD, dom WORD, ns NAME, verdict WORD, text WORDS, q");
}

static int act(struct view *v, struct browser *b, enum action a, struct span text, struct err *e)
{
	struct findings *f = (struct findings *)v;

	if (cursor_act(&f->cursor, a, f->n, f->rows))
		return 0;
	f->stale = true;
	switch (a) {
	case ACT_OPEN:
		f->stale = false;
		if (f->n)
			browse_push(b, view_detail_new(span_of(f->ids[f->cursor.at])));
		break;
	case ACT_SEVERITY:
		cycle(f->filter[SEVERITY], sizeof(f->filter[0]), severities);
		break;
	case ACT_DOMAIN:
		cycle(f->filter[DOMAIN], sizeof(f->filter[0]), domains);
		break;
	case ACT_VERDICT:
		cycle(f->filter[VERDICT], sizeof(f->filter[0]), verdicts);
		break;
	case ACT_NAMESPACE:
		filter_by_namespace(f, b, e);
		break;
	case ACT_SEARCH:
		snprintf(f->filter[WORDS], sizeof(f->filter[0]), "%.*s", SPAN_ARG(text));
		break;
	case ACT_COMMAND:
		command(f, b, text);
		break;
	case ACT_CLEAR:
		memset(f->filter, 0, sizeof(f->filter));
		break;
	default:
		f->stale = false;
		return 0;
	}
	if (f->stale)
		f->cursor = (struct cursor){0};
	return 0;
}

static void findings_free(struct view *v)
{
	free(((struct findings *)v)->ids);
	free(v);
}

struct view *view_findings_new(const char *where_column, struct span value)
{
	struct findings *f = calloc(1, sizeof(*f));

	if (!f)
		die("out of memory");
	f->view = (struct view){.name = "findings", .hints = " Enter open  / search  s severity  d domain  N namespace  v verdict  ? help",
				.draw = draw, .act = act, .free = findings_free};
	f->stale = true;
	for (int i = 0; where_column && i < FILTERS; i++)
		if (strcmp(filter_names[i], where_column) == 0)
			snprintf(f->filter[i], sizeof(f->filter[i]), "%.*s", SPAN_ARG(value));
	return &f->view;
}
