// SPDX-License-Identifier: Apache-2.0
#include "percent.h"

struct span percent_decode(struct arena *a, struct span s)
{
	char *out;
	size_t n = 0;

	if (!s.p || !memchr(s.p, '%', s.n))
		return s;
	out = arena_alloc(a, s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%' && i + 2 < s.n && hex_digit(s.p[i + 1]) >= 0 && hex_digit(s.p[i + 2]) >= 0) {
			out[n++] = (char)(hex_digit(s.p[i + 1]) * 16 + hex_digit(s.p[i + 2]));
			i += 2;
		} else {
			out[n++] = s.p[i];
		}
	}
	return (struct span){out, n};
}
