// SPDX-License-Identifier: Apache-2.0
// Any bytes as a file that tells of packages. The first line of the input is its path, which chooses the parser.
#include "analyze/inventory-parse.h"
#include "analyze/purl.h"
#include "analyze/license.h"
#include "common/rpm.h"
#include "common/buf.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
static int take(void *ctx, const struct package *p, struct err *e)
{
	auto_arena a = ARENA_INIT;
	auto_buf b = BUF_INIT;

	(void)e;
	purl_add(&b, p, "centos", "centos-8");
	license_normal(&a, p->license);
	*(size_t *)ctx += b.n;
	return 0;
}

static int take_file(void *ctx, struct span owner, struct span directory, struct span file, struct err *e)
{
	(void)e;
	*(size_t *)ctx += owner.n + directory.n + file.n;
	return 0;
}

static void rpm(struct span text, size_t *sum)
{
	auto_arena a = ARENA_INIT;
	struct rpm_read r = {.arena = &a, .fn = take, .owned = take_file, .ctx = sum};
	struct span rest = text;

	rpm_any(&r, text, SPAN_NONE, NULL);
	rpm_manifest(&r, rest, NULL);
	/* The second half as a log of the first. */
	if (span_starts(text, "SQLite format 3") && text.n > 8192)
		rpm_sqlite(&r, (struct span){text.p, text.n - text.n % 4096 - 4096}, span_from(text, text.n - text.n % 4096 - 4096), NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span text = {(const char *)data, n}, first = span_cut(&text, '\n');
	char path[256];
	size_t sum = 0;
	const struct parser *ps;

	snprintf(path, sizeof(path), "%.*s", (int)(first.n < sizeof(path) ? first.n : sizeof(path) - 1), first.p);
	if (!text.p)
		return 0;
	ps = parser_find(path, text);
	if (ps) {
		struct parse p = {.path = path, .text = text, .fn = take, .ctx = &sum};

		parser_run(ps, &p, NULL);
		arena_fini(&p.arena);
	}
	if (strstr(path, "rpm"))
		rpm(text, &sum);
	return 0;
}
