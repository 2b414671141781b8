// SPDX-License-Identifier: Apache-2.0
// Writes an image: names, layers, files of note. Texts that may hold secrets are load-image-config.c's, packages
// load-image-packages.c's.
#include "load-image.h"
#include "derive-lineage.h"
#include "file-rules.h"

#include "common/image-ref.h"

enum { FILES_MAX = 20000, LIST_MAX = 10000 };

static int write_name(struct load *l, int64_t thing, struct span name, struct err *e)
{
	auto_arena a = ARENA_INIT;
	struct image_ref ref = {0};

	if (name.n == 0 || name.n > 1024)
		return 0;
	/* OCI layouts often say the tag alone ("3.14.10"): a name of nothing. */
	if ((!memchr(name.p, '/', name.n) && !memchr(name.p, ':', name.n)) || !image_ref_parse(&a, name, &ref))
		ref = (struct image_ref){0};
	else if (!ref.tag.p && !ref.digest.p)
		ref.tag = SPAN("latest");
	return db_run(l->db, e, "INSERT OR IGNORE INTO image_name(image, name, registry, repository, tag) VALUES (?, ?, ?, ?, ?)", "itttt",
		      thing, name, ref.registry, ref.repository, ref.tag);
}

static int write_names(struct load *l, const struct image *im, int64_t thing, struct err *e)
{
	JSON_EACH(name, im->names)
	{
		if (write_name(l, thing, json_str(name), e))
			return -1;
	}
	return write_name(l, thing, im->name, e);
}

static bool is_root(struct span user)
{
	struct span name = span_trim(span_cut(&user, ':'));
	int64_t uid;

	return name.n == 0 || span_eq(name, "root") || (span_int(name, &uid) && uid == 0);
}

/* "" and docker's "none" forms do not count. */
static bool has_healthcheck(const struct json *health)
{
	const struct json *test = json_get(health, "Test");

	return json_count(test) > 0 && !span_eq(json_str(&test->items[0]), "NONE");
}

static const struct json *setting(const struct image *im, const char *key)
{
	return json_get(json_get(im->config, "config"), key);
}

static int write_row(struct load *l, const struct image *im, int64_t thing, struct err *e)
{
	struct span user = json_str(setting(im, "User"));
	uint64_t bytes = 0, stored = 0;
	char config[80], digest[80];

	for (int i = 0; i < im->layers.n; i++) {
		bytes += im->layers.at[i]->bytes;
		stored += im->layers.at[i]->stored_bytes;
	}
	snprintf(config, sizeof(config), "sha256:%s", im->config_digest);
	snprintf(digest, sizeof(digest), "sha256:%s", im->digest);
	return db_run(l->db, e,
		      "INSERT INTO image(thing, config_digest, digest, os, architecture, variant, created, user, runs_as_root, working_dir,"
		      " healthcheck, onbuild, layers, bytes, stored_bytes, verified, readable) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
		      "isstttrtbtbiiiibb", thing, config, im->digest[0] ? digest : NULL, json_text_at(im->config, "os"),
		      json_text_at(im->config, "architecture"), json_text_at(im->config, "variant"),
		      load_time(json_text_at(im->config, "created")), user, is_root(user), json_str(setting(im, "WorkingDir")),
		      has_healthcheck(setting(im, "Healthcheck")), (int64_t)json_count(setting(im, "OnBuild")), (int64_t)im->layers.n,
		      (int64_t)bytes, (int64_t)stored, im->verified, im->readable);
}

static int write_layers(struct load *l, const struct image *im, int64_t thing, struct err *e)
{
	char digest[80], diff[80], chain[72] = "", below[72];
	int64_t id;

	for (int i = 0; i < im->layers.n; i++) {
		const struct layer *y = im->layers.at[i];

		snprintf(digest, sizeof(digest), "sha256:%s", y->digest);
		snprintf(diff, sizeof(diff), "sha256:%s", y->diff_id);
		memcpy(below, chain, sizeof(below));
		if (lineage_chain(l->db, below, diff, digest, chain, &id, e))
			return -1;
		if (db_run(l->db, e,
			   "INSERT INTO image_layer(image, ordinal, digest, diff_id, packing, bytes, stored_bytes, entries, chain)"
			   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			   "iisssiiii", thing, (int64_t)i, digest, diff, y->packing, (int64_t)y->bytes, (int64_t)y->stored_bytes,
			   (int64_t)y->entries, id))
			return -1;
	}
	return 0;
}

static int write_ports(struct load *l, const struct image *im, int64_t thing, struct err *e)
{
	int count = 0;

	JSON_MEMBERS(m, setting(im, "ExposedPorts"))
	{
		struct span protocol = json_str(&m->key), port = span_cut(&protocol, '/');
		int64_t n;

		if (!span_int(port, &n) || n < 1 || n > 65535 || ++count > LIST_MAX)
			continue;
		if (db_run(l->db, e, "INSERT OR IGNORE INTO image_port(image, port, protocol) VALUES (?, ?, ?)", "iit", thing, n,
			   protocol.n > 0 ? protocol : SPAN("tcp")))
			return -1;
	}
	return 0;
}

static const char *type_name(char type)
{
	return type == 'd' ? "directory" : type == 'l' ? "link" : "file";
}

static int write_note(struct load *l, const struct image *im, int64_t thing, int layer, const struct note *n, int *count, struct err *e)
{
	int removed = view_hidden(&im->layers, layer, im->layers.n - 1, n->path);
	const struct file_kind *kind;

	for (size_t k = 0; (kind = file_kind_at(k)); k++) {
		if (!(n->kinds & kind->bit) || ++*count > FILES_MAX)
			continue;
		if (db_run(l->db, e,
			   "INSERT OR REPLACE INTO image_file(image, layer, path, kind, type, mode, uid, gid, bytes, removed_in, detail)"
			   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, -1), ?)",
			   "iisssiiiiis", thing, (int64_t)layer, n->path, kind->name, type_name(n->type), (int64_t)n->mode, n->uid,
			   n->gid, (int64_t)n->size, (int64_t)removed, n->detail))
			return -1;
	}
	return 0;
}

static int write_files(struct load *l, const struct image *im, int64_t thing, struct err *e)
{
	int count = 0;

	for (int i = 0; i < im->layers.n; i++)
		for (const struct note *n = im->layers.at[i]->notes; n; n = n->next)
			if (n->kinds & NOTE_FILES && write_note(l, im, thing, i, n, &count, e))
				return -1;
	if (count > FILES_MAX)
		return load_problem(l, NULL, e, "image sha256:%s: %d files of note, the first %d are kept", im->config_digest, count, FILES_MAX);
	return 0;
}

/* "app:1.2", else the first digits of the id as docker shows them. */
static struct span display_name(const struct image *im, char *buf, size_t cap)
{
	struct span first = json_count(im->names) > 0 && json_is(im->names, JSON_ARRAY) ? json_str(&im->names->items[0]) : im->name;

	if (first.n > 0)
		return first;
	snprintf(buf, cap, "sha256:%.12s", im->config_digest);
	return span_of(buf);
}

int image_write(struct load *l, struct image *im, int64_t *thing, bool *fresh, struct err *e)
{
	char ref[96], shown[32];
	struct thing_spec spec = {.kind = "image", .type = "Image", .outside = true};

	snprintf(ref, sizeof(ref), "image:sha256:%s", im->config_digest);
	spec.ref = span_of(ref);
	spec.name = display_name(im, shown, sizeof(shown));
	if (load_thing(l, &spec, thing, NULL, e))
		return -1;
	*fresh = !db_int(l->db, 0, "SELECT 1 FROM image WHERE thing = ?", "i", *thing);
	if (!*fresh) {
		snprintf(ref, sizeof(ref), "sha256:%s", im->digest);
		return write_names(l, im, *thing, e) || (im->digest[0] && db_run(l->db, e, "UPDATE image SET digest = ? WHERE thing = ? AND digest IS NULL",
										 "si", ref, *thing))
			       ? -1
			       : 0;
	}
	return write_row(l, im, *thing, e) || write_names(l, im, *thing, e) || write_layers(l, im, *thing, e) || image_write_config(l, im, *thing, e) ||
			       write_ports(l, im, *thing, e) || write_files(l, im, *thing, e)
		       ? -1
		       : 0;
}
