/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOAD_SCANNER_H
#define LOAD_SCANNER_H
#include "load.h"
/*
 * Reads what other scanners reported ("scanner/<format>") into scan, scan_result and scan_component: Trivy (SchemaVersion 2), Grype, Clair (v4 vulnerability
 * report, clair-scanner), Harbor (report of a scanner), twistcli, Snyk (container test --json), CycloneDX 1.x, SPDX 2.x and SARIF 2.1.0 as JSON, one document held at a time; exports of Harbor and Prisma Cloud as CSV,
 * record by record. A damaged result becomes a problem and costs itself. Which image a report is of, and whether it agrees, is derive-scanner.c's.
 */
int load_scanner(struct load *l, struct source *content, struct err *e);

/* ---- what the readers share (load-scanner-*.c) */

struct scan_about {
	struct span scanner, version;
	const char *format;	/* NULL: as the member's kind says */
	struct span target;	/* what was scanned, as written: an image reference where it is one */
	struct span digest, config_digest; /* "sha256:…"; absent: not told */
	int64_t scanned, feeds; /* 0: not told */
	bool components, vulnerabilities; /* it lists them */
	bool no_registry;	/* the target's registry is not told: it is not docker.io */
	const char *pointer;
};
/* Adds the report of one image: its thing in `*scan`. */
int scan_add(struct load *l, const struct scan_about *a, int64_t *scan, struct err *e);

struct scan_row {
	struct span vulnerability, component, version, type, path, severity, fixed;
	struct span aliases;	/* JSON array; absent: none */
	const char *state;	/* NULL: open */
	const char *pointer;
};
/* One result; without a vulnerability's name a problem. */
int scan_result_add(struct load *l, int64_t scan, const struct scan_row *r, struct err *e);
int scan_component_add(struct load *l, int64_t scan, struct span type, struct span name, struct span version, struct err *e);
/* The names of a JSON list as an array without `but`, in the arena; absent: none. */
struct span scan_aliases(struct arena *a, const struct json *list, struct span but);
/* Type, name (as the ecosystem writes it) and version of a package URL. False: it is none. */
bool scan_purl(struct arena *a, struct span purl, struct scan_row *r);
/* The PURL type of how Trivy, Grype, Snyk and Clair call a kind of package ("debian", "python-pkg", "gobinary"); absent: not known. */
struct span scan_type(struct span word);

typedef int scan_reader(struct load *l, const struct json *doc, const char *pointer, struct err *e);
scan_reader scan_trivy, scan_grype, scan_clair, scan_snyk, scan_cyclonedx, scan_spdx, scan_sarif, scan_harbor_report, scan_twistcli, scan_clair_scanner;
/* The version in Prisma's state of a fix ("fixed in 1.2.3, 1.1.9"); absent: none. */
struct span scan_prisma_fix(struct span status);
/* Tables: Harbor's export of scan data, Prisma Cloud's export of images. */
int scan_table(struct load *l, struct source *content, struct err *e);
#endif
