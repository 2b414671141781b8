// SPDX-License-Identifier: Apache-2.0
// The engagement file's sections on images: bases and their layers, stacks, owners of content, licences.
#include "load-engagement-images.h"
#include "common/buf.h"

/* Layers of a base, lowest first, each by its diff id or by its digest as stored. */
static int base_layers(struct engagement_reader *r, const struct entry *n, struct span name, bool approved, struct err *e)
{
	const struct json *layers = json_get(n->v, "layers");
	int64_t ordinal = 0;

	if (layers && layers->type != JSON_ARRAY)
		return entry_error(n, layers, e, "'layers' must be a list of digests, the lowest layer first");
	JSON_EACH(layer, layers)
	{
		struct span digest = json_str(layer), hex = digest;

		if (!span_eq(span_cut(&hex, ':'), "sha256") || hex.n != 64)
			return entry_error(n, layer, e, "'%.*s' is not a digest (sha256: and 64 hex digits)", (int)(digest.n > 80 ? 80 : digest.n), digest.p ? digest.p : "");
		if (db_run(r->db, e, "INSERT OR IGNORE INTO known_base(name, ordinal, digest, approved) VALUES (?, ?, ?, ?)", "titb", name, ordinal++, digest, approved))
			return -1;
		if (!sqlite3_changes(r->db->h))
			return entry_error(n, layer, e, "layers of '%.*s' stand twice", (int)(name.n > 64 ? 64 : name.n), name.p);
	}
	return 0;
}

int engagement_approved_image(void *ctx, const struct entry *n, struct err *e)
{
	static const char *const kinds[] = {"base", "image", NULL};
	struct engagement_reader *r = ctx;
	struct span pattern, env, kind;

	if (entry_text(n, "image", true, &pattern, e) || entry_text(n, "environment", false, &env, e) || entry_word(n, "kind", false, kinds, &kind, e))
		return -1;
	if (db_run(r->db, e, "INSERT OR IGNORE INTO approved_image(environment, pattern, kind) VALUES (?, ?, ?)", "ttt", env.p ? env : SPAN("*"), pattern,
		   kind.p ? kind : SPAN("image")) || engagement_once(r, n, pattern, e))
		return -1;
	if (json_get(n->v, "layers") && !(kind.p && span_eq(kind, "base")))
		return entry_error(n, NULL, e, "'layers' belong to images of kind base");
	return base_layers(r, n, pattern, true, e);
}

int engagement_known_base(void *ctx, const struct entry *n, struct err *e)
{
	struct span name;

	if (entry_text(n, "image", true, &name, e))
		return -1;
	if (json_count(json_get(n->v, "layers")) == 0)
		return entry_error(n, NULL, e, "'layers' is needed: the digests of its layers, the lowest first");
	return base_layers(ctx, n, name, false, e);
}

/* The texts of a list at `key` (one text is a list of one), each with the statement run over it: ?1 is the text, the others stand in `format`. */
static int each_text(struct engagement_reader *r, const struct entry *n, const char *key, const char *sql, struct span more, struct err *e)
{
	const struct json *list = json_get(n->v, key);
	auto_buf checked = BUF_INIT;
	bool lone = json_scalar(list).p != NULL;

	if (entry_list(n, key, &checked, e)) /* says what is wrong with it */
		return -1;
	for (unsigned i = 0; i < (lone ? 1 : json_count(list)); i++)
		if (db_run(r->db, e, sql, "tt", json_scalar(lone ? list : &list->items[i]), more))
			return -1;
	return 0;
}

int engagement_approved_middleware(void *ctx, const struct entry *n, struct err *e)
{
	static const char sql[] = "INSERT OR IGNORE INTO approved_middleware(version, name) VALUES (?, ?)";
	struct engagement_reader *r = ctx;
	struct span name;

	if (entry_text(n, "name", true, &name, e))
		return -1;
	return json_get(n->v, "versions") ? each_text(r, n, "versions", sql, name, e) : db_run(r->db, e, sql, "st", "*", name);
}

int engagement_content_owner(void *ctx, const struct entry *n, struct err *e)
{
	static const char *const classes[] = {"base-os", "middleware", "application", NULL};
	struct engagement_reader *r = ctx;
	struct span class, owner;

	if (entry_word(n, "class", true, classes, &class, e) || entry_text(n, "owner", false, &owner, e))
		return -1;
	if (!owner.p && !json_get(n->v, "packages"))
		return entry_error(n, NULL, e, "'owner' is needed, or 'packages' that count as %.*s", SPAN_ARG(class));
	if (each_text(r, n, "packages", "INSERT OR IGNORE INTO content_owner(pattern, class, owner, what, said) VALUES (?, ?, '', 'package', 1)", class, e))
		return -1;
	if (!owner.p)
		return 0;
	if (!json_get(n->v, "images"))
		return db_run(r->db, e, "INSERT OR IGNORE INTO content_owner(class, owner, what, pattern, said) VALUES (?, ?, 'owner', '*', 1)", "tt", class, owner);
	return each_text(r, n, "images",
			 span_eq(class, "base-os")      ? "INSERT OR IGNORE INTO content_owner(pattern, owner, class, what, said) VALUES (?, ?, 'base-os', 'owner', 1)"
			 : span_eq(class, "middleware") ? "INSERT OR IGNORE INTO content_owner(pattern, owner, class, what, said) VALUES (?, ?, 'middleware', 'owner', 1)"
							: "INSERT OR IGNORE INTO content_owner(pattern, owner, class, what, said) VALUES (?, ?, 'application', 'owner', 1)",
			 owner, e);
}

static int licence_exception(void *ctx, const struct entry *n, struct err *e)
{
	static const char *const keys[] = {"package", "licence", "image", "reason", "expires", NULL};
	struct engagement_reader *r = ctx;
	struct span package, licence, image, reason;
	int64_t expires;

	if (entry_keys(n, keys, e) || entry_text(n, "package", true, &package, e) || entry_text(n, "licence", false, &licence, e) ||
	    entry_text(n, "image", false, &image, e) || entry_text(n, "reason", true, &reason, e) || entry_time(n, "expires", &expires, e))
		return -1;
	return db_run(r->db, e, "INSERT INTO licence_exception(package, licence, image, reason, expires) VALUES (?, ?, ?, ?, ?)", "ttttr", package,
		      licence.p ? licence : SPAN("*"), image.p ? image : SPAN("*"), reason, expires);
}

/* Words of the policy: classes, or identifiers of licences. */
int engagement_licences(struct engagement_reader *r, const struct entry *n, struct err *e)
{
	static const char *const keys[] = {"allow", "deny", "exceptions", NULL};
	struct entry l;

	if (engagement_mapping(n, keys, &l, e))
		return -1;
	for (size_t i = 0; i < 2 && l.v; i++)
		if (each_text(r, &l, keys[i], "INSERT OR IGNORE INTO licence_policy(word, ruling) VALUES (?, ?)", span_of(keys[i]), e))
			return -1;
	if (db_int(r->db, 0, "SELECT count(*) FROM (SELECT 1 FROM licence_policy GROUP BY word HAVING count(*) > 1)", ""))
		return entry_error(&l, l.v, e, "a word stands under 'allow' and under 'deny'");
	return l.v ? entry_each(&l, json_get(l.v, "exceptions"), NULL, licence_exception, r, e) : 0;
}
