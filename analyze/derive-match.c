// SPDX-License-Identifier: Apache-2.0
// Packages against feeds. Version order is common/version.c's, what feeds say vulnfeeds/'s; what could not be judged is
// derive-coverage.c's.
#include "derive-match.h"

#include "common/arena.h"
#include "common/limits.h"
#include "common/red-hat.h"
#include "common/text.h"
#include "common/version.h"
#include "distinct.h"
#include "derive-coverage.h"
#include "derive-facts.h"
#include "derive-kubernetes.h"
#include "derive-open.h"
#include "derive-products.h"
#include "derive-said.h"
#include "derive-vex.h"
#include "placed-version.h"
#include "streams.h"

/* What one package version has, before it is written for each component that is judged by it. */
struct hit {
	struct hit *next;
	struct span name;      /* primary id */
	int64_t id;	       /* row of vulnerability; 0: not yet written */
	struct span status, fixed, advisory;
	struct span names;     /* of all feeds, one text */
	int64_t feed, date;    /* that decided, and its newest date */
	int64_t cleared;       /* newest date of a feed that says that the package is not affected; -1: none */
	struct span subscription; /* the fix that only Ubuntu Pro has, or Red Hat's extended streams */
	bool satisfied;	       /* a fix of the release itself is installed */
	bool mended;	       /* so it is, by a feed of Debian's or Ubuntu's, the newest of this date */
	int64_t mended_date;
	struct span product;   /* of Red Hat's, beside Enterprise Linux, that decided; absent: none */
	bool unsure;	       /* whether that one is where the package comes from is not known */
	bool own;	       /* there is a fix built by who built the package */
	struct said esm;       /* Ubuntu Pro's statement with the highest fix that is not installed; fixed absent: none */
	bool esm_fixed;	       /* one that is */
	struct feed_name {
		struct feed_name *next;
		struct span name;
	} *feeds;
};

struct group {
	struct span ecosystem, release, name, version, module;
	bool binary;
	bool no_epoch; /* the version comes from a source rpm's name, which has none */
	bool modular, live; /* it is a module's, by its label or its release; a live patch of Oracle's */
	bool pro;      /* Ubuntu Pro is in use */
	/* Red Hat's alone: */
	const struct product_list *products; /* where it comes from; NULL: does not matter */
	struct span other;		     /* the source's name where `name` is the package's, and the reverse */
	enum version_scheme scheme;
	struct hit *hits;
};

/* What was found of a group, in the order of `vulnerability`. */
struct result {
	struct hit **hits;
	size_t n;
	bool unplaced; /* feeds speak of it, but its version stands nowhere in their order */
};

struct match_state {
	struct db *site, *feeds;
	struct said_store said;
	struct facts facts;
	struct products products;
	struct arena arena;	    /* results */
	struct map results;	    /* a group as one text: struct result */
	struct map vulnerabilities; /* primary id: its row */
	struct buf key, name;	    /* buffers */
	struct group g;		    /* that is judged now */
};

/* ---- is this version affected? */

/* "1:2.0-3" without its epoch, where that of the package is not known. */
static struct span bound_of(const struct group *g, struct span v)
{
	struct span rest = v, digits;

	if (!g->no_epoch || !v.p)
		return v;
	digits = version_take_digits(&rest);
	return digits.n > 0 && rest.n > 0 && rest.p[0] == ':' ? (struct span){rest.p + 1, rest.n - 1} : v;
}

static int version_cmp(const struct group *g, struct span bound)
{
	return version_compare(g->scheme, placed_version(g->ecosystem, g->version, bound), bound_of(g, bound));
}

static bool in_versions(const struct group *g, struct span list)
{
	while (list.p) {
		struct span v = span_cut(&list, '\n');

		if (span_is(v, g->version) || version_cmp(g, v) == 0)
			return true;
	}
	return false;
}

static bool contains(const struct group *g, const struct said *r)
{
	if (r->versions.p && in_versions(g, r->versions))
		return true;
	if (r->introduced.p && version_cmp(g, r->introduced) < 0)
		return false;
	if (r->fixed.p)
		return version_cmp(g, r->fixed) < 0;
	return !r->last.p || version_cmp(g, r->last) <= 0;
}

/* "nodejs:12" of the label "nodejs:12:8020020200707:6a468ee4" */
static struct span stream_of(struct span label)
{
	struct span rest = label, name = span_cut(&rest, ':'), stream = span_cut(&rest, ':');

	return stream.p ? (struct span){label.p, name.n + 1 + stream.n} : label;
}

/* A statement about a module's package says nothing about one of the same name outside of it, and the reverse. A package
 * without a label may still tell by its release that it is a module's; of which one is then not known. */
static bool same_module(const struct group *g, struct span module)
{
	if (g->live || span_eq(module, "ksplice"))
		return g->live && span_eq(module, "ksplice");
	if (!module.p)
		return !g->modular || g->scheme != VERSION_RPM;
	if (!g->modular || span_eq(module, "*"))
		return g->modular;
	while (g->module.n > 0 && module.p)
		if (span_is(stream_of(g->module), span_cut(&module, ' ')))
			return true;
	return g->module.n == 0;
}

/* ---- one row per primary id */

static struct span keep(struct match_state *st, struct span s)
{
	return s.p ? (struct span){arena_strndup(&st->arena, s.p, s.n), s.n} : s;
}

static struct hit *hit_named(struct match_state *st, struct span name)
{
	struct hit **at = &st->g.hits;
	struct hit *h;

	for (; *at && span_cmp((*at)->name, name) < 0; at = &(*at)->next)
		;
	if (*at && span_is((*at)->name, name))
		return *at;
	h = arena_alloc(&st->arena, sizeof(*h));
	*h = (struct hit){.name = name, .next = *at, .cleared = -1};
	*at = h;
	return h;
}

static void add_feed_name(struct match_state *st, struct hit *h, struct span name)
{
	struct feed_name **at = &h->feeds, *f;

	for (; *at && span_cmp((*at)->name, name) < 0; at = &(*at)->next)
		;
	if (*at && span_is((*at)->name, name))
		return;
	f = arena_alloc(&st->arena, sizeof(*f));
	*f = (struct feed_name){*at, name};
	*at = f;
}

/* A statement with a fix counts before one without; of several fixes the highest (several advisories for one CVE: the
 * last one completes the fix); of equal ones the newer feed. */
static bool stronger(const struct match_state *st, const struct hit *h, struct span fixed, int64_t date)
{
	int d;

	if (!h->feed || !h->fixed.p || !fixed.p)
		return !h->feed || fixed.p || (!h->fixed.p && date > h->date);
	d = version_compare(st->g.scheme, fixed, h->fixed);
	return d > 0 || (d == 0 && date > h->date);
}

/* Debian and Ubuntu decide once for a source package of a release: a fix that is installed undoes what another list, or an earlier state of it, has
 * about the time before ("no-dsa", "postponed", "needed"). */
static void note_fix(struct match_state *st, const struct said *r)
{
	struct hit *h;

	if (st->g.scheme != VERSION_DEB || r->fixed.n == 0 || r->introduced.p || !span_eq(r->status, "affected"))
		return;
	h = hit_named(st, r->primary);
	h->satisfied = h->mended = true;
	h->mended_date = r->date > h->mended_date ? r->date : h->mended_date;
}

/* Unless it is a newer feed that says that it is open: then the fix was none. */
static bool is_undone(const struct hit *h)
{
	return h->mended && !h->fixed.p && (!span_eq(h->status, "unfixed") || h->date <= h->mended_date);
}

static void take_row(struct match_state *st, const struct said *r)
{
	bool unfixed = span_eq(r->status, "unfixed");
	struct span fixed = r->fixed.n > 0 && !unfixed ? r->fixed : SPAN_NONE;
	struct hit *h;

	if (!same_module(&st->g, r->module))
		return;
	if (!contains(&st->g, r)) {
		note_fix(st, r);
		return;
	}
	h = hit_named(st, r->primary);
	if (span_eq(r->status, "not-affected")) {
		h->cleared = r->date > h->cleared ? r->date : h->cleared;
		return;
	}
	add_feed_name(st, h, r->feed_name);
	if (!stronger(st, h, fixed, r->date))
		return;
	h->fixed = fixed;
	h->advisory = r->advisory;
	h->status = fixed.p ? SPAN("affected") : span_eq(r->status, "affected") ? SPAN("unfixed") : r->status;
	h->feed = r->feed;
	h->date = r->date;
}

/* Takes out what a feed as new as the one that decided says the package is not affected by. */
static void drop_cleared(struct match_state *st)
{
	for (struct hit **at = &st->g.hits; *at;)
		if (!(*at)->feed || (*at)->cleared >= (*at)->date || is_undone(*at))
			*at = (*at)->next;
		else
			at = &(*at)->next;
}

/* ---- extended streams */

/* What Ubuntu Pro says counts for those who have it; to others it tells that there is a fix they cannot get. A build of Pro's that is installed
 * holds its fixes in any case. */
static void take_esm(struct match_state *st, const struct said *r)
{
	struct hit *h;

	if (r->fixed.n == 0 || !span_eq(r->status, "affected"))
		return;
	h = hit_named(st, r->primary);
	if (version_cmp(&st->g, r->fixed) >= 0)
		h->esm_fixed = h->esm_fixed || st->g.pro || streams_is_esm(st->g.version);
	else if (contains(&st->g, r) && (!h->esm.fixed.p || version_compare(st->g.scheme, r->fixed, h->esm.fixed) > 0))
		h->esm = *r;
}

static void merge_esm(struct match_state *st, struct hit *h)
{
	if (h->esm_fixed && !h->esm.fixed.p)
		h->feed = 0;
	if (h->fixed.p || h->satisfied || !h->esm.fixed.p || (!h->feed && (h->cleared >= 0 || h->esm_fixed)))
		return;
	if (st->g.pro)
		h->fixed = h->esm.fixed;
	else
		h->subscription = h->esm.fixed;
	h->status = st->g.pro ? SPAN("affected") : SPAN("fix-in-ubuntu-pro");
	h->advisory = h->esm.advisory;
	h->feed = h->esm.feed;
	h->date = h->esm.date;
	add_feed_name(st, h, h->esm.feed_name);
}

static int add_esm(struct match_state *st, struct err *e)
{
	const struct said_list *list = said_of(&st->said, SPAN("Ubuntu:Pro"), st->g.release, st->g.name, false, e);

	if (!list)
		return -1;
	if (!list->n)
		return 0;
	for (size_t i = 0; i < list->n; i++)
		take_esm(st, &list->at[i]);
	for (struct hit *h = st->g.hits; h; h = h->next)
		merge_esm(st, h);
	return 0;
}

/* "9" of "rhel_eus:9.2" */
static struct span main_stream(struct span stream)
{
	span_cut(&stream, ':');
	return span_cut(&stream, '.');
}

/* Fixes of the main stream have other versions and do not count for an extended one; what has no fix there has none here either, unless the stream
 * itself has something to say of it. */
static int add_main_stream(struct match_state *st, struct err *e)
{
	const struct said_list *list = said_of(&st->said, st->g.ecosystem, main_stream(st->g.release), st->g.name, st->g.binary, e);

	for (size_t i = 0; list && i < list->n; i++)
		if (!list->at[i].fixed.p && !span_eq(list->at[i].status, "not-affected") &&
		    !db_int(st->feeds, 0,
			    "SELECT 1 FROM vuln v JOIN affected a ON a.vuln = v.id JOIN scope s ON s.id = a.scope WHERE v.name = ? AND s.ecosystem = ? AND s.release = ? LIMIT 1",
			    "ttt", list->at[i].primary, st->g.ecosystem, st->g.release))
			take_row(st, &list->at[i]);
	return list ? 0 : -1;
}

/* ---- Red Hat's other products */

static struct span product_of(struct span release)
{
	return span_cut(&release, ':');
}

static struct span major_of(const struct group *g)
{
	struct span of_stream = main_stream(g->release);

	return of_stream.p ? of_stream : g->release;
}

static bool same_builder(const struct group *g, struct span fixed)
{
	return span_is(red_hat_builder(g->version), red_hat_builder(fixed));
}

static bool has_own_fix(const struct match_state *st, const struct said_list *list, struct span primary)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->at[i].fixed.n > 0 && span_is(list->at[i].primary, primary) && same_module(&st->g, list->at[i].module) && same_builder(&st->g, list->at[i].fixed))
			return true;
	return false;
}

static struct hit *find_hit(struct hit *list, struct span name)
{
	for (; list && !span_is(list->name, name); list = list->next)
		;
	return list;
}

static bool is_open(const struct hit *h)
{
	return h && h->feed && h->cleared < h->date;
}

/* All that is said of a package by its own name and by its source's, in the distribution and in other products. */
struct beside {
	const struct said_list *base[2], *products[2]; /* of the name that judges, of the other one */
};

static int read_beside(struct match_state *st, struct beside *b, struct err *e)
{
	for (int i = 0; i < 2; i++) {
		b->base[i] = said_of(&st->said, st->g.ecosystem, st->g.release, i ? st->g.other : st->g.name, st->g.binary != i, e);
		b->products[i] = said_beside(&st->said, i ? st->g.other : st->g.name, st->g.binary != i, e);
		if (!b->base[i] || !b->products[i])
			return -1;
	}
	return 0;
}

static bool base_speaks(const struct beside *b, struct span primary)
{
	for (int i = 0; i < 2; i++)
		for (size_t k = 0; k < b->base[i]->n; k++)
			if (span_is(b->base[i]->at[k].primary, primary))
				return true;
	return false;
}

/* Where the statements of the product at `like` begin: the list is in their order. */
static size_t product_start(const struct said_list *list, struct span like)
{
	struct span key = {like.p, product_of(like).n + 1};
	size_t from = 0, to = list->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (span_cmp(list->at[middle].release, key) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* A product has fixed it for this release of Enterprise Linux: what it says of all its versions ("openshift:4") is then no more about this one. */
static void note_fixes(struct match_state *st, const struct said_list *list, struct span like, enum product_fit fit)
{
	for (size_t i = product_start(list, like); i < list->n && span_is(product_of(list->at[i].release), product_of(like)); i++) {
		const struct said *r = &list->at[i];
		struct hit *h;

		if (r->fixed.n == 0 || products_fit(st->g.products, r->release, major_of(&st->g)) != fit || !same_module(&st->g, r->module))
			continue;
		h = hit_named(st, r->primary);
		h->satisfied = true;
		h->own = h->own || same_builder(&st->g, r->fixed);
	}
}

/* What one product says, as hits of its own. Returns how many statements are about it. */
static size_t take_product(struct match_state *st, const struct beside *b, size_t from, enum product_fit fit)
{
	const struct said_list *list = b->products[0];
	struct span product = product_of(list->at[from].release);
	size_t n = from;

	for (int i = 0; i < 2; i++)
		note_fixes(st, b->products[i], list->at[from].release, fit);
	for (; n < list->n && span_is(product_of(list->at[n].release), product); n++) {
		const struct said *r = &list->at[n];
		struct hit *h;

		if (products_fit(st->g.products, r->release, major_of(&st->g)) != fit || (r->fixed.n == 0 && !span_eq(r->status, "not-affected") && hit_named(st, r->primary)->satisfied))
			continue;
		take_row(st, r);
		h = find_hit(st->g.hits, r->primary);
		if (h && h->feed && !h->product.p)
			h->product = r->release;
	}
	return n - from;
}

static void put_hit(struct match_state *st, const struct hit *from)
{
	struct hit *to = hit_named(st, from->name), *next = to->next;

	if (is_open(to) && !stronger(st, to, from->fixed, from->date)) {
		for (const struct feed_name *f = from->feeds; f; f = f->next)
			add_feed_name(st, to, f->name);
		return;
	}
	*to = *from;
	to->next = next;
}

/* Of a package that one of both has built, by its release, the builder's word counts; else either's. */
static void merge_product(struct match_state *st, const struct beside *b, struct hit *product)
{
	for (struct hit *h = product; h; h = h->next) {
		struct hit *to = find_hit(st->g.hits, h->name);
		bool base_own = h->satisfied && (has_own_fix(st, b->base[0], h->name) || has_own_fix(st, b->base[1], h->name));

		if (h->own && !base_own && to)
			to->feed = 0;
		if (is_open(h) && (h->own || !base_own))
			put_hit(st, h);
	}
}

/* Where it is not known whether a package is a product's, the product's word is no finding, and no all-clear: it is under investigation, unless the
 * distribution has something to say of it, and nothing tells that somebody else has built it. */
static void merge_unsure(struct match_state *st, const struct beside *b, struct hit *product)
{
	bool built_elsewhere = red_hat_builder(st->g.version).n > 0;

	for (struct hit *h = product; h; h = h->next) {
		if (!is_open(h) || is_open(find_hit(st->g.hits, h->name)) || (!built_elsewhere && base_speaks(b, h->name)))
			continue;
		h->status = SPAN("under-investigation");
		h->fixed = SPAN_NONE;
		h->unsure = true;
		put_hit(st, h);
	}
}

static int add_products(struct match_state *st, struct err *e)
{
	struct beside b;

	if (read_beside(st, &b, e))
		return -1;
	for (int fit = PRODUCT_YES; fit >= PRODUCT_MAYBE; fit--) {
		for (size_t i = 0; i < b.products[0]->n;) {
			struct hit *before = st->g.hits, *product;

			st->g.hits = NULL;
			i += take_product(st, &b, i, (enum product_fit)fit);
			product = st->g.hits;
			st->g.hits = before;
			if (fit == PRODUCT_YES)
				merge_product(st, &b, product);
			else
				merge_unsure(st, &b, product);
		}
	}
	return 0;
}

/* The highest fix that a stream which costs extra has for what the main one leaves open. A build of it that is installed has its fixes. */
static void take_paid(struct match_state *st, const struct said_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct said *r = &list->at[i];
		struct hit *h = r->fixed.n > 0 && same_module(&st->g, r->module) ? find_hit(st->g.hits, r->primary) : NULL;

		if (!h || h->fixed.p || h->product.p)
			continue;
		if (version_cmp(&st->g, r->fixed) >= 0)
			h->esm_fixed = true;
		else if (!h->subscription.p || version_compare(st->g.scheme, r->fixed, h->subscription) > 0)
			h->subscription = r->fixed;
	}
}

/* The extended life of the release, and the streams of the point release that the package was built for ("el8_4"). */
static int add_paid_streams(struct match_state *st, struct err *e)
{
	static const char *const streams[] = {"els", "eus", "aus", "tus", "e4s"};
	auto_arena a = ARENA_INIT;
	const char *mark = arena_printf(&a, "el%.*s_", SPAN_ARG(st->g.release)), *at = st->g.version.n ? memmem(st->g.version.p, st->g.version.n, mark, strlen(mark)) : NULL;
	struct span rest = at ? (struct span){at + strlen(mark), (size_t)(st->g.version.p + st->g.version.n - at) - strlen(mark)} : SPAN_NONE, minor = version_take_digits(&rest);
	struct span point = span_of(arena_printf(&a, "%.*s.%.*s", SPAN_ARG(st->g.release), SPAN_ARG(minor)));

	if (!st->g.hits)
		return 0;
	for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]) && (i == 0 || minor.n > 0); i++) {
		struct span release = red_hat_stream(&a, streams[i], st->g.release, i ? point : st->g.release);
		const struct said_list *list = said_of(&st->said, st->g.ecosystem, release, st->g.binary ? st->g.name : st->g.other, true, e);

		if (!list)
			return -1;
		take_paid(st, list);
	}
	for (struct hit **h = &st->g.hits; *h;)
		if ((*h)->esm_fixed && !(*h)->subscription.p)
			*h = (*h)->next;
		else
			h = &(*h)->next;
	return 0;
}

static int find_hits(struct match_state *st, struct err *e)
{
	const struct said_list *list = said_of(&st->said, st->g.ecosystem, st->g.release, st->g.name, st->g.binary, e);

	if (!list)
		return -1;
	for (size_t i = 0; i < list->n; i++)
		take_row(st, &list->at[i]);
	if (span_eq(st->g.ecosystem, "Ubuntu") && add_esm(st, e))
		return -1;
	if (span_eq(st->g.ecosystem, "Red Hat") && main_stream(st->g.release).p && add_main_stream(st, e))
		return -1;
	if (st->g.products && add_products(st, e))
		return -1;
	drop_cleared(st);
	return st->g.products && !main_stream(st->g.release).p ? add_paid_streams(st, e) : 0;
}

/* ---- each package version once, each component once */

static int hit_cmp(const void *a, const void *b)
{
	const struct hit *x = *(struct hit *const *)a, *y = *(struct hit *const *)b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static struct span joined_names(struct match_state *st, const struct hit *h)
{
	auto_buf names = BUF_INIT;

	for (const struct feed_name *f = h->feeds; f; f = f->next) {
		buf_add_span(&names, f->name);
		if (f->next)
			buf_add_str(&names, ", ");
	}
	return keep(st, buf_span(&names));
}

/* Hits as they will be written: each with its vulnerability's row, in their order, which is that of the table. */
static int settle(struct match_state *st, struct result *out, struct err *e)
{
	for (struct hit *h = st->g.hits; h; h = h->next)
		out->n++;
	out->hits = arena_array(&st->arena, out->n, sizeof(struct hit *));
	out->n = 0;
	for (struct hit *h = st->g.hits; h; h = h->next) {
		struct map_slot *slot = map_at(&st->vulnerabilities, h->name);

		if (!slot->value) {
			h->id = db_int(st->site, 0, "SELECT id FROM vulnerability WHERE name = ?", "t", h->name);
			if (!h->id && facts_write(&st->facts, h->name, h->feed, &h->id, e))
				return -1;
			slot->value = (void *)(intptr_t)h->id;
		}
		h->id = (intptr_t)slot->value;
		h->names = joined_names(st, h);
		out->hits[out->n++] = h;
	}
	qsort(out->hits, out->n, sizeof(struct hit *), hit_cmp);
	return 0;
}

/* A version that is none ("(devel)", "unknown", a commit) stands nowhere in the order: nothing can be said of it. Nor can of a program that was
 * built of no release of itself, which Go numbers before all that there are. */
static bool judgeable(const struct group *g)
{
	if (g->version.n == 0 || (g->scheme != VERSION_RPM && span_eq(g->module, "main")))
		return false;
	if (g->scheme == VERSION_GO)
		return version_compare(VERSION_GO, g->version, SPAN("(devel)")) > 0;
	return version_valid(g->scheme, g->version);
}

static int judge(struct match_state *st, const struct group *g, struct result *out, struct err *e)
{
	st->g = *g;
	st->g.scheme = version_scheme_of_ecosystem(g->ecosystem);
	if (st->g.scheme == VERSION_GO && span_eq(g->name, "stdlib"))
		st->g.version = placed_go_release(&st->arena, g->version);
	st->g.no_epoch = st->g.scheme == VERSION_RPM && !g->binary && !(g->version.n && memchr(g->version.p, ':', g->version.n));
	st->g.modular = g->module.n > 0 || span_has(g->version, ".module");
	st->g.live = span_has(g->version, ".ksplice");
	if (st->g.scheme == VERSION_NONE)
		return 0;
	if (!judgeable(&st->g)) {
		const struct said_list *list = said_of(&st->said, g->ecosystem, g->release, g->name, g->binary, e);

		out->unplaced = list && list->n > 0;
		return list ? 0 : -1;
	}
	return find_hits(st, e) || settle(st, out, e) ? -1 : 0;
}

static void group_key(struct buf *key, const struct group *g)
{
	const struct span parts[] = {g->ecosystem, g->release, g->name, g->version, g->module, g->products ? g->other : SPAN("")};

	buf_reset(key);
	buf_add_char(key, (char)(g->binary | g->pro << 1));
	buf_add(key, &g->products, sizeof(g->products));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		buf_add_span(key, parts[i]);
		buf_add_char(key, 0);
	}
}

/* What is remembered only saves work: where it has grown too large, it is gathered anew. */
static void forget(struct match_state *st)
{
	map_fini(&st->results);
	map_fini(&st->vulnerabilities);
	arena_fini(&st->arena);
	said_fini(&st->said);
}

static int write_matches(struct match_state *st, int64_t component, const struct result *r, struct err *e)
{
	/* Of the two ways to judge an rpm, by itself and by its source, the first counts. */
	static const char sql[] = "INSERT OR IGNORE INTO component_match(component, vulnerability, status, fixed, feed, feeds, advisory, subscription_fixed, product, unsure) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

	for (size_t i = 0; i < r->n; i++) {
		const struct hit *h = r->hits[i];

		if (db_run(st->site, e, sql, "iittittttb", component, h->id, h->status, h->fixed, h->feed, h->names, h->advisory, h->subscription, h->product, h->unsure))
			return -1;
	}
	return 0;
}

static int match_group(struct match_state *st, int64_t component, const struct group *g, struct err *e)
{
	struct map_slot *slot;

	if (st->results.n + st->said.rows > LIMIT_MATCH_REMEMBERED)
		forget(st);
	group_key(&st->key, g);
	slot = map_at(&st->results, buf_span(&st->key));
	if (!slot->value) {
		slot->key = keep(st, slot->key);
		slot->value = arena_alloc(&st->arena, sizeof(struct result));
		if (judge(st, g, slot->value, e))
			return -1;
	}
	if (((const struct result *)slot->value)->unplaced && db_run(st->site, e, "INSERT OR IGNORE INTO temp.unplaced VALUES (?)", "i", component))
		return -1;
	return write_matches(st, component, slot->value, e);
}

/* The name that feeds know a package by: without case, and for Python with runs of '-', '_' and '.' as one '-' (PEP 503). */
static struct span feed_name(struct buf *b, struct span type, struct span name)
{
	bool python = span_eq(type, "pypi");

	if (!python && !span_eq(type, "nuget") && !span_eq(type, "composer"))
		return name;
	buf_reset(b);
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!python || !strchr("-_.", c))
			buf_add_char(b, version_lower(c));
		else if (b->n == 0 || b->p[b->n - 1] != '-')
			buf_add_char(b, '-');
	}
	return buf_span(b);
}

/* Packages of distributions by their source; rpms, which some feeds name themselves, by themselves first. */
static int match_component(struct match_state *st, sqlite3_stmt *q, struct err *e)
{
	int64_t id = sqlite3_column_int64(q, 0);
	struct span type = db_text(q, 1), name = db_text(q, 4), version = db_text(q, 5), source = db_text(q, 6), source_version = db_text(q, 7);
	struct group g = {.ecosystem = db_text(q, 2), .release = db_text(q, 3), .module = db_text(q, 8), .pro = sqlite3_column_int(q, 9)};

	if (span_eq(g.ecosystem, "Red Hat") && !(g.products = products_of(&st->products, sqlite3_column_int64(q, 10), e)))
		return -1;
	if (span_eq(type, "rpm")) {
		g.binary = true;
		g.other = source;
		g.name = name;
		g.version = version;
		if (match_group(st, id, &g, e))
			return -1;
		g.binary = false;
		g.other = name;
	}
	g.name = source.p ? source : feed_name(&st->name, type, name);
	g.version = source_version.p ? source_version : version;
	return match_group(st, id, &g, e);
}

static int match_all(struct match_state *st, struct err *e)
{
	sqlite3_stmt *q = db_stmt(st->site, "SELECT id, type, ecosystem, release, name, version, source, source_version, module, pro, repositories FROM component"
					    " WHERE NOT kernel AND ecosystem IS NOT NULL AND release IS NOT NULL ORDER BY id");
	int r;

	while ((r = db_step(st->site, q, e)) == 1)
		if (match_component(st, q, e)) {
			r = -1;
			break;
		}
	sqlite3_reset(q);
	return r;
}

int derive_match(struct db *site, struct db *feeds, struct err *e)
{
	struct match_state st = {.site = site, .feeds = feeds, .said = {.feeds = feeds}, .facts = {.site = site, .feeds = feeds}, .products = {.site = site, .feeds = feeds}, .key = BUF_INIT, .name = BUF_INIT};
	int r;

	if (distinct_index(site, e))
		return -1;
	/* One transaction over all reads: a lock for each of a million queries costs more than they do. */
	if (!feeds)
		r = distinct_fill(site, e);
	else
		r = db_begin(feeds, e) || coverage_copy_feeds(site, feeds, e) || db_exec(site, "CREATE TEMP TABLE unplaced(component INTEGER PRIMARY KEY)", e) || kubernetes_packages(site, e) || distinct_fill(site, e) || match_all(&st, e) || vex_apply(site, feeds, e) ? -1 : 0;
	forget(&st);
	buf_fini(&st.key);
	buf_fini(&st.name);
	facts_fini(&st.facts);
	products_fini(&st.products);
	r = r || coverage_write(site, feeds, e) || products_coverage(site, feeds, e) || (feeds && kubernetes_coverage(site, e)) ? -1 : 0;
	if (feeds)
		db_rollback(feeds);
	return r;
}
