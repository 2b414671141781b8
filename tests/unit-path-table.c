// SPDX-License-Identifier: Apache-2.0
// Tables of paths: the same answers in memory and beyond it. Expectations follow from how the rows are made.
#include "test.h"
#include "analyze/path-table.h"
#include "common/limits.h"

#include <unistd.h>

/* Multiplied by 16 and an odd number rows stay apart. Row i: flags 1, fact 2i + 1. Then every third gets flag 2 and keeps its fact, every fifth loses its fact, every seventh gets the fact 9. */
static void fill(struct paths *p, uint64_t n)
{
	for (uint64_t i = 1; i <= n; i++)
		paths_put(p, i * 0x9e3779b97f4a7c10ull, 1, 2 * i + 1);
	for (uint64_t i = 1; i <= n; i++) {
		if (i % 3 == 0)
			paths_put(p, i * 0x9e3779b97f4a7c10ull, 2, 0);
		if (i % 5 == 0)
			paths_put(p, i * 0x9e3779b97f4a7c10ull, 0, PATH_NO_FACT);
		if (i % 7 == 0)
			paths_put(p, i * 0x9e3779b97f4a7c10ull, 0, 9);
	}
}

static uint64_t want_fact(uint64_t i)
{
	return i % 7 == 0 ? 9 : i % 5 == 0 ? 0 : 2 * i + 1;
}

static void answers(uint64_t n, bool spilled)
{
	struct paths p = {0};
	struct path_row row;
	uint64_t wrong = 0, sum = 0, want = 0, rows = 0, both = 0;

	fill(&p, n);
	CHECK_INT(paths_settle(&p, NULL), 0);
	CHECK_INT(paths_spilled(&p), spilled);
	CHECK_INT((int64_t)paths_count(&p), (int64_t)n);
	for (uint64_t i = 1; i <= n; i++) {
		bool found = paths_get(&p, i * 0x9e3779b97f4a7c10ull, &row);

		wrong += !found || row.flags != (i % 3 == 0 ? 3u : 1u) || row.fact != want_fact(i);
		want += want_fact(i);
	}
	CHECK_INT((int64_t)wrong, 0);
	CHECK(!paths_get(&p, 16, &row) && !row.fact && !row.flags);
	auto_paths_walk w = paths_walk(&p);
	while (paths_next(&w, &row)) {
		rows++;
		sum += row.fact;
		both += row.flags == 3;
	}
	CHECK_INT((int64_t)rows, (int64_t)n);
	CHECK_INT((int64_t)sum, (int64_t)want);
	CHECK_INT((int64_t)both, (int64_t)(n / 3));
	paths_walk_fini(&w);
	w.rows = NULL;
	paths_fini(&p);
}

/* What others hold counts: a table that grows while memory is full goes to the database, the others stay. */
static void together(void)
{
	struct paths first = {0}, second = {0};
	struct path_row row;

	fill(&first, LIMIT_LAYER_PATHS - 1000);
	CHECK_INT(paths_settle(&first, NULL), 0);
	fill(&second, 70000);
	CHECK_INT(paths_settle(&second, NULL), 0);
	CHECK(!paths_spilled(&first) && paths_spilled(&second));
	CHECK(paths_get(&second, 14 * 0x9e3779b97f4a7c10ull, &row) && row.fact == 9);
	paths_fini(&first);
	paths_fini(&second);
}

/* Cuts off the temporary database, as a broken disk does. */
static int damage(void)
{
	char name[64], target[512];
	int cut = 0;

	for (int fd = 3; fd < 256; fd++) {
		ssize_t n;

		snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
		n = readlink(name, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = 0;
		cut += strstr(target, "etilqs_") && ftruncate(fd, 0) == 0;
	}
	return cut;
}

/* What cannot be read is not absent without a word. */
static void unreadable(void)
{
	struct paths p = {0};
	struct err e = {0};
	struct path_row row;
	size_t missing = 0;

	fill(&p, LIMIT_LAYER_PATHS + 200000);
	CHECK_INT(paths_settle(&p, NULL), 0);
	CHECK(damage() > 0);
	for (uint64_t i = 1; i <= LIMIT_LAYER_PATHS; i++)
		missing += !paths_get(&p, i * 0x9e3779b97f4a7c10ull, &row);
	CHECK(missing > 0);
	CHECK_INT(paths_settle(&p, &e), -1);
	CHECK_INT(e.kind, ERR_ENV);
	paths_fini(&p);
}

static void small(void)
{
	struct paths p = {0};

	CHECK_INT((int64_t)paths_count(&p), 0);
	CHECK_INT(paths_flags(&p, SPAN("etc/passwd")), 0);
	paths_add(&p, SPAN("etc/passwd"), PATH_OTHER);
	paths_add(&p, SPAN("etc/passwd"), PATH_WHITEOUT);
	CHECK_INT(paths_flags(&p, SPAN("etc/passwd")), PATH_OTHER | PATH_WHITEOUT);
	CHECK_INT(paths_flags(&p, SPAN("etc/shadow")), 0);
	CHECK(path_hash(SPAN("etc/passwd")) == path_hash_joined(SPAN("/etc/"), SPAN("passwd")));
	paths_fini(&p);
}

static void memory(void)
{
	answers(1000, false);
}

static void beyond(void)
{
	answers(LIMIT_LAYER_PATHS + 200000, true);
}

int main(void)
{
	TEST(small);
	TEST(memory);
	TEST(beyond);
	TEST(together);
	TEST(unreadable); /* the last: the failure stays */
	return test_end();
}
