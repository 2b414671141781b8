// SPDX-License-Identifier: Apache-2.0
// Four lanes of 64-bit multiplications whose halves are folded together.
#include "fold.h"

static const uint64_t odd[5] = {0x9e3779b97f4a7c15u, 0xbf58476d1ce4e5b9u, 0x94d049bb133111ebu, 0xd6e8feb86659fd93u, 0xa0761d6478bd642fu};

static inline uint64_t mix(uint64_t a, uint64_t b)
{
	__uint128_t product = (__uint128_t)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t word(const unsigned char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

static inline void block(uint64_t lane[4], const unsigned char *p)
{
	for (int i = 0; i < 4; i++)
		lane[i] = mix(word(p + 16 * i) ^ odd[i], word(p + 16 * i + 8) ^ lane[i]);
}

void fold_init(struct fold *f)
{
	*f = (struct fold){.lane = {odd[1], odd[2], odd[3], odd[4]}};
}

void fold_add(struct fold *f, const void *data, size_t n)
{
	const unsigned char *p = data;
	uint64_t lane[4];

	f->bytes += n;
	if (f->n > 0) {
		size_t part = sizeof(f->tail) - f->n < n ? sizeof(f->tail) - f->n : n;

		memcpy(f->tail + f->n, p, part);
		f->n += part;
		p += part;
		n -= part;
		if (f->n < sizeof(f->tail))
			return;
		block(f->lane, f->tail);
		f->n = 0;
	}
	memcpy(lane, f->lane, sizeof(lane));
	for (; n >= sizeof(f->tail); p += sizeof(f->tail), n -= sizeof(f->tail))
		block(lane, p);
	memcpy(f->lane, lane, sizeof(lane));
	if (n > 0)
		memcpy(f->tail, p, n);
	f->n = n;
}

uint64_t fold_end(struct fold *f)
{
	memset(f->tail + f->n, 0, sizeof(f->tail) - f->n);
	block(f->lane, f->tail);
	return mix(mix(f->lane[0] ^ odd[0], f->lane[1] ^ f->bytes), mix(f->lane[2] ^ odd[4], f->lane[3] ^ odd[0]));
}
