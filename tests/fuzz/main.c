// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target over files, for compilers without libFuzzer: its corpus is a test.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");
		size_t cap = 16 * 1024 * 1024, n;
		uint8_t *data = malloc(cap);

		if (!f || !data) {
			perror(argv[i]);
			return 2;
		}
		n = fread(data, 1, cap, f);
		fclose(f);
		/* An exact copy, so that the sanitizers see reads past the end. */
		uint8_t *exact = malloc(n ? n : 1);
		for (size_t k = 0; k < n; k++)
			exact[k] = data[k];
		free(data);
		LLVMFuzzerTestOneInput(exact, n);
		free(exact);
	}
	printf("%d passed, 0 failed\n", argc - 1);
	return 0;
}
