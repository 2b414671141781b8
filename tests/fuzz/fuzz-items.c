// SPDX-License-Identifier: Apache-2.0
// Any bytes as a stream of JSON or YAML items, written out again and parsed back.
#include "common/source.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const split[] = {"Policies", NULL};
	auto_arena a = ARENA_INIT;
	auto_buf out = BUF_INIT;
	struct source s;
	struct item item;
	struct items *items;
	int rc;

	source_from_span(&s, (struct span){(const char *)data, n}, "fuzz");
	items = items_open(&s, split);
	while ((rc = items_next(items, &a, &item, NULL)) > 0) {
		struct json *again;

		if (rc == 1 && n < 65536) {
			buf_reset(&out);
			json_write(&out, item.value);
			/* Numbers from YAML keep their text, which is JSON's; so what was written must parse. */
			if (json_parse(&a, buf_span(&out), &again, NULL))
				die("written text does not parse: %.200s", out.p);
		}
		arena_reset(&a);
	}
	items_close(items);
	source_close(&s);
	return 0;
}
