// SPDX-License-Identifier: Apache-2.0
// Any bytes as an export of a registry, of the kind that its content tells.
#include "analyze/load-registry.h"
#include "tests/fuzz/loader.h"

static int after(struct db *db, struct err *e)
{
	return load_registry_waiting(db, e) || derive_registry_projects(db, e) ? -1 : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct fuzz_loader f = {"registry/harbor.example.com/file.json", "registry/", "registry/harbor-artifacts", load_registry, after};

	return fuzz_load(&f, data, n);
}
