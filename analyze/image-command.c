// SPDX-License-Identifier: Apache-2.0
// plimsoll image: one-shot scan of image archives and root file systems, by the loaders that analyze uses.
#include "analyze.h"
#include "commands.h"
#include "image-out.h"

#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

struct request {
	struct opt_list files;
	const char *rootfs, *format, *feeds, *fail_on;
	const char *cache;
	bool only_fixed, no_cache;
};

static const struct format {
	const char *name;
	int (*print)(const struct image_out *o, struct err *e);
	bool feeds; /* says nothing without them */
} formats[] = {
	{"table", image_out_table, false},
	{"json", image_out_json, false},
	{"cyclonedx", image_out_cyclonedx, false},
	{"spdx", image_out_spdx, false},
	{"sarif", image_out_sarif, true},
	{"openvex", image_out_openvex, true},
	{"csaf", image_out_csaf, true},
	{NULL, NULL, false},
};

static const char *const severities[] = {"low", "medium", "high", "critical"};

static const struct format *find_format(const char *name, struct err *e)
{
	for (const struct format *f = formats; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	err_set(e, ERR_USAGE, "image: --format is table, json, cyclonedx, spdx, sarif, openvex or csaf, not '%s'", name);
	return NULL;
}

/* 1 (low) to 4 (critical); 0: any vulnerability. -1: not a severity. */
static int severity_rank(const char *name)
{
	if (strcmp(name, "any") == 0)
		return 0;
	for (int i = 0; i < 4; i++)
		if (strcmp(severities[i], name) == 0)
			return i + 1;
	return -1;
}

static int check(const struct request *r, const struct format **f, struct err *e)
{
	*f = find_format(r->format ? r->format : "table", e);
	if (!*f)
		return -1;
	if ((*f)->feeds && !r->feeds)
		return err_set(e, ERR_USAGE, "image: --format %s needs --feeds: without feeds nothing is known of vulnerabilities", (*f)->name);
	if (r->fail_on && severity_rank(r->fail_on) < 0)
		return err_set(e, ERR_USAGE, "image: --fail-on is low, medium, high, critical or any, not '%s'", r->fail_on);
	if (r->fail_on && !r->feeds)
		return err_set(e, ERR_USAGE, "image: --fail-on needs --feeds: without feeds nothing is known of vulnerabilities");
	if (r->only_fixed && !r->feeds)
		return err_set(e, ERR_USAGE, "image: --only-fixed needs --feeds");
	if ((r->rootfs != NULL) == (r->files.n > 0))
		return err_set(e, ERR_USAGE, "usage: plimsoll image FILE... | --rootfs DIR");
	return 0;
}

/* A root file system as the only member. */
static int walk_rootfs(void *ctx, input_each *each, void *each_ctx, struct err *e)
{
	const char *dir = ctx, *base = strrchr(dir, '/');
	struct member m = {.path = base && base[1] ? base + 1 : dir, .kind = "image/rootfs", .file = dir};
	struct stat st;

	if (stat(dir, &st) || !S_ISDIR(st.st_mode))
		return err_set(e, ERR_INPUT, "%s: not a folder", dir);
	return each(each_ctx, &m, e);
}

static int load(const struct request *r, struct db *db, int64_t *unread, struct err *e)
{
	struct analyze_options o = {.inputs = r->files, .feeds = r->feeds, .no_checks = true, .images_only = true, .edge = "", .cache = r->cache, .no_cache = r->no_cache};

	if (r->rootfs) {
		o.walk = walk_rootfs;
		o.walk_ctx = (void *)(uintptr_t)r->rootfs;
	}
	if (analyze_run(&o, NULL, db, unread, e))
		return -1;
	if (!db_int(db, 0, "SELECT count(*) FROM thing WHERE kind IN ('image', 'rootfs')", ""))
		return err_set(e, ERR_INPUT, "%s: no image could be read in it (docker save, OCI layout or archive, image store)", r->rootfs ? r->rootfs : r->files.at[0]);
	return 0;
}

/* Problems on stderr, so that what was left out is seen where results go on. */
static void tell_problems(struct db *db)
{
	sqlite3_stmt *q = db_stmt(db, "SELECT coalesce(path, input, 'input'), pointer, message FROM v_problem ORDER BY 1, 2, 3 LIMIT 20");

	while (db_step(db, q, NULL) == 1) {
		struct span pointer = db_text(q, 1);

		warn("%.*s%s%.*s: %.*s", SPAN_ARG(db_text(q, 0)), pointer.n ? ": " : "", SPAN_ARG(pointer), SPAN_ARG(db_text(q, 2)));
	}
	sqlite3_reset(q);
}

static int64_t failing(struct db *db, const struct request *r)
{
	return db_int(db, 0, "SELECT count(*) FROM v_vulnerability WHERE severity_rank >= ? AND (fixed IS NOT NULL OR NOT ?)", "ib",
		      (int64_t)severity_rank(r->fail_on), r->only_fixed);
}

/* A gate that lets through what nobody rated must say so. */
static void tell_unrated(struct db *db, const struct request *r)
{
	int64_t n = severity_rank(r->fail_on) == 0 ? 0 : db_int(db, 0, "SELECT count(*) FROM v_vulnerability WHERE severity_rank = 0 AND (fixed IS NOT NULL OR NOT ?)", "b", r->only_fixed);
	int64_t unassessed = db_int(db, 0, "SELECT count(*) FROM feed_coverage WHERE state <> 'assessed' AND package IS NULL", "");

	if (n)
		warn("%" PRId64 " vulnerabilities of unknown severity do not count for --fail-on %s (--fail-on any counts them)", n, r->fail_on);
	if (unassessed)
		warn("%" PRId64 " groups of packages could not be assessed: the result is not complete (--format json tells which, as kind coverage)", unassessed);
}

static int run(void *ctx, const struct opt_list *files, struct err *e)
{
	struct request *r = ctx;
	const struct format *f;
	auto_db db = {0};
	struct image_out out = {.db = &db, .feeds = r->feeds != NULL, .only_fixed = r->only_fixed};
	int64_t unread = 0, bad;

	r->files = *files;
	if (check(r, &f, e) || load(r, &db, &unread, e) || f->print(&out, e))
		return -1;
	if (fflush(stdout) || ferror(stdout))
		return err_errno(e, "standard output");
	if (unread)
		tell_problems(&db);
	if (r->fail_on)
		tell_unrated(&db, r);
	bad = r->fail_on ? failing(&db, r) : 0;
	if (bad)
		warn("%" PRId64 " vulnerabilities at or above '%s'", bad, r->fail_on);
	return bad ? 1 : unread ? 4 : 0;
}

static const char more[] =
	"FILE is a docker save or OCI archive (plain or packed), an OCI layout folder, or a copy of a store: /var/lib/containers/storage (CRI-O, Podman),\n"
	"/var/lib/docker, containerd's content store, a registry's folder. --rootfs reads an unpacked root file system, without following links.\n"
	"Components of removed files are listed with the layer that removed them; lock files without an installed tree are 'declared'.\n"
	"Fixes that only subscribers get are told as such. Red Hat's products beside Enterprise Linux judge the packages of their repositories.\n\n"
	"Example: plimsoll image app.tar --feeds vulns.db --fail-on high --only-fixed\n"
	"Exit codes: 0 done, 1 vulnerabilities at or above --fail-on, 2 usage, 3 no image in the input, 4 some of it could not be read, 5 disk or permission.\n";

int cmd_image(int argc, char **argv)
{
	struct request r = {0};
	const struct opt table[] = {
		{"rootfs", 0, OPT_TEXT, &r.rootfs, "DIR", "Read this root file system instead of archives."},
		{"format", 0, OPT_TEXT, &r.format, "NAME", "table (the default), json (JSON Lines), cyclonedx (1.6), spdx (2.3); of vulnerabilities alone: sarif, openvex, csaf."},
		{"feeds", 0, OPT_TEXT, &r.feeds, "FILE", "Match with vulnerability feeds that `plimsoll feeds import` made."},
		{"fail-on", 0, OPT_TEXT, &r.fail_on, "SEV", "Exit with 1 for a vulnerability of this severity or worse: low, medium, high, critical; any counts unknown ones too."},
		{"only-fixed", 0, OPT_FLAG, &r.only_fixed, NULL, "Only vulnerabilities that a newer version fixes."},
		{"cache", 0, OPT_TEXT, &r.cache, "DIR", "Where layers that were read are remembered ($XDG_CACHE_HOME/plimsoll, else ~/.cache/plimsoll)."},
		{"no-cache", 0, OPT_FLAG, &r.no_cache, NULL, "Remember no layers, and read all of them."},
		{0},
	};
	const struct opts opts = {.command = "image", .synopsis = "FILE... | --rootfs DIR [--format NAME] [--feeds vulns.db] [--fail-on SEV]",
				  .summary = "Lists what is in an image, and what is wrong with it.", .table = table, .more = more, .min = 0, .max = -1};

	return opts_run(&opts, argc, argv, run, &r);
}
