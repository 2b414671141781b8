/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACKAGES_H
#define PACKAGES_H
/* Package databases as text, of images and nodes alike: what is installed. */
#include "err.h"
#include "span.h"

struct package {
	const char *type;		      /* PURL type */
	struct span name, version, arch, license;
	struct span source, source_version;   /* absent: the same as the package's own */
	struct span module;		      /* rpm: modularity label "nodejs:18:8090020231201:abc"; golang: "main" for a program built of no release of itself */
	struct span inner;		      /* path inside the file that told of it ("WEB-INF/lib/a.jar"); absent: the file itself */
	struct span qualifiers;		      /* of the package URL, encoded, sorted behind those that are made here; absent: none */
	bool declared;			      /* a lock file or a bill of materials names it; whether it is there is not told */
	const char *found_by;		      /* parser: "dpkg", "python-metadata", ...; a literal */
};

/* True for packages that an operating system's package manager installs: deb, apk, rpm; alpm (pacman), ebuild (Portage). */
bool package_is_os(const char *type);

/* Returns -1 to stop. The spans point into the text. */
typedef int package_fn(void *ctx, const struct package *p, struct err *e);

/* dpkg's status file, or one file of status.d (deb822; dpkg(1), "installed" states). Packages whose files are not
 * there (config-files, not-installed, half-installed) are left out. `*broken` counts paragraphs without name or version. */
int packages_dpkg(struct span text, package_fn *fn, void *ctx, size_t *broken, struct err *e);
/* apk's installed database (apk-tools, "installed DB format v2"). */
int packages_apk(struct span text, package_fn *fn, void *ctx, size_t *broken, struct err *e);

/* A file that a package owns: `directory` may be empty; both as the database writes them. */
typedef int path_fn(void *ctx, struct span owner, struct span directory, struct span file, struct err *e);
/* All files that an apk database lists. */
int packages_apk_owned(struct span text, path_fn *fn, void *ctx, struct err *e);

struct os_release {
	struct span id, version, name, codename; /* as written; absent: not there */
	const char *ecosystem;			 /* as feeds name it; NULL: unknown */
	struct span release;			 /* as feeds name it; absent: not told */
};
/* os-release(5). */
void packages_os_release(struct span text, struct os_release *out);
/* The same from the file that older systems have in its place: alpine-release, debian_version, redhat-release and the like, told by `path`.
 * The spans lie in the arena. False: nothing is known by it. */
struct arena;
bool packages_release_file(struct arena *a, struct span path, struct span text, struct os_release *out);

#endif
