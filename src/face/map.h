#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * A feature map: n pictures of h x w pixels with c channels, channels last,
 * and around each picture a halo of zeros, so that a "same" convolution needs
 * no copy and no special case at the edge.  It is one pixel wide, enough for
 * 3 x 3; a map that a convolution of 5 x 5 or 7 x 7 with padding reads is made
 * with a halo of 2 or 3.
 */
struct yf_map {
	float *at; /* the first pixel of the halo */
	uint32_t n, h, w, c;
	uint32_t halo; /* pixels on each side */
};

static inline size_t yf_map_row(const struct yf_map *map)
{
	return ((size_t)map->w + 2 * (size_t)map->halo) * map->c;
}

static inline size_t yf_map_picture(const struct yf_map *map)
{
	return ((size_t)map->h + 2 * (size_t)map->halo) * yf_map_row(map);
}

/* Rows and columns below 0 and from h, w on are the halo. */
static inline float *yf_map_pixel(const struct yf_map *map, uint32_t picture,
				  int32_t row, int32_t column)
{
	return map->at + picture * yf_map_picture(map) +
	       (size_t)(row + (int32_t)map->halo) * yf_map_row(map) +
	       (size_t)(column + (int32_t)map->halo) * map->c;
}

/* Rows [row, row + count) of a map of one picture, as a map.  What it calls
 * its halo are the neighbouring rows. */
static inline struct yf_map yf_map_band(const struct yf_map *map, uint32_t row,
					uint32_t count)
{
	return (struct yf_map){ map->at + row * yf_map_row(map),
				1,
				count,
				map->w,
				map->c,
				map->halo };
}

/*
 * Memory for feature maps: one block, given out from the front.  A mark
 * gives back everything taken after it.
 */
struct yf_scratch {
	float *at;
	size_t len;  /* floats */
	size_t used; /* floats now */
	size_t peak; /* floats ever used since it was last wiped */
};

/*
 * A map with a halo of zeros and pixels that hold anything.  The sizes are
 * fixed by the networks and fit by construction: running out is a programmer
 * error.
 */
struct yf_map yf_map_new(struct yf_scratch *scratch, uint32_t n, uint32_t h,
			 uint32_t w, uint32_t c);

/* The same with a halo of any width; 0 for maps that are read point by
 * point. */
struct yf_map yf_map_new_halo(struct yf_scratch *scratch, uint32_t n,
			      uint32_t h, uint32_t w, uint32_t c,
			      uint32_t halo);

/* Floats of such a map. */
static inline size_t yf_map_floats(const struct yf_map *map)
{
	return map->n * yf_map_picture(map);
}

/* Makes the halo zero, of a map whose memory held something else. */
void yf_map_zero_halo(const struct yf_map *map);

/* Floats that hold anything, 64-byte aligned. */
float *yf_scratch_take(struct yf_scratch *scratch, size_t count);

/* Overwrites all that was ever used. */
void yf_scratch_wipe(struct yf_scratch *scratch);
