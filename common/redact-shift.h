/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_SHIFT_H
#define REDACT_SHIFT_H
/* Numbers of hidden values are counted from 1 in every bundle: where several are read together, those of the later ones are moved up. */
#include "source.h"

/* A source that gives what `in` gives, with `add` added to the number of every token ("@plim:high:16-23:5", redact.h). `in` stays the
 * caller's and must outlive it. */
void source_shift_secrets(struct source *out, struct source *in, uint64_t add);
#endif
