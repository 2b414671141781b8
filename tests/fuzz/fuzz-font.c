// SPDX-License-Identifier: Apache-2.0
// A TrueType file: tables, offsets and segments that lie.
#include "common/err.h"
#include "report/font.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct font f = {0};
	struct err e = {0};

	if (font_read(&f, (struct span){(const char *)data, n}, "fuzz", &e) == 0)
		free(f.advance);
	return 0;
}
