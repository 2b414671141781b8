// SPDX-License-Identifier: Apache-2.0
// Any bytes as a dpkg status file, an apk database and an os-release file; package URLs of what is found.
#include "common/packages.h"
#include "analyze/purl.h"
#include "common/buf.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
static int take(void *ctx, const struct package *p, struct err *e)
{
	auto_buf b = BUF_INIT;

	(void)e;
	purl_add(&b, p, "debian", "debian-12");
	*(size_t *)ctx += b.n;
	return 0;
}

static int take_path(void *ctx, struct span owner, struct span directory, struct span file, struct err *e)
{
	(void)e;
	*(size_t *)ctx += owner.n + directory.n + file.n;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span text = {(const char *)data, n};
	struct os_release os;
	struct err e = {0};
	size_t sum = 0, broken = 0;

	packages_dpkg(text, take, &sum, &broken, &e);
	packages_apk(text, take, &sum, &broken, &e);
	packages_apk_owned(text, take_path, &sum, &e);
	packages_os_release(text, &os);
	return 0;
}
