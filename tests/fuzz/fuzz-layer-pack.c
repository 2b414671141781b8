// SPDX-License-Identifier: Apache-2.0
// Any bytes as an entry of the layer cache; and what was read as a layer must come back the same.
#include "analyze/layer-pack.h"
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct layer *l = layer_unpack((struct span){(const char *)data, n}), *again;
	auto_buf first = BUF_INIT;
	auto_buf second = BUF_INIT;

	if (!l)
		return 0;
	layer_pack(l, &first);
	again = layer_unpack(buf_span(&first));
	if (!again)
		abort();
	layer_pack(again, &second);
	if (first.n != second.n)
		abort();
	layer_free(l);
	layer_free(again);
	return 0;
}
