// SPDX-License-Identifier: Apache-2.0
// What people and builds wrote into an image's configuration, through redaction: entry point, command, environment, labels,
// and the commands of its history (OCI image-spec 1.1, config.md).
#include "load-image.h"

#include "common/redact.h"

enum { LIST_MAX = 10000, HISTORY_WORDS_MAX = 20000 };

struct texts {
	struct load *load;
	struct redact *redact;
	struct arena *arena;
	int64_t thing;
};

static bool hidden(struct span value)
{
	struct redact_token token;

	return redact_parse(value, &token);
}

/* Words of a command line, redacted as those of a container are. */
static struct json *redact_words(struct texts *t, struct json words)
{
	struct json *object = arena_alloc(t->arena, sizeof(*object)), *spec = arena_alloc(t->arena, sizeof(*spec));

	object->type = spec->type = JSON_OBJECT;
	json_set(t->arena, spec, "args", words);
	json_set(t->arena, object, "spec", *spec);
	redact_kubernetes(t->redact, t->arena, SPAN("Pod"), object);
	return (struct json *)(uintptr_t)json_path(object, "spec.args");
}

/* An array of words as JSON text, redacted; absent span when there is none. */
static struct span command(struct texts *t, const struct json *list)
{
	auto_buf b = BUF_INIT;
	struct json words = {.type = JSON_ARRAY};

	if (json_count(list) == 0)
		return SPAN_NONE;
	JSON_EACH(word, list)
	{
		json_push(t->arena, &words, json_make_str(t->arena, json_str(word)));
	}
	json_write(&b, redact_words(t, words));
	return (struct span){arena_strndup(t->arena, b.p, b.n), b.n};
}

static int write_commands(struct texts *t, const struct json *config, struct err *e)
{
	return db_run(t->load->db, e, "UPDATE image SET entrypoint = ?, cmd = ? WHERE thing = ?", "tti", command(t, json_get(config, "Entrypoint")),
		      command(t, json_get(config, "Cmd")), t->thing);
}

static int write_env(struct texts *t, const struct json *env, struct err *e)
{
	int count = 0;

	JSON_EACH(v, env)
	{
		struct span value = json_str(v), name = span_cut(&value, '=');

		if (name.n == 0 || ++count > LIST_MAX)
			continue;
		value = value.p ? redact_named(t->redact, t->arena, name, value) : value;
		if (db_run(t->load->db, e, "INSERT OR REPLACE INTO image_env(image, name, value, secret) VALUES (?, ?, ?, ?)", "ittb", t->thing, name,
			   value, hidden(value)))
			return -1;
	}
	return 0;
}

static int write_labels(struct texts *t, const struct json *labels, struct err *e)
{
	int count = 0;

	JSON_MEMBERS(m, labels)
	{
		struct span name = json_str(&m->key), value = json_str(&m->value);

		if (!value.p || ++count > LIST_MAX)
			continue;
		if (db_run(t->load->db, e, "INSERT OR REPLACE INTO image_label(image, name, value) VALUES (?, ?, ?)", "itt", t->thing, name,
			   redact_named(t->redact, t->arena, name, value)))
			return -1;
	}
	return 0;
}

/* A history command as one line, each of its words redacted: builds leave their arguments there. */
static struct span history_text(struct texts *t, struct span line)
{
	auto_buf b = BUF_INIT;
	struct json words = {.type = JSON_ARRAY};
	int count = 0;

	while (line.p && ++count <= HISTORY_WORDS_MAX)
		json_push(t->arena, &words, json_make_str(t->arena, span_cut(&line, ' ')));
	JSON_EACH(word, redact_words(t, words))
	{
		if (b.n > 0)
			buf_add_char(&b, ' ');
		buf_add_span(&b, json_str(word));
	}
	return (struct span){arena_strndup(t->arena, b.p ? b.p : "", b.n), b.n};
}

/* Entries that made no layer ("empty_layer") are passed over. */
static int write_history(struct texts *t, const struct json *history, struct err *e)
{
	int64_t layer = 0;

	JSON_EACH(entry, history)
	{
		if (json_bool(json_get(entry, "empty_layer")) == 1)
			continue;
		if (db_run(t->load->db, e, "UPDATE image_layer SET created_by = ? WHERE image = ? AND ordinal = ?", "tii",
			   history_text(t, json_text_at(entry, "created_by")), t->thing, layer++))
			return -1;
	}
	return 0;
}

int image_write_config(struct load *l, const struct image *im, int64_t thing, struct err *e)
{
	auto_arena a = ARENA_INIT;
	/* Images enter bundles as they are, so that redaction falls to the loader whatever the bundle's own state is. */
	struct redact *own = l->redact ? NULL : redact_new();
	struct texts t = {.load = l, .redact = own ? own : l->redact, .arena = &a, .thing = thing};
	const struct json *config = json_get(im->config, "config");
	int r = write_commands(&t, config, e) || write_env(&t, json_get(config, "Env"), e) || write_labels(&t, json_get(config, "Labels"), e) ||
				write_history(&t, json_get(im->config, "history"), e)
			? -1
			: 0;

	redact_free(own);
	return r;
}
