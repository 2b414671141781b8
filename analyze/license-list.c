// SPDX-License-Identifier: Apache-2.0
// Tables of analyze/licences.yaml. What expressions of licences mean is license.c's.
#include "license-list.h"

#include "common/embed.h"
#include "common/err.h"
#include "common/json.h"
#include "common/map.h"
#include "common/yaml-read.h"

#include <fnmatch.h>

enum { NAME_MAX_BYTES = 200 };

static struct {
	struct arena arena;
	struct json *doc;
	struct map ids, exceptions; /* small letters: struct license_entry */
} list;

static struct span lower(char *buf, struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		buf[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + 'a' - 'A' : s.p[i]);
	buf[s.n] = 0;
	return (struct span){buf, s.n};
}

static enum license_class class_of(struct span name)
{
	for (int c = 0; c <= LICENSE_PROPRIETARY; c++)
		if (span_eq(name, license_class_name((enum license_class)c)))
			return (enum license_class)c;
	die("analyze/licences.yaml: no class '%.*s'", SPAN_ARG(name));
}

static void add(struct map *m, struct span key, const char *id, enum license_class class)
{
	struct license_entry *entry = arena_alloc(&list.arena, sizeof(*entry));
	struct map_slot *slot = map_at(m, lower(arena_alloc(&list.arena, key.n + 1), key));

	*entry = (struct license_entry){id, class};
	if (!slot->value)
		slot->value = entry;
}

static void add_all(struct map *m, const struct json *lists, enum license_class class)
{
	JSON_EACH(row, lists)
	{
		if (json_str(row).p)
			add(m, json_str(row), json_str(row).p, class);
		JSON_EACH(id, row)
		{
			add(m, json_str(id), json_str(id).p, class);
		}
	}
}

/* Another way of writing what is in the list already. */
static void add_name(struct span written, struct span id)
{
	char buf[NAME_MAX_BYTES];
	const struct license_entry *known = map_find(&list.ids, lower(buf, id));

	if (!known)
		die("analyze/licences.yaml: '%.*s' stands for '%.*s', which is not there", SPAN_ARG(written), SPAN_ARG(id));
	add(&list.ids, written, known->id, known->class);
}

/* Read once and kept. The file is part of the program: a fault in it is a fault of the program. */
static void read_list(void)
{
	struct err e = {0};

	if (list.doc)
		return;
	if (yaml_parse(&list.arena, embed_find("analyze/licences.yaml"), &list.doc, &e))
		die("analyze/licences.yaml: %s", e.msg);
	JSON_MEMBERS(m, json_get(list.doc, "classes"))
	{
		add_all(&list.ids, &m->value, class_of(json_str(&m->key)));
	}
	JSON_MEMBERS(m, json_get(list.doc, "renamed"))
	{
		add_name(json_str(&m->key), json_str(&m->value));
	}
	JSON_MEMBERS(m, json_get(list.doc, "written"))
	{
		JSON_EACH(written, &m->value)
		{
			add_name(json_str(written), json_str(&m->key));
		}
	}
	add_all(&list.exceptions, json_path(list.doc, "exceptions.weak"), LICENSE_WEAK);
	add_all(&list.exceptions, json_path(list.doc, "exceptions.kept"), LICENSE_STRONG);
}

static const struct license_entry *find(const struct map *m, struct span name)
{
	char buf[NAME_MAX_BYTES];

	return name.n > 0 && name.n < sizeof(buf) ? map_find(m, lower(buf, name)) : NULL;
}

const struct license_entry *license_find(struct span written)
{
	read_list();
	return find(&list.ids, written);
}

const struct license_entry *license_exception(struct span id)
{
	read_list();
	return find(&list.exceptions, id);
}

enum license_class license_words(struct span text)
{
	char buf[NAME_MAX_BYTES + 8];

	read_list();
	if (text.n > NAME_MAX_BYTES)
		text.n = NAME_MAX_BYTES;
	lower(buf, text);
	JSON_EACH(row, json_get(list.doc, "words"))
	{
		JSON_EACH(pattern, json_get(row, "like"))
		{
			if (fnmatch(json_str(pattern).p, buf, 0) == 0)
				return class_of(json_text_at(row, "class"));
		}
	}
	return LICENSE_UNKNOWN;
}
