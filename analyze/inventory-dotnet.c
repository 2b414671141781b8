// SPDX-License-Identifier: Apache-2.0
// .NET: what an application was published with (*.deps.json) and NuGet's lock file.
#include "inventory-parse.h"

#include "common/json.h"

static void emit(struct parse *p, struct span name, struct span version, bool declared)
{
	struct package pkg = {.type = "nuget", .name = name, .version = version, .declared = declared};

	parse_emit(p, &pkg);
}

/* "libraries": {"Newtonsoft.Json/13.0.1": {"type": "package"}, "runtimepack.Microsoft.NETCore.App…/8.0.1": {"type": "runtimepack"}} */
int parse_dotnet_deps(struct parse *p, struct err *e)
{
	struct json *doc;

	if (parse_json(p, &doc, e))
		return -1;
	JSON_MEMBERS(m, json_get(doc, "libraries"))
	{
		struct span version = json_str(&m->key), name = span_cut(&version, '/'), type = json_text_at(&m->value, "type");

		if (!span_eq(type, "package") && !span_eq(type, "runtimepack"))
			continue;
		if (span_starts(name, "runtimepack."))
			name = span_from(name, strlen("runtimepack."));
		emit(p, name, version, false);
	}
	return 0;
}

int parse_dotnet_lock(struct parse *p, struct err *e)
{
	struct json *doc;

	if (parse_json(p, &doc, e))
		return -1;
	JSON_MEMBERS(framework, json_get(doc, "dependencies"))
	{
		JSON_MEMBERS(m, &framework->value)
		{
			if (!span_eq(json_text_at(&m->value, "type"), "Project"))
				emit(p, json_str(&m->key), json_text_at(&m->value, "resolved"), true);
		}
	}
	return 0;
}
