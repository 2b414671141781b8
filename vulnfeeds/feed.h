/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_H
#define FEED_H
/*
 * One importer per feed format. It is told by the first bytes of a file (and its base name, where the format
 * itself leaves out what it is about), reads the file into the store, and returns 0; a record that cannot be
 * read becomes a problem. -1: the file as a whole cannot be used, and the import is off.
 */
#include "common/source.h"
#include "store.h"

struct feed_format {
	const char *kind;
	bool (*is)(struct span name, struct span head);
	int (*import)(struct store *s, struct span name, struct source *in, struct err *e);
};

extern const struct feed_format feed_debian_changelogs, feed_debian_gaps, feed_debian_advisories, feed_debian_tracker, feed_alpine_secdb,
	feed_wolfi, feed_ubuntu_text, feed_ubuntu_json, feed_oval, feed_updateinfo, feed_csaf, feed_photon, feed_rustsec, feed_kev, feed_epss,
	feed_nvd, feed_cve5, feed_lifecycle, feed_openvex, feed_cyclonedx, feed_osv, feed_exploitdb, feed_metasploit, feed_nuclei, feed_repository_cpe;

/* Release number of a Debian code name ("bookworm": "12"); absent for sid and unknown names. */
struct span debian_release(struct span codename);

/* "2023-01-24T00:00:00Z" or "2023-01-24" as Unix seconds; 0 when it is neither or before 1970. */
int64_t feed_time(struct span text);
/* Day, English month name (three letters count) and year as Unix seconds; 0 when they are no date. */
int64_t feed_date(struct span day, struct span month, struct span year);
/* CVSS base score of a vector of version 2, 3.0, 3.1 or 4.0; -1 when it is none. */
double cvss_score(struct span vector);
#endif
