// SPDX-License-Identifier: Apache-2.0
// PHP: Composer's list of what it installed (vendor/composer/installed.json, 1 and 2) and its lock file.
#include "inventory-parse.h"

#include "common/json.h"

static void emit_list(struct parse *p, const struct json *list, bool declared)
{
	JSON_EACH(v, list)
	{
		struct package pkg = {.type = "composer", .declared = declared};
		const struct json *license = json_get(v, "license");

		pkg.name = json_text_at(v, "name");
		pkg.version = json_text_at(v, "version");
		if (json_is(license, JSON_ARRAY) && license->n > 0)
			pkg.license = json_str(&license->items[0]);
		/* "v5.4.1" and "5.4.1" are the same version to Composer. */
		if (pkg.version.n > 1 && pkg.version.p[0] == 'v' && pkg.version.p[1] >= '0' && pkg.version.p[1] <= '9')
			pkg.version = span_from(pkg.version, 1);
		parse_emit(p, &pkg);
	}
}

int parse_composer_installed(struct parse *p, struct err *e)
{
	struct json *doc;

	if (parse_json(p, &doc, e))
		return -1;
	emit_list(p, json_is(doc, JSON_ARRAY) ? doc : json_get(doc, "packages"), false);
	return 0;
}

int parse_composer_lock(struct parse *p, struct err *e)
{
	struct json *doc;

	if (parse_json(p, &doc, e))
		return -1;
	emit_list(p, json_get(doc, "packages"), true);
	emit_list(p, json_get(doc, "packages-dev"), true);
	return 0;
}
