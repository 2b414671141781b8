// SPDX-License-Identifier: Apache-2.0
// Any bytes as what a package states of its licence. What comes out as an expression must be read as itself again, with the same class.
#include "analyze/license.h"
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	auto_arena a = ARENA_INIT;
	struct license_reading once, twice;
	struct span normal = license_normal(&a, (struct span){(const char *)data, n});

	license_read(&a, (struct span){(const char *)data, n}, NULL, NULL, &once);
	if (once.expression.n == 0)
		return 0;
	license_read(&a, once.expression, NULL, NULL, &twice);
	if (!span_is(once.expression, twice.expression) || once.class != twice.class)
		abort();
	return normal.n > n + 4096;
}
