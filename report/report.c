// SPDX-License-Identifier: Apache-2.0
// plimsoll report: templates and a database give PDF files. What stands in them is the templates'.
#include "report.h"
#include "commands.h"
#include "common/assessment.h"
#include "common/embed.h"
#include "common/hash.h"
#include "common/opts.h"
#include "common/outfile.h"
#include "common/sandbox.h"
#include "expand.h"
#include "file-read.h"
#include "findings.h"
#include "layout.h"

#include <stdio.h>

enum { TEMPLATE_MIB_MAX = 4 };

static const char *const standard[] = {"cgar", "csb", "deck"};

/* Documents whose template has another name than what is written. */
static const struct {
	const char *name, *template;
} named[] = {{"reviews", "access-review"}};

struct paper {
	const char *name;
	float width, height;
};
static const struct paper papers[] = {{"a4", 595.28f, 841.89f}, {"letter", 612, 792}, {"16:9", 720, 405}};

static const struct paper *paper_find(const char *name)
{
	for (size_t i = 0; i < sizeof(papers) / sizeof(papers[0]); i++)
		if (strcmp(papers[i].name, name) == 0)
			return &papers[i];
	return NULL;
}

static bool name_plain(const char *name)
{
	return *name && strlen(name) < 60 && strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == strlen(name);
}

/* The template of a document: in the user's folder, else in the program. */
static int template_find(struct arena *a, const struct report_options *o, const char *name, const char **path, struct span *text, struct err *e)
{
	if (!name_plain(name))
		return err_set(e, ERR_USAGE, "'%s' is no name of a document", name);
	if (o->templates) {
		FILE *f;

		*path = arena_printf(a, "%s/%s.md", o->templates, name);
		f = fopen(*path, "rbe");
		if (f) {
			fclose(f);
			return file_read(a, *path, TEMPLATE_MIB_MAX, text, e);
		}
	}
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (strcmp(named[i].name, name) == 0)
			name = named[i].template;
	*path = arena_printf(a, "templates/%s.md", name);
	*text = embed_find(*path);
	return text->p ? 0 : err_set(e, ERR_USAGE, "no document is named '%s'; there are cgar, csb, deck and reviews, or yours in --templates", name);
}

static int paper_set(struct document *d, const struct template *t, const struct report_options *o, struct err *e)
{
	char name[8] = "a4";
	const struct paper *p;

	if (t->paper.p && t->paper.n < sizeof(name))
		snprintf(name, sizeof(name), "%.*s", (int)t->paper.n, t->paper.p);
	p = paper_find(o->paper && !t->slides ? o->paper : name);
	if (!p || (o->paper && strcmp(o->paper, "16:9") == 0))
		return err_set(e, ERR_USAGE, "--paper %s: a4 or letter", o->paper ? o->paper : name);
	d->width = p->width;
	d->height = p->height;
	return 0;
}

static int pdf_write(struct layout *l, const char *path, int64_t created, struct err *e)
{
	struct document *d = l->d;
	struct pdf_info info = {arena_strndup(d->arena, d->title.p, d->title.n), NULL, NULL, created};
	auto_outfile out = OUTFILE_INIT;
	struct pdf *pdf;
	int rc;

	if (d->theme->firm.n)
		info.author = arena_strndup(d->arena, d->theme->firm.p, d->theme->firm.n);
	if (outfile_begin(&out, path, false, e))
		return -1;
	pdf = pdf_new(&info, d->fonts, e);
	if (!pdf)
		return -1;
	layout_draw(l, pdf);
	rc = pdf_save(pdf, out.part, e);
	pdf_free(pdf);
	return rc ? -1 : outfile_commit(&out, e);
}

/* DIR/NAME-notes.txt: what the speaker says, slide by slide. */
static int notes_write(const struct layout *l, const char *path, struct err *e)
{
	const struct document *d = l->d;
	auto_buf b = BUF_INIT;

	buf_add_span(&b, d->title);
	buf_add_str(&b, ": speaker notes\n");
	for (size_t i = 0; i < d->speech_count; i++) {
		const struct speech *s = &d->speeches[i];

		if (!l->targets[s->heading].placed)
			continue;
		buf_add_str(&b, arena_printf(d->arena, "\n%zu  ", l->targets[s->heading].page + 1));
		buf_add_span(&b, d->blocks[s->heading].plain);
		buf_add_str(&b, "\n\n");
		buf_add_span(&b, s->text);
		buf_add_char(&b, '\n');
	}
	return outfile_write(path, b.p, b.n, e);
}

struct shared {
	const struct report_options *o;
	struct db *db;
	const struct fonts *fonts;
	const struct theme *theme;
	int64_t created;
	char *csv; /* SHA-256 of findings.csv; empty: not written yet */
};

static int document_build(const struct shared *s, const char *name, struct err *e)
{
	auto_arena arena = ARENA_INIT;
	struct document d = {.arena = &arena, .fonts = s->fonts, .theme = s->theme};
	struct sandbox limits;
	struct template t;
	auto_layout l = {0};
	const char *path = NULL;
	struct span text;
	int rc;

	if (template_find(&arena, s->o, name, &path, &text, e) || template_read(&t, &arena, path, text, e) || paper_set(&d, &t, s->o, e))
		return -1;
	if (span_has(text, "findings.csv")) {
		if (!*s->csv && findings_file(s->db, &findings_csv, arena_printf(&arena, "%s/findings.csv", s->o->folder), s->csv, e))
			return -1;
		d.findings_sha256 = span_of(s->csv);
	}
	sandbox_start(s->db, &limits);
	rc = document_expand(&d, &t, s->db, e);
	sandbox_stop(s->db, &limits);
	if (rc)
		return -1;
	layout_set(&l, &d);
	if (l.warning.kind)
		warn("%s", l.warning.msg);
	path = arena_printf(&arena, "%s/%s.pdf", s->o->folder, name);
	if (pdf_write(&l, path, s->created, e))
		return -1;
	if (!s->o->quiet)
		printf("%s: %zu %s\n", path, l.pages, d.slides ? "slides" : "pages");
	if (!d.speech_count)
		return 0;
	path = arena_printf(&arena, "%s/%s-notes.txt", s->o->folder, name);
	if (notes_write(&l, path, e))
		return -1;
	if (!s->o->quiet)
		printf("%s: what to say\n", path);
	return 0;
}

int report_build(struct db *db, const struct report_options *o, struct err *e)
{
	size_t n = o->count ? o->count : sizeof(standard) / sizeof(standard[0]);
	auto_arena arena = ARENA_INIT;
	auto_fonts fonts = {0};
	struct theme theme;
	char csv[HASH_HEX] = "";
	struct shared s = {o, db, &fonts, &theme, db_int(db, 0, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'as-of'", ""), csv};

	if (o->findings_sha256)
		snprintf(csv, sizeof(csv), "%s", o->findings_sha256);
	if ((o->theme ? theme_load(&theme, &arena, o->theme, e) : theme_default(&theme, &arena, e)) || fonts_load(&fonts, e) || outfile_mkdir(o->folder, e))
		return -1;
	for (size_t i = 0; i < n; i++)
		if (document_build(&s, o->count ? o->names[i] : standard[i], e))
			return -1;
	return 0;
}

/* A folder that the run made and had nothing to put into goes with it. */
static int run(void *ctx, const struct opt_list *operands, struct err *e)
{
	struct report_options *o = ctx;
	auto_db db = {0};
	size_t existed;

	if (!o->folder)
		return err_set(e, ERR_USAGE, "report needs -o DIR");
	o->names = operands->at + 1;
	o->count = operands->n - 1;
	existed = outfile_existing(o->folder);
	if (assessment_open(&db, operands->at[0], e) || report_build(&db, o, e)) {
		outfile_unmkdir(o->folder, existed);
		return -1;
	}
	return assessment_exit(&db);
}

int cmd_report(int argc, char **argv)
{
	struct report_options o = {0};
	const struct opt table[] = {
		{"output", 'o', OPT_TEXT, &o.folder, "DIR", "Folder for the PDF files."},
		REPORT_OPTS(o),
		{.name = NULL},
	};
	const struct opts opts = {"report", "-o DIR SITE.db [cgar csb deck reviews]", "Write the documents of an assessment as PDF.", table,
				  "Documents: cgar (gap analysis), csb (blueprint), deck (slides), reviews (who may do what, to sign), or NAME for NAME.md in --templates.\n"
				  "Where SITE.db is asked for, evidence may stand too.",
				  1, -1};

	return opts_run(&opts, argc, argv, run, &o);
}
