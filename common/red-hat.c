// SPDX-License-Identifier: Apache-2.0
// Names of Red Hat's products and repositories. What feeds say of the products is derive-products.c's.
#include "red-hat.h"

#include "limits.h"
#include "version.h"

enum { FIELDS = 6 }; /* product, version, update, edition, language, and what may stand behind */

static bool is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool listed(const char *const *list, struct span word)
{
	for (; *list; list++)
		if (span_eq(word, *list))
			return true;
	return false;
}

/* Up to RHEL 9 they are named rhel_eus, from 10 on enterprise_linux_eus. */
static bool is_extended_product(struct span product)
{
	static const char *const streams[] = {"eus", "aus", "e4s", "tus", "els", "eus_long_life", NULL};
	static const char *const stems[] = {"rhel_", "enterprise_linux_"};

	for (size_t i = 0; i < sizeof(stems) / sizeof(stems[0]); i++)
		if (span_starts(product, stems[i]))
			return listed(streams, (struct span){product.p + strlen(stems[i]), product.n - strlen(stems[i])});
	return false;
}

struct span red_hat_stream(struct arena *a, const char *stream, struct span major, struct span version)
{
	int64_t n;

	return span_of(arena_printf(a, "%s_%s:%.*s", span_int(major, &n) && n >= 10 ? "enterprise_linux" : "rhel", stream, SPAN_ARG(version)));
}

bool red_hat_is_extended(struct span release)
{
	struct span product = span_cut(&release, ':');

	return release.n > 0 && is_extended_product(product);
}

bool red_hat_is_layered(struct span release)
{
	return release.n > 0 && memchr(release.p, ':', release.n) && !red_hat_is_extended(release);
}

/* One field of a CPE 2.3 as CPE 2.2 writes it: "*" is any, and nothing is quoted. */
static struct span plain_field(struct arena *a, struct span field)
{
	char *out;
	size_t n = 0;

	if (span_eq(field, "*"))
		return SPAN("");
	if (field.n == 0 || !memchr(field.p, '\\', field.n))
		return field;
	out = arena_alloc(a, field.n + 1);
	for (size_t i = 0; i < field.n; i++)
		if (field.p[i] != '\\')
			out[n++] = field.p[i];
	return (struct span){out, n};
}

/* The fields from the product on. False: it is no CPE of Red Hat's. */
static bool read_cpe(struct arena *a, struct span cpe, struct span fields[FIELDS])
{
	bool newer = span_starts(cpe, "cpe:2.3:");
	struct span rest = cpe;

	if (cpe.n > LIMIT_VERSION_BYTES || (!newer && !span_starts(cpe, "cpe:/")))
		return false;
	for (int i = newer ? 0 : 1; i < 3; i++)
		span_cut(&rest, ':');
	if (!span_ieq(span_cut(&rest, ':'), "redhat"))
		return false;
	for (int i = 0; i < FIELDS; i++) {
		fields[i] = rest.p ? span_cut(&rest, ':') : SPAN("");
		if (newer)
			fields[i] = plain_field(a, fields[i]);
	}
	if (newer) /* what CPE 2.2 does not have */
		fields[FIELDS - 1] = SPAN("");
	return fields[0].n > 0;
}

struct span red_hat_release(struct arena *a, struct span cpe)
{
	struct span f[FIELDS], version;
	char *text;
	size_t n;

	if (!read_cpe(a, cpe, f))
		return SPAN_NONE;
	if (span_eq(f[0], "enterprise_linux")) {
		version = span_cut(&f[1], '.');
		return version.n > 0 ? span_of(arena_printf(a, "%.*s", SPAN_ARG(version))) : SPAN_NONE;
	}
	if (is_extended_product(f[0]))
		return span_of(arena_printf(a, "%.*s:%.*s", SPAN_ARG(f[0]), SPAN_ARG(f[1])));
	text = arena_printf(a, "%.*s:%.*s:%.*s:%.*s:%.*s", SPAN_ARG(f[0]), SPAN_ARG(f[1]), SPAN_ARG(f[2]), SPAN_ARG(f[3]), SPAN_ARG(f[4]));
	for (n = strlen(text); n > f[0].n + 1 && text[n - 1] == ':';)
		text[--n] = 0;
	return (struct span){text, n};
}

/* "%01": one character; "%02": any number of them. */
static bool wild_equal(struct span pattern, struct span text)
{
	size_t p = 0, t = 0, star = SIZE_MAX, from = 0;

	if (span_is(pattern, text)) /* two patterns */
		return true;
	while (t < text.n) {
		bool wild = p + 2 < pattern.n && pattern.p[p] == '%' && pattern.p[p + 1] == '0';

		if (wild && pattern.p[p + 2] == '2') {
			star = p += 3;
			from = t;
		} else if (wild && pattern.p[p + 2] == '1') {
			p += 3;
			t++;
		} else if (p < pattern.n && pattern.p[p] == text.p[t]) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star;
			t = ++from;
		} else {
			return false;
		}
	}
	while (p + 2 < pattern.n && pattern.p[p] == '%' && pattern.p[p + 1] == '0' && pattern.p[p + 2] == '2')
		p += 3;
	return p == pattern.n;
}

static bool version_fits(struct span said, struct span version)
{
	if (said.n == 0 || wild_equal(said, version))
		return true;
	return version.n > said.n && memcmp(version.p, said.p, said.n) == 0 && version.p[said.n] == '.';
}

bool red_hat_fits(struct span product, struct span repository)
{
	struct span a = span_cut(&product, ':'), b = span_cut(&repository, ':');

	if (!span_is(a, b) || !version_fits(span_cut(&product, ':'), span_cut(&repository, ':')))
		return false;
	while (product.p) {
		a = span_cut(&product, ':');
		b = span_cut(&repository, ':');
		if (a.n > 0 && b.n > 0 && !wild_equal(a, b))
			return false;
	}
	return true;
}

bool red_hat_for_major(struct span product, struct span major)
{
	struct span name = span_cut(&product, ':'), version = span_cut(&product, ':');

	if (span_starts(name, "rhel_extras") && version.n > 0 && !span_is(version, major))
		return false;
	while (product.p) {
		struct span field = span_cut(&product, ':');

		if (field.n > 2 && span_starts(field, "el") && version_is_digit(field.p[2]) && !span_is((struct span){field.p + 2, field.n - 2}, major))
			return false;
	}
	return true;
}

bool red_hat_is_base_set(struct span set)
{
	static const char *const words[] = {"rhel", "ubi", "for", "x86_64", "aarch64", "ppc64le", "ppc64", "s390x", "i386", "arm64", "arm", "64", "system", "z", "power", "le",
					    "server", "workstation", "desktop", "client", "hpc", "node", "baseos", "appstream", "codeready", "builder", "highavailability", "resilientstorage", "nfv",
					    "rt", "optional", "eus", "aus", "e4s", "tus", "els", "fastrack", "source", "debug", "rpms", NULL};
	const char *pinned = set.n ? memmem(set.p, set.n, "__", 2) : NULL;
	struct span rest = pinned ? (struct span){set.p, (size_t)(pinned - set.p)} : set, word = SPAN_NONE;
	bool number = false, named = false;

	while (rest.p) {
		word = span_cut(&rest, '-');
		named = named || span_eq(word, "rhel") || span_eq(word, "ubi");
		number = number || (word.n > 0 && word.n < 3 && version_is_digit(word.p[0]));
		if (!listed(words, word) && !(word.n > 0 && word.n < 3 && version_is_digit(word.p[0]) && version_is_digit(word.p[word.n - 1])))
			return false;
	}
	return named && number && span_eq(word, "rpms");
}

/* Letters at the start of `s`. */
static struct span letters(struct span s)
{
	size_t n = 0;

	while (n < s.n && is_letter(s.p[n]))
		n++;
	return (struct span){s.p, n};
}

struct span red_hat_builder(struct span version)
{
	struct span rest = span_after_last(version, '-'), before = SPAN("");

	while (rest.p) {
		struct span part = span_cut(&rest, '.'), word = letters(part);
		size_t at = 2;

		if (span_eq(word, "rhaos") || (span_eq(word, "ep") && part.n > 2 && version_is_digit(part.p[2])))
			before = word;
		if (!span_starts(part, "el") || part.n < 3 || !version_is_digit(part.p[2]))
			continue;
		while (at < part.n && version_is_digit(part.p[at]))
			at++;
		word = letters((struct span){part.p + at, part.n - at});
		return word.n > 0 ? word : before;
	}
	return before;
}
