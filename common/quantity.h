/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUANTITY_H
#define QUANTITY_H
/*
 * Kubernetes resource quantities ("250m", "1.5Gi", "2e3"), exactly: apimachinery, pkg/api/resource/quantity.go. Fractions
 * of the unit asked for are rounded away from zero, as the API does.
 */
#include "span.h"

/* In thousandths of the unit (CPU: millicores); false when it is not a quantity or does not fit. */
bool quantity_milli(struct span s, int64_t *out);
/* In whole units (memory: bytes). */
bool quantity_units(struct span s, int64_t *out);
#endif
