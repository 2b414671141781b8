// SPDX-License-Identifier: Apache-2.0
// Any bytes as a Dockerfile that a build left behind, as labels, as a CPE, and as two products where a line breaks them. What is told of a build is never
// longer than a name may be, and a product is about itself.
#include "analyze/build-labels.h"
#include "common/limits.h"
#include "common/red-hat.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	auto_arena a = ARENA_INIT;
	struct span text = {(const char *)data, n}, rest = text, first = span_cut(&rest, '\n'), release;
	struct build_labels b = {0};
	struct json *doc = NULL;

	if (n == 0)
		return 0;
	build_labels_dockerfile(&a, SPAN("root/buildinfo/Dockerfile-x-1-2"), text, &b);
	if (json_parse(&a, text, &doc, NULL) == 0)
		build_labels_json(doc, &b);
	build_labels_name(&a, &b);
	if (b.component.n > LIMIT_VERSION_BYTES || b.architecture.n > LIMIT_VERSION_BYTES || b.cpe.n > LIMIT_VERSION_BYTES)
		abort();
	build_labels_dockerfile(&a, first, rest, &b);
	release = red_hat_release(&a, first);
	if (release.p && !red_hat_fits(release, release))
		abort();
	if (red_hat_builder(first).n > first.n)
		abort();
	return red_hat_fits(first, rest) && red_hat_for_major(first, rest) && red_hat_is_base_set(first) && false;
}
