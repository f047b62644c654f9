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
	const size_t edge = map->halo * yf_map_row(map) * sizeof(float);
	const size_t side = (size_t)map->halo * map->c * sizeof(float);
	const int32_t h = (int32_t)map->h, w = (int32_t)map->w;
	const int32_t first = -(int32_t)map->halo;

	memset(yf_map_pixel(map, picture, first, first), 0, edge);
	memset(yf_map_pixel(map, picture, h, first), 0, edge);
	for (int32_t y = 0; y < h; y++) {
		memset(yf_map_pixel(map, picture, y, first), 0, side);
		memset(yf_map_pixel(map, picture, y, w), 0, side);
	}
}

void yf_map_zero_halo(const struct yf_map *map)
{
	if (!map->halo)
		return;
	for (uint32_t i = 0; i < map->n; i++)
		zero_halo(map, i);
}

struct yf_map yf_map_new_halo(struct yf_scratch *scratch, uint32_t n,
			      uint32_t h, uint32_t w, uint32_t c, uint32_t halo)
{
	struct yf_map map = { NULL, n, h, w, c, halo };

	map.at = yf_scratch_take(scratch, yf_map_floats(&map));
	yf_map_zero_halo(&map);
	return map;
}

struct yf_map yf_map_new(struct yf_scratch *scratch, uint32_t n, uint32_t h,
			 uint32_t w, uint32_t c)
{
	return yf_map_new_halo(scratch, n, h, w, c, 1);
}
