// SPDX-License-Identifier: Apache-2.0
// Any bytes as a file of AWS identities, of the kind that its content tells.
#include "analyze/load-aws.h"
#include "tests/fuzz/loader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct fuzz_loader f = {"aws/111122223333/file.json", "aws/", "aws/account-authorization-details", load_aws, NULL};

	return fuzz_load(&f, data, n);
}
