// SPDX-License-Identifier: Apache-2.0
// Looks up analyze/maven-groups.yaml.
#include "maven-group.h"

#include "common/embed.h"
#include "common/json.h"
#include "common/yaml-read.h"

#include <fnmatch.h>

enum { NAME_MAX_BYTES = 200 };

/* Read once and kept. The file is part of the program: a fault in it is a fault of the program. */
static const struct json *groups(void)
{
	static struct arena arena;
	static struct json *doc;
	struct err e = {0};
	const struct embed *f;

	if (doc)
		return doc;
	f = embed_at("analyze/maven-groups.yaml", 0);
	if (!f || yaml_parse(&arena, embed_span(f), &doc, &e))
		die("analyze/maven-groups.yaml: %s", e.msg);
	return doc;
}

struct span maven_group(struct span artifact)
{
	char name[NAME_MAX_BYTES];

	if (artifact.n == 0 || artifact.n >= sizeof(name))
		return SPAN_NONE;
	memcpy(name, artifact.p, artifact.n);
	name[artifact.n] = 0;
	JSON_EACH(g, json_get(groups(), "groups"))
	{
		JSON_EACH(pattern, json_get(g, "artifacts"))
		{
			if (fnmatch(json_str(pattern).p, name, 0) == 0)
				return json_text_at(g, "group");
		}
	}
	return SPAN_NONE;
}
