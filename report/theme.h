/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_THEME_H
#define REPORT_THEME_H
/* Colours of the documents (templates/theme.yaml). */
#include "common/span.h"

enum tint {
	TINT_CRITICAL,
	TINT_HIGH,
	TINT_MEDIUM,
	TINT_LOW,
	TINT_INFO,
	TINT_GOOD,
	TINT_ACCENT,
	TINT_MUTED,
	TINT_ASSESSED,
	TINT_MISSING,
	TINT_INK,
	TINT_LINE,
	TINTS
};
struct theme {
	int32_t tint[TINTS];
};
#endif
