// SPDX-License-Identifier: Apache-2.0
// Any bytes as kubectl's standard error: every line that counts has a kind that a check could name and a reason.
#include "common/refused.h"

static int judge(void *ctx, const struct refused *r, struct err *e)
{
	(void)ctx, (void)e;
	if (strncmp(r->kind, "kubernetes/", 11) != 0 || !r->kind[11] || r->kind[11 + strspn(r->kind + 11, "abcdefghijklmnopqrstuvwxyz0123456789.-*")])
		die("kind '%s'", r->kind);
	if (!r->line.n || strlen(r->reason) > 400)
		die("reason '%s'", r->reason);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const paths[] = {"errors.txt", "a/secrets.json.err", "x", "cluster-resources/pods-errors.json"};
	struct err why = {0}, e = {0};

	for (size_t i = 0; i < 4; i++) {
		struct source s;

		source_from_span(&s, (struct span){(const char *)data, n}, paths[i]);
		if (refused_read(&s, span_of(paths[i]), judge, NULL, &why, &e) && i < 3) /* the last one must be JSON */
			die("%s", why.msg);
		source_close(&s);
		why = (struct err){0};
	}
	return 0;
}
