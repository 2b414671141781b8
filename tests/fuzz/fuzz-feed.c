// SPDX-License-Identifier: Apache-2.0
// Any bytes as a file of vulnerability feeds: told by content, imported into a database in memory.
#include "vulnfeeds/import.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct store s; /* making the tables costs more than most inputs do */
	struct err e = {0};

	if (import_stream(&s, -1, SPAN("bookworm.yaml"), (struct span){(const char *)data, n}, &e))
		die("%s", e.msg);
	return 0;
}
