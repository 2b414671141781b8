/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OVAL_COMMENT_H
#define OVAL_COMMENT_H
/* What the comments and platforms of distributions' OVAL definitions say. */
#include "place.h"

struct oval_comment {
	struct span package, fixed; /* fixed absent: no fix */
	struct span introduced;	    /* then only the package is set: what lies below is not affected */
	struct span last;	    /* affected up to this one; no fix */
	struct span module;	    /* then nothing else is set */
	const char *status;	    /* where the comment tells; NULL otherwise */
};

/* False when it says nothing about a package (signatures, platforms, architectures). `vulnerability`: the
 * definition is of that class, where "X is installed" names an affected package. */
bool oval_comment_read(struct span comment, bool vulnerability, struct oval_comment *out);
/* "Red Hat Enterprise Linux 8", "Oracle Linux 7", "SUSE Linux Enterprise Server 15 SP3", "Ubuntu 20.04 LTS", "Photon 3", "Azure Linux"
 * (whose version only the file's name tells). False when it is of no distribution that is known. */
bool oval_platform(struct arena *a, struct span platform, struct span file, struct place *out);
#endif
