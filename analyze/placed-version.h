/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLACED_VERSION_H
#define PLACED_VERSION_H
/* Installed versions as the order of their feeds takes them. The orders are common/version.h's. */
#include "common/arena.h"
#include "common/span.h"

/* What of `version` is compared with `bound`: a local build of Python ("2.0.0+cu118") as what it was built from, where the bound names none (PEP 440, "Version
 * specifiers"); so a revision of Bitnami's ("7.0.12-4"). A part of `version`. */
struct span placed_version(struct span ecosystem, struct span version, struct span bound);
/* Go's own releases as its database writes them (go.dev/security/vuln/database): "1.21.0-rc.2" of "1.21rc2". In the arena, or a part of `version`. */
struct span placed_go_release(struct arena *a, struct span version);
#endif
