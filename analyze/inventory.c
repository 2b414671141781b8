// SPDX-License-Identifier: Apache-2.0
// Writes packages and what they were read from. Layers and their history are load-image-packages.c's.
#include "inventory.h"
#include "license.h"
#include "purl.h"
#include "streams.h"

#include "common/buf.h"

/* Where the package lies: the file, and behind "!/" the place in it. */
static const char *full_path(struct arena *a, const char *path, struct span inner)
{
	return path && inner.n > 0 ? arena_printf(a, "%s!/%.*s", path, SPAN_ARG(inner)) : path;
}

int package_write(struct load *l, const struct package *p, const struct package_place *at, struct err *e)
{
	auto_buf purl = BUF_INIT;
	auto_arena a = ARENA_INIT;
	bool os = package_is_os(p->type);
	int64_t component = 0;

	if (at->removed_in < 0 && !p->declared && !at->owned && distinct_component(l->db, &l->components, p, &at->os, &component, e))
		return -1;
	purl_add(&purl, p, at->namespace, at->distro);
	return db_run(l->db, e,
		      "INSERT OR IGNORE INTO package(thing, component, type, name, version, arch, license, source, source_version, module, purl, path, layer,"
		      " removed_in, declared, owned, owner, found_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, -1), nullif(?, -1), ?, ?, ?, ?)",
		      "irsttttttttsiibbts", at->thing, component, p->type, p->name, p->version, p->arch, license_normal(&a, p->license),
		      os ? (p->source.p ? p->source : p->name) : SPAN_NONE,
		      os ? (p->source_version.p ? p->source_version : p->version) : SPAN_NONE, p->module, buf_span(&purl),
		      full_path(&a, at->path, p->inner), (int64_t)at->layer, (int64_t)at->removed_in, p->declared, at->owned, at->owner, p->found_by);
}

int inventory_write(struct db *db, int64_t thing, const struct os_release *os, const char *database, const char *streams, const char *repositories, struct err *e)
{
	static const struct os_release none;

	if (!os)
		os = &none;
	return db_run(db, e,
		      "INSERT INTO inventory(thing, distro, distro_version, distro_name, ecosystem, release, database, streams, repositories, packages) VALUES"
		      " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, (SELECT count(*) FROM package WHERE thing = ?1 AND removed_in IS NULL AND NOT declared))",
		      "itttstsss", thing, os->id, os->version, os->name, os->ecosystem, os->release, database, streams, repositories);
}

struct node_packages {
	struct load *load;
	struct package_place at;
	bool unreadable; /* an rpm database was not read, or not to its end */
	size_t broken;
};

static int write_one(void *ctx, const struct package *p, struct err *e)
{
	struct node_packages *n = ctx;

	return package_write(n->load, p, &n->at, e);
}

static int write_rpm(struct node_packages *n, const struct json *v, struct err *e)
{
	struct package p = {.type = "rpm", .found_by = "rpm", .name = json_text_at(v, "name"), .version = json_text_at(v, "version"), .arch = json_text_at(v, "arch"),
			    .license = json_text_at(v, "license"), .source = json_text_at(v, "source"), .source_version = json_text_at(v, "sourceVersion"),
			    .module = json_text_at(v, "module")};

	if (p.name.n && p.version.n)
		return write_one(n, &p, e);
	n->broken++;
	n->unreadable = true;
	return 0;
}

static int write_rpm_databases(struct node_packages *n, const struct json *list, struct err *e)
{
	n->unreadable = json_bool(list) == 1;
	JSON_EACH(database, list)
	{
		struct span path = json_text_at(database, "path");

		n->unreadable |= json_bool_at(database, "unread") == 1 || !json_is(json_get(database, "packages"), JSON_ARRAY);
		n->at.path = path.n ? path.p : NULL;
		JSON_EACH(v, json_get(database, "packages"))
			if (write_rpm(n, v, e))
				return -1;
	}
	return 0;
}

static int write_database(struct node_packages *n, const struct inventory_texts *t, struct err *e)
{
	size_t broken = 0;

	n->at.path = "var/lib/dpkg/status";
	if (t->dpkg_status.n && packages_dpkg(t->dpkg_status, write_one, n, &broken, e))
		return -1;
	n->at.path = "lib/apk/db/installed";
	if (t->apk_installed.n && packages_apk(t->apk_installed, write_one, n, &broken, e))
		return -1;
	if (write_rpm_databases(n, t->rpm, e))
		return -1;
	broken += n->broken;
	return broken ? load_problem(n->load, NULL, e, "%zu packages without a name or a version", broken) : 0;
}

static int see_esm(void *ctx, const struct package *p, struct err *e)
{
	bool *pro = ctx;

	(void)e;
	*pro = *pro || streams_is_esm(p->version);
	return 0;
}

int inventory_node(struct load *l, int64_t thing, const struct inventory_texts *t, struct err *e)
{
	struct os_release os = {0};
	char distro[128], namespace[64];
	size_t broken = 0;
	struct node_packages n = {.load = l, .at = {.thing = thing, .layer = -1, .removed_in = -1}};

	if (t->os_release.p)
		packages_os_release(t->os_release, &os);
	n.at.os = (struct distinct_place){.ecosystem = os.ecosystem, .release = os.release};
	if (t->dpkg_status.n && packages_dpkg(t->dpkg_status, see_esm, &n.at.os.pro, &broken, e))
		return -1;
	if (os.id.n > 0) {
		snprintf(namespace, sizeof(namespace), "%.*s", SPAN_ARG(os.id));
		snprintf(distro, sizeof(distro), "%.*s-%.*s", SPAN_ARG(os.id), SPAN_ARG(os.version));
		n.at.namespace = namespace;
		n.at.distro = os.version.n > 0 ? distro : NULL;
	}
	if (write_database(&n, t, e))
		return -1;
	return inventory_write(l->db, thing, os.id.n > 0 ? &os : NULL,
			       n.unreadable ? "unreadable" : t->dpkg_status.n ? "deb" : t->apk_installed.n ? "apk" : json_is(t->rpm, JSON_ARRAY) ? "rpm" : "none", n.at.os.pro ? "esm" : NULL, NULL, e);
}
