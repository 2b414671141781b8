// SPDX-License-Identifier: Apache-2.0
// Writes package URLs. What a package is called is the parsers' business; what purls want of it stands here.
#include "purl.h"

#include "common/buf.h"

/* How a type's name becomes namespace and name. */
enum split {
	PLAIN,	/* all of it is the name */
	SLASH,	/* the namespace goes up to the last '/' */
	COLON	/* "group:artifact" */
};

static const struct type_rule {
	const char *type;
	enum split split;
	bool lower;	 /* names are case-insensitive and written in lower case */
	bool underscore; /* '_' is written '-' */
} rules[] = {
	{"pypi", PLAIN, true, true},	{"npm", SLASH, false, false},	   {"maven", COLON, false, false}, {"golang", SLASH, false, false},
	{"composer", SLASH, true, false}, {"hex", SLASH, true, false},	   {"swift", SLASH, false, false}, {"github", SLASH, true, false},
	{"bitnami", PLAIN, true, false},  {"generic", SLASH, false, false}, {"luarocks", SLASH, true, false}, {"alpm", PLAIN, true, false}, {"ebuild", SLASH, false, false},
};

static const struct type_rule *rule_of(const char *type)
{
	static const struct type_rule none = {NULL, PLAIN, false, false};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (strcmp(rules[i].type, type) == 0)
			return &rules[i];
	return &none;
}

static void add_encoded(struct buf *b, struct span s, const struct type_rule *r, bool slashes)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_~:";

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (r && r->lower && c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (r && r->underscore && c == '_')
			c = '-';
		if ((c && strchr(plain, c)) || (slashes && c == '/'))
			buf_add_char(b, c);
		else
			buf_printf(b, "%%%02X", (unsigned char)c);
	}
}

static void add_name(struct buf *b, struct span name, const struct type_rule *r)
{
	char sep = r->split == COLON ? ':' : '/';
	struct span last = r->split == PLAIN ? name : span_after_last(name, sep);

	if (last.n < name.n) {
		add_encoded(b, (struct span){name.p, name.n - last.n - 1}, r, r->split == SLASH);
		buf_add_char(b, '/');
	}
	add_encoded(b, last, r, false);
}

struct span purl_rpm_epoch(struct span version, struct span *rest)
{
	struct span epoch = version;
	const char *colon = version.n ? memchr(version.p, ':', version.n) : NULL;

	*rest = version;
	if (!colon)
		return SPAN_NONE;
	epoch.n = (size_t)(colon - version.p);
	*rest = (struct span){colon + 1, version.n - epoch.n - 1};
	return epoch;
}

static void add_qualifier(struct buf *b, char *sep, const char *key, struct span value)
{
	if (value.n == 0)
		return;
	buf_add_char(b, *sep);
	buf_add_str(b, key);
	buf_add_char(b, '=');
	add_encoded(b, value, NULL, false);
	*sep = '&';
}

void purl_add(struct buf *b, const struct package *p, const char *os_namespace, const char *distro)
{
	const struct type_rule *r = rule_of(p->type);
	struct span version = p->version, epoch = SPAN_NONE, name = p->name;
	bool os = package_is_os(p->type);
	char sep = '?';

	buf_printf(b, "pkg:%s/", p->type);
	if (os && os_namespace) {
		add_encoded(b, span_of(os_namespace), NULL, false);
		buf_add_char(b, '/');
	}
	add_name(b, name, r);
	if (strcmp(p->type, "rpm") == 0)
		epoch = purl_rpm_epoch(p->version, &version);
	if (version.n > 0 && !span_eq(version, "(devel)")) {
		buf_add_char(b, '@');
		add_encoded(b, version, NULL, false);
	}
	add_qualifier(b, &sep, "arch", p->arch);
	if (os && distro)
		add_qualifier(b, &sep, "distro", span_of(distro));
	add_qualifier(b, &sep, "epoch", epoch);
	if (strcmp(p->type, "rpm") == 0)
		add_qualifier(b, &sep, "rpmmod", p->module);
	if (p->qualifiers.n > 0) {
		buf_add_char(b, sep);
		buf_add_span(b, p->qualifiers);
	}
}
