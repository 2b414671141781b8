// SPDX-License-Identifier: Apache-2.0
// Walks the chunks of a PNG, checks their sums and that the image data is whole. Reading the pixels is the PDF library's.
#include "png.h"
#include "common/buf.h"

#include <zlib.h>

enum { SIDE_MAX = 2000, SIGNATURE = 8, CHUNK = 12 };

struct header {
	uint32_t width, height;
	uint32_t channels; /* bytes of a pixel; 0: not seen yet */
	bool palette;
};

static uint32_t u32(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool header_read(struct header *h, struct span data)
{
	static const uint32_t channels[7] = {1, 0, 3, 1, 2, 0, 4};

	if (data.n != 13 || h->channels)
		return false;
	h->width = u32(data.p);
	h->height = u32(data.p + 4);
	if (data.p[8] != 8 || (unsigned char)data.p[9] > 6 || data.p[10] || data.p[11] || data.p[12])
		return false;
	h->channels = channels[(unsigned char)data.p[9]];
	h->palette = data.p[9] == 3;
	return h->channels && h->width && h->height && h->width <= SIDE_MAX && h->height <= SIDE_MAX;
}

/* The packed rows must be there, each with a filter that exists, and nothing more. */
static bool pixels_sound(struct arena *a, const struct header *h, struct span packed, uint32_t colours)
{
	size_t row = 1 + (size_t)h->width * h->channels, size = row * h->height;
	unsigned char *rows = arena_alloc(a, size + 1);
	uLongf got = size + 1;

	if (uncompress(rows, &got, (const Bytef *)packed.p, packed.n) != Z_OK || got != size)
		return false;
	for (size_t i = 0; i < h->height; i++) {
		/* An index beyond the palette can only be told without filters; others are refused. */
		if (rows[i * row] > (h->palette ? 0 : 4))
			return false;
		for (size_t k = 1; h->palette && k < row; k++)
			if (rows[i * row + k] >= colours)
				return false;
	}
	return true;
}

static bool is(const char *chunk, const char *type)
{
	return memcmp(chunk + 4, type, 4) == 0;
}

int png_clean(struct arena *a, struct span file, struct span *out, struct err *e)
{
	auto_buf clean = BUF_INIT, packed = BUF_INIT;
	struct header h = {0};
	uint32_t colours = 0;
	bool end = false, sound = file.n >= SIGNATURE && memcmp(file.p, "\x89PNG\r\n\x1a\n", SIGNATURE) == 0;
	size_t at = SIGNATURE;

	if (sound)
		buf_add(&clean, file.p, SIGNATURE);
	while (sound && !end && file.n - at >= CHUNK) {
		const char *chunk = file.p + at;
		size_t n = u32(chunk);
		struct span data = {chunk + 8, n};

		sound = n <= file.n - at - CHUNK && crc32(0, (const Bytef *)chunk + 4, (uInt)n + 4) == u32(chunk + 8 + n);
		if (!sound)
			break;
		at += n + CHUNK;
		if (!h.channels || is(chunk, "IHDR")) {
			sound = is(chunk, "IHDR") && header_read(&h, data);
		} else if (is(chunk, "PLTE")) {
			sound = !colours && !packed.n && n % 3 == 0 && n && n <= 768;
			colours = (uint32_t)n / 3;
		} else if (is(chunk, "IDAT")) {
			buf_add_span(&packed, data);
		} else if (is(chunk, "IEND")) {
			end = true;
		} else {
			continue; /* colour profiles, texts, times: not needed */
		}
		buf_add(&clean, chunk, n + CHUNK);
	}
	if (!sound || !end || (h.palette && !colours) || !pixels_sound(a, &h, buf_span(&packed), colours))
		return err_set(e, ERR_INPUT, "not a sound PNG of 8 bits, without interlace, up to %d x %d", SIDE_MAX, SIDE_MAX);
	*out = (struct span){arena_strndup(a, clean.p, clean.n), clean.n};
	return 0;
}
