// SPDX-License-Identifier: Apache-2.0
// Licence expressions: grammar and precedence as SPDX 2.3 annex D says them, canonical forms and classes worked out by hand.
#include "test.h"
#include "analyze/license.h"

static void expressions(void)
{
	static const struct {
		const char *text, *expression, *class;
	} cases[] = {
		{"MIT", "MIT", "permissive"},
		{"mit", "MIT", "permissive"},
		{"Apache License, Version 2.0", "Apache-2.0", "permissive"},
		{"GPL-2.0", "GPL-2.0-only", "strong-copyleft"},
		{"GPL-2.0+", "GPL-2.0-or-later", "strong-copyleft"},
		{"GPL (>= 2)", "GPL-2.0-or-later", "strong-copyleft"},
		{"GPL-3+", "GPL-3.0-or-later", "strong-copyleft"},
		{"LGPL-2.1-only+", "LGPL-2.1-or-later", "weak-copyleft"},
		{"MPL-1.1+", "MPL-1.1+", "weak-copyleft"},
		{"MIT OR GPL-2.0-only", "MIT OR GPL-2.0-only", "permissive"},
		{"MIT AND GPL-2.0-only", "MIT AND GPL-2.0-only", "strong-copyleft"},
		/* AND binds closer than OR. */
		{"GPL-3.0-only AND AGPL-3.0-only OR MIT AND LGPL-2.1-only", "GPL-3.0-only AND AGPL-3.0-only OR MIT AND LGPL-2.1-only", "weak-copyleft"},
		{"GPL-3.0-only AND (AGPL-3.0-only OR MIT)", "GPL-3.0-only AND (AGPL-3.0-only OR MIT)", "strong-copyleft"},
		{"((MIT)) or ((ISC and Zlib))", "MIT OR ISC AND Zlib", "permissive"},
		{"GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0", "weak-copyleft"},
		{"GPL-2.0-only WITH Linux-syscall-note", "GPL-2.0-only WITH Linux-syscall-note", "strong-copyleft"},
		{"GPL-3.0-or-later WITH GCC-exception-3.1 AND GPL-3.0-or-later", "GPL-3.0-or-later WITH GCC-exception-3.1 AND GPL-3.0-or-later", "strong-copyleft"},
		{"Apache-2.0 WITH LLVM-exception", "Apache-2.0 WITH LLVM-exception", "permissive"},
		{"GPL-2.0-only WITH No-such-exception", "", "strong-copyleft"},
		{"LicenseRef-Acme", "LicenseRef-Acme", "unknown"},
		{"MIT AND LicenseRef-Acme", "MIT AND LicenseRef-Acme", "unknown"},
		{"MIT OR LicenseRef-Acme", "MIT OR LicenseRef-Acme", "permissive"},
		{"SSPL-1.0", "SSPL-1.0", "proprietary"},
		/* What is no expression keeps its class where words tell it. */
		{"MIT AND", "", "permissive"},
		{"(MIT", "", "unknown"},
		{"MIT)", "", "unknown"},
		{"Example Limited", "", "unknown"},
		{"Simple terms", "", "unknown"},
		{"GPL-2.0-only AND something of our own", "", "strong-copyleft"},
		{"GNU Lesser General Public License v2", "", "weak-copyleft"},
		{"Proprietary", "", "proprietary"},
		{"GPL-2+ and BSD-3-clause", "GPL-2.0-or-later AND BSD-3-Clause", "strong-copyleft"},
		{"", "", "unknown"},
	};
	auto_arena a = ARENA_INIT;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct license_reading r;

		license_read(&a, span_of(cases[i].text), NULL, NULL, &r);
		CHECK_SPAN(r.expression, cases[i].expression);
		if (strcmp(license_class_name(r.class), cases[i].class))
			printf("  %s: %s\n", cases[i].text, license_class_name(r.class));
		CHECK(strcmp(license_class_name(r.class), cases[i].class) == 0);
	}
}

/* Denies strong copyleft, but allows one identifier and one with its exception; allows what is permissive. */
static enum license_ruling policy(void *ctx, struct span word)
{
	(void)ctx;
	if (span_eq(word, "GPL-3.0-or-later") || span_eq(word, "permissive") || span_eq(word, "GPL-2.0-only WITH Linux-syscall-note"))
		return LICENSE_ALLOW;
	return span_eq(word, "strong-copyleft") || span_eq(word, "Zlib") ? LICENSE_DENY : LICENSE_UNRULED;
}

static void rulings(void)
{
	static const struct {
		const char *text;
		enum license_ruling ruling;
	} cases[] = {
		{"MIT", LICENSE_ALLOW},
		{"Zlib", LICENSE_DENY}, /* the identifier goes before its class */
		{"GPL-3.0-or-later", LICENSE_ALLOW},
		{"GPL-2.0-only", LICENSE_DENY},
		{"GPL-2.0-only WITH Linux-syscall-note", LICENSE_ALLOW},
		{"GPL-2.0-only WITH Classpath-exception-2.0", LICENSE_UNRULED}, /* weak copyleft then */
		{"LGPL-2.1-only", LICENSE_UNRULED},
		{"MIT OR GPL-2.0-only", LICENSE_ALLOW},
		{"MIT AND GPL-2.0-only", LICENSE_DENY},
		{"MIT AND LGPL-2.1-only", LICENSE_UNRULED},
		{"LGPL-2.1-only OR GPL-2.0-only", LICENSE_UNRULED},
		{"GNU General Public License", LICENSE_DENY},
		{"strange", LICENSE_UNRULED},
	};
	auto_arena a = ARENA_INIT;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct license_reading r;

		license_read(&a, span_of(cases[i].text), policy, NULL, &r);
		if (r.ruling != cases[i].ruling)
			printf("  %s\n", cases[i].text);
		CHECK_INT(r.ruling, cases[i].ruling);
	}
}

/* A thousand brackets and a thousand operators end, as no expression. */
static void bounds(void)
{
	auto_arena a = ARENA_INIT;
	char deep[4100], wide[9100] = "MIT";
	struct license_reading r;
	size_t n = 3;

	memset(deep, '(', 1000);
	memcpy(deep + 1000, "MIT", 4);
	license_read(&a, span_of(deep), NULL, NULL, &r);
	CHECK_SPAN(r.expression, "");
	for (int i = 0; i < 1000; i++)
		n += (size_t)snprintf(wide + n, sizeof(wide) - n, " OR ISC");
	license_read(&a, span_of(wide), NULL, NULL, &r);
	CHECK_SPAN(r.expression, "");
}

int main(void)
{
	TEST(expressions);
	TEST(rulings);
	TEST(bounds);
	return test_end();
}
