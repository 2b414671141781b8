// SPDX-License-Identifier: Apache-2.0
// Licence names as packages write them, as SPDX identifiers. Which licences are acceptable is the checks' business.
#include "license.h"

#include "common/buf.h"

enum { WRITTEN_MAX = 200 };

static const char *const known[] = {
	"0BSD",		"AFL-2.1",	"AGPL-3.0-only",    "AGPL-3.0-or-later", "Apache-1.1",	     "Apache-2.0",	  "Artistic-1.0-Perl",
	"Artistic-2.0", "BSD-2-Clause", "BSD-3-Clause",	    "BSD-4-Clause",	 "BSL-1.0",	     "BlueOak-1.0.0",	  "bzip2-1.0.6",
	"CC-BY-3.0",	"CC-BY-4.0",	"CC0-1.0",	    "CDDL-1.0",		 "CDDL-1.1",	     "curl",		  "EPL-1.0",
	"EPL-2.0",	"GPL-1.0-or-later", "GPL-2.0-only", "GPL-2.0-or-later",	 "GPL-3.0-only",     "GPL-3.0-or-later",  "ICU",
	"ISC",		"LGPL-2.0-only", "LGPL-2.0-or-later", "LGPL-2.1-only",	 "LGPL-2.1-or-later", "LGPL-3.0-only",	  "LGPL-3.0-or-later",
	"Libpng",	"MIT",		"MIT-0",	    "MPL-1.1",		 "MPL-2.0",	     "MPL-2.0-no-copyleft-exception", "NCSA",
	"OFL-1.1",	"OpenSSL",	"PHP-3.01",	    "PostgreSQL",	 "PSF-2.0",	     "Python-2.0",	  "Ruby",
	"SSPL-1.0",	"Unicode-DFS-2016", "Unlicense",    "Vim",		 "W3C",		     "WTFPL",		  "X11",
	"Zlib",		"ZPL-2.1",	"BUSL-1.1",	    "Elastic-2.0",	 "Unicode-3.0",	     "GFDL-1.3-or-later", "Sleepycat",
};

static const struct {
	const char *written, *spdx;
} names[] = {
	{"Apache 2", "Apache-2.0"},
	{"Apache 2.0", "Apache-2.0"},
	{"Apache2", "Apache-2.0"},
	{"Apache License 2.0", "Apache-2.0"},
	{"Apache License, Version 2.0", "Apache-2.0"},
	{"Apache License Version 2.0", "Apache-2.0"},
	{"Apache Software License 2.0", "Apache-2.0"},
	{"The Apache License, Version 2.0", "Apache-2.0"},
	{"The Apache Software License, Version 2.0", "Apache-2.0"},
	{"http://www.apache.org/licenses/LICENSE-2.0", "Apache-2.0"},
	{"http://www.apache.org/licenses/LICENSE-2.0.txt", "Apache-2.0"},
	{"https://www.apache.org/licenses/LICENSE-2.0", "Apache-2.0"},
	{"https://www.apache.org/licenses/LICENSE-2.0.txt", "Apache-2.0"},
	{"ASL 2.0", "Apache-2.0"},
	{"MIT License", "MIT"},
	{"The MIT License", "MIT"},
	{"The MIT License (MIT)", "MIT"},
	{"MIT license", "MIT"},
	{"Expat", "MIT"},
	{"BSD 2-Clause", "BSD-2-Clause"},
	{"BSD 2-Clause License", "BSD-2-Clause"},
	{"Simplified BSD", "BSD-2-Clause"},
	{"BSD 3-Clause", "BSD-3-Clause"},
	{"3-Clause BSD License", "BSD-3-Clause"},
	{"BSD 3-Clause License", "BSD-3-Clause"},
	{"New BSD", "BSD-3-Clause"},
	{"New BSD License", "BSD-3-Clause"},
	{"Modified BSD", "BSD-3-Clause"},
	{"ISC License", "ISC"},
	{"GPLv2", "GPL-2.0-only"},
	{"GPL-2", "GPL-2.0-only"},
	{"GPL-2.0", "GPL-2.0-only"},
	{"GPL v2", "GPL-2.0-only"},
	{"GPLv2+", "GPL-2.0-or-later"},
	{"GPL-2+", "GPL-2.0-or-later"},
	{"GPL-2.0+", "GPL-2.0-or-later"},
	{"GPL (>= 2)", "GPL-2.0-or-later"},
	{"GPLv3", "GPL-3.0-only"},
	{"GPL-3", "GPL-3.0-only"},
	{"GPL-3.0", "GPL-3.0-only"},
	{"GPLv3+", "GPL-3.0-or-later"},
	{"GPL-3.0+", "GPL-3.0-or-later"},
	{"GPL (>= 3)", "GPL-3.0-or-later"},
	{"GPL+", "GPL-1.0-or-later"},
	{"LGPLv2", "LGPL-2.0-only"},
	{"LGPLv2+", "LGPL-2.0-or-later"},
	{"LGPL-2.1", "LGPL-2.1-only"},
	{"LGPLv2.1", "LGPL-2.1-only"},
	{"LGPLv2.1+", "LGPL-2.1-or-later"},
	{"LGPL-2.1+", "LGPL-2.1-or-later"},
	{"LGPL-3.0", "LGPL-3.0-only"},
	{"LGPLv3", "LGPL-3.0-only"},
	{"LGPLv3+", "LGPL-3.0-or-later"},
	{"LGPL-3.0+", "LGPL-3.0-or-later"},
	{"AGPL-3.0", "AGPL-3.0-only"},
	{"AGPLv3", "AGPL-3.0-only"},
	{"AGPLv3+", "AGPL-3.0-or-later"},
	{"MPLv2.0", "MPL-2.0"},
	{"MPL 2.0", "MPL-2.0"},
	{"Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"},
	{"PSF", "PSF-2.0"},
	{"Python Software Foundation License", "PSF-2.0"},
	{"zlib", "Zlib"},
	{"Unlicense", "Unlicense"},
	{"The Unlicense", "Unlicense"},
	{"CC0", "CC0-1.0"},
	{"Boost", "BSL-1.0"},
	{"EPL 2.0", "EPL-2.0"},
	{"Eclipse Public License v2.0", "EPL-2.0"},
	{"Eclipse Public License - v 2.0", "EPL-2.0"},
};

static const char *known_id(struct span s)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (span_ieq(s, known[i]))
			return known[i];
	return NULL;
}

/* Words of an expression: identifiers between AND, OR, WITH and brackets. What stands behind WITH is an exception's name. */
bool license_is_spdx(struct span s)
{
	bool any = false, exception = false;

	for (size_t i = 0; i < s.n;) {
		size_t from = i;
		struct span word;

		while (i < s.n && s.p[i] != ' ' && s.p[i] != '(' && s.p[i] != ')')
			i++;
		word = (struct span){s.p + from, i - from};
		if (word.n == 0) {
			i++;
			continue;
		}
		if (span_eq(word, "AND") || span_eq(word, "OR") || span_eq(word, "WITH")) {
			exception = span_eq(word, "WITH");
			continue;
		}
		if (!exception && !known_id(word))
			return false;
		exception = false;
		any = true;
	}
	return any;
}

static const char *spdx_name(struct span s)
{
	const char *id = known_id(s);

	for (size_t i = 0; !id && i < sizeof(names) / sizeof(names[0]); i++)
		if (span_ieq(s, names[i].written))
			id = names[i].spdx;
	return id;
}

/* "GPL-2+; MIT": a list of licences that all hold for parts of a package. */
static struct span normal_list(struct arena *a, struct span list)
{
	auto_buf b = BUF_INIT;

	while (list.p) {
		struct span one = span_trim(span_cut(&list, ';'));
		const char *id = spdx_name(one);

		if (one.n == 0)
			continue;
		buf_add_str(&b, b.n ? " AND " : "");
		buf_add_span(&b, id ? span_of(id) : one);
	}
	return (struct span){arena_strndup(a, b.p ? b.p : "", b.n), b.n};
}

struct span license_normal(struct arena *a, struct span written)
{
	struct span line = span_trim(written), rest = line;
	const char *id;
	size_t n;

	line = span_trim(span_cut(&rest, '\n'));
	if (line.n == 0)
		return SPAN_NONE;
	if (memchr(line.p, ';', line.n))
		line = normal_list(a, line);
	id = spdx_name(line);
	if (id)
		return span_of(id);
	n = line.n < WRITTEN_MAX ? line.n : WRITTEN_MAX;
	while (n > 0 && n < line.n && ((unsigned char)line.p[n] & 0xc0) == 0x80)
		n--;
	return (struct span){arena_strndup(a, line.p, n), n};
}
