// SPDX-License-Identifier: Apache-2.0
// Where Kubernetes objects keep secrets. Facts: Kubernetes API reference (v1 Secret, ConfigMap, Container), kubectl's annotations.
#include "redact-command.h"
#include "redact-walk.h"

enum { COMMAND_LINE_MAX = 16384 };

/* A mutable member; the trees that are redacted were parsed by their caller. */
static struct json *member(struct json *v, const char *key)
{
	return (struct json *)json_get(v, key);
}

static void drop(struct json *object, const char *key)
{
	for (uint32_t i = 0; i < object->n; i++)
		if (span_eq(json_str(&object->members[i].key), key)) {
			memmove(&object->members[i], &object->members[i + 1], (object->n - i - 1) * sizeof(object->members[0]));
			object->n--;
			return;
		}
}

static void replace(struct redact *r, struct arena *a, struct json *v, struct span value, enum redact_rule rule)
{
	*v = json_make_str(a, redact_value(r, a, value, secret_strength(value), rule));
}

static struct json *facts_of(struct arena *a, struct json *object)
{
	if (!member(object, "plimsollFacts"))
		json_set(a, object, "plimsollFacts", (struct json){.type = JSON_OBJECT});
	return member(object, "plimsollFacts");
}

/* Registries and user names of a docker configuration; its passwords go with the value. */
static void registries(struct arena *a, struct json *object, struct span config)
{
	struct json list = {.type = JSON_ARRAY}, *v;
	const struct json *auths;

	if (json_parse(a, config, &v, NULL))
		return;
	auths = json_get(v, "auths") ? json_get(v, "auths") : v;
	JSON_MEMBERS(m, auths)
	{
		struct json row = {.type = JSON_OBJECT};

		json_set(a, &row, "registry", m->key);
		if (json_str(json_get(&m->value, "username")).p)
			json_set(a, &row, "username", json_make_str(a, json_str(json_get(&m->value, "username"))));
		json_push(a, &list, row);
	}
	json_set(a, facts_of(a, object), "registries", list);
}

static void secret_value(struct redact *r, struct arena *a, struct json *object, struct span key, struct json *v, bool encoded)
{
	struct span text = json_str(v), plain = encoded ? redact_base64(a, text) : text;
	struct json facts;

	if (!text.p) {
		*v = (struct json){.type = JSON_NULL};
		return;
	}
	if (!plain.p)
		plain = text;
	if (memmem(plain.p, plain.n, "-----BEGIN CERTIFICATE", 22) && !span_has(key, "ca.") && redact_certificate(a, plain, &facts))
		json_set(a, facts_of(a, object), "certificate", facts);
	else if (redact_jwt(a, plain, &facts))
		json_set(a, facts_of(a, object), "token", facts);
	else if (span_has(key, "dockerc") || span_eq(key, "config.json"))
		registries(a, object, plain);
	/* A certificate with its private key in one value is a key. */
	if (memmem(plain.p, plain.n, "PRIVATE KEY-----", 16))
		*v = json_make_str(a, redact_value(r, a, plain, CLASS_PEM_KEY, RULE_SECRET));
	else
		replace(r, a, v, plain, RULE_SECRET);
}

static void secret(struct redact *r, struct arena *a, struct json *object)
{
	struct json *data = member(object, "data"), *plain = member(object, "stringData");

	for (uint32_t i = 0; i < json_count(data); i++)
		if (json_is(data, JSON_OBJECT))
			secret_value(r, a, object, json_str(&data->members[i].key), &data->members[i].value, true);
	for (uint32_t i = 0; i < json_count(plain); i++)
		if (json_is(plain, JSON_OBJECT))
			secret_value(r, a, object, json_str(&plain->members[i].key), &plain->members[i].value, false);
}

/* Config maps of the platform that checks read; all else keeps key names, sizes and classes only. */
static bool platform_config(struct json *object)
{
	static const char *const list[] = {"kubeadm-config", "kubelet-config", "kube-proxy", "coredns", "aws-auth", "cluster-info", "extension-apiserver-authentication",
					   "ingress-nginx-controller", "cilium-config", "calico-config", "istio", "argocd-cm", "argocd-rbac-cm", "argocd-cmd-params-cm"};
	struct span name = json_text_at(object, "metadata.name");

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (span_eq(name, list[i]))
			return true;
	return false;
}

static void config_value(struct redact *r, struct arena *a, struct span key, struct json *v)
{
	struct span text = json_str(v);
	struct secret_hit hit;
	enum secret_class class = CLASS_PLAIN;

	if (!text.p)
		return;
	if (secret_name(key) && text.n < 4096)
		class = secret_strength(text);
	else if (secret_find(text, 0, &hit))
		class = hit.class;
	*v = json_make_str(a, redact_value(r, a, text, text.n ? class : CLASS_EMPTY, RULE_CONFIG_MAP));
}

static void config_map(struct redact *r, struct arena *a, struct json *object)
{
	bool platform = platform_config(object);

	for (int k = 0; k < 2; k++) {
		struct json *data = member(object, k ? "binaryData" : "data");

		for (uint32_t i = 0; json_is(data, JSON_OBJECT) && i < data->n; i++) {
			if (platform)
				redact_document(r, a, &data->members[i].value);
			else
				config_value(r, a, json_str(&data->members[i].key), &data->members[i].value);
		}
	}
}

static void metadata(struct redact *r, struct arena *a, struct json *object, bool is_secret)
{
	struct json *meta = member(object, "metadata"), *notes = member(meta, "annotations");

	if (member(meta, "managedFields")) {
		drop(meta, "managedFields");
		redact_counted(r, RULE_MANAGED_FIELDS);
	}
	for (uint32_t i = 0; json_is(notes, JSON_OBJECT) && i < notes->n; i++) {
		struct span key = json_str(&notes->members[i].key);
		struct json *v = &notes->members[i].value;

		if (span_eq(key, "kubectl.kubernetes.io/last-applied-configuration")) {
			/* Of a Secret it is a second copy of the values: that it was there is a finding of its own. */
			bool held = is_secret && (span_has(json_str(v), "\"data\":{\"") || span_has(json_str(v), "\"stringData\":{\""));

			*v = json_make_str(a, held ? SPAN("@plim:dropped:held-secret-values") : SPAN("@plim:dropped"));
			redact_counted(r, RULE_LAST_APPLIED);
		} else if (span_has(key, "token-secret.value")) {
			replace(r, a, v, json_str(v), RULE_SECRET);
		} else if (json_is(v, JSON_STRING)) {
			struct span old = json_str(v), now = redact_named(r, a, span_after_last(key, '/'), old);

			if (now.p != old.p)
				*v = json_make_str(a, now);
		}
	}
}

/* Words of a command line: "--token X", "--token=X", "-pX" after a name that says so; URLs and known forms in any word. */
static void words(struct redact *r, struct arena *a, struct json *list)
{
	bool next_is_secret = false;

	for (uint32_t i = 0; json_is(list, JSON_ARRAY) && i < list->n; i++) {
		struct span word = json_str(&list->items[i]), flag = word;
		const char *equals = word.n ? memchr(word.p, '=', word.n) : NULL;

		if (next_is_secret && word.n && word.p[0] != '-') {
			struct span now = redact_named(r, a, SPAN("password"), word);

			if (now.p != word.p)
				list->items[i] = json_make_str(a, now);
			next_is_secret = false;
			continue;
		}
		while (flag.n && flag.p[0] == '-')
			flag.p++, flag.n--;
		next_is_secret = word.n && word.p[0] == '-' && !equals && secret_name(flag);
		if (equals && word.p[0] == '-') {
			size_t at = (size_t)(equals - word.p) + 1;
			struct span name = {flag.p, (size_t)(equals - flag.p)}, value = {word.p + at, word.n - at}, now = redact_named(r, a, name, value);

			if (now.p != value.p)
				list->items[i] = json_make_str(a, span_of(arena_printf(a, "%.*s%.*s", (int)at, word.p, (int)now.n, now.p)));
		} else {
			redact_string(r, a, &list->items[i]);
		}
	}
}

/* Adds the words as one line. What separates words or commands and stands within a word is covered, so that lengths stay. */
static void join(struct buf *line, const struct json *list)
{
	JSON_EACH(word, list)
	{
		size_t at = line->n;

		buf_add_span(line, json_str(word));
		for (; at < line->n; at++)
			if (strchr(" \t\r\n\"';|&()`", line->p[at]))
				line->p[at] = '_';
		buf_add_char(line, ' ');
	}
}

/* Hides bytes `from` to `to` of the line that begins at `start` with the list's words. */
static void hide_words(struct redact *r, struct arena *a, struct json *list, size_t start, size_t from, size_t to)
{
	for (uint32_t i = 0; i < list->n; i++) {
		struct span word = json_str(&list->items[i]), value;
		size_t head = from > start ? from - start : 0;

		if (start < to && head < word.n && start + word.n > from) {
			value = (struct span){word.p + head, word.n - head};
			value = redact_value(r, a, value, secret_strength(value), RULE_FORM);
			list->items[i] = json_make_str(a, span_of(arena_printf(a, "%.*s%.*s", (int)head, word.p, SPAN_ARG(value))));
		}
		start += word.n + 1;
	}
}

/* Secrets without a telling name, by the program that the words (those of `command` before them) call. From the end, so that places stay. */
static void command_line(struct redact *r, struct arena *a, const struct json *command, struct json *list)
{
	auto_buf line = BUF_INIT;
	struct secret_hit hit;
	size_t start;

	join(&line, command);
	start = line.n;
	join(&line, list);
	if (line.n > COMMAND_LINE_MAX)
		return;
	for (size_t i = line.n; i-- > start;)
		if (line.p[i] == ' ' && command_secret(buf_span(&line), i, &hit) && hit.from >= start)
			hide_words(r, a, list, start, hit.from, hit.to);
	if (start && command_secret(buf_span(&line), start - 1, &hit) && hit.from >= start)
		hide_words(r, a, list, start, hit.from, hit.to);
}

static void environment(struct redact *r, struct arena *a, struct json *list)
{
	for (uint32_t i = 0; json_is(list, JSON_ARRAY) && i < list->n; i++) {
		struct json *v = member(&list->items[i], "value");
		struct span old = json_str(v), now;

		if (!old.n)
			continue;
		now = redact_named(r, a, json_str(json_get(&list->items[i], "name")), old);
		if (now.p != old.p)
			*v = json_make_str(a, now);
	}
}

bool redact_container_list(struct redact *r, struct arena *a, const struct json *object, struct span key, struct json *list)
{
	if (!json_is(list, JSON_ARRAY))
		return false;
	if (span_eq(key, "command") || span_eq(key, "args")) {
		words(r, a, list);
		command_line(r, a, span_eq(key, "args") ? json_get(object, "command") : NULL, list);
		return true;
	}
	/* A list of {name, value}; Docker's list of "NAME=value" is told by its texts. */
	if (!span_eq(key, "env") || (list->n && !json_is(&list->items[0], JSON_OBJECT)))
		return false;
	environment(r, a, list);
	return true;
}

/* Members whose strings are names or public by definition; not looked into, because they are most of the bytes. */
static bool public_member(struct span key)
{
	static const char *const list[] = {"uid", "resourceVersion", "image", "imageID", "containerID", "name", "namespace", "kind", "apiVersion", "openAPIV3Schema",
					   "caBundle", "labels", "matchLabels", "ownerReferences", "nodeName", "type", "reason", "podIP", "hostIP", "labelSelector"};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (span_eq(key, list[i]))
			return true;
	return false;
}

/* Everything below an object; the depth is bounded by the parser. */
static void walk(struct redact *r, struct arena *a, struct json *v)
{
	for (uint32_t i = 0; json_is(v, JSON_ARRAY) && i < v->n; i++) {
		if (json_is(&v->items[i], JSON_STRING))
			redact_string(r, a, &v->items[i]);
		else
			walk(r, a, &v->items[i]);
	}
	for (uint32_t i = 0; json_is(v, JSON_OBJECT) && i < v->n; i++) {
		struct span key = json_str(&v->members[i].key);
		struct json *value = &v->members[i].value;

		if (json_is(value, JSON_STRING)) {
			struct span old = json_str(value), now;

			if (old.n < 3 || public_member(key))
				continue;
			now = redact_named(r, a, key, old);
			if (now.p != old.p)
				*value = json_make_str(a, now);
		} else if (redact_container_list(r, a, v, key, value)) {
			continue;
		} else if (json_count(value) && !public_member(key) && !span_eq(key, "annotations")) {
			walk(r, a, value);
		}
	}
}

void redact_kubernetes(struct redact *r, struct arena *a, struct span kind, struct json *object)
{
	bool is_secret = span_eq(kind, "Secret");

	if (!json_is(object, JSON_OBJECT))
		return;
	metadata(r, a, object, is_secret);
	if (is_secret)
		secret(r, a, object);
	else if (span_eq(kind, "ConfigMap"))
		config_map(r, a, object);
	else
		walk(r, a, object);
}
