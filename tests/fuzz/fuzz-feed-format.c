// SPDX-License-Identifier: Apache-2.0
// Any bytes for each importer of vulnerability feeds, past what would tell that they are not its own. The first byte chooses: 'a' the first importer in
// vulnfeeds/import.c's table, and so on.
#include "vulnfeeds/import.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct store s;
	struct err e = {0};

	if (n == 0)
		return 0;
	/* A name that every importer takes: a Debian code name, and the number of a release of Photon. */
	if (import_stream(&s, (data[0] - 'a' + 256) % import_formats(), SPAN("bookworm.3.0.yaml"), (struct span){(const char *)data + 1, n - 1}, &e))
		die("%s", e.msg);
	return 0;
}
