// SPDX-License-Identifier: Apache-2.0
// Any bytes as an image layer, packed or not; then every way that paths are looked up in it.
#include "analyze/image.h"
#include <stdlib.h>

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct layer *l = calloc(1, sizeof(*l)), *list[2] = {l, l};
	struct image_layers im = {list, 2};
	struct source s;
	int layer;

	if (!l)
		return 0;
	source_from_span(&s, (struct span){(const char *)data, n}, "fuzz");
	layer_read(l, &s, NULL);
	source_close(&s);
	view_find(&im, 1, "var/lib/dpkg/status", &layer);
	view_find(&im, 1, "etc/os-release", &layer);
	for (const struct note *note = l->notes; note; note = note->next)
		view_hidden(&im, 0, 1, note->path);
	layer_free(l);
	return 0;
}
