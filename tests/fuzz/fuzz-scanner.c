// SPDX-License-Identifier: Apache-2.0
// Any bytes as another scanner's report, of the format that its content tells.
#include "analyze/derive-scanner.h"
#include "analyze/load-scanner.h"
#include "tests/fuzz/loader.h"

static int after(struct db *db, struct err *e)
{
	return derive_scanner(db, NULL, e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct fuzz_loader f = {"reports/file.json", "scanner/", "scanner/trivy", load_scanner, after};

	return fuzz_load(&f, data, n);
}
