// SPDX-License-Identifier: Apache-2.0
// Audit logs of an API server, summed up by account, verb, resource and place while they are read. Which rule a request needed is
// derive-usage.c's.
#include "load-audit.h"
#include "kubernetes.h"
#include "common/limits.h"

struct reading {
	struct load *l;
	const char *cluster;
	int64_t events, rows, first, last;
	bool full;
};

struct event {
	struct span user, verb, group, resource, subresource, namespace, path;
	int64_t time;
	bool allowed, counts; /* `counts`: 0 for the beginning of a watch, whose end is an event of its own */
};

static struct span or_empty(struct span s)
{
	return s.p ? s : SPAN("");
}

static int write_use(struct reading *r, const struct event *v, struct err *e)
{
	int64_t n = v->counts;

	if (r->full)
		return 0;
	if (db_run(r->l->db, e,
		   "INSERT INTO audit_use(cluster, user, verb, api_group, resource, subresource, namespace, path, allowed, denied, first, last) "
		   "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11) ON CONFLICT DO UPDATE SET allowed = allowed + excluded.allowed, "
		   "denied = denied + excluded.denied, first = min(first, excluded.first), last = max(last, excluded.last)",
		   "sttttttt" "iii", r->cluster, v->user, v->verb, v->group, v->resource, v->subresource, v->namespace, v->path, v->allowed ? n : 0,
		   v->allowed ? 0 : n, v->time))
		return -1;
	return 0;
}

static int write_groups(struct reading *r, struct span user, const struct json *groups, struct err *e)
{
	int n = 0;

	JSON_EACH(g, groups)
	{
		if (json_str(g).p && n++ < 64 &&
		    db_run(r->l->db, e, "INSERT OR IGNORE INTO audit_group(cluster, user, member_of) VALUES (?, ?, ?)", "stt", r->cluster, user, json_str(g)))
			return -1;
	}
	return 0;
}

/* What acting as somebody else needs: the verb impersonate on users or service accounts (endpoints/filters/impersonation). */
static int write_impersonation(struct reading *r, const struct json *event, const struct event *v, struct err *e)
{
	struct span as = json_text_at(event, "impersonatedUser.username"), rest = as;
	struct event x = *v;

	x.verb = SPAN("impersonate");
	x.group = x.subresource = x.namespace = x.path = SPAN("");
	x.resource = SPAN("users");
	x.allowed = true;
	if (span_starts(as, "system:serviceaccount:")) {
		x.resource = SPAN("serviceaccounts");
		span_cut(&rest, ':');
		span_cut(&rest, ':');
		x.namespace = span_cut(&rest, ':');
	}
	return write_use(r, &x, e) || write_groups(r, v->user, json_path(event, "user.groups"), e) ? -1 : 0;
}

static bool was_allowed(const struct json *event)
{
	struct span decision = json_str(json_get(json_get(event, "annotations"), "authorization.k8s.io/decision"));
	int64_t code = 0;

	if (decision.p)
		return span_eq(decision, "allow");
	json_int(json_path(event, "responseStatus.code"), &code);
	return code != 401 && code != 403;
}

static void read_target(const struct json *event, struct event *v)
{
	const struct json *object = json_get(event, "objectRef");
	struct span uri = json_text_at(event, "requestURI"), path = uri;

	v->group = or_empty(json_text_at(object, "apiGroup"));
	v->resource = or_empty(json_text_at(object, "resource"));
	v->subresource = or_empty(json_text_at(object, "subresource"));
	v->namespace = or_empty(json_text_at(object, "namespace"));
	v->path = SPAN("");
	if (v->resource.n)
		return;
	v->group = v->subresource = v->namespace = SPAN("");
	v->path = or_empty(span_cut(&path, '?'));
	if (v->path.n > 256)
		v->path.n = 256;
}

static int one_event(struct reading *r, const struct item *it, struct err *e)
{
	const struct json *event = it->value, *as = json_get(event, "impersonatedUser");
	struct span stage = json_text_at(event, "stage"), when = json_text_at(event, "stageTimestamp");
	struct event v = {.user = json_text_at(event, "user.username"), .verb = json_text_at(event, "verb"), .allowed = was_allowed(event)};

	if (!span_starts(json_text_at(event, "apiVersion").p ? json_text_at(event, "apiVersion") : or_empty(it->api_version), "audit.k8s.io/") || !v.user.p || !v.verb.n)
		return load_problem(r->l, it->pointer, e, "not an audit event: it has no user or verb, or another apiVersion");
	if (span_eq(stage, "RequestReceived"))
		return 0;
	v.counts = !span_eq(stage, "ResponseStarted");
	v.time = load_time(when.p ? when : json_text_at(event, "requestReceivedTimestamp"));
	read_target(event, &v);
	r->events += v.counts;
	r->first = r->first && r->first < v.time ? r->first : v.time;
	r->last = r->last > v.time ? r->last : v.time;
	if (json_text_at(as, "username").n) {
		if (write_impersonation(r, event, &v, e))
			return -1;
		v.user = json_text_at(as, "username");
		return write_use(r, &v, e) || write_groups(r, v.user, json_get(as, "groups"), e) ? -1 : 0;
	}
	return write_use(r, &v, e) || write_groups(r, v.user, json_path(event, "user.groups"), e) ? -1 : 0;
}

/* Names of accounts and paths come from whoever sends requests: their number has a bound. */
static int check_room(struct reading *r, struct err *e)
{
	if (r->full || r->l->items % 4096 || db_int(r->l->db, 0, "SELECT max(id) FROM audit_use", "") < LIMIT_AUDIT_USES)
		return 0;
	r->full = true;
	return load_problem(r->l, NULL, e, "more than %u different accounts, verbs and resources: what comes behind is not counted", LIMIT_AUDIT_USES);
}

int load_audit(struct load *l, struct source *content, struct err *e)
{
	struct reading r = {.l = l, .cluster = kube_cluster(l)};
	struct items *items = items_open(content, NULL);
	struct err bad = {0};
	struct item it;
	int rc;

	while ((rc = items_next(items, &l->item, &it, &bad)) != 0) {
		if ((rc < 0 && bad.kind == ERR_ENV) || (rc == 1 && (one_event(&r, &it, e) || check_room(&r, e)))) {
			if (rc < 0)
				*e = bad;
			items_close(items);
			return -1;
		}
		if (rc != 1 && load_problem(l, NULL, e, "%s", bad.msg))
			break;
		if (rc < 0)
			break;
		l->items += rc == 1;
		bad = (struct err){0};
		arena_reset(&l->item);
	}
	items_close(items);
	if (db_run(l->db, e, "INSERT INTO audit_span(cluster, events, first, last) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET events = events + excluded.events, "
			     "first = min(first, excluded.first), last = max(last, excluded.last)", "siii", r.cluster, r.events, r.first, r.last))
		return -1;
	return load_kind(l, l->kind, r.events, e);
}
