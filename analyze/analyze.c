// SPDX-License-Identifier: Apache-2.0
// The analysis from end to end: the order of its steps, evidence rows, transactions. What a step does is in its own file.
#include "analyze.h"
#include "check.h"
#include "derive.h"
#include "derive-engagement.h"
#include "derive-cloud.h"
#include "derive-admission.h"
#include "derive-defaults.h"
#include "derive-licence.h"
#include "derive-lineage.h"
#include "derive-match.h"
#include "derive-inspection.h"
#include "derive-network.h"
#include "derive-open.h"
#include "derive-node.h"
#include "derive-paths.h"
#include "derive-plan.h"
#include "derive-rank.h"
#include "derive-rbac.h"
#include "derive-refused.h"
#include "derive-scanner.h"
#include "derive-scope.h"
#include "derive-seen.h"
#include "derive-usage.h"
#include "derive-workload.h"
#include "edge.h"
#include "framework.h"
#include "layer-cache.h"
#include "load-bundle.h"
#include "load-engagement.h"
#include "load-node.h"
#include "load-registry.h"
#include "load.h"
#include "schema.h"
#include "site.h"
#include "summary.h"
#include "commands.h"
#include "common/hash.h"
#include "common/version-sql.h"
#include "common/input.h"
#include "common/object.h"
#include "common/outfile.h"
#include "common/progress.h"
#include "common/redact.h"
#include "common/redact-shift.h"

#include <inttypes.h>
#include <unistd.h>

struct run {
	const struct analyze_options *options;
	struct db *db;
	struct load load;
	struct site *site;
	const char *input;   /* path of the input at hand */
	bool feeds;	     /* vulnerability feeds lie in the input */
	char cluster[512];   /* name of the cluster at hand */
	int64_t good, newest; /* members with something in them; newest modification time */
	struct redact *redact;	/* of raw input */
	/* Of the bundles given. */
	uint64_t shift;		 /* what is added to the numbers of the hidden values of the one at hand */
	bool damaged;		 /* a member of it is not what its manifest says */
	size_t bundles;
	enum bundle_trust trust; /* the least of all */
	char ids[1024];
	int64_t start, end;
	bool caches;	     /* layers of images are to be remembered, and no image was met yet */
};

static const struct derive_step steps[] = {
	{"owners", derive_owners},
	{"workloads", derive_workloads},
	{"refused", derive_refused},
	{"seen", derive_seen},
	{"nodes", derive_nodes},
	{"admission", derive_admission},
	{"services", derive_services},
	{"exposures", derive_exposures},
	{"rbac", derive_rbac},
	{"usage", derive_usage},
	{"defaults", derive_defaults},
	{"duties", derive_duties},
	{"cloud", derive_cloud},
	{"scopes", derive_scopes},
	{"projects", derive_registry_projects},
	{"lineage", derive_lineage},
	{"open", open_gather},
	{"licences", derive_licences},
	{"network", derive_network},
	{"engagement", derive_engagement},
	{"content owners", derive_image_owners},
	{"inspection", derive_inspection},
	{"absent", derive_absent_scopes},
	{NULL, NULL},
};

/* All that `plimsoll image` prints. */
static const struct derive_step image_steps[] = {{"open", open_gather}, {"licences", derive_licences}, {NULL, NULL}};

/* After the checks. */
static const struct derive_step ranks[] = {
	{"origins", derive_finding_origins},
	{"settled", derive_settled},
	{"risk", derive_risk},
	{"score", derive_score},
	{"summary", summary_fill},
	{"search", search_fill},
	{NULL, NULL},
};

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int set_meta(struct db *db, const char *key, const char *value, struct err *e)
{
	return db_run(db, e, "INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", "ss", key, value);
}

static const char *base_of(const char *path)
{
	const char *base = strrchr(path, '/');

	return base && base[1] ? base + 1 : path;
}

/* Scopes of clouds and registries are named by what is in the evidence; their loaders set load.scope. */
static int begin_member(struct run *r, const struct member *m, struct err *e)
{
	struct load *l = &r->load;
	const char *scope = m->kind ? check_scope_of(m->kind) : "";

	if (r->caches && m->kind && strncmp(m->kind, "image", 5) == 0) { /* opened for the first image: nothing else has a use for it */
		l->cache = layer_cache_open(r->options->cache);
		r->caches = false;
	}
	l->kind = m->kind;
	l->path = m->path;
	l->file = m->file;
	l->items = l->problems = 0;
	l->scope = 0;
	l->done = false;
	l->sha256[0] = 0;
	l->cluster = NULL;
	l->collected = m->source ? m->time : 0;
	l->redact = m->redacted ? NULL : r->redact;
	if (strcmp(scope, "cluster") == 0) {
		const char *name = m->cluster && m->cluster[0] ? m->cluster : site_cluster(r->site, r->input, m->path);

		/* Flows are exported apart from the dump that they belong to. */
		if (strncmp(m->kind, "flow/", 5) == 0 && strcmp(name, SITE_CLUSTER_UNKNOWN) == 0 && site_only_cluster(r->site))
			name = site_only_cluster(r->site);
		engagement_cluster(r->db, name, r->cluster, sizeof(r->cluster));
		l->cluster = r->cluster;
		if (load_scope(r->db, "cluster", span_of(l->cluster), &l->scope, e))
			return -1;
	} else if (strcmp(scope, "images") == 0 && load_scope(r->db, "images", SPAN("images"), &l->scope, e)) {
		return -1;
	}
	if (db_run(r->db, e, "INSERT INTO evidence(input, path, kind, scope, source, collected, state) VALUES (?, ?, ?, ?, ?, ?, 'ok')", "sssrsr",
		   base_of(r->input), m->path, m->kind, l->scope, m->source, l->collected))
		return -1;
	l->evidence = sqlite3_last_insert_rowid(r->db->h);
	return 0;
}

static int finish_member(struct run *r, const char *state, const char *error, const char *sha256, uint64_t bytes, struct err *e)
{
	struct load *l = &r->load;

	if (l->problems > LOAD_PROBLEMS_MAX &&
	    db_run(r->db, e, "INSERT INTO problem(evidence, message) VALUES (?, 'and ' || ? || ' more problems of this member')", "ii", l->evidence,
		   l->problems - LOAD_PROBLEMS_MAX))
		return -1;
	/* A list of a cluster that is whole and empty says that there is none. */
	if (l->items || (l->scope && !l->problems && strcmp(state, "ok") == 0))
		r->good++;
	return db_run(r->db, e, "UPDATE evidence SET state = ?, error = ?, sha256 = ?, bytes = ?, items = ?, scope = ? WHERE id = ?", "sssiiri", state, error,
		      sha256, (int64_t)bytes, l->items, l->scope, l->evidence);
}

/* Reads what the loader left, so that size and hash are those of the whole member. */
static int drain(struct source *s, struct err *e)
{
	char rest[65536];
	ssize_t n;

	while ((n = source_read(s, rest, sizeof(rest), e)) > 0)
		;
	return n < 0 ? -1 : 0;
}

static int refuse(struct run *r, const struct err *why, struct err *e)
{
	if (load_problem(&r->load, NULL, e, "%s", why->msg))
		return -1;
	return finish_member(r, "failed", why->msg, NULL, 0, e);
}

/* What the loader gets: the member as it is, or with the numbers of its hidden values moved behind those of earlier input. */
static int load_content(struct run *r, struct member *m, struct err *e)
{
	struct source moved;
	int rc;

	if (!m->redacted || !r->shift)
		return load_member(&r->load, m->content, e);
	source_shift_secrets(&moved, m->content, r->shift);
	rc = load_member(&r->load, &moved, e);
	source_close(&moved);
	return rc;
}

static int one_member(void *ctx, struct member *m, struct err *e)
{
	struct run *r = ctx;
	struct err why = {0};
	char sha256[HASH_HEX];
	struct hash sum;

	r->feeds |= m->feed;
	if (m->ignored)
		return 0;
	if (m->time > r->newest)
		r->newest = m->time;
	progress_show("loading", (uint64_t)r->load.evidence, 0, "members");
	if (begin_member(r, m, e))
		return -1;
	if (m->err.kind) {
		r->damaged |= m->redacted; /* not where it was left out at collection */
		return refuse(r, &m->err, e);
	}
	if (!m->kind) {
		err_set(&why, ERR_INPUT, "not recognised as evidence");
		return refuse(r, &why, e);
	}
	if (!m->content) { /* an image archive: its loader opens the file */
		if (load_member(&r->load, NULL, e))
			return -1;
		return finish_member(r, r->load.problems ? "partial" : "ok", NULL, NULL, 0, e);
	}
	hash_init(&sum);
	m->content->sum = r->load.packages_only ? NULL : &sum;
	if (load_content(r, m, e)) {
		hash_fini(&sum);
		return -1;
	}
	if (r->load.done) {
		m->content->sum = NULL;
		hash_fini(&sum);
		return finish_member(r, !r->load.problems ? "ok" : r->load.items ? "partial" : "failed", NULL, r->load.sha256[0] ? r->load.sha256 : NULL, (uint64_t)r->load.bytes, e);
	}
	if (drain(m->content, &why)) {
		r->damaged = true;
		/* The loader met it too. */
		if (!r->load.problems && load_problem(&r->load, NULL, e, "%s", why.msg))
			return -1;
	}
	m->content->sum = NULL;
	hash_hex(&sum, sha256);
	if (m->sha256)
		snprintf(sha256, sizeof(sha256), "%s", m->sha256);
	return finish_member(r, !r->load.problems ? "ok" : r->load.items ? "partial" : "failed", NULL, r->load.packages_only && !m->sha256 ? NULL : sha256, m->content->offset, e);
}

/* The first problem says why, since the database that lists all of them is not kept. */
static int nothing_good(struct run *r, int64_t opened, struct err *e)
{
	sqlite3_stmt *s = db_stmt(r->db, "SELECT coalesce(v.path, ''), coalesce(v.pointer, ''), v.message, (SELECT count(*) FROM problem) - 1 FROM v_problem v ORDER BY v.id LIMIT 1");
	const char *input = r->options->inputs.at[0];

	if (db_step(r->db, s, e) == 1 && opened) {
		struct span path = db_text(s, 0), pointer = db_text(s, 1), message = db_text(s, 2);
		int64_t more = sqlite3_column_int64(s, 3);
		bool same = span_eq(path, input) || span_eq(path, strrchr(input, '/') ? strrchr(input, '/') + 1 : input);

		err_set(e, ERR_INPUT, "%s: nothing in it could be read as evidence: %.*s%s%.*s%s%.*s%s", input, same ? 0 : (int)path.n, path.p, same || !path.n ? "" : ": ",
			SPAN_ARG(pointer), pointer.n ? ": " : "", SPAN_ARG(message), more ? " (and more problems)" : "");
	} else if (!e->kind) {
		err_set(e, ERR_INPUT, "%s: nothing in it could be read as evidence%s", input, r->feeds ? " (plimsoll feeds import reads vulnerability feeds)" : opened ? " (plimsoll analyze --help lists what is understood)" : "");
	}
	sqlite3_reset(s);
	return -1;
}

/* One input of the command line. A bundle's manifest says more than its members. */
static int load_input(struct run *r, const char *path, struct err *why, struct err *e)
{
	bool bundle = input_is_bundle(path);
	struct bundle_facts f;
	size_t n = strlen(r->ids);
	int rc;

	r->input = path;
	r->damaged = false;
	if (bundle && bundle_facts(path, &f, why))
		return -1;
	r->shift = bundle ? redact_reserve(r->redact, f.secrets) : 0;
	rc = input_walk(path, one_member, r, why);
	if (rc || !bundle)
		return rc;
	if (r->damaged && f.trust > BUNDLE_INCOMPLETE)
		f.trust = BUNDLE_INCOMPLETE;
	r->trust = r->bundles++ && r->trust < f.trust ? r->trust : f.trust;
	if (f.id[0])
		snprintf(r->ids + n, sizeof(r->ids) - n, "%s%s", n ? " " : "", f.id);
	r->start = f.start && (!r->start || f.start < r->start) ? f.start : r->start;
	r->end = f.end > r->end ? f.end : r->end;
	if (load_bundle_rest(r->db, path, base_of(path), e)) {
		*why = *e;
		return -1;
	}
	return 0;
}

static int load_all(struct run *r, struct err *e)
{
	const struct analyze_options *o = r->options;
	struct err why = {0};
	int64_t opened = 0;

	r->input = "given";
	if (o->walk)
		return o->walk(o->walk_ctx, one_member, r, e);
	for (size_t i = 0; i < o->inputs.n; i++)
		if (site_scan(r->site, o->inputs.at[i], &why) && why.kind != ERR_INPUT)
			return err_set(e, why.kind, "%s", why.msg);
	for (size_t i = 0; i < o->inputs.n; i++) {
		if (load_input(r, o->inputs.at[i], &why, e) == 0) {
			opened++;
			continue;
		}
		if (why.kind != ERR_INPUT || o->inputs.n == 1)
			return err_set(e, why.kind, "%s", why.msg);
		warn("%s", why.msg);
		r->load.evidence = 0;
		if (load_problem(&r->load, NULL, e, "%s", why.msg))
			return -1;
	}
	return r->good ? 0 : nothing_good(r, opened, e);
}

static int derive_all(struct run *r, const struct derive_step *s, struct err *e)
{
	for (; s->name; s++) {
		double before = cpu_seconds();

		progress_show(s->name, 0, 0, "");
		if (s->run(r->db, e))
			return err_wrap(e, "%s", s->name);
		if (r->options->verbose) {
			progress_clear();
			fprintf(stderr, "%-24s %6.2f s\n", s->name, cpu_seconds() - before);
		}
	}
	return 0;
}

/* What is on every report's cover: raw files are unsigned, and the least of all bundles counts. */
static int set_trust(struct run *r, struct err *e)
{
	char start[32], end[32];

	snprintf(start, sizeof(start), "%" PRId64, r->start);
	snprintf(end, sizeof(end), "%" PRId64, r->end);
	if ((r->ids[0] && set_meta(r->db, "bundle.id", r->ids, e)) || (r->start && set_meta(r->db, "collected.start", start, e)) ||
	    (r->end && set_meta(r->db, "collected.end", end, e)))
		return -1;
	if (!r->bundles || (r->bundles < r->options->inputs.n && r->trust > BUNDLE_UNSIGNED))
		r->trust = BUNDLE_UNSIGNED;
	return set_meta(r->db, "trust", bundle_trust_name(r->trust), e);
}

/* The date that ages and expiries are judged at: as told, else SOURCE_DATE_EPOCH, else the newest time of the evidence. */
static int set_as_of(struct run *r, struct err *e)
{
	const char *epoch = r->options->as_of ? NULL : getenv("SOURCE_DATE_EPOCH");
	char text[32];
	int64_t when = r->options->as_of ? r->options->as_of : r->newest;

	if (epoch && !span_int(span_of(epoch), &when))
		return err_set(e, ERR_USAGE, "SOURCE_DATE_EPOCH is not a whole number: %s", epoch);
	snprintf(text, sizeof(text), "%" PRId64, when);
	return set_meta(r->db, "as-of", text, e);
}

/* Vulnerabilities; without --feeds every package is not-assessed, and the database says so. */
static int match_feeds(struct run *r, struct err *e)
{
	auto_db feeds = {0};
	double before = cpu_seconds();

	progress_show("matching", 0, 0, "");
	if (r->options->feeds && db_open(&feeds, r->options->feeds, DB_FEEDS_APPLICATION_ID, e))
		return -1;
	if (derive_image_use(r->db, e) || derive_match(r->db, r->options->feeds ? &feeds : NULL, e) ||
	    derive_scanner(r->db, r->options->feeds ? &feeds : NULL, e) || derive_fix_dates(r->db, r->options->feeds ? &feeds : NULL, e))
		return -1;
	progress_clear();
	if (r->options->verbose)
		fprintf(stderr, "%-24s %6.2f s\n", "matching", cpu_seconds() - before);
	return 0;
}

static int check_all(struct run *r, struct err *e)
{
	auto_checks checks = {0};
	double before = cpu_seconds();

	if (check_set_load(&checks, r->options->checks, e) || check_store_all(r->db, &checks, r->options->verbose, e) ||
	    framework_load_all(r->db, &checks, e))
		return -1;
	progress_clear();
	if (r->options->verbose)
		fprintf(stderr, "%-24s %6.2f s\n", "checks", cpu_seconds() - before);
	return 0;
}

static int find_paths(struct run *r, struct err *e)
{
	static const struct derive_step paths[] = {{"paths", derive_paths}, {"plan", derive_plan}, {NULL, NULL}};
	const char *edge = r->options->edge;
	double before = cpu_seconds();

	if (edge && !*edge)
		return 0;
	if (derive_edges(r->db, edge, r->options->verbose, e))
		return err_wrap(e, "edges");
	if (r->options->verbose)
		fprintf(stderr, "%-24s %6.2f s\n", "edges", cpu_seconds() - before);
	return edge ? 0 : derive_all(r, paths, e);
}

static int told_by_people(struct run *r, struct err *e)
{
	if (r->options->images_only)
		return 0;
	if (r->options->engagement_text.p)
		return engagement_load_text(r->db, "engagement", r->options->engagement_text, e);
	return engagement_load(r->db, r->options->engagement, e);
}

static int build(struct run *r, struct err *e)
{
	double before = cpu_seconds();

	if (db_begin(r->db, e) || set_meta(r->db, "plimsoll.version", PLIMSOLL_VERSION, e))
		return -1;
	if (told_by_people(r, e) || load_all(r, e) || set_as_of(r, e))
		return -1;
	if (r->options->verbose) {
		progress_clear();
		fprintf(stderr, "%-24s %6.2f s\n", "load", cpu_seconds() - before);
	}
	if (load_node_waiting(r->db, e) || load_registry_waiting(r->db, e) || match_feeds(r, e) || derive_all(r, r->options->images_only ? image_steps : steps, e) || find_paths(r, e) || set_trust(r, e))
		return -1;
	return r->options->no_checks ? 0 : check_all(r, e) || derive_all(r, ranks, e) ? -1 : 0;
}

int analyze_create(struct db *db, const char *path, struct err *e)
{
	return db_create(db, path, DB_APPLICATION_ID, e) || schema_create(db, e) || object_register(db, e) || version_sql_register(db, e) ? -1 : 0;
}

int analyze_fill(const struct analyze_options *o, struct db *db, int64_t *unread, struct err *e)
{
	struct run r = {.options = o, .db = db, .load = {.db = db, .packages_only = o->images_only}, .redact = redact_new(), .site = site_new(o->cluster_name)};
	int rc;

	/* Cases of checks and what comes from memory leave nothing behind. */
	r.caches = !o->no_cache && (!o->walk || o->cache);
	rc = build(&r, e);
	if (rc == 0)
		*unread = db_int(db, 0, "SELECT count(*) FROM problem", "");
	progress_clear();
	if (rc == 0 && r.feeds && !o->feeds)
		warn("vulnerability feeds are no evidence and were not read (plimsoll feeds import, then --feeds)");
	layer_cache_close(r.load.cache);
	load_fini(&r.load);
	redact_free(r.redact);
	site_free(r.site);
	return rc;
}

int analyze_run(const struct analyze_options *o, const char *path, struct db *db, int64_t *unread, struct err *e)
{
	return analyze_create(db, path, e) || analyze_fill(o, db, unread, e) ? -1 : db_commit(db, e);
}

int analyze_temporary(struct db *db, const char *path, struct err *e)
{
	const char *inputs[] = {path};
	struct analyze_options o = {.inputs = {inputs, 1}};
	int64_t unread = 0;

	if (analyze_run(&o, NULL, db, &unread, e))
		return -1;
	seen_warn(db);
	if (unread)
		warn("%s: %" PRId64 " %s: some evidence could not be read, the rest counts", path, unread, unread == 1 ? "problem" : "problems");
	return 0;
}

int analyze_file(const struct analyze_options *o, const char *path, int64_t *unread, struct err *e)
{
	auto_outfile out = OUTFILE_INIT;
	auto_db db = {0};

	if (outfile_begin(&out, path, false, e) || analyze_run(o, out.part, &db, unread, e))
		return -1;
	seen_warn(&db);
	db_close(&db);
	if (outfile_commit(&out, e))
		return -1;
	if (*unread)
		warn("%" PRId64 " %s: some evidence could not be read, the rest counts (plimsoll browse, coverage)", *unread, *unread == 1 ? "problem" : "problems");
	return 0;
}

struct wish {
	struct analyze_options o;
	const char *out;
};

static int to_file(void *ctx, const struct opt_list *inputs, struct err *e)
{
	struct wish *w = ctx;
	int64_t unread = 0;

	if (!w->out)
		return err_set(e, ERR_USAGE, "analyze: -o SITE.db is needed");
	w->o.inputs = *inputs;
	return analyze_file(&w->o, w->out, &unread, e) ? -1 : unread ? 4 : 0;
}

static const char more[] =
	ANALYZE_INPUTS
	"Example: plimsoll analyze -o site.db --engagement engagement.yaml dump.tar.zst\n"
	"Exit codes: 0 done, 3 nothing good in the input, 4 some evidence could not be read (the rest counts), 5 disk or permission.\n";

int cmd_analyze(int argc, char **argv)
{
	struct wish w = {0};
	const struct opt table[] = {
		{"output", 'o', OPT_TEXT, &w.out, "SITE.db", "Where the assessment database goes (replaced when it is there)."},
		ANALYZE_OPTS(w.o),
		{0},
	};
	const struct opts opts = {.command = "analyze", .synopsis = "-o SITE.db [--feeds vulns.db] [--engagement FILE] INPUT...",
				  .summary = "Loads evidence into one database and runs every check on it.", .table = table, .more = more, .min = 1, .max = -1};

	return opts_run(&opts, argc, argv, to_file, &w);
}
