// SPDX-License-Identifier: Apache-2.0
// Any bytes as network policies, or as observed flows, of the kind that the first byte picks: loaded, derived, and asked.
#include "analyze/analyze.h"
#include "analyze/flow.h"
#include "analyze/network.h"
#include "common/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define pods \
	"{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\",\"namespace\":\"n\",\"labels\":{\"app\":\"web\"}}," \
	"\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"x\",\"ports\":[{\"name\":\"http\",\"containerPort\":80}]}]},\"status\":{\"podIP\":\"10.0.0.1\"}}," \
	"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"b\",\"namespace\":\"n\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"x\"}]}}]}"

static struct db base;

static int walk(void *ctx, input_each *each, void *each_ctx, struct err *e)
{
	struct source s;
	struct member m = {.path = "pods.json", .kind = "kubernetes/list", .content = &s};
	int rc;

	(void)ctx;
	source_from_span(&s, SPAN(pods), "pods");
	rc = each(each_ctx, &m, e);
	source_close(&s);
	return rc;
}

static void policies(struct span text)
{
	struct arena a = ARENA_INIT;
	const struct json *objects[64];
	struct source s;
	struct items *items;
	struct item it;
	struct err e = {0};
	auto_net net = {0};
	struct net_party from, to;
	struct net_answer answer;
	size_t n = 0;

	source_from_span(&s, text, "fuzz");
	items = items_open(&s, NULL);
	while (n < 64 && items_next(items, &a, &it, &e) == 1)
		objects[n++] = it.value;
	items_close(items);
	source_close(&s);
	if (net_load_with(&net, &base, "cluster", &(struct net_more){.objects = objects, .n = n}, &e))
		die("%s", e.msg);
	if (network_party(&net, SPAN("n/a"), &from, &e) == 0 && network_party(&net, SPAN("n/b"), &to, &e) == 0)
		net_ask(&net, &from, &to, PROTOCOL_TCP, 80, &answer);
	arena_fini(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const formats[] = {"hubble", "calico", "conntrack", "vpc", "cilium", "mesh"};
	struct arena a = ARENA_INIT;
	struct flow f;
	struct err e = {0};

	if (!base.h) {
		const struct analyze_options o = {.no_checks = true, .walk = walk, .as_of = 1795305600};
		int64_t unread;

		if (analyze_run(&o, NULL, &base, &unread, &e))
			die("%s", e.msg);
	}
	if (!n)
		return 0;
	if (data[0] == '{' || data[0] == 'a' || data[0] == '-') {
		policies((struct span){(const char *)data, n});
	} else { /* the first byte picks the format; lines follow one another as in a file */
		struct flow_reader r = {.format = flow_format(span_of(formats[data[0] % 6])), .item = &a};

		for (struct span rest = {(const char *)data + 1, n - 1}; rest.p;)
			flow_parse(&r, span_trim(span_cut(&rest, '\n')), &f, &(struct err){0});
	}
	arena_fini(&a);
	return 0;
}
