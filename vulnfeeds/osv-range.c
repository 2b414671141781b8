// SPDX-License-Identifier: Apache-2.0
// OSV's events as intervals of versions. Matching them is the analyzer's.
#include "osv-range.h"

#include "common/limits.h"

enum event_kind { INTRODUCED, FIXED, LAST_AFFECTED };

struct event {
	struct span version; /* absent: before all versions ("0") */
	enum event_kind kind;
	enum version_scheme scheme;
	uint32_t order;
};

static int event_cmp(const void *x, const void *y)
{
	const struct event *a = x, *b = y;
	int d = 0;

	if (!a->version.p || !b->version.p)
		d = (a->version.p != NULL) - (b->version.p != NULL);
	else if (a->scheme != VERSION_NONE)
		d = version_compare(a->scheme, a->version, b->version);
	return d != 0 ? d : (a->order > b->order) - (a->order < b->order);
}

static bool read_event(const struct json *v, struct event *ev)
{
	static const char *const keys[] = {"introduced", "fixed", "last_affected"};

	for (int k = INTRODUCED; k <= LAST_AFFECTED; k++) {
		ev->version = json_scalar(json_get(v, keys[k]));
		ev->kind = (enum event_kind)k;
		if (!ev->version.p)
			continue;
		if (k == INTRODUCED && span_eq(ev->version, "0"))
			ev->version = SPAN_NONE;
		return ev->version.n <= LIMIT_VERSION_BYTES;
	}
	return false;
}

/* Events of other kinds ("limit") say nothing about versions. */
static bool is_event(const struct json *v)
{
	return json_get(v, "introduced") || json_get(v, "fixed") || json_get(v, "last_affected");
}

static int pair(const struct event *ev, uint32_t n, struct interval *out)
{
	int count = 0;
	bool open = false;

	for (uint32_t i = 0; i < n; i++) {
		if (ev[i].kind == INTRODUCED) {
			if (!open)
				out[count++] = (struct interval){.introduced = ev[i].version};
			open = true;
		} else if (open) {
			*(ev[i].kind == FIXED ? &out[count - 1].fixed : &out[count - 1].last_affected) = ev[i].version;
			open = false;
		}
	}
	return count;
}

int osv_intervals(struct arena *a, enum version_scheme scheme, const struct json *events, struct interval **out, struct err *e)
{
	uint32_t n = json_count(events), used = 0;

	if (n > OSV_INTERVALS_MAX)
		return err_set(e, ERR_INPUT, "%u events in one range, at most %u are read", n, OSV_INTERVALS_MAX);

	struct event *ev = arena_array(a, n, sizeof(*ev));

	JSON_EACH(v, events)
	{
		if (!is_event(v))
			continue;
		ev[used] = (struct event){.scheme = scheme, .order = used};
		if (!read_event(v, &ev[used++]))
			return err_set(e, ERR_INPUT, "a range's event without a usable version");
	}
	if (used > 1)
		qsort(ev, used, sizeof(*ev), event_cmp);
	*out = arena_array(a, used, sizeof(**out));
	return pair(ev, used, *out);
}
