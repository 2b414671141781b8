// SPDX-License-Identifier: Apache-2.0
// plimsoll feeds: import, status, compare. Importing itself is import.c's.
#include "commands.h"
#include "common/opts.h"
#include "feeds-pack.h"
#include "feeds-show.h"
#include "feeds-version.h"
#include "import.h"

#include <unistd.h>

static void print_counts(const struct store *s)
{
	fprintf(stderr, "plimsoll: %llu files of known formats, %llu not; %llu records new or changed, %llu files or records the same, "
			"%llu older, %llu broken\n",
		(unsigned long long)s->files, (unsigned long long)s->skipped, (unsigned long long)s->records,
		(unsigned long long)s->same, (unsigned long long)s->older, (unsigned long long)s->broken);
}

struct import_wish {
	const char *out;
};

static int import(void *ctx, const struct opt_list *inputs, struct err *e)
{
	const struct import_wish *w = ctx;
	struct store s = {0};

	if (!w->out)
		return err_set(e, ERR_USAGE, "feeds import: -o vulns.db is missing");
	if (import_feeds(&s, w->out, inputs->at, inputs->n, e))
		return -1;
	print_counts(&s);
	return s.broken > 0 ? 4 : 0;
}

static int cmd_import(int argc, char **argv)
{
	struct import_wish w = {0};
	const struct opt table[] = {{"output", 'o', OPT_TEXT, &w.out, "vulns.db", "The database to make or to add to."}, {0}};
	const struct opts o = {
		.command = "feeds import",
		.synopsis = "-o vulns.db FILE|DIR|ARCHIVE...",
		.summary = "Read vulnerability feeds into vulns.db; formats are told by content. All of it is read or nothing changes.",
		.table = table,
		.more = "Formats: OSV (JSON, YAML), RustSec, Debian (tracker JSON, DSA/DLA/DTSA lists, changelog fixes), Ubuntu tracker, secdb of\n"
			"Alpine, Wolfi, Chainguard and MinimOS, Wolfi's advisories, OVAL (Red Hat, Oracle, SUSE, Ubuntu, Photon, Azure), updateinfo\n"
			"(Amazon, Fedora, Rocky), CSAF 2.0 and its VEX, Photon JSON, NVD 2.0, CVE 5, CISA KEV, EPSS, endoflife.date, lists of exploits\n"
			"(Exploit-DB, Metasploit, nuclei), OpenVEX, CycloneDX VEX, Red Hat's repository-to-cpe.json and nvr-to-cpe.json;\n"
			"plain, or in tar, zip, gzip, zstd, bzip2, xz.\n"
			"Exit codes: 0 done, 3 no feed in it or one cut short, 4 some records could not be read (the rest counts).",
		.min = 1,
		.max = -1,
	};

	return opts_run(&o, argc, argv, import, &w);
}

struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
};

static const struct verb verbs[] = {{"import", cmd_import}, {"status", feeds_status}, {"compare", feeds_compare}, {"satisfies", feeds_satisfies},
				   {"sources", feeds_sources}, {"pack", feeds_pack}, {"verify", feeds_verify}, {"show", feeds_show}};

static void usage(FILE *out)
{
	fputs("usage: plimsoll feeds VERB [ARGUMENTS]\n\n"
	      "Vulnerability feeds.\n\n"
	      "  import     read them into vulns.db\n"
	      "  status     list the feeds in it, their age and what they cover\n"
	      "  show       all that they say of a vulnerability\n"
	      "  sources    where feeds are published, as a list or as a script that downloads them\n"
	      "  pack       sign a vulns.db for carrying it\n"
	      "  verify     check such a pack\n"
	      "  compare    order of two versions\n"
	      "  satisfies  whether a version lies in a range\n\n"
	      "plimsoll feeds VERB --help tells more.\n",
	      out);
}

int cmd_feeds(int argc, char **argv)
{
	if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		usage(stdout);
		return 0;
	}
	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc - 1, argv + 1);
	usage(stderr);
	return ERR_USAGE;
}
