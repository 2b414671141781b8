// SPDX-License-Identifier: Apache-2.0
// plimsoll feeds pack, plimsoll feeds verify: a vulns.db to carry, signed, with a version that only grows and a day until which it is
// good. The pack is the database itself; its signature stands beside it.
#include "feeds-pack.h"

#include "common/db.h"
#include "common/minisign.h"
#include "common/opts.h"
#include "feeds-time.h"
#include "import.h"

#include <stdio.h>

enum { DAY = 86400, DAYS_DEFAULT = 90 };

struct pack {
	int64_t version, issued, expires, schema;
};

/* "plimsoll-feeds version=3 issued=1790000000 expires=1797776000 schema=1" */
static int read_comment(const char *comment, struct pack *p, struct err *e)
{
	static const char *const keys[] = {"version", "issued", "expires", "schema"};
	int64_t *values[] = {&p->version, &p->issued, &p->expires, &p->schema};
	struct span rest = span_of(comment);
	int found = 0;

	if (!span_eq(span_cut(&rest, ' '), "plimsoll-feeds"))
		return err_set(e, ERR_INPUT, "the signature is not of a feeds pack: '%s'", comment);
	while (rest.p) {
		struct span value = span_cut(&rest, ' '), key = span_cut(&value, '=');

		for (int i = 0; i < 4; i++)
			if (span_eq(key, keys[i]) && value.p && span_int(value, values[i]))
				found |= 1 << i;
	}
	return found == 15 ? 0 : err_set(e, ERR_INPUT, "the signature's comment is not complete: '%s'", comment);
}

static int make_pack(const char *db, const char *out, const char *key, struct pack *p, struct err *e)
{
	struct minisign_key k;
	struct db check = {0};
	char comment[256];
	int r;

	if (minisign_read_key(key, &k, e))
		return -1;
	if (!minisign_can_sign(&k)) {
		minisign_forget(&k);
		return err_set(e, ERR_INPUT, "%s: a public key, signing takes the secret one", key);
	}
	snprintf(comment, sizeof(comment), "plimsoll-feeds version=%lld issued=%lld expires=%lld schema=%d", (long long)p->version, (long long)p->issued,
		 (long long)p->expires, DB_SCHEMA_VERSION);
	r = db_open(&check, db, DB_FEEDS_APPLICATION_ID, e);
	if (r == 0)
		db_close(&check);
	if (r == 0)
		r = import_copy(db, out, e);
	if (r == 0)
		r = minisign_sign(&k, out, comment, e);
	minisign_forget(&k);
	return r;
}

struct pack_wish {
	const struct opts *opts;
	const char *out, *key, *fresh;
	int64_t version, days;
};

static int pack(void *ctx, const struct opt_list *inputs, struct err *e)
{
	const struct pack_wish *w = ctx;
	struct pack p = {.version = w->version, .issued = feeds_now()};
	struct minisign_key k;

	if (!w->out || (!w->key && !w->fresh) || w->days < 1 || w->days > 36500 || w->version < 0)
		return err_set(e, ERR_USAGE, "feeds pack: expected %s", w->opts->synopsis);
	if (w->fresh && (minisign_generate(&k, e) || minisign_write_key(&k, w->fresh, e)))
		return -1;
	p.expires = p.issued + w->days * DAY;
	if (p.version == 0)
		p.version = p.issued;
	return make_pack(inputs->at[0], w->out, w->fresh ? w->fresh : w->key, &p, e);
}

int feeds_pack(int argc, char **argv)
{
	struct pack_wish w = {.days = DAYS_DEFAULT};
	const struct opt table[] = {
		{"output", 'o', OPT_TEXT, &w.out, "FEEDS.plf", "The pack to make; FEEDS.plf.minisig comes beside it."},
		{"key", 'k', OPT_TEXT, &w.key, "KEY", "The secret key (minisign's, without a password)."},
		{"new-key", 0, OPT_TEXT, &w.fresh, "KEY", "Make a pair of keys first: KEY and KEY.pub."},
		{"pack-version", 0, OPT_INT, &w.version, "N", "The pack's version, to be higher than that of every earlier one (default: seconds since 1970)."},
		{"days", 0, OPT_INT, &w.days, "N", "For how many days it is good (default 90)."},
		{0}};
	const struct opts o = {
		.command = "feeds pack",
		.synopsis = "-o FEEDS.plf --key KEY vulns.db",
		.summary = "Sign a vulns.db for carrying it to a site; it is used there as --feeds FEEDS.plf.",
		.table = table,
		.more = "Ordinary minisign makes the keys too (minisign -G -W) and verifies the pack (minisign -V).",
		.min = 1,
		.max = 1,
	};

	w.opts = &o;
	return opts_run(&o, argc, argv, pack, &w);
}

static int check_pack(const char *file, const struct minisign_key *k, struct pack *p, struct err *e)
{
	char comment[MINISIGN_COMMENT_MAX];

	return minisign_verify(k, file, comment, e) || read_comment(comment, p, e) ? -1 : 0;
}

static int judge(const char *file, const struct pack *p, const struct pack *old, int64_t least, struct err *e)
{
	struct db db = {0};

	if (p->schema > DB_SCHEMA_VERSION)
		return err_set(e, ERR_INPUT, "%s: made for a newer plimsoll (schema %lld, this one reads %d)", file, (long long)p->schema, DB_SCHEMA_VERSION);
	if (old->version && p->version < old->version)
		return err_set(e, ERR_INPUT, "%s: version %lld is older than version %lld that was there before", file, (long long)p->version,
			       (long long)old->version);
	if (p->version < least)
		return err_set(e, ERR_INPUT, "%s: version %lld is older than version %lld that is asked for", file, (long long)p->version, (long long)least);
	if (p->expires < feeds_now())
		return err_set(e, ERR_INPUT, "%s: no longer good since %lld days; get a newer one, or use it knowing its age", file,
			       (long long)((feeds_now() - p->expires) / DAY));
	if (db_open(&db, file, DB_FEEDS_APPLICATION_ID, e))
		return -1;
	db_close(&db);
	return 0;
}

struct verify_wish {
	const struct opts *opts;
	const char *key, *before;
	int64_t least;
};

static int verify(void *ctx, const struct opt_list *inputs, struct err *e)
{
	const struct verify_wish *w = ctx;
	const char *file = inputs->at[0];
	struct minisign_key k;
	struct pack p = {0}, old = {0};
	char issued[48], expires[48];

	if (!w->key)
		return err_set(e, ERR_USAGE, "feeds verify: expected %s", w->opts->synopsis);
	if (minisign_read_key(w->key, &k, e) || (w->before && check_pack(w->before, &k, &old, e)) || check_pack(file, &k, &p, e) || judge(file, &p, &old, w->least, e))
		return -1;
	feeds_day(p.issued, issued);
	feeds_day(p.expires, expires);
	printf("%s: version %lld of %s, good until %s\n", file, (long long)p.version, issued, expires);
	return 0;
}

int feeds_verify(int argc, char **argv)
{
	struct verify_wish w = {0};
	const struct opt table[] = {{"key", 'k', OPT_TEXT, &w.key, "KEY.pub", "The public key, or its file."},
				    {"newer-than", 0, OPT_TEXT, &w.before, "OLD.plf", "Refuse a version below that of this pack (roll-back)."},
				    {"at-least", 0, OPT_INT, &w.least, "N", "Refuse a version below this one."},
				    {0}};
	const struct opts o = {
		.command = "feeds verify",
		.synopsis = "--key KEY.pub [--newer-than OLD.plf] FEEDS.plf",
		.summary = "Check a pack's signature, version and expiry.",
		.table = table,
		.more = "Exit codes: 0 good, 3 refused: changed, of another key, mixed files, rolled back, expired, made for a newer plimsoll.",
		.min = 1,
		.max = 1,
	};

	w.opts = &o;
	return opts_run(&o, argc, argv, verify, &w);
}
