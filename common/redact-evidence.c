// SPDX-License-Identifier: Apache-2.0
// Which rules hide secrets in which kind of evidence. The rules themselves are redact.c's and redact-kubernetes.c's.
#include "redact-evidence.h"
#include "percent.h"
#include "redact-walk.h"

const char *const *redact_evidence_lists(const char *kind)
{
	static const char *const aws[] = {"UserDetailList", "GroupDetailList", "RoleDetailList", "Policies", NULL};
	static const char *const ecr[] = {"repositories", "imageDetails", NULL};

	if (strcmp(kind, "aws/account-authorization-details") == 0)
		return aws;
	return strncmp(kind, "registry/ecr-", 13) == 0 ? ecr : NULL;
}

/* Members of AWS documents that are names: what is in them looks random at times and must stay what it is. */
static bool aws_name(struct span key)
{
	static const char *const ends[] = {"Name", "Arn", "Id", "Path", "Action", "NotAction", "Resource", "NotResource", "Date", "Version", "Principal", "AWS", "Service", "Federated", "Sid"};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (span_ends(key, ends[i]))
			return true;
	return false;
}

/* A policy document that came as text, percent-encoded (RFC 3986) or not, as the document it is; else the text as it is. */
static void open_document(struct arena *a, struct json *v)
{
	struct span s = span_trim(json_str(v)), text = span_starts(s, "{") ? s : percent_decode(a, s);
	struct json *document;

	if (text.n && json_parse(a, text, &document, NULL) == 0 && json_is(document, JSON_OBJECT))
		*v = *document;
}

/* The depth is bounded by the parser. `external`: below sts:ExternalId, whose values keep strangers from taking a role. */
static void aws(struct redact *r, struct arena *a, struct json *v, bool external, bool name)
{
	for (uint32_t i = 0; json_is(v, JSON_ARRAY) && i < v->n; i++)
		aws(r, a, &v->items[i], external, name);
	for (uint32_t i = 0; json_is(v, JSON_OBJECT) && i < v->n; i++) {
		struct span key = json_str(&v->members[i].key);
		struct json *value = &v->members[i].value;

		if (json_is(value, JSON_STRING) && span_ends(key, "Document"))
			open_document(a, value);
		aws(r, a, value, external || span_ieq(key, "sts:ExternalId"), !json_is(value, JSON_OBJECT) && aws_name(key));
	}
	if (json_is(v, JSON_STRING) && external && !span_eq(json_str(v), "*")) /* any value will do: no secret */
		*v = json_make_str(a, redact_named(r, a, SPAN("password"), json_str(v)));
	else if (json_is(v, JSON_STRING) && !name)
		redact_string(r, a, v);
}

/* What an object is whose list says it: "Secret" of "SecretList", or of the member's kind. */
static struct span kind_of(const char *kind, struct span list, const struct json *item)
{
	struct span own = json_text_at(item, "kind");

	if (own.n)
		return own;
	if (span_ends(list, "List") && list.n > 4)
		return (struct span){list.p, list.n - 4};
	return strcmp(kind, "kubernetes/secrets") == 0 ? SPAN("Secret") : strcmp(kind, "kubernetes/configmaps") == 0 ? SPAN("ConfigMap") : SPAN("");
}

/* Requests, what DNS was asked, processes: no flow is judged by them. */
static void flow(struct redact *r, struct arena *a, struct json *v)
{
	static const char *const contents[] = {"l7", "trace_context", "Summary", "http", "process_args", "dest_process_args", "source_process_args", "message"};
	struct json *one = v;

	for (uint32_t i = 0; json_is(v, JSON_OBJECT) && i < v->n; i++)
		if (span_eq(json_str(&v->members[i].key), "flow") || span_eq(json_str(&v->members[i].key), "_source"))
			one = &v->members[i].value;
	for (uint32_t i = 0; json_is(one, JSON_OBJECT) && i < one->n; i++)
		for (size_t k = 0; k < sizeof(contents) / sizeof(contents[0]); k++)
			if (span_eq(json_str(&one->members[i].key), contents[k]))
				one->members[i].value = (struct json){.type = JSON_NULL};
	redact_document(r, a, v);
}

void redact_evidence(struct redact *r, struct arena *a, const char *kind, struct span list, struct json *item)
{
	if (strncmp(kind, "kubernetes/", 11) == 0)
		redact_kubernetes(r, a, kind_of(kind, list, item), item);
	else if (strncmp(kind, "aws/", 4) == 0)
		aws(r, a, item, false, false);
	else if (strncmp(kind, "flow/", 5) == 0)
		flow(r, a, item);
	else
		redact_document(r, a, item);
}

static void every_string(struct redact *r, struct arena *a, struct json *v)
{
	if (json_is(v, JSON_STRING))
		redact_string(r, a, v);
	for (uint32_t i = 0; json_is(v, JSON_ARRAY) && i < v->n; i++)
		every_string(r, a, &v->items[i]);
	for (uint32_t i = 0; json_is(v, JSON_OBJECT) && i < v->n; i++) {
		struct json *value = &v->members[i].value;
		struct span old = json_str(value), now = old.p ? redact_named(r, a, json_str(&v->members[i].key), old) : old;

		if (now.p != old.p)
			*value = json_make_str(a, now);
		every_string(r, a, value);
	}
}

/* Unnumbered: what the loaders hide of raw input has the same numbers whether it went through a bundle or not. */
void redact_evidence_deeply(struct redact *r, struct arena *a, struct json *item)
{
	redact_unnumbered(r, true);
	every_string(r, a, item);
	redact_unnumbered(r, false);
}

struct span redact_report(struct redact *r, struct arena *a, struct span text)
{
	struct json *wrapped;
	struct span hidden;

	text = span_trim(text);
	if (span_starts(text, "{")) {
		if (json_parse(a, text, &wrapped, NULL))
			return SPAN_NONE;
		text = redact_base64(a, json_text_at(wrapped, "Content"));
	}
	if (!span_starts(text, "user,arn,user_creation_time"))
		return SPAN_NONE;
	hidden = redact_text(r, a, text);
	return hidden.p ? hidden : text;
}

/* By a form that nothing else has, not by how random it looks. */
static bool certain(enum secret_class c)
{
	return c == CLASS_PEM_KEY || c == CLASS_JWT || c == CLASS_CLOUD_KEY || c == CLASS_API_TOKEN || c == CLASS_URL_PASSWORD;
}

bool redact_evidence_leaks(const char *kind, struct span text)
{
	struct secret_hit hit;

	if (strncmp(kind, "aws/", 4) != 0)
		return redact_leaks(text);
	for (size_t at = 0; at < text.n && secret_find(text, at, &hit); at = hit.to)
		if (certain(hit.class))
			return true;
	return false;
}
