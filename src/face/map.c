#include "face/map.h"

#include <assert.h>
#include <string.h>

#include "base/secret.h"

enum { LINE = 16 }; /* floats in a cache line */

float *yf_scratch_take(struct yf_scratch *scratch, size_t count)
{
	const size_t room = (count + LINE - 1) / LINE * LINE;

	assert(room <= scratch->len - scratch->used);
	float *at = scratch->at + scratch->used;
	scratch->used += room;
	if (scratch->used > scratch->peak)
		scratch->peak = scratch->used;
	return at;
}

void yf_scratch_wipe(struct yf_scratch *scratch)
{
	yf_wipe(scratch->at, scratch->peak * sizeof(float));
	scratch->peak = scratch->used;
}

static void zero_halo(const struct yf_map *map, uint32_t picture)
{
	const size_t row = yf_map_row(map) * sizeof(float);
	const size_t pixel = map->c * sizeof(float);
	const int32_t h = (int32_t)map->h, w = (int32_t)map->w;

	memset(yf_map_pixel(map, picture, -1, -1), 0, row);
	memset(yf_map_pixel(map, picture, h, -1), 0, row);
	for (int32_t y = 0; y < h; y++) {
		memset(yf_map_pixel(map, picture, y, -1), 0, pixel);
		memset(yf_map_pixel(map, picture, y, w), 0, pixel);
	}
}

struct yf_map yf_map_new(struct yf_scratch *scratch, uint32_t n, uint32_t h,
			 uint32_t w, uint32_t c)
{
	struct yf_map map = { NULL, n, h, w, c };

	map.at = yf_scratch_take(scratch, n * yf_map_picture(&map));
	for (uint32_t i = 0; i < n; i++)
		zero_halo(&map, i);
	return map;
}
